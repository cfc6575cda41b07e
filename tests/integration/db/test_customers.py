import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.customers import HISTORY, SqlCustomers, SqlNews, SqlReadings
from ivr.adapters.db.engine import Database
from ivr.adapters.db.seed import seed
from ivr.adapters.db.tables import customers, news, readings
from ivr.domain.customer import Account, Balance, CustomerKind, Meter, Reading, Register, Said
from ivr.domain.errors import RecordRefused
from ivr.domain.readings import UncheckedReading

ZONE = ZoneInfo("Asia/Yekaterinburg")  # UTC+5
AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
HISTORY_GIVEN = tuple(Reading(100 * n, AT - timedelta(days=30 * (20 - n)), "import") for n in range(20))
BALANCE = Balance(-12345, date(2026, 3, 1), 5000, date(2026, 2, 20))
METERS = (
    Meter(1, "A-1", (Register(1, "day", 6, HISTORY_GIVEN), Register(2, "night", 6)), date(2030, 1, 1)),
    Meter(2, "A-2", (Register(3, "single", 5),)),
)
PERSON = Account(
    "0000000001", "00-1", "Выдуманный В. В.", CustomerKind.PERSON, "ул. Ненастоящая, 1", "Север", METERS, BALANCE
)
COMPANY = Account("0000000002", "00-2", "ООО Выдумка", CustomerKind.COMPANY, "ул. Ненастоящая, 2", "Юг")


@pytest.fixture
async def seeded(database: Database) -> Database:
    assert await seed(database, [PERSON, COMPANY], [], ZONE) == 2
    return database


def given(value: int, after: timedelta = timedelta(), call_id: str = "c1") -> Reading:
    return Reading(value, AT + after, "ivr_tones", call_id)


async def current(database: Database, register_id: int) -> list[int]:
    account = await SqlCustomers(database).account(PERSON.number)
    assert account is not None
    registers = [register for meter in account.meters for register in meter.registers]
    return [reading.value for register in registers if register.id == register_id for reading in register.history]


async def trace(database: Database) -> list[tuple[int, int | None]]:
    query = select(readings.c.value, readings.c.replaced_by).where(readings.c.register_id == 3).order_by(readings.c.id)

    async def work(connection: AsyncConnection) -> list[tuple[int, int | None]]:
        return [(row.value, row.replaced_by) for row in await connection.execute(query)]

    return await database.read(work)


class TestCustomers:
    async def test_an_account_comes_with_everything_under_it(self, seeded: Database) -> None:
        first = replace(METERS[0].registers[0], history=HISTORY_GIVEN[-HISTORY:])
        expected = replace(PERSON, meters=(replace(METERS[0], registers=(first, METERS[0].registers[1])), METERS[1]))
        assert await SqlCustomers(seeded).account("0000000001") == expected

    async def test_an_account_may_have_no_meter_and_no_balance(self, seeded: Database) -> None:
        assert await SqlCustomers(seeded).account("0000000002") == COMPANY

    async def test_an_unknown_number_is_no_account(self, seeded: Database) -> None:
        assert await SqlCustomers(seeded).account("0000000003") is None

    async def test_a_database_with_accounts_is_not_seeded_again(self, seeded: Database) -> None:
        assert await seed(seeded, [replace(PERSON, number="9")], [], ZONE) == 0
        assert await SqlCustomers(seeded).account("9") is None


class TestReadings:
    async def test_a_reading_joins_the_history(self, seeded: Database) -> None:
        await SqlReadings(seeded, ZONE).submit(3, given(70))
        account = await SqlCustomers(seeded).account(PERSON.number)
        assert account is not None and account.meters[1].registers[0].history == (given(70),)

    async def test_the_words_of_one_given_by_voice_are_kept(self, seeded: Database) -> None:
        said = Said("семь ноль", 93, 41500)
        await SqlReadings(seeded, ZONE).submit(3, replace(given(70), channel="ivr_speech", said=said))
        unchecked = UncheckedReading("9", "", "day", 25, AT, "ivr_speech", "c1", Said("двадцать пять", 99))
        await SqlReadings(seeded, ZONE).submit_unchecked(unchecked)
        query = "SELECT channel, said_words, said_percent, said_at_ms FROM {} WHERE call_id = 'c1'"

        async def rows(connection: AsyncConnection) -> list[tuple[object, ...]]:
            tables = ("readings", "unchecked_readings")
            return [tuple((await connection.execute(text(query.format(table)))).one()) for table in tables]

        assert await seeded.read(rows) == [
            ("ivr_speech", "семь ноль", 93, 41500),
            ("ivr_speech", "двадцать пять", 99, None),
        ]

    async def test_the_same_again_is_stored_once(self, seeded: Database) -> None:
        store = SqlReadings(seeded, ZONE)
        assert await store.submit(3, given(70)) == await store.submit(3, given(70, timedelta(seconds=9)))
        assert await trace(seeded) == [(70, None)]

    async def test_a_later_one_of_the_local_day_replaces(self, seeded: Database) -> None:
        store = SqlReadings(seeded, ZONE)
        await store.submit(3, given(70))
        second = await store.submit(3, given(75, timedelta(hours=9), "c2"))  # 23:30 there
        assert await trace(seeded) == [(70, second), (75, None)]
        await store.submit(3, given(76, timedelta(hours=10), "c3"))  # 00:30 of the next day there
        assert await current(seeded, 3) == [75, 76]

    async def test_going_back_to_the_first_value_puts_it_in_force_again(self, seeded: Database) -> None:
        store = SqlReadings(seeded, ZONE)
        first = await store.submit(3, given(70))
        await store.submit(3, given(75))
        assert await store.submit(3, given(70)) == first
        assert await trace(seeded) == [(70, None), (75, first)]

    async def test_readings_without_a_call_do_not_collide(self, seeded: Database) -> None:
        store = SqlReadings(seeded, ZONE)
        await store.submit(3, given(70, call_id=""))
        await store.submit(3, given(70, timedelta(days=1), call_id=""))
        assert await current(seeded, 3) == [70, 70]

    async def test_an_unknown_register_is_refused(self, seeded: Database) -> None:
        with pytest.raises(RecordRefused):
            await SqlReadings(seeded, ZONE).submit(99, given(70))

    async def test_of_many_at_once_one_is_in_force(self, seeded: Database) -> None:
        store = SqlReadings(seeded, ZONE)
        await asyncio.gather(*(store.submit(3, given(70 + n, call_id=f"c{n}")) for n in range(12)))
        rows = await trace(seeded)
        assert len(rows) == 12
        assert [replaced_by for _, replaced_by in rows].count(None) == 1


class TestNews:
    async def test_news_in_force_come_newest_first(self, database: Database) -> None:
        def row(text: str, since: int, until: int | None) -> dict[str, object]:
            end = None if until is None else AT + timedelta(hours=until)
            return {"text": text, "valid_from": AT + timedelta(hours=since), "valid_until": end}

        rows = [row("old", -9, None), row("over", -8, 0), row("newer", -1, 1), row("now", 0, None), row("later", 1, 2)]
        await database.write(lambda connection: connection.execute(insert(news), rows))
        assert await SqlNews(database).current(AT) == ["now", "newer", "old"]


async def test_rows_may_be_added_after_a_seed(seeded: Database) -> None:
    await seeded.write(lambda connection: connection.execute(insert(customers).values(name="Новый", kind="person")))
