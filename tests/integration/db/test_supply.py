from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from ivr.adapters.db.customers import SqlCustomers
from ivr.adapters.db.engine import Database
from ivr.adapters.db.supply import SqlServiceRequests, SqlSupply
from ivr.adapters.files import sample
from ivr.adapters.files.sample_supply import SHARED_PHONE
from ivr.domain.customer import CustomerKind
from ivr.domain.hours import Span
from ivr.domain.supply import RequestStatus, ServiceRequest

ZONE = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 3, 31, 9, tzinfo=UTC)  # a Tuesday
ASKED = ServiceRequest("1", "Замена счётчика", RequestStatus.NEW, NOW, caller="+79991000001", call_id="c1")


@pytest.fixture
async def supplier(database: Database) -> Database:
    assert await sample.load_sample(database, NOW, ZONE) == sample.SUBSCRIBERS
    return database


class TestSupply:
    async def test_outages_of_an_address_come_in_their_order_until_they_are_over(self, supplier: Database) -> None:
        account = await SqlCustomers(supplier).account(sample.ONE_REGISTER)
        assert account is not None
        supply = SqlSupply(supplier)
        found = await supply.outages(account.district, account.address, NOW)
        tuesdays = [outage for outage in found if outage.district]
        assert [outage.starts_at.astimezone(ZONE).date() for outage in tuesdays[:2]] == [
            date(2026, 4, 7),
            date(2026, 4, 14),
        ]
        assert tuesdays[0].ends_at.astimezone(ZONE).time() == time(14) and tuesdays[0].text
        assert list(found) == sorted(found, key=lambda outage: outage.starts_at)
        later = await supply.outages(account.district, account.address, tuesdays[0].ends_at)
        assert tuesdays[0] not in later and tuesdays[1] in later
        assert await supply.outages("Другой", "Другой город", NOW) == ()

    async def test_offices_are_those_of_the_district_and_of_everybody(self, supplier: Database) -> None:
        supply = SqlSupply(supplier)
        everybody, village = await supply.offices("Вымысловский")
        assert await supply.offices("Примерский") == (everybody,)
        assert village.week.days[0] == (Span(540, 1020),) and village.week.days[5] == ()

    async def test_how_to_pay_is_told_by_kind(self, database: Database, supplier: Database) -> None:
        supply = SqlSupply(supplier)
        texts = {await supply.how_to_pay(kind) for kind in CustomerKind}
        assert len(texts) == 2 and "" not in texts

    async def test_nothing_is_known_of_an_empty_database(self, database: Database) -> None:
        supply = SqlSupply(database)
        assert await supply.offices("") == () and await supply.how_to_pay(CustomerKind.PERSON) == ""


class TestPhones:
    async def test_a_telephone_leads_to_its_accounts_however_it_is_written(self, supplier: Database) -> None:
        customers = SqlCustomers(supplier)
        assert await customers.by_phone("8 (999) 100-00-01") == (sample.ONE_REGISTER,)
        assert await customers.by_phone(SHARED_PHONE) == (sample.OVERPAYER, sample.NEAR_ROLLOVER)
        assert await customers.by_phone("79990009999") == () == await customers.by_phone("anonymous")


class TestRequests:
    async def test_a_request_gets_a_number_and_is_found_by_it(self, database: Database) -> None:
        store = SqlServiceRequests(database)
        opened = await store.open(ASKED)
        assert opened == replace(ASKED, number=opened.number) and opened.number
        assert await store.get(opened.number) == opened
        assert await store.get("нет такого") is None

    async def test_the_same_call_and_topic_is_written_over(self, database: Database) -> None:
        store = SqlServiceRequests(database)
        opened = await store.open(ASKED)
        again = await store.open(replace(ASKED, status=RequestStatus.DONE, result="Готово."))
        assert again == replace(opened, status=RequestStatus.DONE, result="Готово.")
        assert await store.of_account("1") == (again,)

    async def test_requests_of_an_account_come_newest_first(self, supplier: Database) -> None:
        found = await SqlServiceRequests(supplier).of_account(sample.ONE_REGISTER)
        assert [request.number for request in found] == ["101", "102"]
        assert found[0].due_on == NOW.date() + timedelta(days=5)

    async def test_a_number_of_anothers_making_is_kept(self, database: Database) -> None:
        store = SqlServiceRequests(database)
        opened = await store.open(replace(ASKED, number="ЗК-7", call_id=""))
        assert opened.number == "ЗК-7" and await store.get("ЗК-7") == opened

    async def test_a_number_that_is_taken_is_not_given_again(self, database: Database) -> None:
        store = SqlServiceRequests(database)
        opened = await store.open(ASKED)
        taken = [str(int(opened.number) + step) for step in (2, 3)]
        for number in taken:
            await store.open(replace(ASKED, number=number, call_id=""))
        ours = [await store.open(replace(ASKED, call_id=f"c{n}")) for n in range(2, 5)]
        numbers = [opened.number, *taken, *(request.number for request in ours)]
        assert len(set(numbers)) == 6 and numbers[-1].isdecimal()
