import asyncio
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ivr.adapters.billing import BillingCustomers, BillingHttp
from ivr.adapters.db.customers import SqlReadings
from ivr.adapters.db.engine import Database
from ivr.domain.customer import Account, Balance, CustomerKind, Reading, Tariff
from ivr.domain.errors import StoreUnavailable
from tests.integration.billing.conftest import ACCOUNT, Billing, Clock

ZONE = ZoneInfo("Europe/Moscow")
NUMBER = "1000000001"

Build = Callable[..., BillingHttp]


@pytest.fixture
def make(connect: Build, database: Database, clock: Clock) -> Callable[..., BillingCustomers]:
    return lambda **settings: BillingCustomers(connect(**settings), database, clock, ZONE)


async def account(customers: BillingCustomers) -> Account:
    found = await customers.account(NUMBER)
    assert found is not None
    return found


async def test_an_account_is_what_billing_tells(make: Callable[..., BillingCustomers], billing: Billing) -> None:
    found = await account(make())
    [meter] = found.meters
    assert (meter.serial, meter.verification_due) == ("A-1", date(2031, 1, 1))
    told = {r.tariff: (r.digits, [reading.value for reading in r.history]) for r in meter.registers}
    assert told == {"day": (6, [1400, 1500]), "night": (5, [])}
    assert replace(found, meters=()) == Account(
        NUMBER,
        "00-1111",
        "Вымыслова",
        CustomerKind.PERSON,
        "Примерск, дом 1",
        "Северный",
        (),
        Balance(12345, date(2026, 3, 1), 5000, date(2026, 2, 25)),
        ("+79991000001",),
        Tariff("Двухзонный", (("day", 739), ("night", 312))),
    )
    assert billing.tokens == {"Bearer secret"}


async def test_fields_lie_where_the_mapping_says(make: Callable[..., BillingCustomers], billing: Billing) -> None:
    other = {name: value for name, value in ACCOUNT.items() if name not in ("number", "balance")}
    billing.accounts[NUMBER] = {**other, "ид": {"лс": 1000000001}, "saldo": "1,00"}
    customers = make(mapping={"account": "ид.лс", "debt": "saldo", "debt_on": "нет"})
    assert (await account(customers)).balance == Balance(100, date(2026, 3, 10))


async def test_an_account_is_asked_for_once_until_it_is_old(
    make: Callable[..., BillingCustomers], billing: Billing, clock: Clock
) -> None:
    customers = make(cache_size=1)
    await account(customers)
    await account(customers)
    assert billing.reads == 1
    clock.pass_s(61)
    await account(customers)
    assert billing.reads == 2
    billing.accounts["2"] = {**ACCOUNT, "number": "2"}
    assert await customers.account("2")
    await account(customers)  # pushed out by the other
    assert billing.reads == 4


async def test_a_reading_taken_here_is_in_the_history_at_once(
    make: Callable[..., BillingCustomers], database: Database, clock: Clock
) -> None:
    customers = make()
    register = (await account(customers)).meters[0].registers[0]
    await SqlReadings(database, ZONE).submit(register.id, Reading(1600, clock(), "ivr_tones", "c1"))
    assert (await account(customers)).meters[0].registers[0].history[-1].value == 1600
    clock.pass_s(61)
    assert (await account(customers)).meters[0].registers[0].history[-1].value == 1600


async def test_an_account_that_billing_does_not_know_is_none(make: Callable[..., BillingCustomers]) -> None:
    assert await make().account("7") is None


async def test_accounts_of_a_telephone(make: Callable[..., BillingCustomers], billing: Billing) -> None:
    customers = make()
    assert await customers.by_phone("8 999 100-00-01") == (NUMBER, "1000000002")
    assert await customers.by_phone("89991000002") == ()
    assert await customers.by_phone("anonymous") == ()
    await account(customers)
    billing.broken = '{"no": "list"}'
    billing.accounts.clear()
    assert await customers.by_phone("89991000001") == (NUMBER,)  # as the copy has it
    billing.broken = 503
    assert await customers.by_phone("89991000001") == (NUMBER,)
    billing.broken = '["не номер"]'
    assert await customers.by_phone("89991000001") == (NUMBER,)


async def test_a_read_that_fails_is_tried_again(make: Callable[..., BillingCustomers], billing: Billing) -> None:
    billing.faults = [500, 503]
    assert (await account(make(timeout_s=5.0))).balance
    assert billing.reads == 3


@pytest.mark.parametrize(
    "broken",
    [500, 429, 403, 302, 3.0, "", "<html>", "[]", '{"number": "2"}', "null", "x" * 2_000_000],
    ids=lambda value: str(value)[:20],
)
async def test_when_billing_fails_the_last_known_meters_are_given_and_nothing_personal(
    make: Callable[..., BillingCustomers], billing: Billing, clock: Clock, broken: Any
) -> None:
    customers = make(retries=0, timeout_s=0.5)
    known = await account(customers)
    clock.pass_s(61)
    billing.broken = broken
    assert await account(customers) == replace(known, balance=None, tariff=None, phones=(), stale=True)
    with pytest.raises(StoreUnavailable):
        await customers.account("1000000009")
    billing.broken = None
    assert await account(customers) == known


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("balance", "debt"), "много"),
        (("balance",), {"debt": {"roubles": 5}}),
        (("meters",), {}),
        (("meters", 0, "serial"), None),
        (("meters", 0, "registers", 0, "tariff"), "Т1"),
        (("meters", 0, "registers", 0, "readings"), [{"value": 5}]),
    ],
)
async def test_an_answer_with_a_garbled_field_is_not_taken(
    make: Callable[..., BillingCustomers], billing: Billing, clock: Clock, path: tuple[Any, ...], value: Any
) -> None:
    customers = make()
    known = await account(customers)
    clock.pass_s(61)
    document = deepcopy(ACCOUNT)
    *way, last = path
    place: Any = document
    for step in way:
        place = place[step]
    place[last] = value
    billing.accounts[NUMBER] = document
    found = await account(customers)
    assert found.stale and found.meters == known.meters


async def test_a_wrong_telephone_spoils_nothing_else(make: Callable[..., BillingCustomers], billing: Billing) -> None:
    billing.accounts[NUMBER] = {**ACCOUNT, "phones": ["нет"]}
    found = await account(make())
    assert found.phones == () and found.balance and not found.stale


async def test_a_meter_that_billing_no_longer_tells_of_is_gone(
    make: Callable[..., BillingCustomers], billing: Billing, clock: Clock
) -> None:
    customers = make()
    await account(customers)
    clock.pass_s(61)
    billing.accounts[NUMBER] = {**ACCOUNT, "meters": [{"serial": "B-2"}]}
    assert [meter.serial for meter in (await account(customers)).meters] == ["B-2"]


async def test_down_and_up_again(make: Callable[..., BillingCustomers], billing: Billing, clock: Clock) -> None:
    customers = make(retries=0, breaker=2, rest_s=0.3)
    known = await account(customers)
    clock.pass_s(61)
    await billing.stop()
    for _ in range(4):
        assert (await account(customers)).stale
    await billing.start()
    before = billing.reads
    assert (await account(customers)).stale and billing.reads == before  # it is left alone for a while
    for _ in range(200):
        found = await account(customers)
        if not found.stale:
            break
        await asyncio.sleep(0.02)
    assert found == known and billing.reads == before + 1
