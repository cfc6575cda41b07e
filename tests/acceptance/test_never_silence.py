"""Whatever breaks, a caller reaches the fallback queue or hears an apology; talks go on; afterwards all is told."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ivr.adapters.files.sample import DEBTOR, ONE_REGISTER
from ivr.simulate.city.ear import Ear
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Leg, OperatorPhone
from tests.acceptance.harness import NUMBER, CentreUnderTest, until
from tests.acceptance.readings import last_reading, of_call, to_account

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def mended(centre: CentreUnderTest) -> AsyncIterator[CentreUnderTest]:
    """The centre; whatever a test broke is whole again after it."""
    yield centre
    if centre.asterisk.pid is None:
        await centre.start_asterisk()
    if centre.engine is None or centre.engine.returncode is not None:
        await centre.start_engine()
    await centre.ready()


async def led_to_an_operator(leg: Leg) -> None:
    await leg.hears("fixed_lost", within_s=10)
    await leg.until_hung_up(30)


async def test_engine_not_running(
    mended: CentreUnderTest, city: City, ear: Ear, operator: OperatorPhone, caller: str
) -> None:
    await mended.kill_engine()
    rung = operator.rung

    async def person(leg: Leg) -> None:
        await leg.hears("recording_notice")  # the dialplan tells it itself
        await led_to_an_operator(leg)

    await city.call(person, number=NUMBER, caller=caller)
    assert operator.rung == rung + 1
    assert mended.call_of(caller) == {}
    await mended.start_engine()
    call = await mended.ended(caller)
    assert (call["outcome"], call["operator"]) == ("fallback", "101")
    assert mended.recording(call).stat().st_size > 32000 * 5


async def test_engine_killed_in_a_menu(mended: CentreUnderTest, city: City, caller: str) -> None:
    async def person(leg: Leg) -> None:
        await leg.hears("main_menu")
        await mended.kill_engine()
        await led_to_an_operator(leg)

    encounter = await city.call(person, number=NUMBER, caller=caller)
    # The notice was said by the engine: it is not said twice.
    assert [moment.words for moment in encounter.moments if moment.what == "heard"].count("recording_notice") <= 1
    await mended.start_engine()
    call = await mended.ended(caller)
    assert call["outcome"] == "fallback"
    assert mended.recording(call).exists()


async def test_engine_killed_in_a_reading_before_its_confirmation(
    mended: CentreUnderTest, city: City, caller: str
) -> None:
    value = last_reading(mended, ONE_REGISTER) + 90

    async def person(leg: Leg) -> None:
        await to_account(leg, ONE_REGISTER)
        await leg.hears("reading_ask")
        await leg.press(f"{value}#")
        await leg.hears("confirm")
        await mended.kill_engine()
        await led_to_an_operator(leg)

    await city.call(person, number=NUMBER, caller=caller)
    await mended.start_engine()
    call = await mended.ended(caller)
    assert call["outcome"] == "fallback"
    assert of_call(mended, call["id"]) == []
    assert last_reading(mended, ONE_REGISTER) == value - 90


async def test_a_talk_outlives_the_engine(
    mended: CentreUnderTest, city: City, ear: Ear, operator: OperatorPhone, caller: str
) -> None:
    operator.talk_s = 12.0
    words = mended.places.fixed / "nobody.wav"

    async def person(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.press("0")
        await leg.hears("connecting")
        await until(lambda: "(Up)" in "".join(talking), 20, "the operator talks")
        await mended.kill_engine()
        await leg.wait(1)
        await leg.say(words)
        await leg.until_hung_up(30)

    talking: list[str] = []

    async def look() -> None:
        while not talking:
            channels = await mended.asterisk.cli("core show channels concise")
            if "PJSIP/101" in channels and "!Up!" in channels.split("PJSIP/101", 1)[1].splitlines()[0]:
                talking.append("(Up)")
            await asyncio.sleep(0.2)

    looking = asyncio.create_task(look())
    try:
        await city.call(person, number=NUMBER, caller=caller)
    finally:
        operator.talk_s = 4.0
        looking.cancel()
    assert operator.encounters[-1].find(ear, "fixed_nobody"), "the talk broke off with the engine"
    await mended.start_engine()
    call = await mended.ended(caller)
    assert (call["outcome"], call["operator"]) == ("operator", "101")


async def test_asterisk_restarted(mended: CentreUnderTest, city: City, ear: Ear, caller: str) -> None:
    async def person(leg: Leg) -> None:
        await leg.hears("main_menu")
        await mended.restart_asterisk()
        await leg.hang_up()

    with contextlib.suppress(Exception):  # the line dies in the middle of it
        await city.call(person, number=NUMBER, caller=caller)
    await mended.ready()
    call = await mended.ended(caller)
    assert (call["outcome"], call["reason"]) == ("lost", "asterisk_stopped")
    assert mended.recording(call).stat().st_size > 32000 * 4
    await city.register_again()
    await city.registered(30)
    second = f"{caller}1"

    async def next_one(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.hang_up()

    await city.call(next_one, number=NUMBER, caller=second)
    assert (await mended.ended(second))["outcome"] == "abandoned"
    log = mended.log.read_text(encoding="utf-8")
    assert log.count('"event": "reconciled"') >= 2


async def test_database_locked(mended: CentreUnderTest, city: City, operator: OperatorPhone, caller: str) -> None:
    """Nothing is accepted that is not stored; the call's log waits in the spool and is not lost."""
    operator.talk_s = 12.0  # he is told the reading that was not stored before they are joined
    value = last_reading(mended, DEBTOR) + 70
    with contextlib.closing(sqlite3.connect(mended.folder / "var/ivr.db", isolation_level=None)) as locker:

        async def person(leg: Leg) -> None:
            await to_account(leg, DEBTOR)
            await leg.hears("reading_ask")
            await leg.press(f"{value}#")
            await leg.hears("confirm")
            locker.execute("BEGIN EXCLUSIVE")
            await leg.press("1")
            await leg.hears("reading_not_stored", within_s=15)
            await leg.until_hung_up(45)

        try:
            await city.call(person, number=NUMBER, caller=caller)
        finally:
            with contextlib.suppress(sqlite3.OperationalError):
                locker.execute("ROLLBACK")
    call = await mended.ended(caller, within_s=40)
    assert call["outcome"] == "operator"
    assert of_call(mended, call["id"]) == []
    assert [step["number"] for step in mended.steps(call["id"])] == list(range(1, len(mended.steps(call["id"])) + 1))
