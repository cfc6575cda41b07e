"""Out of hours: the timetable is spoken, self-service stays, and nobody is put into a queue that nobody serves."""

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from ivr.adapters.files.sample import ONE_REGISTER
from ivr.dialogue.week import parse_week
from ivr.dialogue.wording import timetable
from ivr.simulate.city.ear import Ear
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Leg, OperatorPhone
from tests.acceptance.harness import CLOSED, NUMBER, CentreUnderTest, Sounds
from tests.acceptance.readings import last_reading, of_call, to_account

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre(new_centre: Callable[..., CentreUnderTest]) -> AsyncIterator[CentreUnderTest]:
    one = new_centre(hours=CLOSED)
    try:
        await one.start()
        yield one
    finally:
        await one.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ear(centre: CentreUnderTest) -> Ear:
    """Knows the very hours of this centre."""
    return await Sounds(centre).ear(operators_closed={"timetable": timetable(parse_week(CLOSED))})


async def test_the_timetable_is_spoken_and_a_reading_is_taken_all_the_same(
    centre: CentreUnderTest, city: City, ear: Ear, operator: OperatorPhone, caller: str
) -> None:
    value = last_reading(centre, ONE_REGISTER) + 80

    async def person(leg: Leg) -> None:
        await leg.hears("closed_now")
        await leg.hears("main_menu")
        await leg.press("0")
        await leg.hears("operators_closed")
        await to_account(leg, ONE_REGISTER)
        await leg.hears("reading_ask", within_s=30)
        await leg.press(f"{value}#")
        await leg.hears("confirm")
        await leg.press("1")
        await leg.hears("after_reading", within_s=30)
        await leg.hang_up()

    await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    assert of_call(centre, call["id"]) == [value]
    assert operator.rung == 0


async def test_a_silent_caller_is_told_the_hours_and_let_go(
    centre: CentreUnderTest, city: City, operator: OperatorPhone, caller: str
) -> None:
    async def person(leg: Leg) -> None:
        await leg.hears("main_help_closed", within_s=45)
        await leg.hears("operators_closed", within_s=45)
        assert await leg.until_hung_up(30)

    encounter = await city.call(person, number=NUMBER, caller=caller)
    assert encounter.by_centre
    assert (await centre.ended(caller))["outcome"] == "served"
    assert operator.rung == 0
