import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from ivr.adapters.db.customer_import import SqlCustomerImport
from ivr.adapters.db.customers import SqlCustomers, SqlReadings
from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables import (
    account_phones,
    accounts,
    balances,
    customers,
    meters,
    readings,
    registers,
    tariff_prices,
    tariffs,
)
from ivr.adapters.files.customer_file_columns import COLUMNS
from ivr.domain.customer import Account, Balance, CustomerKind, Meter, Reading, Tariff
from ivr.domain.customer_row import CustomerRow, Mistake
from ivr.service.customers import Counts, ImportReport, import_customers

ZONE = ZoneInfo("Asia/Yekaterinburg")  # UTC+5
TABLES = (tariffs, tariff_prices, customers, accounts, account_phones, balances, meters, registers, readings)
TODAY = date(2026, 3, 10)
READ_ON = date(2026, 2, 20)
ONE = CustomerRow(
    2,
    "1000000001",
    "00-1111",
    "Вымыслова",
    CustomerKind.PERSON,
    None,
    "Примерск, дом 1",
    "Северный",
    ("+79991000001", "+79991000002"),
    "Двухзонный",
    12345,
    date(2026, 3, 1),
    5000,
    date(2026, 2, 25),
    "A-1",
    "day",
    6,
    date(2031, 1, 1),
    739,
    1500,
    READ_ON,
)
NIGHT = replace(ONE, row=3, tariff="night", price=312, last_reading=700)
TWO = CustomerRow(4, "1000000002", "00-2222", "ООО", CustomerKind.COMPANY, "77", "Примерск, дом 2", meter="B-1")


@dataclass
class Rows:
    """A file in memory."""

    given: list[CustomerRow | Mistake]
    columns: frozenset[str] = frozenset(COLUMNS)
    ignored: tuple[str, ...] = ()
    done: int = 0
    of: int = 0

    def rows(self) -> Iterator[tuple[CustomerRow | None, list[Mistake]]]:
        for each in self.given:
            yield (None, [each]) if isinstance(each, Mistake) else (each, [])


async def take(
    database: Database,
    *given: CustomerRow | Mistake,
    columns: frozenset[str] | None = None,
    check: bool = False,
    **how: bool,
) -> ImportReport:
    file = Rows(list(given), columns or frozenset(COLUMNS))
    store = SqlCustomerImport(database, file.columns, TODAY, ZONE, check=check)
    return await import_customers(file, store, lambda done, of: None, **how)


async def account(database: Database, number: str = ONE.account) -> Account:
    found = await SqlCustomers(database).account(number)
    assert found is not None
    return found


async def everything(database: Database) -> dict[str, list[Any]]:
    async def work(connection: Any) -> dict[str, list[Any]]:
        return {
            t.name: [tuple(row) for row in await connection.execute(select(t).order_by(*t.primary_key))] for t in TABLES
        }

    return await database.read(work)


async def test_an_account_is_taken_in_with_everything_that_is_told_of_it(database: Database) -> None:
    report = await take(database, ONE, NIGHT, TWO)
    assert (report.rows, report.bad_rows, report.mistakes) == (3, 0, [])
    assert report.counts == Counts(added=2, registers_added=3)
    found = await account(database)
    noon = datetime(2026, 2, 20, 7, tzinfo=UTC)
    assert found.meters == (Meter(found.meters[0].id, "A-1", found.meters[0].registers, date(2031, 1, 1)),)
    told = {r.tariff: (r.digits, r.history) for r in found.meters[0].registers}
    assert told == {"day": (6, (Reading(1500, noon, "import"),)), "night": (6, (Reading(700, noon, "import"),))}
    assert replace(found, meters=()) == Account(
        ONE.account,
        "00-1111",
        "Вымыслова",
        CustomerKind.PERSON,
        "Примерск, дом 1",
        "Северный",
        (),
        Balance(12345, date(2026, 3, 1), 5000, date(2026, 2, 25)),
        ("+79991000001", "+79991000002"),
        Tariff("Двухзонный", (("day", 739), ("night", 312))),
    )
    company = await account(database, TWO.account)
    assert (company.kind, company.balance, company.tariff, company.phones) == (CustomerKind.COMPANY, None, None, ())
    assert [(r.tariff, r.digits, r.history) for r in company.meters[0].registers] == [("single", 6, ())]


async def test_the_same_file_again_changes_nothing(database: Database) -> None:
    await take(database, ONE, NIGHT, TWO)
    before = await everything(database)
    report = await take(database, ONE, NIGHT, TWO)
    assert report.counts == Counts(same=2)
    assert await everything(database) == before


async def test_what_differs_is_changed_and_the_rest_stays(database: Database) -> None:
    await take(database, ONE, NIGHT, TWO)
    day, night = (r.id for r in (await account(database)).meters[0].registers)
    changed = replace(
        ONE, contract="00-9999", customer="Новая", phones=(), debt=-1, tariff_plan="Другой", digits=5, last_reading=1501
    )
    night_row = CustomerRow(3, ONE.account, meter="A-1", tariff="night", digits=6)
    report = await take(database, changed, night_row, TWO)
    assert report.counts == Counts(changed=1, same=1) and not report.mistakes
    found = await account(database)
    assert (found.contract, found.customer, found.phones) == ("00-9999", "Новая", ())
    assert found.balance == Balance(-1, date(2026, 3, 1), 5000, date(2026, 2, 25))
    assert found.tariff == Tariff("Другой", (("day", 739),))
    assert [(r.id, r.digits, [x.value for x in r.history]) for r in found.meters[0].registers] == [
        (day, 5, [1501]),
        (night, 6, [700]),
    ]


