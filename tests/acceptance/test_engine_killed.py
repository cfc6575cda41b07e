"""kill -9 of the engine in the middle of self-service: what was confirmed is stored once, nothing else is, and an
operator answers."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ivr.adapters.files.sample import DEBTOR, ONE_REGISTER
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Leg, OperatorPhone
from tests.acceptance.harness import NUMBER, CentreUnderTest, until
from tests.acceptance.readings import call_id_of, last_reading, of_call, to_account

pytestmark = pytest.mark.asyncio(loop_scope="module")

WRONG_PROOF = "0007"


@pytest_asyncio.fixture(loop_scope="module")
async def mended(centre: CentreUnderTest) -> AsyncIterator[CentreUnderTest]:
    """The centre; its engine runs again after the test."""
    yield centre
    assert centre.engine is not None
    if centre.engine.returncode is not None:
        await centre.start_engine()


async def led_to_an_operator(leg: Leg) -> None:
    await leg.hears("fixed_lost", within_s=10)
    await leg.until_hung_up(30)


async def test_a_confirmed_reading_outlives_the_engine_and_is_stored_once(
    mended: CentreUnderTest, city: City, operator: OperatorPhone, caller: str
) -> None:
    value = last_reading(mended, ONE_REGISTER) + 90
    rung = operator.rung

    async def person(leg: Leg) -> None:
        await to_account(leg, ONE_REGISTER)
        await leg.hears("reading_ask")
        await leg.press(f"{value}#")
        await leg.hears("confirm")
        await leg.press("1")
        await until(lambda: of_call(mended, call_id_of(mended, caller)), 10, "the reading is stored")
        await mended.kill_engine()
        await led_to_an_operator(leg)

    await city.call(person, number=NUMBER, caller=caller)
    assert operator.rung == rung + 1
    await mended.start_engine()
    call = await mended.ended(caller)
    assert (call["outcome"], call["operator"], call["account"]) == ("fallback", "101", ONE_REGISTER)
    assert of_call(mended, call["id"]) == [value]
    assert last_reading(mended, ONE_REGISTER) == value


async def test_who_was_proving_himself_is_given_to_an_operator_and_has_proven_nothing(
    mended: CentreUnderTest, city: City, operator: OperatorPhone, caller: str
) -> None:
    rung = operator.rung

    async def person(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.press("2")
        await leg.hears("account_ask")
        await leg.press_quickly(DEBTOR)
        await leg.wait(1.0)
        await leg.press("1")
        await leg.hears("proof_ask")
        await leg.press(WRONG_PROOF)
        await leg.hears("proof_wrong")
        await mended.kill_engine()
        await led_to_an_operator(leg)

    await city.call(person, number=NUMBER, caller=caller)
    assert operator.rung == rung + 1
    await mended.start_engine()
    call = await mended.ended(caller)
    assert (call["outcome"], call["operator"]) == ("fallback", "101")
    assert WRONG_PROOF not in [step["heard"] for step in mended.steps(call["id"])]
    told = mended.rows("SELECT action FROM audit WHERE call_id = ? AND result = 'told'", call["id"])
    assert told == []

    async def again(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.press("2")
        await leg.hears("account_ask")  # nothing of the lost call is taken for proven
        await leg.hang_up()

    await city.call(again, number=NUMBER, caller=caller)
