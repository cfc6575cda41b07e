"""Supervisors in talks, by their telephones; a talk of three; what is told where a code cannot be done."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from ivr.simulate.city.ear import Ear
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Behaviour, Leg, OperatorPhone, Script
from tests.acceptance.harness import NUMBER, CentreUnderTest
from tests.acceptance.programme import Programme
from tests.acceptance.talks.stage import connected, deeds, no_failures, whispered

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_supervisor_takes_part_and_three_talk_until_the_colleague_sends_the_caller_to_his_mark(
    centre: CentreUnderTest,
    city: City,
    ear: Ear,
    phones: dict[str, OperatorPhone],
    voices: Mapping[str, Path],
    caller: str,
) -> None:
    talking, barged, three, heard = (asyncio.Event() for _ in range(4))

    async def anna(leg: Leg) -> None:
        await whispered(leg, "topic_any", "topic_news")
        talking.set()
        await leg.hears("chief", within_s=20)  # whispers
        await barged.wait()
        await leg.press("*4")
        await leg.hears("talk_number", to_the_end=True)
        await leg.press("102#")
        await leg.hears("boris", within_s=15, to_the_end=True)
        await leg.press("*6")
        await leg.wait(1.5)
        three.set()
        await leg.hears("caller", within_s=15, to_the_end=True)  # two at once the colleague could not tell apart
        await leg.say(voices["anna"])
        await leg.wait(0.5)
        await leg.hang_up()

    async def boris(leg: Leg) -> None:
        await whispered(leg, "talk_question")
        await leg.say(voices["boris"])
        await leg.hears("anna", within_s=40)
        await leg.wait(1.5)
        while not heard.is_set():
            await leg.say(voices["boris"])
        await leg.press("*3")
        await leg.wait(0.5)
        await leg.press("*5")
        await leg.hears("talk_number", to_the_end=True)
        await leg.press("0#")
        await leg.until_hung_up(10)

    async def listens(leg: Leg) -> None:
        await leg.hears("caller")
        await leg.say(voices["chief"])  # nobody hears him
        await leg.hang_up()

    async def whispers(leg: Leg) -> None:
        await leg.hears("caller")
        await leg.say(voices["chief"])
        await leg.hang_up()

    async def barges(leg: Leg) -> None:
        await leg.wait(1.0)
        await leg.say(voices["chief"])
        barged.set()
        await leg.hang_up()

    async def refused(leg: Leg) -> None:
        await leg.hears("spy_refused")
        await leg.until_hung_up(5)

    async def chief() -> None:
        await talking.wait()
        await city.call(refused, number="*21101", phone="103")
        await city.call(listens, number="*21101", phone="104")
        await city.call(whispers, number="*22101", phone="104")
        await city.call(barges, number="*23101", phone="104")

    async def person(leg: Leg) -> None:
        await connected(leg)
        await talking.wait()

        async def speak() -> None:
            while not barged.is_set():
                await leg.say(voices["caller"])

        await speak()
        await leg.hears("chief", within_s=10)
        await leg.hears("fixed_hold", within_s=15)
        await three.wait()
        await leg.say(voices["caller"])
        await leg.hears("anna", within_s=15)
        await leg.hears("boris", within_s=15)
        heard.set()
        await leg.hears("mark_ask", within_s=15)
        await leg.press("5")
        await leg.hears("mark_thanks")
        await leg.until_hung_up(5)

    phones["101"].script, phones["102"].script = anna, boris
    async with asyncio.TaskGroup() as group:
        group.create_task(chief())
        group.create_task(city.call(person, number=NUMBER, caller=caller))
    call = await centre.ended(caller)
    assert (call["outcome"], call["operator"]) == ("operator", "101")
    rows = centre.rows("SELECT actor, action, subject, result FROM audit WHERE call_id = ? ORDER BY at", call["id"])
    assert [tuple(row.values()) for row in rows if row["action"] in ("listen", "whisper", "barge")] == [
        ("103", "listen", "101", "refused"),
        ("104", "listen", "101", "began"), ("104", "listen", "101", "ended"),
        ("104", "whisper", "101", "began"), ("104", "whisper", "101", "ended"),
        ("104", "barge", "101", "began"), ("104", "barge", "101", "ended"),
    ]  # fmt: skip
    assert ("101", "conference") in deeds(centre, call)
    no_failures(phones)


async def test_what_cannot_be_is_told_and_who_barges_in_on_a_hold_is_heard_after_it(
    centre: CentreUnderTest, city: City, phones: dict[str, OperatorPhone], voices: Mapping[str, Path], caller: str
) -> None:
    held, back = asyncio.Event(), asyncio.Event()

    async def anna(leg: Leg) -> None:
        await whispered(leg, "topic_any", "topic_news")
        await leg.say(voices["anna"])
        await leg.press("*4")
        await leg.hears("talk_number", to_the_end=True)
        await leg.press("102#")
        await leg.hears("talk_colleague_busy", within_s=15, to_the_end=True)
        await leg.wait(1.0)
        await leg.press("*3")
        held.set()
        await back.wait()
        await leg.press("*3")
        await leg.hears("chief", within_s=20)
        await leg.hang_up()

    async def person(leg: Leg) -> None:
        await connected(leg)
        await leg.hears("chief", within_s=60)
        await leg.hears("mark_ask", within_s=15)
        await leg.hang_up()

    async def barges(leg: Leg) -> None:
        await leg.hears("spy_on_hold", to_the_end=True)
        back.set()
        await leg.wait(2.0)
        for _ in range(3):
            await leg.say(voices["chief"])
        await leg.hang_up()

    def hears(name: str) -> Script:
        async def script(leg: Leg) -> None:
            await leg.hears(name, within_s=10)
            await leg.until_hung_up(10)

        return script

    async def codes() -> None:
        for code, name in (("*14", "duty_nothing"), ("*12", "duty_out"), ("*132", "duty_off"), ("*11", "duty_ready")):
            await city.call(hears(name), number=code, phone="103")
        await city.call(hears("spy_unknown"), number="*22999", phone="104")
        await held.wait()
        await city.call(barges, number="*23101", phone="104")

    phones["102"].behaviour, phones["101"].script = Behaviour.BUSY, anna
    try:
        await asyncio.gather(codes(), city.call(person, number=NUMBER, caller=caller))
    finally:
        phones["102"].behaviour = Behaviour.ANSWER
        for extension in ("101", "102"):
            await Programme(centre, extension).post("desk/state", state="ready")
    call = await centre.ended(caller)
    assert (call["outcome"], call["operator"]) == ("operator", "101")
    assert deeds(centre, call) == [("101", "answered"), ("101", "consulted"), ("101", "held")]
    no_failures(phones)
