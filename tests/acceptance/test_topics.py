"""Callers who say what they want: on a real Asterisk, with the model that ships, in real time.

All ring at once, each with a number of his own; every test looks at what became of one of them.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_asyncio

from ivr.adapters.files.sample import NO_HISTORY
from ivr.adapters.speech import SystemVoice
from ivr.dialogue.model import Phrase
from ivr.places import voice_settings
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Leg
from tests.acceptance.harness import NUMBER, CentreUnderTest, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

CALLERS = itertools.count(79970000001)
VOICES = ("ru",)
"""Of espeak-ng: not the centre's own. The shipped model hears it; what it mishears, `ivr bench speech` tells."""
Say = Callable[[str], Awaitable[Path]]
TRIES = 3


@dataclass
class Caller:
    leg: Leg
    centre: CentreUnderTest
    call_id: str
    voice: Say

    def steps(self) -> list[str]:
        rows = self.centre.steps(self.call_id)
        return [" ".join(filter(None, (row["node"], row["event"], row["heard"], row["result"]))) for row in rows]

    def count(self, *texts: str) -> int:
        return sum(any(text in step for text in texts) for step in self.steps())

    async def step(self, *texts: str, count: int = 1) -> None:
        """Wait until the centre has noted a step that holds one of `texts`, for the `count`th time."""
        deadline = self.leg.t + 25
        while self.count(*texts) < count:
            assert self.leg.t < deadline, f"no step {texts} for the {count}. time: {self.steps()[-8:]}"
            await self.leg.wait(0.2)

    async def says(self, words: str) -> None:
        """And waits until something is made of it."""
        made = ("main match", "main no_match", "main heard")
        before = self.count(*made)
        await self.leg.wait(1.0)
        await self.leg.say(await self.voice(words))
        await self.step(*made, count=before + 1)

    async def asks_for(self, words: str) -> None:
        """As people do: again, when he is not understood."""
        for _ in range(TRIES):
            await self.says(words)
            await self.leg.wait(0.5)
            if self.count("main match"):
                return


async def a_tariff(caller: Caller) -> None:
    await caller.asks_for("какой у меня тариф")
    await caller.step("account_owner entered")
    await caller.leg.wait(0.5)
    await caller.leg.press_quickly(NO_HISTORY)
    await caller.step(f"match {NO_HISTORY}")
    await caller.leg.wait(1.0)
    await caller.leg.press("1")
    await caller.step("reply account")
    await caller.leg.wait(0.5)
    await caller.leg.press_quickly(NO_HISTORY[-1] * 4)
    await caller.step("tariff entered")


async def a_debt(caller: Caller) -> None:
    await caller.asks_for("сколько я должен")
    await caller.step("balance entered")


async def an_address(caller: Caller) -> None:
    await caller.asks_for("часы работы")
    await caller.step("hours entered")


async def readings(caller: Caller) -> None:
    await caller.asks_for("здравствуйте, хочу передать показания")
    await caller.step("readings entered")


async def an_operator(caller: Caller) -> None:
    await caller.asks_for("хочу оператора")
    await caller.step("operator entered asked")


async def two_matters(caller: Caller) -> None:
    await caller.says("показания и тариф")
    await caller.step("asked again")
    await caller.leg.wait(1.5)
    await caller.says("передать показания")
    await caller.step("readings entered")


async def nonsense(caller: Caller) -> None:
    for words in ("бабушка печёт пироги", "сегодня вечером футбол", "собака лает на прохожих"):
        await caller.says(words)
        await caller.leg.wait(0.5)
    await caller.step("operator entered mistakes")


STORIES = (a_tariff, a_debt, an_address, readings, an_operator, two_matters, nonsense)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre(new_centre: Callable[..., CentreUnderTest]) -> AsyncIterator[CentreUnderTest]:
    one = new_centre(hearing={"engine": "local"})
    try:
        await one.start()
        yield one
    finally:
        await one.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def told(centre: CentreUnderTest, city: City) -> dict[str, list[str]]:
    """The steps of every story."""
    settings = voice_settings(centre.centre)
    voices = [SystemVoice(replace(settings, engine="espeak", voice=name)) for name in VOICES]

    async def ring(number: int, story: Callable[[Caller], Awaitable[None]]) -> list[str]:
        caller = f"+{next(CALLERS)}"
        people: list[Caller] = []

        async def script(leg: Leg) -> None:
            call_id = str(await until(lambda: centre.call_of(caller).get("id"), 10, "the call is known"))
            voice = voices[number % len(voices)]
            people.append(person := Caller(leg, centre, call_id, lambda words: voice.sound(Phrase(words))))
            await person.step("main entered")
            await story(person)
            await leg.hang_up()

        encounter = await city.call(script, number=NUMBER, caller=caller, check=False)
        await centre.ended(caller, within_s=40)
        # What went wrong in one call is for the tests of that call.
        return [*people[0].steps(), *([str(encounter.failure)] if encounter.failure else [])]

    try:
        calls = await asyncio.gather(*(ring(number, story) for number, story in enumerate(STORIES)))
    finally:
        for voice in voices:
            await voice.close()
    return {story.__name__: steps for story, steps in zip(STORIES, calls, strict=True)}


def matched(steps: list[str]) -> list[str]:
    """What the main menu's answers were taken for."""
    return [step.removeprefix("main match ") for step in steps if step.startswith("main match")]


def entered(steps: list[str]) -> list[str]:
    return [step.split()[0] for step in steps if " entered" in step]


@pytest.mark.parametrize(
    ("story", "taken"),
    [("a_debt", "2 speech balance"), ("an_address", "4 speech hours"), ("readings", "1 speech readings")],
)
async def test_a_topic_goes_to_its_node(told: dict[str, list[str]], story: str, taken: str) -> None:
    assert matched(told[story]) == [taken]


async def test_a_topic_two_menus_deep_is_reached_without_asking_there(told: dict[str, list[str]]) -> None:
    assert matched(told["a_tariff"]) == ["6 speech tariff"]
    assert entered(told["a_tariff"])[-3:] == ["account_owner", "account", "tariff"]


async def test_an_operator_is_always_understood(told: dict[str, list[str]]) -> None:
    assert matched(told["an_operator"]) == ["0 speech"]


async def test_two_matters_are_put_to_the_caller(told: dict[str, list[str]]) -> None:
    assert any(step.startswith("main heard") and "asked again" in step for step in told["two_matters"])
    assert matched(told["two_matters"]) == ["1 speech readings"]


async def test_nonsense_is_no_topic_and_leads_to_an_operator(told: dict[str, list[str]]) -> None:
    assert matched(told["nonsense"]) == []
    assert "operator entered mistakes" in told["nonsense"]
