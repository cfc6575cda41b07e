"""Readings by tones, end to end."""

import pytest

from ivr.adapters.files.sample import DEBTOR, ONE_REGISTER, OVERPAYER, THREE_REGISTERS
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Leg
from tests.acceptance.harness import NUMBER, CentreUnderTest
from tests.acceptance.readings import call_id_of, last_reading, of_call, to_account

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_reading_by_tones_is_checked_read_back_confirmed_and_stored_once(
    centre: CentreUnderTest, city: City, caller: str
) -> None:
    value = last_reading(centre, ONE_REGISTER) + 150

    async def person(leg: Leg) -> None:
        await to_account(leg, ONE_REGISTER)
        await leg.hears("reading_ask")
        assert of_call(centre, call_id_of(centre, caller)) == []
        await leg.press(f"{value}#")
        await leg.hears("confirm")
        assert last_reading(centre, ONE_REGISTER) == value - 150
        await leg.press("1")
        await leg.hears("after_reading")
        await leg.hang_up()

    await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    assert of_call(centre, call["id"]) == [value]
    assert last_reading(centre, ONE_REGISTER) == value
    assert call["account"] == ONE_REGISTER


async def test_who_hangs_up_before_confirming_has_submitted_nothing(
    centre: CentreUnderTest, city: City, caller: str
) -> None:
    value = last_reading(centre, OVERPAYER) + 120

    async def person(leg: Leg) -> None:
        await to_account(leg, OVERPAYER)
        await leg.hears("reading_ask")
        await leg.press(f"{value}#")
        await leg.hears("confirm")
        await leg.hang_up()

    await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    assert of_call(centre, call["id"]) == []


async def test_a_refused_reading_is_explained_at_once(centre: CentreUnderTest, city: City, caller: str) -> None:
    too_low = last_reading(centre, DEBTOR) - 100

    async def person(leg: Leg) -> None:
        await to_account(leg, DEBTOR)
        await leg.hears("reading_ask")
        await leg.press(f"{too_low}#")
        await leg.wait(1.0)
        await leg.listen(until_silence_s=1.0)
        await leg.hang_up()

    await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    assert of_call(centre, call["id"]) == []
    assert "reading_check refused lower_than_last" in [step["result"] for step in centre.steps(call["id"])]


async def test_three_registers_are_asked_for_one_after_another(
    centre: CentreUnderTest, city: City, caller: str
) -> None:
    values = [last_reading(centre, THREE_REGISTERS, register) + 60 for register in (1, 2, 3)]

    async def person(leg: Leg) -> None:
        await to_account(leg, THREE_REGISTERS)
        for value in values:
            await leg.hears("reading_ask", within_s=30)
            await leg.press(f"{value}#")
            await leg.hears("confirm")
            await leg.press("1")
        await leg.hears("after_reading", within_s=30)
        await leg.hang_up()

    await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    assert of_call(centre, call["id"]) == values
