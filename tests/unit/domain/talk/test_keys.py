"""What an operator's keys mean in a talk."""

import pytest

from ivr.domain.talk.keys import LONGEST, Code, Keys, Number


def pressed(keys: Keys, line: str, now: float = 0.0, step: float = 0.1) -> list[Code | Number]:
    """What the keys of `line` complete, one pressed each `step` seconds."""
    done = [keys.press(key, now + step * place) for place, key in enumerate(line)]
    return [one for one in done if one is not None]


@pytest.mark.parametrize("code", list(Code))
def test_a_star_and_a_key_are_a_code(code: Code) -> None:
    assert pressed(Keys(), f"*{code.value}") == [code]


def test_other_keys_mean_nothing() -> None:
    assert pressed(Keys(), "3*94#**") == []


def test_a_star_counts_only_for_the_next_moment() -> None:
    keys = Keys()
    keys.press("*", 0.0)
    assert keys.press("3", 2.5) is None


def test_a_number_is_taken_when_it_was_asked_for() -> None:
    keys = Keys()
    assert pressed(keys, "102#") == []
    keys.ask(Code.SEND, 1.0)
    assert pressed(keys, "102#34#", 1.0) == [Number(Code.SEND, "102")]


def test_a_code_breaks_a_number_off() -> None:
    keys = Keys()
    keys.ask(Code.CONSULT, 0.0)
    assert pressed(keys, "10*32#") == [Code.HOLD]


def test_a_number_that_takes_too_long_or_is_too_long_is_none() -> None:
    keys = Keys()
    keys.ask(Code.CONSULT, 0.0)
    assert pressed(keys, "1", 16.0) + pressed(keys, "2#", 17.0) == []
    keys.ask(Code.CONSULT, 20.0)
    assert pressed(keys, "1234567890#", 20.0) == [Number(Code.CONSULT, "123456"[:LONGEST])]
    keys.ask(Code.CONSULT, 30.0)
    keys.forget()
    assert pressed(keys, "1#", 30.0) == []
