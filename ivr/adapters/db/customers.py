"""Customers' accounts, the readings of their meters, and company news."""

from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta, tzinfo
from itertools import groupby
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables import (
    account_phones,
    accounts,
    balances,
    customers,
    meters,
    news,
    readings,
    registers,
    tariff_prices,
    tariffs,
    unchecked_readings,
)
from ivr.adapters.phone_numbers import e164
from ivr.domain.customer import Account, Balance, CustomerKind, Meter, Reading, Register, Said, Tariff
from ivr.domain.readings import UncheckedReading

HISTORY = 13
"""Readings of a register that go with an account: a year of months, and the one they start from."""

MOST_ACCOUNTS = 9
"""Accounts of one telephone: there are no more keys to choose with."""


def _account_query() -> Select[*tuple[Any, ...]]:
    return (
        select(accounts, customers.c.name, customers.c.kind, balances)
        .join(customers, customers.c.id == accounts.c.customer_id)
        .outerjoin(balances, balances.c.account_id == accounts.c.id)
        .where(accounts.c.number == bindparam("number"), accounts.c.closed_on.is_(None))
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
        .where(meters.c.account_id == bindparam("account_id"), registers.c.removed_on.is_(None))
        .order_by(meters.c.id, registers.c.id, ranked.c.age.desc())
    )


def _extras_query() -> CompoundSelect[*tuple[Any, ...]]:
    """An account's telephones, and the prices of its tariff plan: what, text, number."""
    phones = select(literal("phone").label("what"), account_phones.c.phone.label("text"), literal(0).label("number"))
    prices = select(literal("price"), tariff_prices.c.register, tariff_prices.c.kopecks)
    plan = select(literal("plan"), tariffs.c.name, literal(0))
    return union_all(
        phones.where(account_phones.c.account_id == bindparam("account_id")),
        prices.where(tariff_prices.c.tariff_id == bindparam("tariff_id", type_=Integer)),
        plan.where(tariffs.c.id == bindparam("tariff_id", type_=Integer)),
    ).order_by("what", "text")


def _phone_query() -> Select[*tuple[Any, ...]]:
    return (
        select(accounts.c.number)
        .join(account_phones, account_phones.c.account_id == accounts.c.id)
        .where(account_phones.c.phone == bindparam("phone"), accounts.c.closed_on.is_(None))
        .order_by(accounts.c.number)
        .limit(MOST_ACCOUNTS)
    )


# Made once: making them takes longer than the database does to answer.
ACCOUNT, METERS, EXTRAS, PHONE = _account_query(), _meters_query(), _extras_query(), _phone_query()


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
            phones, tariff = await _extras(connection, row.id, row.tariff_id)
            return Account(
                number=row.number,
                contract=row.contract,
                customer=row.name,
                kind=CustomerKind(row.kind),
                address=row.address,
                district=row.district,
                meters=found,
                balance=balance,
                phones=phones,
                tariff=tariff,
            )

        return await self._database.read(work)

    async def by_phone(self, phone: str) -> tuple[str, ...]:
        number = e164(phone)
        if number is None:  # withheld, or an extension
            return ()

        async def work(connection: AsyncConnection) -> tuple[str, ...]:
            return tuple((await connection.scalars(PHONE, {"phone": number})).all())

        return await self._database.read(work)


async def _extras(
    connection: AsyncConnection, account_id: int, tariff_id: int | None
) -> tuple[tuple[str, ...], Tariff | None]:
    rows = (await connection.execute(EXTRAS, {"account_id": account_id, "tariff_id": tariff_id})).all()
    phones = tuple(row.text for row in rows if row.what == "phone")
    prices = tuple((row.text, row.number) for row in rows if row.what == "price")
    name = next((row.text for row in rows if row.what == "plan"), None)
    return phones, Tariff(name, prices) if name is not None else None


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
                    **_said(reading.said),
                }
                query = insert(readings).values(values).returning(readings.c.id)
                stored = (await connection.execute(query)).scalar_one()
            else:
                # The caller gave 5, then 7, then 5 again: the first row is in force once more, from now on; billing,
                # which may have got 7 meanwhile, must get it again.
                again = {"replaced_by": None, "taken_at": reading.taken_at, "export_batch": None, "acked_at": None}
                was_replaced = (readings.c.id == stored, readings.c.replaced_by.is_not(None))
                await connection.execute(update(readings).where(*was_replaced).values(again))
            same_day = (
                readings.c.register_id == register_id,
                readings.c.local_day == day,
                readings.c.replaced_by.is_(None),
                readings.c.id != stored,
            )
            await connection.execute(update(readings).where(*same_day).values(replaced_by=stored))
            return stored

        return await self._database.write(work)

    async def submit_unchecked(self, reading: UncheckedReading) -> int:
        """The same number given again on the same day is the reading already stored. Another one is stored beside it:
        which meter of the account each is of, billing alone can tell."""
        values = {**asdict(reading), "call_id": reading.call_id or None, **_said(reading.said)}
        del values["said"]
        begins = datetime.combine(reading.taken_at.astimezone(self._zone).date(), time(), self._zone)
        same = [unchecked_readings.c[name] == values[name] for name in ("account", "meter", "tariff", "value")]
        today = [unchecked_readings.c.taken_at >= begins, unchecked_readings.c.taken_at < begins + timedelta(days=1)]

        async def work(connection: AsyncConnection) -> int:
            stored = await connection.scalar(select(unchecked_readings.c.id).where(*same, *today).limit(1))
            if stored is None:
                query = insert(unchecked_readings).values(values).returning(unchecked_readings.c.id)
                stored = (await connection.execute(query)).scalar_one()
            return int(stored)

        return await self._database.write(work)


def _said(said: Said | None) -> dict[str, Any]:
    """The columns that tell in what words a reading was given; none of one that was keyed."""
    return {f"said_{name}": value for name, value in asdict(said).items()} if said else {}


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
