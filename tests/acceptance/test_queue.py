"""The queue of our own on real telephones: order, misses, codes, a dead telephone, a dead engine, nobody there."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ivr.simulate.city.ear import Ear
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Behaviour, Leg, OperatorPhone
from tests.acceptance.conftest import CALLERS, city_of
from tests.acceptance.harness import NUMBER, CentreUnderTest, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

DEAD_TELEPHONE = "44"  # Q.850: the channel is not available any more
LUNCH = "*132"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def phones() -> list[OperatorPhone]:
    return [OperatorPhone("101", talk_s=4.0), OperatorPhone("102", talk_s=4.0)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(
    centre: CentreUnderTest, ear: Ear, phones: list[OperatorPhone], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[City]:
    async with city_of(centre, ear, phones, tmp_path_factory) as one:
        await one.registered()
        yield one


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def usual(centre: CentreUnderTest, city: City, phones: list[OperatorPhone]) -> AsyncIterator[None]:
    """Both operators are as they were."""
    yield
    for phone in phones:
        phone.behaviour, phone.ring_s, phone.talk_s, phone.script = Behaviour.ANSWER, 0.5, 4.0, None
    if centre.engine is None or centre.engine.returncode is not None:
        await centre.start_engine()
    for phone in phones:
        await key(city, phone, "*11")


async def key(city: City, phone: OperatorPhone, code: str) -> None:
    async def operator(leg: Leg) -> None:
        await leg.until_hung_up(15)

    await city.call(operator, number=code, phone=phone.extension)


async def patient(leg: Leg) -> None:
    await leg.hears("main_menu")
    await leg.press("0")
    await leg.hears("connecting")
    await leg.until_hung_up(60)


def order(centre: CentreUnderTest) -> list[str]:
    """Calls in the order in which operators answered them."""
    rows = centre.rows("SELECT entry FROM queue_log WHERE what = 'answered' ORDER BY id")
    return [row["entry"] for row in rows]


async def test_the_first_is_served_first_and_gives_a_mark(
    centre: CentreUnderTest, city: City, phones: list[OperatorPhone]
) -> None:
    callers = [f"+{next(CALLERS)}" for _ in range(5)]
    rung = sum(phone.rung for phone in phones)

    async def marks(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.press("0")
        await leg.hears("connecting")
        await leg.hears("mark_ask", within_s=60)
        await leg.press("5")
        await leg.hears("mark_thanks")
        await leg.until_hung_up(10)

    async with asyncio.TaskGroup() as group:
        for place, caller in enumerate(callers):
            group.create_task(city.call(marks if place == 0 else patient, number=NUMBER, caller=caller))
            await asyncio.sleep(1.0)
    calls = [await centre.ended(caller) for caller in callers]
    assert [call["outcome"] for call in calls] == ["operator"] * 5
    assert {call["operator"] for call in calls} == {"101", "102"}
    assert all(3 <= call["talk_s"] <= 8 for call in calls)
    assert [entry for entry in order(centre) if entry in {call["id"] for call in calls}] == [
        call["id"] for call in calls
    ]
    assert sum(phone.rung for phone in phones) == rung + 5
    assert centre.rows("SELECT mark FROM marks WHERE call_id = ?", calls[0]["id"]) == [{"mark": 5}]


async def test_who_does_not_answer_is_passed_over_and_the_caller_keeps_his_place(
    centre: CentreUnderTest, city: City, phones: list[OperatorPhone], caller: str
) -> None:
    for phone in phones:
        phone.behaviour = Behaviour.NO_ANSWER

    async def person(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.press("0")
        await until(lambda: [phone for phone in phones if phone.rung != rung[phone.extension]], 20, "somebody is rung")
        first = next(phone for phone in phones if phone.rung != rung[phone.extension])
        other = next(phone for phone in phones if phone is not first)
        other.behaviour = Behaviour.ANSWER
        await leg.until_hung_up(60)
        assert other.rung == rung[other.extension] + 1

    rung = {phone.extension: phone.rung for phone in phones}
    await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    assert call["outcome"] == "operator"
    rows = centre.rows("SELECT operator, what FROM queue_log WHERE entry = ? ORDER BY id", call["id"])
    whats = [row["what"] for row in rows if row["what"] != "offer_withdrawn"]
    assert whats == ["offered", "missed", "offered", "answered", "talk_ended"]


async def test_a_pause_by_code_outlives_the_engine(
    centre: CentreUnderTest, city: City, phones: list[OperatorPhone], caller: str
) -> None:
    first, second = phones
    await key(city, first, LUNCH)
    for _ in range(2):
        number = f"+{next(CALLERS)}"
        await city.call(patient, number=NUMBER, caller=number)
        assert (await centre.ended(number))["operator"] == second.extension
        await centre.kill_engine()
        await centre.start_engine()


async def test_a_telephone_that_dies_in_the_talk_puts_its_caller_first(
    centre: CentreUnderTest, city: City, phones: list[OperatorPhone], caller: str
) -> None:
    async def dies(leg: Leg) -> None:
        for phone in phones:
            phone.script = None
        await leg.wait(2)
        await leg.dies(DEAD_TELEPHONE)

    async def person(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.press("0")
        await leg.hears("connecting")
        await leg.hears("queue_cut_off", within_s=20)
        await leg.hears("mark_ask", within_s=30)
        await leg.hang_up()

    for phone in phones:
        phone.script = dies
    await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    assert call["outcome"] == "operator"
    whats = [row["what"] for row in centre.rows("SELECT what FROM queue_log WHERE entry = ? ORDER BY id", call["id"])]
    assert whats.count("answered") == 2 and "returned" in whats


async def test_killed_with_callers_in_line_everybody_is_answered_in_order_and_talks_go_on(
    centre: CentreUnderTest, city: City, phones: list[OperatorPhone]
) -> None:
    one, other = phones
    one.talk_s = 8.0
    await key(city, other, "*12")
    callers = [f"+{next(CALLERS)}" for _ in range(4)]
    async with asyncio.TaskGroup() as group:
        for caller in callers:
            group.create_task(city.call(patient, number=NUMBER, caller=caller))
            await asyncio.sleep(1.5)
        await until(lambda: one.busy, 20, "the first talks")
        other.behaviour = Behaviour.NO_ANSWER  # the dialplan's own queue does not know that he is out
        await asyncio.sleep(4.0)
        await centre.kill_engine()
    await centre.start_engine()
    calls = [await centre.ended(caller, within_s=30) for caller in callers]
    assert all(call["operator"] == one.extension and call["talk_s"] >= 7 for call in calls)
    ended = [call["ended_at"] for call in calls]
    assert ended == sorted(ended)


async def test_where_nobody_is_the_caller_is_told_so(
    centre: CentreUnderTest, city: City, phones: list[OperatorPhone], caller: str
) -> None:
    for phone in phones:
        await key(city, phone, "*12")

    async def person(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.press("0")
        await leg.hears("connecting")
        await leg.hears("queue_nobody", within_s=30)
        await leg.until_hung_up(15)

    await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    assert (call["outcome"], call["operator"]) == ("operator_missed", "")
