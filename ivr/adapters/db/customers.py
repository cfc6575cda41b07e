"""Customers' accounts, the readings of their meters, and company news."""

from datetime import UTC, datetime, tzinfo
from itertools import groupby
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables import accounts, balances, customers, meters, news, readings, registers
from ivr.domain.customer import Account, Balance, CustomerKind, Meter, Reading, Register

HISTORY = 13
"""Readings of a register that go with an account: a year of months, and the one they start from."""


def _account_query() -> Select[*tuple[Any, ...]]:
    return (
        select(accounts, customers.c.name, customers.c.kind, balances)
        .join(customers, customers.c.id == accounts.c.customer_id)
        .outerjoin(balances, balances.c.account_id == accounts.c.id)
        .where(accounts.c.number == bindparam("number"))
    )


def _meters_query() -> Select[*tuple[Any, ...]]:
    """An account's meters and registers, each with its newest readings in force, oldest first."""
    newest_first = (readings.c.taken_at.desc(), readings.c.id.desc())
    age = func.row_number().over(partition_by=readings.c.register_id, order_by=newest_first)
    ranked = (
        select(readings, age.label("age"))
        .join(registers, registers.c.id == readings.c.register_id)
        .join(meters, meters.c.id == registers.c.meter_id)
        .where(meters.c.account_id == bindparam("account_id"), readings.c.replaced_by.is_(None))
        .subquery()
    )
    taken = [ranked.c[name] for name in ("value", "taken_at", "channel", "call_id")]
    return (
        select(meters.c.serial, meters.c.verification_due, registers, *taken)
        .join(registers, registers.c.meter_id == meters.c.id)
        .outerjoin(ranked, and_(ranked.c.register_id == registers.c.id, ranked.c.age <= HISTORY))
        .where(meters.c.account_id == bindparam("account_id"))
        .order_by(meters.c.id, registers.c.id, ranked.c.age.desc())
    )


# Made once: making them takes longer than the database does to answer.
ACCOUNT, METERS = _account_query(), _meters_query()


class SqlCustomers:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def account(self, number: str) -> Account | None:
        async def work(connection: AsyncConnection) -> Account | None:
            row = (await connection.execute(ACCOUNT, {"number": number})).one_or_none()
            if row is None:
                return None
            balance = None
            if row.as_of is not None:
                balance = Balance(row.debt_kopecks, row.as_of, row.last_payment_kopecks, row.last_payment_on)
            found = await _meters(connection, row.id)
            kind = CustomerKind(row.kind)
            return Account(row.number, row.contract, row.name, kind, row.address, row.district, found, balance)

        return await self._database.read(work)


async def _meters(connection: AsyncConnection, account_id: int) -> tuple[Meter, ...]:
    rows = await connection.execute(METERS, {"account_id": account_id})
    found = []
    for meter_id, group in groupby(rows, key=lambda row: row.meter_id):
        own = list(group)
        counters = tuple(_register(list(same)) for _, same in groupby(own, key=lambda row: row.id))
        found.append(Meter(meter_id, own[0].serial, counters, own[0].verification_due))
    return tuple(found)


def _register(rows: list[Any]) -> Register:
    first = rows[0]
    taken = (row for row in rows if row.value is not None)
    history = tuple(Reading(row.value, row.taken_at, row.channel, row.call_id or "") for row in taken)
    return Register(first.id, first.tariff, first.digits, history)


class SqlReadings:
    """`zone` is the supplier's: its local day is the one in which a later reading replaces an earlier."""

    def __init__(self, database: Database, zone: tzinfo = UTC) -> None:
        self._database = database
        self._zone = zone

    async def submit(self, register_id: int, reading: Reading) -> int:
        day = reading.taken_at.astimezone(self._zone).date()

        async def work(connection: AsyncConnection) -> int:
            if connection.dialect.name != "sqlite":  # which lets one transaction write at a time anyway
                # The register's row is the lock: two calls about one register go one after the other.
                await connection.execute(select(registers.c.id).where(registers.c.id == register_id).with_for_update())
            stored = await _stored(connection, register_id, reading)
            if stored is None:
                values = {
                    "register_id": register_id,
                    "value": reading.value,
                    "taken_at": reading.taken_at,
                    "local_day": day,
                    "channel": reading.channel,
                    "call_id": reading.call_id or None,
                }
                query = insert(readings).values(values).returning(readings.c.id)
                stored = (await connection.execute(query)).scalar_one()
            else:
                # The caller gave 5, then 7, then 5 again: the first row is in force once more.
                await connection.execute(update(readings).where(readings.c.id == stored).values(replaced_by=None))
            same_day = (
                readings.c.register_id == register_id,
                readings.c.local_day == day,
                readings.c.replaced_by.is_(None),
                readings.c.id != stored,
            )
            await connection.execute(update(readings).where(*same_day).values(replaced_by=stored))
            return stored

        return await self._database.write(work)


async def _stored(connection: AsyncConnection, register_id: int, reading: Reading) -> int | None:
    if not reading.call_id:
        return None
    query = select(readings.c.id).where(
        readings.c.register_id == register_id,
        readings.c.call_id == reading.call_id,
        readings.c.value == reading.value,
    )
    return await connection.scalar(query)


class SqlNews:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def current(self, at: datetime) -> list[str]:
        query = (
            select(news.c.text)
            .where(news.c.valid_from <= at, or_(news.c.valid_until.is_(None), news.c.valid_until > at))
            .order_by(news.c.valid_from.desc(), news.c.id.desc())
        )

        async def work(connection: AsyncConnection) -> list[str]:
            return list((await connection.scalars(query)).all())

        return await self._database.read(work)
