import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from ivr.adapters.billing import BillingCustomers, BillingHttp
from ivr.adapters.db.customers import SqlReadings
from ivr.adapters.db.engine import Database
from ivr.adapters.db.reading_outbox import SqlOutbox
from ivr.domain.customer import Reading
from ivr.domain.errors import StoreUnavailable
from ivr.domain.readings import UncheckedReading
from ivr.service.readings_delivery import ReadingDelivery
from tests.integration.billing.conftest import Billing, Clock

ZONE = ZoneInfo("Asia/Yekaterinburg")  # UTC+5
Build = Callable[..., BillingHttp]


@pytest.fixture
async def registers(connect: Build, database: Database, clock: Clock) -> tuple[int, int]:
    account = await BillingCustomers(connect(), database, clock, ZONE).account("1000000001")
    assert account is not None
    day, night = account.meters[0].registers
    return day.id, night.id


@pytest.fixture
def delivery(connect: Build, database: Database, clock: Clock) -> ReadingDelivery:
    return ReadingDelivery(SqlOutbox(database, ZONE, clock), connect(), clock, pause_s=0.02)


async def submit(database: Database, clock: Clock, register: int, value: int, call_id: str = "") -> None:
    clock.pass_s(1.5)
    reading = Reading(value, clock(), "ivr_tones", call_id or f"c{value}")
    await SqlReadings(database, ZONE).submit(register, reading)


def values(billing: Billing) -> list[int]:
    return [line["value"] for _, line in billing.got]


async def test_a_reading_is_given_once_with_its_trace(
    database: Database, billing: Billing, clock: Clock, registers: tuple[int, int], delivery: ReadingDelivery
) -> None:
    await submit(database, clock, registers[0], 1600)
    await submit(database, clock, registers[0], 1610)
    assert await delivery.deliver() == 1
    [(key, line)] = billing.got
    assert line == {
        "key": key,
        "account": "1000000001",
        "meter": "A-1",
        "tariff": "day",
        "value": 1610,
        "taken_at": "2026-03-10T14:00:03+05:00",
        "channel": "ivr_tones",
        "call_id": "c1610",
        "replaces": "1600 at 2026-03-10T14:00:01+05:00",
        "status": "accepted",
    }
    assert await delivery.deliver() == 0 and len(billing.got) == 1


async def test_it_waits_while_billing_is_down_and_comes_under_the_same_key(
    database: Database, billing: Billing, clock: Clock, registers: tuple[int, int], delivery: ReadingDelivery
) -> None:
    await submit(database, clock, registers[0], 1600)
    billing.faults = [500]  # it has it, but fails to say so
    with pytest.raises(StoreUnavailable):
        await delivery.deliver()
    assert await delivery.deliver() == 1
    assert billing.got[0] == billing.got[1]


async def test_billing_that_has_it_already_has_it(
    database: Database, billing: Billing, clock: Clock, registers: tuple[int, int], delivery: ReadingDelivery
) -> None:
    await submit(database, clock, registers[0], 1600)
    billing.faults = [409]
    assert await delivery.deliver() == 1
    assert await delivery.deliver() == 0


async def test_one_that_billing_refuses_holds_up_no_other_and_is_offered_again(
    database: Database, billing: Billing, clock: Clock, registers: tuple[int, int], delivery: ReadingDelivery
) -> None:
    await submit(database, clock, registers[0], 1600)
    await submit(database, clock, registers[1], 40)
    billing.faults = [422]
    assert await delivery.deliver() == 1 and values(billing) == [1600, 40]
    assert await delivery.deliver() == 0
    clock.now += timedelta(hours=1, seconds=1)
    assert await delivery.deliver() == 1 and values(billing) == [1600, 40, 1600]


async def test_going_back_to_an_earlier_value_is_told_anew(
    database: Database, billing: Billing, clock: Clock, registers: tuple[int, int], delivery: ReadingDelivery
) -> None:
    for value in (1600, 1610, 1600):
        await submit(database, clock, registers[0], value, "c1")
        assert await delivery.deliver() == 1
    assert values(billing) == [1600, 1610, 1600] and len({key for key, _ in billing.got}) == 3


async def test_an_acknowledgement_of_an_older_state_does_not_count_for_the_newer(
    database: Database, billing: Billing, clock: Clock, registers: tuple[int, int], delivery: ReadingDelivery
) -> None:
    outbox = SqlOutbox(database, ZONE, clock)
    await submit(database, clock, registers[0], 1600, "c1")
    [(_, old)] = await outbox.pending((0, 0), 9)
    await submit(database, clock, registers[0], 1610, "c1")
    await submit(database, clock, registers[0], 1600, "c1")
    await outbox.acknowledged(old)
    [(_, new)] = await outbox.pending((0, 0), 9)
    assert new.value == old.value and new.key != old.key


async def test_what_nobody_has_checked_goes_too_once(
    database: Database, billing: Billing, clock: Clock, registers: tuple[int, int], delivery: ReadingDelivery
) -> None:
    await submit(database, clock, registers[0], 1600)
    store = SqlReadings(database, ZONE)
    unchecked = UncheckedReading("9", "", "single", 5, clock(), call_id="c9")
    first = await store.submit_unchecked(unchecked)
    again = replace(unchecked, call_id="c10", taken_at=unchecked.taken_at + timedelta(minutes=1))
    assert await store.submit_unchecked(again) == first  # given a second time on the same day
    assert await delivery.deliver() == 2
    assert [(key[0], line["status"]) for key, line in billing.got][1] == ("u", "unchecked")
    assert await delivery.deliver() == 0


async def test_more_than_a_portion_is_delivered_in_order(
    database: Database, billing: Billing, clock: Clock, delivery: ReadingDelivery
) -> None:
    store = SqlReadings(database, ZONE)
    for value in range(230):
        await store.submit_unchecked(UncheckedReading("9", "", "single", value, clock(), call_id=f"c{value}"))
    assert await delivery.deliver() == 230 and values(billing) == list(range(230))


async def test_it_goes_on_by_itself_when_billing_is_back(
    database: Database, billing: Billing, clock: Clock, registers: tuple[int, int], delivery: ReadingDelivery
) -> None:
    await submit(database, clock, registers[0], 1600)
    await billing.stop()
    running = asyncio.create_task(delivery.run())
    await asyncio.sleep(0)
    await billing.start()
    async with asyncio.timeout(20):
        await billing.first.wait()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert values(billing) == [1600]
