"""Callers who speak: readings by voice on a real Asterisk, with real recognition, in real time.

All stories are told at once, each by a caller of his own; every test looks at what became of one of them.
"""

import asyncio
import itertools
import os
import signal
import wave
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import pytest_asyncio

from ivr.adapters.files.sample import THREE_REGISTERS
from ivr.dialogue.wording.numbers import cardinal
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Leg, OperatorPhone
from tests.acceptance.harness import NUMBER, CentreUnderTest, until
from tests.acceptance.speakers import (
    RATE,
    VOICES,
    Caller,
    Story,
    Throats,
    Told,
    digit_by_digit,
    tell,
    tell_all,
)
from tests.acceptance.stories import STORIES, one_of_many, three_registers

CALLERS = itertools.count(79980000001)
MATRIX = int(os.environ.get("IVR_TEST_VOICED_CALLS", "3"))
"""Calls of the matrix, besides the stories."""
QUIET = 9
"""The first of them ring on quiet lines, the others through noise."""
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300 + 10 * MATRIX)]
Side = np.ndarray[Any, np.dtype[np.float64]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre(new_centre: Callable[..., CentreUnderTest]) -> AsyncIterator[CentreUnderTest]:
    one = new_centre(hearing={"engine": "local"})
    flow = one.flow_file.read_text(encoding="utf-8")
    one.flow_file.write_text(flow.replace("number_s: 10", "number_s: 4"), encoding="utf-8")  # silence is told sooner
    try:
        await one.start()
        yield one
    finally:
        await one.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def throats(centre: CentreUnderTest) -> AsyncIterator[Throats]:
    one = Throats(centre)
    yield one
    await one.close()


def accounts(centre: CentreUnderTest) -> Iterator[str]:
    """Persons with one register of five or six digits, far from its top, and a year of history."""
    rows = centre.rows(
        """SELECT a.number FROM accounts a JOIN meters m ON m.account_id = a.id JOIN registers r ON r.meter_id = m.id
           JOIN customers c ON c.id = a.customer_id
           WHERE c.kind = 'person' GROUP BY a.id
           HAVING count(*) = 1 AND max(r.digits) >= 5 AND
                  (SELECT max(value) FROM readings WHERE register_id = r.id)
                  BETWEEN 1000 AND CASE max(r.digits) WHEN 5 THEN 60000 ELSE 600000 END
           ORDER BY max(r.digits), a.id"""
    )
    return (str(row["number"]) for row in rows)


@dataclass
class Day:
    stories: Mapping[str, Told]
    matrix: list[Told]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def day(centre: CentreUnderTest, city: City, throats: Throats) -> Day:
    """Everybody has rung."""
    free = accounts(centre)

    def call(story: Story, **about: object) -> Awaitable[Told]:
        account = THREE_REGISTERS if story is three_registers else next(free)
        number = f"+{next(CALLERS)}"
        return tell(
            story,
            city,
            centre,
            throats,
            caller=number,
            dialled=NUMBER,
            account=account,
            **about,
        )

    chance = Random(1)
    calls = [call(story) for story in STORIES.values()]
    for number in range(MATRIX):
        form = ("whole", "digits", "groups")[number % 3]
        voice = VOICES[number // 3 % 3]
        noise_db = (None, 20.0, 10.0)[number // QUIET % 3]
        calls.append(call(one_of_many(form, chance.randrange(50, 400)), voice=voice, noise_db=noise_db))
    began = asyncio.get_running_loop().time()
    results = await tell_all(calls)
    print(f"{len(results)} calls in {asyncio.get_running_loop().time() - began:.0f} s")
    return Day(dict(zip(STORIES, results, strict=False)), results[len(STORIES) :])


@pytest.mark.parametrize("name", STORIES)
async def test_what_is_stored_is_what_was_said_and_confirmed(day: Day, name: str) -> None:
    one = day.stories[name]
    print("\n".join(one.steps))
    assert one.failure is None, one.steps
    assert one.stored == one.should


async def test_of_many_calls_none_is_stored_wrong(day: Day) -> None:
    failed = [one for one in day.matrix if one.failure is not None]
    print(f"{len(day.matrix)} calls, {len(failed)} not served, {sum(map(asked_again, day.matrix))} times asked again")
    for one in day.matrix:
        assert one.stored in ([], one.should[:1]), one.steps
    quiet = day.matrix[:QUIET]
    assert [one.steps[-6:] for one in quiet if one.failure is not None] == []


def asked_again(one: Told) -> int:
    return sum(step.endswith("asked again") for step in one.steps)


async def test_speech_stops_the_prompt_and_its_place_is_kept(day: Day, centre: CentreUnderTest) -> None:
    call = day.stories["speech_into_the_prompt"].call
    [row] = centre.rows("SELECT * FROM readings WHERE call_id = ?", call["id"])
    assert row["channel"] == "ivr_speech" and row["said_percent"] > 50
    assert row["said_words"].split()[0] == cardinal(row["value"]).split()[0]
    caller, prompt = both_sides(centre.recording(call))
    began_s = row["said_at_ms"] / 1000
    assert loud(caller, began_s - 0.1, began_s + 0.5) and not loud(caller, began_s - 1.0, began_s - 0.3)
    assert loud(prompt, began_s - 0.5, began_s) and not loud(prompt, began_s + 1.0, began_s + 1.4)


async def test_what_was_keyed_has_no_words(day: Day, centre: CentreUnderTest) -> None:
    [row] = centre.rows("SELECT * FROM readings WHERE call_id = ?", day.stories["words_and_keys"].call["id"])
    assert (row["channel"], row["said_words"]) == ("ivr_tones", None)


async def test_what_proves_is_not_written_down(day: Day) -> None:
    steps = day.stories["everything_by_voice"].steps
    assert any(step.startswith("reading_account heard • understood") for step in steps)
    assert "reading_account match • speech" in steps
    assert digit_by_digit("1111") not in " ".join(steps)


async def test_who_keeps_silent_is_helped_then_asked_for_keys_then_given_to_an_operator(day: Day) -> None:
    steps = day.stories["silence"].steps
    steps = steps[steps.index("reading_account reply proof proven") + 1 :]
    steps = [step for step in steps if step.startswith(("readings ", "operator ended"))]
    silent, keys = ["readings heard silence"] * 2, ["readings by_keys silence", "readings no_input"]
    assert steps == ["readings entered", "readings topic readings", *silent, *keys, "operator ended silence"]


async def test_what_is_said_and_keyed_at_once_answers_one_question(day: Day) -> None:
    steps = day.stories["a_yes_that_is_said_and_keyed"].steps
    assert "readings match 1 speech" in steps
    assert [step for step in steps if step.startswith("after_reading match")] == []


async def test_a_correction_came_with_the_no(day: Day) -> None:
    steps = day.stories["a_no_with_its_correction"].steps
    assert [step for step in steps if step.startswith("readings match")][1:] == [
        "readings match 2 speech",
        f"readings match {day.stories['a_no_with_its_correction'].stored[0]} speech",
        "readings match 1 speech",
    ]


async def test_an_engine_killed_in_the_middle_of_a_word_leaves_the_caller_to_an_operator(
    day: Day, centre: CentreUnderTest, city: City, throats: Throats, operator: OperatorPhone, caller: str
) -> None:
    rung = operator.rung

    async def person(leg: Leg) -> None:
        one = Caller(leg, centre, throats, caller, next(accounts(centre)))
        one.call_id = str(await until(lambda: centre.call_of(caller).get("id"), 10, "the call is known"))
        await one.identified()
        await leg.wait(1.5)
        dying = asyncio.get_running_loop().call_later(0.8, os.killpg, centre.engine.pid, signal.SIGKILL)
        await one.say("пятьдесят пять тысяч пятьсот пятьдесят пять")
        assert dying.when() < asyncio.get_running_loop().time()
        await leg.hears("fixed_lost", within_s=10)
        await leg.until_hung_up(30)

    assert centre.engine is not None
    await city.call(person, number=NUMBER, caller=caller)
    assert operator.rung == rung + 1
    assert centre.rows("SELECT value FROM readings WHERE call_id = ?", centre.call_of(caller)["id"]) == []


def both_sides(recording: Path) -> tuple[Side, Side]:
    """The caller's sound and the centre's."""
    with wave.open(str(recording)) as sound:
        both = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").reshape(-1, 2) / 32768
    return both[:, 0], both[:, 1]


def loud(side: Side, from_s: float, until_s: float) -> bool:
    return bool(np.abs(side[round(from_s * RATE) : round(until_s * RATE)]).max() > 0.02)
