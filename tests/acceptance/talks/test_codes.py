"""What operators do in a talk by their telephones: hold, transfers, ending an abusive call."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from ivr.simulate.city.ear import Ear
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Behaviour, Leg, OperatorPhone
from tests.acceptance.harness import DEAD_TELEPHONE, NUMBER, CentreUnderTest
from tests.acceptance.programme import Programme
from tests.acceptance.talks.stage import both_sides, connected, deeds, no_failures, whispered

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_hold_and_attended_transfer_by_keys(
    centre: CentreUnderTest,
    city: City,
    ear: Ear,
    phones: dict[str, OperatorPhone],
    voices: Mapping[str, Path],
    caller: str,
) -> None:
    given = asyncio.Event()

    async def anna(leg: Leg) -> None:
        await whispered(leg, "topic_any", "topic_news")
        await leg.say(voices["anna"])
        await leg.press("*3")
        await leg.wait(3.0)
        await leg.press("*3")
        await leg.wait(0.5)
        await leg.say(voices["anna"])
        await leg.press("*4")
        await leg.hears("talk_number", to_the_end=True)
        await leg.press("102#")
        await leg.hears("boris", within_s=15)
        given.set()
        await leg.press("*4")
        await leg.until_hung_up(15)

    async def boris(leg: Leg) -> None:
        await whispered(leg, "talk_question")
        await leg.say(voices["boris"])
        await given.wait()
        await leg.hears("caller", within_s=15)
        await leg.say(voices["boris"])
        await leg.hang_up()

    async def person(leg: Leg) -> None:
        await connected(leg)
        await leg.hears("anna")
        await leg.hears("fixed_hold")
        await leg.hears("anna")
        await leg.hears("fixed_hold")
        await given.wait()
        await leg.wait(1.0)
        await leg.say(voices["caller"])
        await leg.hears("boris")
        await leg.hears("mark_ask", within_s=10)
        await leg.hang_up()

    phones["101"].script, phones["102"].script = anna, boris
    await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    assert (call["outcome"], call["operator"], call["transfers"]) == ("operator", "102", 1)
    assert call["held_s"] >= 4 and call["talk_s"] >= 4
    said, heard = both_sides(centre, call)
    assert ear.find(said, "caller")
    assert all(ear.find(heard, name) for name in ("anna", "fixed_hold", "boris"))
    assert deeds(centre, call) == [
        ("101", "answered"), ("101", "consulted"), ("101", "held"), ("101", "handed")
    ]  # fmt: skip
    no_failures(phones)


async def test_a_transfer_that_nobody_takes_comes_back_to_the_sender_and_a_queue_keeps_his_arrival(
    centre: CentreUnderTest, city: City, phones: dict[str, OperatorPhone], voices: Mapping[str, Path], caller: str
) -> None:
    talks = 0

    async def anna(leg: Leg) -> None:
        nonlocal talks
        talks += 1
        if talks == 1:
            await whispered(leg, "topic_any", "topic_news")
            await leg.say(voices["anna"])
            await leg.press("*5")
            await leg.hears("talk_number", to_the_end=True)
            await leg.press("999#")
            await leg.hears("talk_unknown", to_the_end=True)
            await leg.press("102#")
        else:
            await leg.hears("talk_from_colleague")
            await whispered(leg, "topic_any", "topic_news")
            await leg.say(voices["anna"])
            await leg.press("*5")
            await leg.hears("talk_number", to_the_end=True)
            await leg.press("2#")
        await leg.until_hung_up(10)

    async def vera(leg: Leg) -> None:
        await leg.hears("talk_from_colleague")
        await whispered(leg, "topic_any", "topic_news")
        await leg.say(voices["vera"])
        await leg.hang_up()

    async def person(leg: Leg) -> None:
        await connected(leg)
        await leg.hears("anna")
        await leg.hears("queue_sent_on")
        await leg.hears("anna", within_s=30)
        await leg.hears("queue_sent_on", within_s=15)
        await leg.hears("vera", within_s=30)
        await leg.until_hung_up(2)

    phones["102"].behaviour = Behaviour.BUSY
    phones["101"].script, phones["103"].script = anna, vera
    try:
        await city.call(person, number=NUMBER, caller=caller)
    finally:
        phones["102"].behaviour = Behaviour.ANSWER
        await Programme(centre, "102").post("desk/state", state="ready")
    call = await centre.ended(caller)
    assert (call["outcome"], call["operator"], call["transfers"]) == ("operator", "103", 1)
    assert deeds(centre, call) == [
        ("101", "answered"), ("101", "held"), ("101", "sent"), ("102", "missed"),
        ("101", "answered"), ("101", "held"), ("101", "sent"), ("103", "answered"),
    ]  # fmt: skip
    offered = centre.rows("SELECT operator FROM queue_log WHERE entry = ? AND what = 'offered' ORDER BY id", call["id"])
    assert [row["operator"] for row in offered] == ["101", "102", "101", "103"]
    no_failures(phones)


async def test_a_colleague_who_was_left_the_caller_by_a_dead_telephone_ends_the_talk_as_any(
    centre: CentreUnderTest, city: City, phones: dict[str, OperatorPhone], voices: Mapping[str, Path], caller: str
) -> None:
    async def anna(leg: Leg) -> None:
        await whispered(leg, "topic_any", "topic_news")
        await leg.press("*4")
        await leg.hears("talk_number", to_the_end=True)
        await leg.press("102#")
        await leg.hears("boris", within_s=15)
        await leg.dies(DEAD_TELEPHONE)

    async def boris(leg: Leg) -> None:
        await whispered(leg, "talk_question")
        await leg.say(voices["boris"])
        await leg.wait(3.0)
        await leg.say(voices["boris"])
        await leg.hang_up()

    async def person(leg: Leg) -> None:
        await connected(leg)
        await leg.hears("boris", within_s=40)
        await leg.hears("mark_ask", within_s=15)
        await leg.hang_up()

    phones["101"].script, phones["102"].script = anna, boris
    await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    assert (call["outcome"], call["operators"]) == ("operator", "101 102")
    assert deeds(centre, call) == [("101", "answered"), ("101", "consulted"), ("101", "held"), ("101", "handed")]
    assert (await Programme(centre, "102").get())[1]["state"] == "ready"
    no_failures(phones)


async def test_who_abuses_is_warned_and_then_the_call_ends(
    centre: CentreUnderTest, city: City, phones: dict[str, OperatorPhone], voices: Mapping[str, Path], caller: str
) -> None:
    async def anna(leg: Leg) -> None:
        await whispered(leg, "topic_any", "topic_news")
        await leg.press("*7")
        await leg.hears("fixed_warning", to_the_end=True)
        await leg.wait(1.0)
        await leg.say(voices["anna"])
        await leg.press("*7")
        await leg.until_hung_up(10)

    async def person(leg: Leg) -> None:
        await connected(leg)
        await leg.hears("fixed_warning", within_s=20)
        await leg.hears("anna", within_s=15)
        await leg.hears("fixed_abuse", within_s=15)
        await leg.until_hung_up(10)

    phones["101"].script = anna
    encounter = await city.call(person, number=NUMBER, caller=caller)
    assert encounter.by_centre
    call = await centre.ended(caller)
    assert (call["outcome"], call["operator"]) == ("abusive", "101")
    assert [what for _, what in deeds(centre, call)] == ["answered", "warned", "abusive"]
    noted = (await Programme(centre, "104").get("abusive"))[1]["abusive"]
    assert [each["operator"] for each in noted] == ["101"]
    no_failures(phones)


async def test_a_caller_on_hold_is_not_lost_when_his_operator_hangs_up_nor_without_the_engine(
    centre: CentreUnderTest, city: City, phones: dict[str, OperatorPhone], voices: Mapping[str, Path], caller: str
) -> None:
    talks, killed = 0, asyncio.Event()

    async def anna(leg: Leg) -> None:
        nonlocal talks
        talks += 1
        await whispered(leg, "topic_any", "topic_news")
        await leg.press("*3")
        await leg.wait(1.5)
        if talks == 1:
            await leg.hang_up()
        await centre.kill_engine()
        killed.set()
        await leg.press("*3")
        await leg.wait(1.0)
        await leg.say(voices["anna"])
        await leg.hang_up()

    async def person(leg: Leg) -> None:
        await connected(leg)
        await leg.hears("queue_cut_off", within_s=20)
        await killed.wait()
        await leg.hears("anna", within_s=15)
        await leg.until_hung_up(10)

    phones["101"].script = anna
    await city.call(person, number=NUMBER, caller=caller)
    await centre.start_engine()
    call = await centre.ended(caller)
    assert (call["outcome"], call["operator"]) == ("operator", "101")
    assert call["held_s"] >= 2
    no_failures(phones)