async def test_a_file_without_a_column_leaves_what_is_known(database: Database) -> None:
    await take(database, ONE, NIGHT)
    before = await account(database)
    balance = CustomerRow(2, ONE.account, debt=0, debt_on=TODAY)
    report = await take(database, balance, columns=frozenset({"account", "debt", "debt_on"}))
    assert report.counts == Counts(changed=1)
    assert await account(database) == replace(before, balance=Balance(0, TODAY, 5000, date(2026, 2, 25)))


async def test_an_empty_cell_of_the_first_row_empties_what_it_stands_for(database: Database) -> None:
    await take(database, ONE)
    gone = replace(ONE, debt=None, debt_on=None, phones=(), tariff_plan=None, price=None, district=None, contract=None)
    await take(database, gone)
    found = await account(database)
    assert (found.balance, found.phones, found.tariff, found.district) == (None, (), None, "")
    assert found.contract == "00-1111"  # without it nobody could prove himself


async def test_a_balance_without_its_day_is_of_today(database: Database) -> None:
    await take(database, replace(ONE, debt_on=None))
    balance = (await account(database)).balance
    assert balance is not None and balance.as_of == TODAY
    await take(database, CustomerRow(2, ONE.account, debt=7), columns=frozenset({"account", "debt"}))
    assert (await account(database)).balance == replace(balance, debt_kopecks=7)


async def test_accounts_of_one_code_have_one_customer(database: Database) -> None:
    async def rows() -> int:
        query = select(func.count()).select_from(customers)
        return int(await database.read(lambda connection: connection.scalar(query)) or 0)

    other = replace(TWO, row=5, account="1000000003", meter="C-1")
    await take(database, TWO, other)
    assert await rows() == 1
    await take(database, replace(TWO, customer="ООО Новое"), other, columns=frozenset(COLUMNS) - {"customer"})
    assert {(await account(database, number)).customer for number in (TWO.account, other.account)} == {"ООО"}
    await take(database, replace(TWO, customer_code=None), other)
    assert await rows() == 2
    await take(database, TWO, other)  # and back: nobody is left without an account
    assert await rows() == 1


async def test_a_customer_that_gets_a_code_stays_himself(database: Database) -> None:
    await take(database, replace(TWO, customer_code=None))
    before = await everything(database)
    await take(database, TWO)
    after = await everything(database)
    assert [(row[0], row[3]) for row in after["customers"]] == [(before["customers"][0][0], "77")]


async def test_rows_of_an_account_may_lie_apart(database: Database) -> None:
    many = [replace(TWO, row=n, account=str(n), customer_code=None, meter=f"M-{n}") for n in range(10, 1500)]
    tail = CustomerRow(2000, ONE.account, meter="A-1", tariff="night")
    report = await take(database, ONE, *many, tail)
    assert report.counts == Counts(added=1491, registers_added=1492) and not report.mistakes
    found = await account(database)
    assert found.balance is not None and [r.tariff for r in found.meters[0].registers] == ["day", "night"]


async def test_of_two_values_of_one_account_the_last_holds(database: Database) -> None:
    await take(database, ONE, replace(NIGHT, contract="00-7777", district=None))
    found = await account(database)
    assert (found.contract, found.district) == ("00-7777", "Северный")


async def test_a_register_told_twice_is_a_mistake(database: Database) -> None:
    many = [replace(TWO, row=n, account=str(n), customer_code=None, meter=f"M-{n}") for n in range(10, 1500)]
    report = await take(database, ONE, replace(ONE, row=3, debt=1), *many, replace(ONE, row=2000, debt=2))
    assert [(m.row, m.column) for m in report.mistakes] == [(3, "tariff"), (2000, "tariff")]
    assert report.bad_rows == 2
    balance = (await account(database)).balance
    assert balance is not None and balance.debt_kopecks == 12345


async def test_a_new_account_needs_what_it_is_known_and_proven_by(database: Database) -> None:
    report = await take(database, replace(ONE, contract=None, address=None), TWO)
    assert [(m.column, m.remedy) for m in report.mistakes] == [("contract", "give contract, address on its first row")]
    assert report.counts.added == 1


async def test_a_reading_longer_than_the_known_dial_is_a_mistake(database: Database) -> None:
    await take(database, replace(ONE, digits=4))
    report = await take(database, replace(ONE, digits=None, last_reading=10000))
    assert [m.column for m in report.mistakes] == ["last_reading"]


