"""Puts a whole set of customers into an empty database, in one transaction."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables import accounts, balances, customers, meters, news, readings, registers
from ivr.domain.customer import Account


async def seed(
    database: Database, people: Sequence[Account], texts: Sequence[tuple[str, datetime]], zone: tzinfo
) -> int:
    """Insert the accounts with everything under them, and news (text, valid from). Ids of meters and registers are
    taken as they are given. Gives the number of accounts inserted: 0 when the database already holds one."""
    rows: dict[Any, list[dict[str, Any]]] = {
        table: [] for table in (customers, accounts, meters, registers, readings, balances)
    }
    for number, account in enumerate(people, start=1):
        _account_rows(rows, number, account, zone)

    async def work(connection: AsyncConnection) -> int:
        if await connection.scalar(select(func.count()).select_from(accounts)):
            return 0
        for table, values in rows.items():
            if values:
                await connection.execute(insert(table), values)
        if texts:
            await connection.execute(insert(news), [{"text": text, "valid_from": since} for text, since in texts])
        if connection.dialect.name == "postgresql":
            # Rows inserted with their ids leave the sequences behind.
            for table in (customers, accounts, meters, registers):
                sequence = func.pg_get_serial_sequence(table.name, "id")
                await connection.execute(select(func.setval(sequence, select(func.max(table.c.id)).scalar_subquery())))
        return len(people)

    return await database.write(work)


def _account_rows(rows: dict[Any, list[dict[str, Any]]], number: int, account: Account, zone: tzinfo) -> None:
    rows[customers].append({"id": number, "name": account.customer, "kind": account.kind.value})
    own = {"number": account.number, "contract": account.contract}
    place = {"address": account.address, "district": account.district}
    rows[accounts].append({"id": number, "customer_id": number, **own, **place})
    if account.balance:
        balance = account.balance
        paid = {"last_payment_kopecks": balance.last_payment_kopecks, "last_payment_on": balance.last_payment_on}
        row = {"account_id": number, "debt_kopecks": balance.debt_kopecks, "as_of": balance.as_of, **paid}
        rows[balances].append(row)
    for meter in account.meters:
        due = meter.verification_due
        rows[meters].append({"id": meter.id, "account_id": number, "serial": meter.serial, "verification_due": due})
        for register in meter.registers:
            dial = {"tariff": register.tariff, "digits": register.digits}
            rows[registers].append({"id": register.id, "meter_id": meter.id, **dial})
            rows[readings] += [
                {
                    "register_id": register.id,
                    "value": reading.value,
                    "taken_at": reading.taken_at,
                    "local_day": reading.taken_at.astimezone(zone).date(),
                    "channel": reading.channel,
                    "call_id": reading.call_id or None,
                }
                for reading in register.history
            ]
