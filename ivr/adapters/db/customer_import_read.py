"""What is known already of the accounts that a portion of rows is about."""

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.customer_import_plan import AccountState, MeterState, RegisterState
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
from ivr.domain.customer import CustomerKind

BILLING_CHANNELS = ("import", "billing")
"""Channels of readings that came from billing, and never go back to it."""


@dataclass(slots=True)
class Plans:
    """Tariff plans: their ids by name, and their prices by id and register."""

    ids: dict[str, int] = field(default_factory=dict)
    prices: dict[tuple[int, str], int] = field(default_factory=dict)


Taken = dict[tuple[int, date], tuple[int, bool]]
"""Readings in force by register and day: the value, and whether it came from billing."""


async def plans(connection: AsyncConnection) -> Plans:
    ids = {row.name: row.id for row in await connection.execute(select(tariffs))}
    prices = {(row.tariff_id, row.register): row.kopecks for row in await connection.execute(select(tariff_prices))}
    return Plans(ids, prices)


async def states(connection: AsyncConnection, numbers: Set[str]) -> dict[str, AccountState]:
    """The accounts of these numbers, closed ones too, with all their meters and registers."""
    query = (
        select(accounts, customers.c.name, customers.c.kind, customers.c.code, tariffs.c.name.label("plan"), balances)
        .join(customers, customers.c.id == accounts.c.customer_id)
        .outerjoin(tariffs, tariffs.c.id == accounts.c.tariff_id)
        .outerjoin(balances, balances.c.account_id == accounts.c.id)
        .where(accounts.c.number.in_(numbers))
    )
    found = {row.id: _state(row) for row in await connection.execute(query)}
    phones: dict[int, list[str]] = {}
    for row in await connection.execute(select(account_phones).where(account_phones.c.account_id.in_(found))):
        phones.setdefault(row.account_id, []).append(row.phone)
    for account_id, own in phones.items():
        found[account_id].values["phones"] = tuple(sorted(own))
    counters = (
        select(meters.c.account_id, meters.c.serial, meters.c.verification_due, registers)
        .outerjoin(registers, registers.c.meter_id == meters.c.id)
        .add_columns(meters.c.id.label("own_id"))
        .where(meters.c.account_id.in_(found))
    )
    for row in await connection.execute(counters):
        meter = found[row.account_id].meters.setdefault(row.serial, MeterState(row.verification_due, row.own_id))
        if row.id is not None:
            meter.registers[row.tariff] = RegisterState(row.digits, row.id, row.removed_on is not None)
    return {state.number: state for state in found.values()}


def _state(row: Any) -> AccountState:
    values = {
        "contract": row.contract,
        "address": row.address,
        "district": row.district,
        "tariff_plan": row.plan,
        "customer": row.name,
        "kind": CustomerKind(row.kind),
        "customer_code": row.code,
        "debt": row.debt_kopecks,
        "debt_on": row.as_of,
        "last_payment": row.last_payment_kopecks,
        "last_payment_on": row.last_payment_on,
        "phones": (),
    }
    return AccountState(row.number, values, row.id, row.customer_id, row.code, row.closed_on is not None)


async def customers_of(connection: AsyncConnection, codes: Set[str]) -> dict[str, int]:
    if not codes:
        return {}
    query = select(customers.c.code, customers.c.id).where(customers.c.code.in_(codes))
    return {row.code: row.id for row in await connection.execute(query)}


async def taken(connection: AsyncConnection, register_ids: Set[int], days: Set[date]) -> Taken:
    """Readings in force of the registers on these days."""
    if not register_ids or not days:
        return {}
    query = select(readings.c.register_id, readings.c.local_day, readings.c.value, readings.c.channel).where(
        readings.c.register_id.in_(register_ids), readings.c.local_day.in_(days), readings.c.replaced_by.is_(None)
    )
    rows = (await connection.execute(query)).all()
    # A caller's own reading of the day weighs more than one that billing tells of.
    ordered = sorted(rows, key=lambda row: row.channel in BILLING_CHANNELS, reverse=True)
    return {(row.register_id, row.local_day): (row.value, row.channel in BILLING_CHANNELS) for row in ordered}
