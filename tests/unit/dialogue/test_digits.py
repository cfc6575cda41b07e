"""Collecting keys: every way a number or a choice ends, and when silence is counted from."""

import pytest

from ivr.dialogue.digits import DigitCollector
from ivr.dialogue.model import Choice, Digits, Grammar, Match, NoInput, NoMatch

MENU = Choice(frozenset("12*#"))
NUMBER = Digits(3, 5, frozenset("*#"))


def collector(grammar: Grammar, prompt_ended_at: float | None = 0.0) -> DigitCollector:
    made = DigitCollector(grammar, first_timeout_s=5.0, next_timeout_s=3.0)
    if prompt_ended_at is not None:
        made.prompt_ended(prompt_ended_at)
    return made


@pytest.mark.parametrize(("key", "expected"), [("1", Match("1")), ("#", Match("#")), ("7", NoMatch("7"))])
def test_a_choice_ends_with_one_key(key: str, expected: Match | NoMatch) -> None:
    assert collector(MENU).press(key, 1.0) == expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("12345", Match("12345")),
        ("123#", Match("123")),
        ("12#", NoMatch("12")),
        ("*", Match("*")),
        ("12*", Match("*")),
        ("#", Match("#")),
        ("1A", NoMatch("1A")),
        ("007#", Match("007")),
    ],
)
def test_a_number_ends_by_length_by_the_end_key_or_by_a_command(keys: str, expected: Match | NoMatch) -> None:
    made = collector(NUMBER)
    answers = [made.press(key, 1.0) for key in keys]
    assert answers[:-1] == [None] * (len(keys) - 1)
    assert answers[-1] == made.answer == expected


def test_the_end_key_alone_is_a_mistake_when_it_is_no_command() -> None:
    assert collector(Digits(1, 5)).press("#", 1.0) == NoMatch("#")


def test_a_star_that_is_no_command_is_a_mistake() -> None:
    assert collector(Digits(1, 5)).press("*", 1.0) == NoMatch("*")


@pytest.mark.parametrize(("keys", "expected"), [("123", Match("123")), ("12", NoMatch("12"))])
def test_a_pause_ends_a_number(keys: str, expected: Match | NoMatch) -> None:
    made = collector(NUMBER)
    for at, key in enumerate(keys, start=1):
        made.press(key, float(at))
    end = len(keys) + 3.0
    assert made.deadline() == end
    assert made.tick(end - 0.01) is None
    assert made.tick(end) == expected
    assert made.deadline() is None


@pytest.mark.parametrize("grammar", [MENU, NUMBER])
def test_silence_is_counted_from_the_end_of_the_prompt(grammar: Grammar) -> None:
    made = collector(grammar, prompt_ended_at=None)
    assert made.deadline() is None
    assert made.tick(100.0) is None
    made.prompt_ended(10.0)
    made.prompt_ended(12.0)
    assert made.deadline() == 15.0
    assert made.tick(14.9) is None
    assert made.tick(15.0) == NoInput()


def test_keys_pressed_during_the_prompt_count_and_the_pause_begins_at_its_end() -> None:
    made = collector(NUMBER, prompt_ended_at=None)
    assert made.press("1", 1.0) is None
    assert made.tick(50.0) is None
    made.prompt_ended(60.0)
    assert made.deadline() == 63.0


def test_a_key_after_the_answer_belongs_to_the_next_question() -> None:
    made = collector(MENU)
    made.press("1", 1.0)
    with pytest.raises(RuntimeError, match="next one"):
        made.press("2", 1.1)


@pytest.mark.parametrize(
    ("grammar", "keys", "expected"),
    [(NUMBER, "12345", True), (NUMBER, "123#", False), (NUMBER, "1", False), (MENU, "1", False)],
)
def test_only_a_full_number_leaves_its_end_key_behind(grammar: Grammar, keys: str, expected: bool) -> None:
    made = collector(grammar)
    for key in keys:
        made.press(key, 1.0)
    assert made.ended_by_length is expected
