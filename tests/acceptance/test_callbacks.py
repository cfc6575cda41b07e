"""Who is rung back keeps his place, is told who calls, and talks with an operator who knew it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from ivr.simulate.city.ear import Ear
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Behaviour, Leg, OperatorPhone
from tests.acceptance.callers import asks_for_an_operator
from tests.acceptance.conftest import CALLERS, city_of
from tests.acceptance.harness import NUMBER, OPEN, CentreUnderTest, free_port, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

STORM_S = 3.0
TALK_S = 12.0  # from the operator's answer: a callback rings and is told who calls in that time


@pytest.fixture(scope="module")
def trunk() -> int:
    """The port of the city's network: where the centre dials out to."""
    return free_port(socket.SOCK_DGRAM)


@pytest.fixture(scope="module")
def new_centre(new_centre: Callable[..., CentreUnderTest], trunk: int) -> Callable[..., CentreUnderTest]:
    """Every centre of this module rings customers back, in vain twice, with a short pause between."""
    callbacks = {"hours": dict(OPEN), "tries": 2, "gap_minutes": 0.05, "ring_s": 2}

    def make(**options: object) -> CentreUnderTest:
        centre = new_centre(queue={"wrap_up_s": 0, "ring_s": 5, "callbacks": callbacks}, trunk=trunk, **options)
        return centre

    return make


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def phones() -> list[OperatorPhone]:
    return [OperatorPhone("101", talk_s=TALK_S), OperatorPhone("102", talk_s=TALK_S)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(
    centre: CentreUnderTest,
    ear: Ear,
    phones: list[OperatorPhone],
    trunk: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[City]:
    async with city_of(centre, ear, phones, tmp_path_factory, trunk) as one:
        await one.registered()
        yield one


def row(centre: CentreUnderTest, caller: str) -> dict[str, Any]:
    """The callback of this caller."""
    (found,) = centre.rows("SELECT * FROM callbacks WHERE number = ?", caller) or [{}]
    return found


async def ended(centre: CentreUnderTest, caller: str, within_s: float = 40.0) -> dict[str, Any]:
    return dict(await until(lambda: row(centre, caller).get("ended") and row(centre, caller), within_s, "it has ended"))


def subscriber(city: City, caller: str, **more: Any) -> OperatorPhone:
    number = caller.removeprefix("+")
    city.subscribers[number] = one = OperatorPhone(number, **more)
    return one


async def orders(leg: Leg) -> None:
    """A caller who does not want to wait."""
    await asks_for_an_operator(leg)
    await leg.wait(1)
    await leg.press("1")
    await leg.wait(1.5)
    await leg.press("1")
    await leg.hears("callback_ordered", within_s=15)
    await leg.until_hung_up(10)


async def is_offered(leg: Leg) -> None:
    """In a storm he is asked at once."""
    await asks_for_an_operator(leg)
    await leg.hears("callback_offer")
    await leg.press("1")
    await leg.wait(1.5)
    await leg.press("1")
    await leg.hears("callback_ordered", within_s=15)
    await leg.until_hung_up(10)


async def called_back(leg: Leg) -> None:
    await leg.hears("callback_told")
    await leg.hears("mark_ask", within_s=30)
    await leg.press("4")
    await leg.hears("mark_thanks")
    await leg.until_hung_up(10)


async def waits(leg: Leg) -> None:
    await asks_for_an_operator(leg)
    await leg.until_hung_up(60)


async def key(city: City, phone: OperatorPhone, code: str) -> None:
    async def operator(leg: Leg) -> None:
        await leg.until_hung_up(15)

    await city.call(operator, number=code, phone=phone.extension)


async def test_the_place_is_kept_and_the_outcome_is_stored(
    centre: CentreUnderTest, city: City, phones: list[OperatorPhone]
) -> None:
    """Three come while nobody is free: the first orders, and the engine is killed; the second waits; the third comes in
    a storm, is asked at once, and is never reached."""
    first, second, third = (f"+{next(CALLERS)}" for _ in range(3))
    customer = subscriber(city, first, script=called_back)
    absent = subscriber(city, third, behaviour=Behaviour.NO_ANSWER)
    one, other = phones
    await asyncio.gather(key(city, one, "*131"), key(city, other, "*131"))
    await city.call(orders, number=NUMBER, caller=first)
    ordered = await centre.ended(first)
    await centre.kill_engine()
    await centre.start_engine()
    async with asyncio.TaskGroup() as group:
        group.create_task(city.call(waits, number=NUMBER, caller=second))
        storm = await centre.command("queue", "storm", "on", "Авария в сети.")
        assert await storm.wait() == 0
        await until(lambda: centre.call_of(second), 15, "the second was there before")
        await asyncio.sleep(STORM_S)  # the engine learns of it
        group.create_task(city.call(is_offered, number=NUMBER, caller=third))
        await until(lambda: row(centre, third), 30, "the third is in the book")
        await asyncio.gather(key(city, one, "*11"), key(city, other, "*11"))
        done, vain = await ended(centre, first), await ended(centre, third, within_s=60)
    assert (done["stage"], done["tries"]) == ("reached", 1)
    assert (vain["stage"], vain["tries"], vain["result"]) == ("given_up", 2, "no_answer")
    assert (customer.rung, absent.rung) == (1, 2)
    call = await centre.ended(second)
    assert call["outcome"] == "operator"
    assert (ordered["id"], ordered["outcome"], ordered["reason"]) == (done["id"], "served", "callback")
    rung = centre.rows("SELECT * FROM calls WHERE id = ?", done["leg"])[0]
    assert (rung["outcome"], rung["reason"], rung["operator"], rung["caller"]) == (
        "operator",
        "callback",
        done["operator"],
        first,
    )
    assert centre.rows("SELECT mark FROM marks WHERE call_id = ?", done["leg"]) == [{"mark": 4}]
    offered = [line["entry"] for line in centre.rows("SELECT entry FROM queue_log WHERE what = 'offered' ORDER BY id")]
    assert offered.index(done["id"]) < offered.index(call["id"])
