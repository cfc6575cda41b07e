import asyncio
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ivr.adapters.db.customers import SqlCustomers, SqlNews
from ivr.adapters.db.engine import Database
from ivr.adapters.db.schema import upgrade
from ivr.adapters.files import sample
from ivr.adapters.files.sample import load_sample, subscribers
from ivr.domain.customer import Account, CustomerKind, Register
from ivr.domain.readings import Judgement, ReadingRules, check, daily_rates

ZONE = ZoneInfo("Europe/Moscow")
RULES = ReadingRules(zone=ZONE)
TODAY = date(2026, 3, 31)  # a month before it has fewer days
ALL = subscribers(TODAY, ZONE)
BY_NUMBER = {account.number: account for account in ALL}


def registers(account: Account) -> list[Register]:
    return [register for meter in account.meters for register in meter.registers]


def test_the_same_day_gives_the_same_subscribers() -> None:
    assert subscribers(TODAY, ZONE) == ALL


def test_there_are_enough_of_every_kind() -> None:
    assert len(ALL) >= 240
    assert sum(account.kind is CustomerKind.COMPANY for account in ALL) >= 10
    assert sum(not registers(account)[0].history for account in ALL) >= 8
    debts = [account.balance.debt_kopecks for account in ALL if account.balance]
    assert sum(debt > 0 for debt in debts) >= 40 and sum(debt < 0 for debt in debts) >= 20 and debts.count(0) >= 40
    assert {len(meter.registers) for account in ALL for meter in account.meters} == {1, 2, 3}
    assert max(len(account.meters) for account in ALL) == 2
    near = [r for account in ALL for r in registers(account) if r.history and r.history[-1].value > 0.99 * 10**r.digits]
    assert len(near) >= 5


def test_numbers_are_unique_and_clearly_invented() -> None:
    assert len(BY_NUMBER) == len(ALL)
    assert all(len(number) == 10 and number.isdecimal() for number in BY_NUMBER)
    assert len({account.contract for account in ALL}) == len(ALL)
    assert all(account.contract.startswith("00-") for account in ALL)
    ids = [register.id for account in ALL for register in registers(account)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("today", [TODAY, date(2026, 1, 1), date(2028, 2, 29)])
def test_every_history_is_one_a_meter_could_have(today: date) -> None:
    for account in subscribers(today, ZONE):
        for register in registers(account):
            history = register.history
            assert len(history) in (0, sample.MONTHS)
            days = [reading.taken_at.astimezone(ZONE).date() for reading in history]
            assert days == sorted(set(days)) and (not days or days[-1] < today)
            assert all(0 <= reading.value < 10**register.digits for reading in history)
            assert len(daily_rates(history, 10**register.digits, RULES)) == max(0, len(history) - 1)


def test_well_known_accounts_are_what_they_are_known_for() -> None:
    one, three = BY_NUMBER[sample.ONE_REGISTER], BY_NUMBER[sample.THREE_REGISTERS]
    assert [r.tariff for r in registers(one)] == ["single"]
    assert [r.tariff for r in registers(three)] == ["peak", "half_peak", "night"]
    debts = {number: account.balance.debt_kopecks for number, account in BY_NUMBER.items() if account.balance}
    assert (debts[sample.DEBTOR], debts[sample.OVERPAYER]) == (432109, -100000)
    assert BY_NUMBER[sample.COMPANY].kind is CustomerKind.COMPANY
    assert registers(BY_NUMBER[sample.NO_HISTORY])[0].history == ()
    assert [BY_NUMBER[f"100000000{n}"].contract[-4:] for n in range(1, 8)] == [str(n) * 4 for n in range(1, 8)]


def test_a_usual_month_is_accepted_from_the_well_known() -> None:
    for number in (sample.ONE_REGISTER, sample.THREE_REGISTERS, sample.DEBTOR, sample.COMPANY):
        for register in registers(BY_NUMBER[number]):
            usual = register.history[-1].value - register.history[-2].value
            assert check(register, register.history[-1].value + usual, TODAY, RULES).judgement is Judgement.ACCEPTED
    [dial] = registers(BY_NUMBER[sample.NEAR_ROLLOVER])
    assert check(dial, 120, TODAY, RULES).rolled_over


async def test_the_sample_is_loaded_into_an_empty_database_only(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'ivr.db'}"
    await asyncio.to_thread(upgrade, url)
    database = Database(url, 30)
    now = datetime(2026, 3, 31, 9, tzinfo=UTC)
    assert await load_sample(database, now, ZONE) == len(ALL)
    assert await load_sample(database, now, ZONE) == 0
    for account in ALL[:20]:
        assert await SqlCustomers(database).account(account.number) == account
    newest, oldest = await SqlNews(database).current(now)
    assert (newest, oldest) == (sample.NEWS[1][1], sample.NEWS[0][1])
    await database.close()
