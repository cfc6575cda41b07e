"""The rows of storms, and whom they concern, on both databases."""

from datetime import UTC, date

from ivr.adapters.db.customer_import import SqlCustomerImport
from ivr.adapters.db.districts import SqlDistricts
from ivr.adapters.db.engine import Database
from ivr.adapters.db.storms import SqlStorms
from ivr.adapters.files.customer_file_columns import COLUMNS
from ivr.domain.customer import CustomerKind
from ivr.domain.customer_row import CustomerRow
from ivr.domain.storm import Storm

AT = 1_800_000_000.0
MINE = ("+79991111111",)
ACCOUNTS = [("1000000001", "Северный", MINE), ("1000000002", "Южный", MINE), ("1000000003", "", ("+79992222222",))]


async def test_one_rages_at_a_time_until_its_end(database: Database) -> None:
    rows = SqlStorms(database)
    assert await rows.storms(AT) == []
    assert not await rows.end(AT)
    first, second = Storm("Авария.", AT + 600), Storm("Авария в сети.", AT + 900)
    await rows.begin(first, "surge", AT)
    assert await rows.storms(AT + 599) == [first] and await rows.storms(AT + 600) == []
    await rows.begin(second, "by hand", AT + 60)
    assert await rows.storms(AT + 61) == [second]
    assert await rows.end(AT + 70)
    assert await rows.storms(AT + 71) == []


async def test_each_district_has_a_storm_of_its_own(database: Database) -> None:
    rows = SqlStorms(database)
    everywhere, north, south = (Storm("Авария.", AT + 600, district) for district in ("", "Северный", "Южный"))
    for storm in (south, north, everywhere):
        await rows.begin(storm, "by hand", AT)
    assert await rows.storms(AT + 1) == [everywhere, north, south]
    again = Storm("Свет дадут к вечеру.", AT + 900, "северный")
    await rows.begin(again, "by hand", AT + 2)
    assert await rows.storms(AT + 3) == [everywhere, again, south]
    assert not await rows.end(AT + 4, "Западный") and await rows.end(AT + 4, "СЕВЕРНЫЙ")
    assert await rows.storms(AT + 5) == [everywhere, south]
    assert await rows.end(AT + 6) and await rows.storms(AT + 7) == []


async def test_districts_of_a_telephone_and_all_there_are(database: Database) -> None:
    districts = SqlDistricts(database)
    assert await districts.all() == []
    rows = [
        CustomerRow(line, account, "00-1", "Ёлкина", CustomerKind.PERSON, None, "Дом 1", district, phones)
        for line, (account, district, phones) in enumerate(ACCOUNTS, start=2)
    ]
    columns = frozenset({"contract", "customer", "kind", "address", "district", "phones"}) & frozenset(COLUMNS)
    assert await SqlCustomerImport(database, columns, date(2026, 3, 10), UTC).put(rows) == []
    assert await districts.all() == ["Северный", "Южный"]
    assert await districts.of("8 (999) 111-11-11") == {"Северный", "Южный"}
    assert await districts.of("+79992222222") == await districts.of("скрыт") == frozenset()
