"""Menus: back, root, repeat, type-ahead, a balance for its owner, a flow edited while the centre runs."""

import pytest

from ivr.adapters.files.sample import DEBTOR, NO_HISTORY
from ivr.simulate.city.ear import Ear
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Leg
from tests.acceptance.harness import NUMBER, CentreUnderTest
from tests.acceptance.readings import of_call

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_experienced_caller_presses_through_everything_at_once(
    centre: CentreUnderTest, city: City, ear: Ear, caller: str
) -> None:
    async def person(leg: Leg) -> None:
        await leg.wait(0.3)
        await leg.press_quickly("1" + NO_HISTORY)  # readings, account
        await leg.wait(5.0)  # the notice is said to its end; then the account is read back
        await leg.press_quickly("1" + NO_HISTORY[-1] * 4)  # it is right; the proof
        await leg.hears("reading_ask", within_s=15)
        await leg.press_quickly("00042#")
        await leg.wait(1.5)
        await leg.press("1")
        await leg.hears("after_reading", within_s=20)
        await leg.hang_up()

    encounter = await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    assert of_call(centre, call["id"]) == [42]
    heard = {line.name for line in encounter.lines(ear)}
    assert "account_ask" not in heard and "main_menu" not in heard


async def test_back_root_and_repeat_work_from_anywhere(centre: CentreUnderTest, city: City, caller: str) -> None:
    async def person(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.press("5")
        await leg.hears("companies_menu")
        await leg.press("#")
        await leg.hears("companies_menu")
        await leg.press("*")
        await leg.hears("main_menu")
        await leg.press("5")
        await leg.hears("companies_menu")
        await leg.press("4")
        await leg.hears("contract")
        await leg.press("9")
        await leg.hears("main_menu")
        await leg.hang_up()

    await city.call(person, number=NUMBER, caller=caller)


async def test_a_balance_is_told_to_the_proven_owner_only(
    centre: CentreUnderTest, city: City, ear: Ear, caller: str
) -> None:
    async def person(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.press("2")
        await leg.hears("account_ask")
        await leg.press_quickly(DEBTOR)
        await leg.wait(1.0)
        await leg.press("1")
        await leg.hears("proof_ask")
        await leg.press_quickly("9999")
        await leg.hears("proof_wrong")
        await leg.press_quickly("3333")
        await leg.hears("after_balance", within_s=30)
        await leg.hang_up()

    await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    nodes = [(step["node"], step["event"]) for step in centre.steps(call["id"])]
    assert ("after_balance", "entered") in nodes


async def test_a_new_version_of_the_flow_is_for_new_calls_and_a_broken_one_for_none(
    centre: CentreUnderTest, city: City, ear: Ear, caller: str
) -> None:
    before = centre.flow_file.read_text(encoding="utf-8")
    version = centre.health()["version"]
    await_new = {"version": version}

    async def person(leg: Leg) -> None:
        await leg.hears("main_menu")
        centre.flow_file.write_text(before.replace('"5": companies', '"7": companies'), encoding="utf-8")
        for _ in range(150):
            await_new["version"] = centre.health()["version"]
            if await_new["version"] != version:
                break
            await leg.wait(0.2)
        await leg.press("5")  # still a menu item in this call
        await leg.hears("companies_menu")
        await leg.hang_up()

    try:
        await city.call(person, number=NUMBER, caller=caller)
        assert await_new["version"] != version
        second = f"{caller}1"

        async def newcomer(leg: Leg) -> None:
            await leg.hears("main_menu")
            await leg.press("5")
            await leg.hears("mistake")
            await leg.hang_up()

        await city.call(newcomer, number=NUMBER, caller=second)
        assert (await centre.ended(second))["flow_version"] == await_new["version"]
        centre.flow_file.write_text(before.replace("next: greeting", "next: nowhere"), encoding="utf-8")

        async def third(leg: Leg) -> None:
            await leg.wait(3)
            await leg.hears("main_menu")
            await leg.hang_up()

        await city.call(third, number=NUMBER, caller=f"{caller}2")
        assert centre.health()["version"] == await_new["version"]
        assert "nowhere" in centre.log.read_text(encoding="utf-8")
    finally:
        centre.flow_file.write_text(before, encoding="utf-8")
