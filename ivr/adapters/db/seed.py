"""Puts a whole set of customers into an empty database, in one transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables import (
    account_phones,
    accounts,
    balances,
    customers,
    meters,
    news,
    offices,
    outages,
    payment_advice,
    readings,
    registers,
    requests,
    tariff_prices,
    tariffs,
)
from ivr.domain.customer import Account, CustomerKind, Tariff
from ivr.domain.supply import ServiceRequest

Rows = dict[Any, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class SupplyRows:
    """outages: district, address, from, to, text. offices: name, address, district, hours as they are written."""

    outages: Sequence[tuple[str, str, datetime, datetime, str]] = ()
    offices: Sequence[tuple[str, str, str, Mapping[str, str]]] = ()
    how_to_pay: Mapping[CustomerKind, str] = field(default_factory=dict)
    requests: Sequence[ServiceRequest] = ()


async def seed(
    database: Database,
    people: Sequence[Account],
    texts: Sequence[tuple[str, datetime]],
    zone: tzinfo,
    supply: SupplyRows | None = None,
) -> int:
    """Insert the accounts with everything under them, and news (text, valid from). Ids of meters and registers are
    taken as they are given. Gives the number of accounts inserted: 0 when the database already holds one."""
    plans = {account.tariff: 0 for account in people if account.tariff}
    for number, plan in enumerate(plans, start=1):
        plans[plan] = number
    rows: Rows = {
        table: []
        for table in (
            tariffs,
            tariff_prices,
            customers,
            accounts,
            account_phones,
            meters,
            registers,
            readings,
            balances,
        )
    }
    for plan, number in plans.items():
        rows[tariffs].append({"id": number, "name": plan.name})
        rows[tariff_prices] += [{"tariff_id": number, "register": of, "kopecks": price} for of, price in plan.prices]
    for number, account in enumerate(people, start=1):
        _account_rows(rows, number, account, plans, zone)
    rows |= _supply_rows(supply or SupplyRows())

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
            for table in (tariffs, customers, accounts, meters, registers):
                sequence = func.pg_get_serial_sequence(table.name, "id")
                await connection.execute(select(func.setval(sequence, select(func.max(table.c.id)).scalar_subquery())))
        return len(people)

    return await database.write(work)


def _supply_rows(supply: SupplyRows) -> Rows:
    asked = [
        {
            "number": request.number,
            "account": request.account,
            "topic": request.topic,
            "status": request.status.value,
            "opened_at": request.opened_at,
            "result": request.result,
            "due_on": request.due_on,
            "caller": request.caller,
            "call_id": request.call_id or None,
        }
        for request in supply.requests
    ]
    return {
        outages: [
            {"district": district, "address": address, "starts_at": start, "ends_at": end, "text": text}
            for district, address, start, end, text in supply.outages
        ],
        offices: [
            {"name": name, "address": address, "district": district, "hours": json.dumps(dict(hours))}
            for name, address, district, hours in supply.offices
        ],
        payment_advice: [{"kind": kind.value, "text": text} for kind, text in supply.how_to_pay.items()],
        requests: asked,
    }


def _account_rows(rows: Rows, number: int, account: Account, plans: Mapping[Tariff, int], zone: tzinfo) -> None:
    rows[customers].append({"id": number, "name": account.customer, "kind": account.kind.value})
    own = {"number": account.number, "contract": account.contract}
    place = {"address": account.address, "district": account.district}
    plan = plans[account.tariff] if account.tariff else None
    rows[accounts].append({"id": number, "customer_id": number, "tariff_id": plan, **own, **place})
    rows[account_phones] += [{"account_id": number, "phone": phone} for phone in account.phones]
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
