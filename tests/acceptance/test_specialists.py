"""A specialist outside the centre: asked, given the caller, called into a talk; busy, and the caller comes back."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import pytest
import pytest_asyncio

from ivr.adapters.speech import SystemVoice
from ivr.dialogue.model import Phrase
from ivr.places import voice_settings
from ivr.simulate.city.ear import Ear
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Behaviour, Leg, OperatorPhone
from tests.acceptance.conftest import city_of
from tests.acceptance.harness import NUMBER, CentreUnderTest, Sounds, free_port, until
from tests.acceptance.programme import Programme

pytestmark = pytest.mark.asyncio(loop_scope="module")

LAB = "74951234567"
SPECIALISTS = {"meter_lab": {"number": f"+{LAB}", "name": "Лаборатория счётчиков", "short": "901"}}
VOICES = {
    "anna": "Анна на связи, сейчас посмотрю ваш договор.",
    "lab": "Лаборатория счётчиков, слушаю ваш вопрос внимательно.",
    "caller": "У меня с утра не горит лампочка в подъезде.",
}


@pytest.fixture(scope="module")
def trunk() -> int:
    """The port of the city's network: where the centre dials out to."""
    return free_port(socket.SOCK_DGRAM)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre(new_centre: Callable[..., CentreUnderTest], trunk: int) -> AsyncIterator[CentreUnderTest]:
    one = new_centre(trunk=trunk, specialists=SPECIALISTS)
    try:
        await one.start()
        yield one
    finally:
        await one.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def voices(centre: CentreUnderTest) -> Mapping[str, Path]:
    voice = SystemVoice(voice_settings(centre.centre))
    try:
        return {name: await voice.sound(Phrase(text)) for name, text in VOICES.items()}
    finally:
        await voice.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ear(centre: CentreUnderTest, voices: Mapping[str, Path]) -> Ear:
    return await Sounds(centre).ear(*voices.items())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(
    centre: CentreUnderTest, ear: Ear, operator: OperatorPhone, trunk: int, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[City]:
    async with city_of(centre, ear, [operator], tmp_path_factory, trunk) as one:
        await one.registered()
        yield one


@pytest.fixture
def lab(city: City, operator: OperatorPhone) -> OperatorPhone:
    """The specialist's telephone; nobody remembers the talks of an earlier test."""
    operator.encounters.clear()
    city.subscribers[LAB] = one = OperatorPhone(LAB)
    return one


async def connected(leg: Leg) -> None:
    await leg.hears("main_menu")
    await leg.press("0")
    await leg.hears("connecting")


async def whispered(leg: Leg, *names: str) -> None:
    """He has heard whom he gets; a moment later he has him."""
    await leg.hears(*names, to_the_end=True)
    await leg.wait(0.7)


async def keys(leg: Leg, code: str, number: str) -> None:
    await leg.press(code)
    await leg.hears("talk_number", to_the_end=True)
    await leg.press(f"{number}#")


def no_failures(*phones: OperatorPhone) -> None:
    """What every one of them waited for has come."""
    for phone in phones:
        for encounter in phone.encounters:
            if encounter.failure is not None:
                raise encounter.failure


def deeds(centre: CentreUnderTest, call: Mapping[str, object]) -> list[str]:
    rows = centre.rows("SELECT what FROM queue_log WHERE entry = ? ORDER BY id", call["id"])
    known = {"answered", "consulted", "handed", "sent", "conference", "unreached", "outside"}
    return [row["what"] for row in rows if row["what"] in known]


def audited(centre: CentreUnderTest, call: Mapping[str, object]) -> list[tuple[str, ...]]:
    query = "SELECT actor, subject, result FROM audit WHERE call_id = ? AND action = 'outside' ORDER BY at"
    return [tuple(row.values()) for row in centre.rows(query, call["id"])]


async def test_he_is_asked_by_keys_joins_a_talk_of_three_and_keeps_the_caller(
    centre: CentreUnderTest,
    city: City,
    ear: Ear,
    operator: OperatorPhone,
    lab: OperatorPhone,
    voices: Mapping[str, Path],
    caller: str,
) -> None:
    three, alone, heard = (asyncio.Event() for _ in range(3))

    async def anna(leg: Leg) -> None:
        await whispered(leg, "topic_any", "topic_news")
        await keys(leg, "*4", "902")
        await leg.hears("talk_unknown", to_the_end=True)
        await leg.press("901#")
        await leg.hears("lab", within_s=20, to_the_end=True)
        await leg.press("*6")
        await leg.wait(1.5)
        three.set()
        await leg.hears("caller", within_s=15, to_the_end=True)
        await leg.wait(0.5)
        await leg.say(voices["anna"])
        await leg.wait(0.5)
        alone.set()
        await leg.hang_up()

    async def expert(leg: Leg) -> None:
        await whispered(leg, "talk_to_specialist")
        await leg.say(voices["lab"])
        await leg.hears("anna", within_s=30)
        await alone.wait()
        await leg.press("*3")  # no code is his: the caller hears it, and nothing else comes of it
        await leg.wait(1.0)
        while not heard.is_set():
            await leg.say(voices["lab"])
        await leg.hang_up()

    async def person(leg: Leg) -> None:
        await connected(leg)
        await leg.hears("fixed_hold", within_s=15)
        await three.wait()
        await leg.say(voices["caller"])
        await leg.hears("anna", within_s=15)
        await leg.hears("lab", within_s=25)
        heard.set()
        await leg.hears("mark_ask", within_s=15)
        await leg.hang_up()

    operator.script, lab.script = anna, expert
    await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    assert (call["outcome"], call["operator"], call["operators"]) == ("operator", "101", "101 meter_lab")
    assert lab.encounters[0].caller == NUMBER and lab.rung == 1
    assert ear.find(centre.both_sides(call)[1], "lab")
    assert deeds(centre, call) == ["answered", "consulted", "conference", "handed", "outside"]
    assert audited(centre, call) == [("101", "meter_lab", "asked"), ("101", "meter_lab", "answered")]
    no_failures(operator, lab)


async def test_a_caller_sent_to_him_comes_back_when_he_is_busy_and_is_given_him_by_the_api(
    centre: CentreUnderTest,
    city: City,
    ear: Ear,
    operator: OperatorPhone,
    lab: OperatorPhone,
    voices: Mapping[str, Path],
    caller: str,
) -> None:
    programme, talks = Programme(centre, "101"), 0

    async def anna(leg: Leg) -> None:
        nonlocal talks
        talks += 1
        if talks == 1:
            await whispered(leg, "topic_any", "topic_news")
            await keys(leg, "*5", "901")
        else:
            await leg.hears("talk_not_taken", within_s=15)
            await whispered(leg, "topic_any", "topic_news")
            lab.behaviour = Behaviour.ANSWER
            shown = (await programme.get())[1]
            assert shown["specialists"] == [
                {"specialist": "meter_lab", "name": "Лаборатория счётчиков", "short": "901"}
            ]
            assert (await programme.post("desk/transfer", specialist="friend", ask=True))[0] == 404
            assert (await programme.post("desk/transfer", specialist="meter_lab", ask=True))[0] == 200
            await leg.hears("lab", within_s=20, to_the_end=True)
            assert (await programme.post("desk/talk", do="complete"))[1]["talk"] is None
        await leg.until_hung_up(15)

    async def expert(leg: Leg) -> None:
        await whispered(leg, "talk_to_specialist")
        await leg.say(voices["lab"])
        await leg.hears("caller", within_s=20)
        await leg.say(voices["lab"])
        await leg.hang_up()

    async def person(leg: Leg) -> None:
        await connected(leg)
        await leg.hears("queue_not_there", within_s=30)
        await until(lambda: lab.encounters, 30, "the specialist is there")
        while not leg.hung_up and len(lab.encounters[0].moments) < 4:
            await leg.say(voices["caller"])
        await leg.hears("lab", within_s=15)
        await leg.hears("mark_ask", within_s=15)
        await leg.hang_up()

    lab.behaviour = Behaviour.BUSY
    operator.script, lab.script = anna, expert
    await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    assert (call["outcome"], call["operator"], call["operators"]) == ("operator", "101", "101 meter_lab")
    assert (call["transfers"], lab.rung) == (1, 2)
    assert deeds(centre, call) == ["answered", "sent", "unreached", "answered", "consulted", "handed", "outside"]
    assert [result for _, _, result in audited(centre, call)] == ["sent", "busy", "asked", "answered"]
    no_failures(operator, lab)