async def test_the_plan_stands_on_the_first_row_and_a_price_without_any_is_told(database: Database) -> None:
    night = replace(NIGHT, tariff_plan=None)
    planless = replace(TWO, row=5, tariff="single", price=643)
    report = await take(database, ONE, night, planless)
    assert [(each.row, each.column, each.value, each.kept) for each in report.mistakes] == [(5, "price", "6.43", True)]
    assert (await account(database)).tariff == Tariff("Двухзонный", (("day", 739), ("night", 312)))


async def test_two_prices_of_one_register_are_told_and_the_first_holds(database: Database) -> None:
    other = replace(ONE, row=9, account="1000000009", meter="Z-1", price=800)
    report = await take(database, ONE, other)
    assert [(m.row, m.kept) for m in report.mistakes] == [(9, True)] and report.bad_rows == 0
    assert (await account(database, "1000000009")).tariff == Tariff("Двухзонный", (("day", 739),))


class TestReadings:
    async def test_a_callers_reading_of_the_day_is_left_alone(self, database: Database) -> None:
        await take(database, replace(ONE, last_reading=None, last_reading_on=None))
        [register] = (await account(database)).meters[0].registers
        taken = Reading(1490, datetime(2026, 2, 20, 12, tzinfo=UTC), "ivr_tones", "c1")
        await SqlReadings(database, ZONE).submit(register.id, taken)
        await take(database, ONE)
        assert (await account(database)).meters[0].registers[0].history == (taken,)

    async def test_a_reading_of_another_day_joins_the_history(self, database: Database) -> None:
        await take(database, ONE)
        await take(database, replace(ONE, last_reading=1600, last_reading_on=date(2026, 3, 5)))
        history = (await account(database)).meters[0].registers[0].history
        assert [reading.value for reading in history] == [1500, 1600]


class TestMissing:
    async def test_a_meter_that_is_no_longer_told_of_is_taken_away_and_may_come_back(self, database: Database) -> None:
        await take(database, ONE, NIGHT)
        before = await account(database)
        report = await take(database, replace(ONE, meter="A-2"))
        assert report.counts.registers_removed == 2
        assert [meter.serial for meter in (await account(database)).meters] == ["A-2"]
        await take(database, ONE, NIGHT)
        assert await account(database) == before

    async def test_nothing_is_taken_from_an_account_with_a_bad_row(self, database: Database) -> None:
        await take(database, ONE, NIGHT, TWO)
        bad = Mistake(3, "debt", "сто", "wrong", "remedy", False, ONE.account)
        report = await take(database, ONE, bad, TWO)
        assert report.counts.registers_removed == 0 and not report.left_alone and report.bad_rows == 1

    async def test_nothing_is_taken_when_a_row_might_be_anybodys(self, database: Database) -> None:
        await take(database, ONE, NIGHT, TWO)
        report = await take(database, ONE, Mistake(3, "account", "?", "wrong", "remedy"), close_missing=True)
        assert report.left_alone and report.counts == Counts(same=1)

    async def test_accounts_left_out_stay_unless_they_are_to_be_closed(self, database: Database) -> None:
        many = [replace(TWO, row=n, account=str(n), customer_code=None, meter=f"M-{n}") for n in range(10, 20)]
        await take(database, ONE, *many)
        assert (await take(database, *many)).counts == Counts(same=10)
        assert await account(database)
        report = await take(database, *many, close_missing=True)
        assert report.counts == Counts(same=10, closed=1) and not report.left_alone
        assert await SqlCustomers(database).account(ONE.account) is None
        assert await SqlCustomers(database).by_phone("+79991000001") == ()
        assert (await take(database, ONE)).counts == Counts(changed=1)
        assert (await account(database)).phones == ONE.phones

    async def test_half_a_file_closes_nothing_unless_it_is_meant(self, database: Database) -> None:
        await take(database, ONE, TWO)
        report = await take(database, ONE, close_missing=True)
        assert "leaves out 1 of 2" in report.left_alone and report.counts.closed == 0
        assert (await take(database, ONE, close_missing=True, close_most=True)).counts.closed == 1

    async def test_an_account_whose_row_is_bad_is_not_closed(self, database: Database) -> None:
        await take(database, ONE, TWO)
        bad = Mistake(3, "debt", "сто", "wrong", "remedy", False, TWO.account)
        assert (await take(database, ONE, bad, close_missing=True, close_most=True)).counts.closed == 0


async def test_a_check_tells_the_same_and_writes_nothing(database: Database) -> None:
    await take(database, ONE, NIGHT)
    before = await everything(database)
    rows = (replace(ONE, debt=1), replace(TWO, contract=None), replace(TWO, row=7, account="3", meter="C"))
    told = await take(database, *rows, check=True, close_missing=True, close_most=True)
    assert await everything(database) == before
    assert told.counts == (await take(database, *rows, close_missing=True, close_most=True)).counts
    assert told.counts == Counts(added=1, changed=1, registers_added=1, registers_removed=1)


async def test_two_imports_at_once_of_the_same_accounts_both_come_through(database: Database) -> None:
    many = [replace(TWO, row=n, account=str(n), customer_code=None, meter=f"M-{n}") for n in range(10, 600)]
    await asyncio.gather(take(database, *many), take(database, *many))
    assert (await take(database, *many)).counts == Counts(same=590)
