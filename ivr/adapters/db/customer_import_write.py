"""Writes what differs between a portion of rows and what is known: the whole of it in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, tzinfo
from typing import Any

from sqlalchemy import Table, bindparam, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.customer_import_plan import (
    ACCOUNT,
    BALANCE,
    CUSTOMER,
    PHONES,
    AccountState,
    Comparison,
    MeterState,
    RegisterState,
    Told,
)
from ivr.adapters.db.customer_import_read import Plans, Taken
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

FROM_BILLING = "channel IN ('import', 'billing')"  # the condition of the index that the upsert goes by

Rows = list[dict[str, Any]]

NOON = time(12)  # the hour of a reading of which the day alone is known


@dataclass(slots=True)
class Change:
    """States that are new or differ, each with what is under it, and what their rows tell besides."""

    new: list[AccountState] = field(default_factory=list)
    altered: list[AccountState] = field(default_factory=list)
    new_meters: list[tuple[AccountState, str, MeterState]] = field(default_factory=list)
    altered_meters: list[MeterState] = field(default_factory=list)
    new_registers: list[tuple[MeterState, str, RegisterState]] = field(default_factory=list)
    altered_registers: list[RegisterState] = field(default_factory=list)
    readings: list[Told] = field(default_factory=list)
    prices: dict[tuple[str, str], int] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)  # numbers of the accounts under which anything is written

    def __bool__(self) -> bool:
        return bool(self.touched or self.prices)


def differences(compared: Comparison, plans: Plans, taken: Taken) -> Change:
    change = Change()
    for number in compared.seen:
        _account(change, compared.states[number])
    for told in compared.readings:
        known = taken.get((told.register.id, told.day)) if told.register.id is not None else None
        if known is None or (known[1] and known[0] != told.value):
            change.readings.append(told)
            change.touched.add(told.account.number)
    for (name, register), price in compared.prices.items():
        if plans.prices.get((plans.ids.get(name, 0), register)) != price:
            change.prices[name, register] = price
    return change


def _account(change: Change, state: AccountState) -> None:
    written = len(change.new_meters) + len(change.altered_meters)
    written += len(change.new_registers) + len(change.altered_registers)
    if state.id is None:
        change.new.append(state)
    elif state.changed:
        change.altered.append(state)
    for serial, meter in state.meters.items():
        if meter.id is None:
            change.new_meters.append((state, serial, meter))
        elif meter.changed:
            change.altered_meters.append(meter)
        for tariff, register in meter.registers.items():
            if register.id is None:
                change.new_registers.append((meter, tariff, register))
            elif register.changed:
                change.altered_registers.append(register)
    under = len(change.new_meters) + len(change.altered_meters)
    under += len(change.new_registers) + len(change.altered_registers)
    if state.id is None or state.changed or under > written:
        change.touched.add(state.number)


async def write(
    connection: AsyncConnection, change: Change, by_code: Mapping[str, int], zone: tzinfo, channel: str
) -> None:
    """Everything of `change`, in the order the tables lean on each other."""
    plan_ids = await _write_plans(connection, change)
    left = await _write_customers(connection, change, dict(by_code))
    await _write_accounts(connection, change, plan_ids)
    if left:
        await connection.execute(
            delete(customers).where(customers.c.id == bindparam("own")), [{"own": n} for n in left]
        )
    await _write_phones(connection, change)
    await _write_balances(connection, change)
    await _write_meters(connection, change)
    await _write_readings(connection, change, zone, channel)


async def _write_plans(connection: AsyncConnection, change: Change) -> dict[str, int]:
    """Ids of the tariff plans that are named; new ones are made, prices that differ are set."""
    named = {state.values["tariff_plan"] for state in (*change.new, *change.altered)} | {
        name for name, _ in change.prices
    }
    named.discard(None)
    if not named:
        return {}
    upsert = _insert(connection)(tariffs).on_conflict_do_nothing()
    await connection.execute(upsert, [{"name": name} for name in sorted(named)])
    found = await connection.execute(select(tariffs.c.name, tariffs.c.id).where(tariffs.c.name.in_(named)))
    ids = {row.name: row.id for row in found}
    if change.prices:
        priced = _insert(connection)(tariff_prices)
        priced = priced.on_conflict_do_update(
            index_elements=["tariff_id", "register"], set_={"kopecks": priced.excluded.kopecks}
        )
        rows = [{"tariff_id": ids[n], "register": of, "kopecks": price} for (n, of), price in change.prices.items()]
        await connection.execute(priced, rows)
    return ids


async def _write_customers(connection: AsyncConnection, change: Change, by_code: dict[str, int]) -> list[int]:
    """Give every state its customer: of the same code the same one, of no code one of its own. Gives the ids of those
    that nobody will be left with."""
    states = [*change.new, *(state for state in change.altered if CUSTOMER in state.changed)]
    unused = iter(await _ids(connection, customers, len(states)))
    new, altered, left = {}, {}, []
    for state in states:
        code = state.values["customer_code"]
        row = {"name": state.values["customer"], "kind": state.values["kind"].value, "code": code}
        if code and code in by_code:
            own = by_code[code]
        elif state.customer_id is not None and state.code_was in (None, code):
            own = state.customer_id
        else:
            own = next(unused)
            new[own] = row
        if state.customer_id not in (None, own) and state.code_was is None:
            left.append(state.customer_id)
        if own in new:
            new[own] = row
        else:
            altered[own] = row
        if code:
            by_code[code] = own
        state.customer_id = own
    await _insert_rows(connection, customers, [{"id": own, **row} for own, row in new.items()])
    await _update_rows(connection, customers, "id", [{"own": own, **row} for own, row in altered.items()])
    return [own for own in left if own is not None]


async def _write_accounts(connection: AsyncConnection, change: Change, plan_ids: Mapping[str, int]) -> None:
    def row(state: AccountState) -> dict[str, Any]:
        values = state.values
        return {
            "contract": values["contract"],
            "customer_id": state.customer_id,
            "address": values["address"],
            "district": values["district"],
            "tariff_id": plan_ids[values["tariff_plan"]] if values["tariff_plan"] else None,
            "closed_on": None,
        }

    ids = await _ids(connection, accounts, len(change.new))
    for state, own in zip(change.new, ids, strict=True):
        state.id = own
    await _insert_rows(connection, accounts, [{"id": s.id, "number": s.number, **row(s)} for s in change.new])
    altered = [state for state in change.altered if state.changed & {ACCOUNT, CUSTOMER}]
    await _update_rows(connection, accounts, "id", [{"own": state.id, **row(state)} for state in altered])


async def _write_phones(connection: AsyncConnection, change: Change) -> None:
    altered = [state for state in change.altered if PHONES in state.changed]
    if altered:
        own = [{"own": state.id} for state in altered]
        await connection.execute(delete(account_phones).where(account_phones.c.account_id == bindparam("own")), own)
    rows = [
        {"account_id": state.id, "phone": phone}
        for state in (*change.new, *altered)
        for phone in state.values["phones"]
    ]
    await _insert_rows(connection, account_phones, rows)


async def _write_balances(connection: AsyncConnection, change: Change) -> None:
    altered = [state for state in change.altered if BALANCE in state.changed]
    if altered:
        own = [{"own": state.id} for state in altered]
        await connection.execute(delete(balances).where(balances.c.account_id == bindparam("own")), own)
    rows = [
        {
            "account_id": state.id,
            "debt_kopecks": state.values["debt"],
            "as_of": state.values["debt_on"],
            "last_payment_kopecks": state.values["last_payment"],
            "last_payment_on": state.values["last_payment_on"],
        }
        for state in (*change.new, *altered)
        if state.values["debt"] is not None
    ]
    await _insert_rows(connection, balances, rows)


async def _write_meters(connection: AsyncConnection, change: Change) -> None:
    ids = await _ids(connection, meters, len(change.new_meters))
    rows: Rows = []
    for (state, serial, meter), own in zip(change.new_meters, ids, strict=True):
        meter.id = own
        rows.append({"id": own, "account_id": state.id, "serial": serial, "verification_due": meter.due})
    await _insert_rows(connection, meters, rows)
    due = [{"own": meter.id, "verification_due": meter.due} for meter in change.altered_meters]
    await _update_rows(connection, meters, "id", due)

    ids = await _ids(connection, registers, len(change.new_registers))
    rows = []
    for (meter, tariff, register), own in zip(change.new_registers, ids, strict=True):
        register.id = own
        rows.append({"id": own, "meter_id": meter.id, "tariff": tariff, "digits": register.digits})
    await _insert_rows(connection, registers, rows)
    dials = [{"own": each.id, "digits": each.digits, "removed_on": None} for each in change.altered_registers]
    await _update_rows(connection, registers, "id", dials)


async def _write_readings(connection: AsyncConnection, change: Change, zone: tzinfo, channel: str) -> None:
    rows = {
        (told.register.id, told.day): {
            "register_id": told.register.id,
            "value": told.value,
            "taken_at": datetime.combine(told.day, NOON, zone).astimezone(UTC),
            "local_day": told.day,
            "channel": channel,
        }
        for told in change.readings
    }
    if rows:
        upsert = _insert(connection)(readings)
        upsert = upsert.on_conflict_do_update(
            index_elements=["register_id", "local_day"],
            index_where=text(FROM_BILLING),
            set_={"value": upsert.excluded.value, "taken_at": upsert.excluded.taken_at},
        )
        await connection.execute(upsert, list(rows.values()))


async def _ids(connection: AsyncConnection, table: Table, count: int) -> Sequence[int]:
    """Ids for so many new rows. On SQLite the transaction is the only writer, so what follows the last is free."""
    if not count:
        return ()
    if connection.dialect.name == "sqlite":
        last = await connection.scalar(select(func.max(table.c.id))) or 0
        return range(last + 1, last + 1 + count)
    sequence = func.nextval(func.pg_get_serial_sequence(table.name, "id"))
    query = select(sequence).select_from(func.generate_series(1, count))
    return (await connection.scalars(query)).all()


async def _insert_rows(connection: AsyncConnection, table: Table, rows: Rows) -> None:
    if rows:
        await connection.execute(insert(table), rows)


async def _update_rows(connection: AsyncConnection, table: Table, key: str, rows: Rows) -> None:
    """Rows hold `own`, the value of `key`, and the columns to set."""
    if rows:
        await connection.execute(update(table).where(table.c[key] == bindparam("own")), rows)


def _insert(connection: AsyncConnection) -> Any:
    return sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
