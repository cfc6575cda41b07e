"""The demo's verdict on one call: right only when the line, the row, the reading and the recording all are."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from ivr.domain.call import Outcome
from ivr.simulate.city.alaw import RATE, Sound, through_line
from ivr.simulate.city.ear import Ear
from ivr.simulate.city.encounter import Encounter, Moment
from ivr.simulate.city.people import Leg, NotHeard
from ivr.simulate.demo_people import CALLER, OPERATOR, Person
from ivr.simulate.demo_report import LONGEST_SILENCE_S, Row, judge, show_rows


def noise(seed: int) -> Sound:
    return np.random.default_rng(seed).normal(0, 0.1, RATE).astype(np.float32)


SOUNDS = {"menu": noise(1), OPERATOR: noise(2), CALLER: noise(3)}
EAR = Ear(SOUNDS)
QUIET = np.zeros(RATE // 2, dtype=np.float32)


async def nobody(leg: Leg) -> None:
    """The script does not matter here: the call is over."""


PERSON = Person(
    "Asks", "+79990000103", "an operator answers", nobody, ("menu",), Outcome.OPERATOR, 0.0, values=(12,), talks=True
)


def encounter(path: Path, number: str, *heard: Sound) -> Encounter:
    left = np.concatenate([*(through_line(sound) for sound in heard), QUIET])
    pairs = np.stack((left * 32767, np.zeros_like(left)), axis=1)
    path.write_bytes(pairs.astype("<i2").tobytes())
    return Encounter(PERSON.caller, number, path, answered=True, cause=16, moments=[Moment(1.0, "pressed", "0")])


@pytest.fixture
def call(tmp_path: Path) -> Encounter:
    return encounter(tmp_path / "caller.raw", "88005550100", SOUNDS["menu"], QUIET, SOUNDS[OPERATOR])


@pytest.fixture
def talk(tmp_path: Path) -> Encounter:
    return encounter(tmp_path / "operator.raw", "103", SOUNDS[CALLER])


@pytest.fixture
def row(tmp_path: Path) -> Row:
    recording = tmp_path / "call.wav"
    recording.write_bytes(bytes(20_000))
    return Row("centre-1.0", PERSON.caller, "operator", "asked", "103", 7, 8, (12,), str(recording))


def test_all_as_it_should_be(call: Encounter, talk: Encounter, row: Row) -> None:
    result = judge(PERSON, call, [talk], row, EAR)
    assert result["ok"]
    assert result["wrong"] == []
    assert result["happened"] == "pressed 0; outcome operator, 8 steps; stored 12 kWh; talked with 103 for 7 s"


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda row: None, "the centre stored no row of this call"),
        (lambda row: replace(row, outcome="abandoned"), "the outcome is abandoned, not operator"),
        (lambda row: replace(row, steps=0), "no steps are stored"),
        (lambda row: replace(row, readings=()), "readings stored by this call: none, not (12,)"),
        (lambda row: replace(row, readings=(12, 12)), "readings stored by this call: (12, 12), not (12,)"),
        (lambda row: replace(row, recording=""), "there is no recording of this call"),
    ],
)
def test_what_is_wrong_in_the_rows(
    call: Encounter, talk: Encounter, row: Row, change: Callable[[Row], Row | None], wrong: str
) -> None:
    result = judge(PERSON, call, [talk], change(row), EAR)
    assert (result["ok"], result["wrong"]) == (False, [wrong])


def test_a_reading_that_nobody_wanted_stored(call: Encounter, talk: Encounter, row: Row) -> None:
    result = judge(replace(PERSON, values=()), call, [talk], row, EAR)
    assert result["wrong"] == ["readings stored by this call: (12,), not none"]


def test_what_only_the_owner_may_hear(call: Encounter, talk: Encounter, row: Row) -> None:
    result = judge(replace(PERSON, never=("menu",)), call, [talk], row, EAR)
    assert result["wrong"] == ["told although nothing was proven: menu"]


def test_a_call_that_was_not_answered(call: Encounter, row: Row) -> None:
    result = judge(PERSON, replace(call, answered=False, cause=34), [], row, EAR)
    assert result["wrong"] == ["the centre did not answer (cause 34)"]


def test_what_is_wrong_on_the_line(tmp_path: Path, talk: Encounter, row: Row) -> None:
    dead = np.zeros(round((LONGEST_SILENCE_S + 1) * RATE), dtype=np.float32)
    call = encounter(tmp_path / "dead.raw", "88005550100", dead, noise(9))
    call.failure = NotHeard("menu not heard")
    deaf = replace(talk, recording=call.recording, failure=NotHeard("caller not heard"))
    assert judge(PERSON, call, [deaf], row, EAR)["wrong"] == [
        "menu not heard",
        "menu is not in what was heard",
        f"dead air of {LONGEST_SILENCE_S + 1:.1f} s at 0.0 s",
        "the operator did not hear the caller",
        "caller not heard",
        "the caller did not hear the operator",
    ]


def test_no_telephone_rang(call: Encounter, row: Row) -> None:
    assert judge(PERSON, call, [], row, EAR)["wrong"] == ["no operator's telephone had this call"]


def test_a_lost_recording_of_the_city(call: Encounter, talk: Encounter, row: Row) -> None:
    call.recording.unlink()
    (wrong,) = judge(PERSON, call, [talk], row, EAR)["wrong"]
    assert "cannot be read" in wrong


def test_the_tables_name_what_is_wrong_and_where_the_recording_lies(call: Encounter, talk: Encounter, row: Row) -> None:
    good = judge(PERSON, call, [talk], row, EAR)
    bad = judge(PERSON, call, [talk], None, EAR)
    console = Console(record=True, width=200, quiet=False, file=(call.recording.with_suffix(".txt")).open("w"))
    show_rows(console, [good, bad], {row.caller: row, "+7": replace(row, recording="")})
    console.file.close()
    text = console.export_text()
    assert "✓" in text
    assert "✗ the centre stored no row of this call" in text
    assert f"recording  {row.recording}" in text
    assert "recording  (none)" in text
