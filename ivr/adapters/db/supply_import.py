"""What a supplier's spreadsheets tell, put into the tables: a file is the whole list, but requests are added."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, time, tzinfo
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables import accounts, offices, outages, payment_advice, requests

Rows = Sequence[Mapping[str, Any]]

PORTION = 500
"""Accounts looked up by one query: SQLite takes no more variables than some thousands."""


class SqlSupplyImport:
    """`zone` is the supplier's. Every method is one transaction; raises StoreUnavailable."""

    def __init__(self, database: Database, zone: tzinfo) -> None:
        self._database = database
        self._zone = zone

    async def put(self, kind: str, rows: Rows, now: datetime) -> None:
        """Store the rows of a file of `kind` (outages, offices, requests, payment)."""
        work = {"outages": self._outages, "offices": self._offices, "requests": self._requests, "payment": self._pay}
        await self._database.write(lambda connection: work[kind](connection, rows, now))

    async def unknown(self, rows: Rows) -> int:
        """How many different accounts of `rows` are not known here."""
        named = sorted({row["account"] for row in rows})

        async def work(connection: AsyncConnection) -> int:
            known = 0
            for at in range(0, len(named), PORTION):
                query = select(func.count()).where(accounts.c.number.in_(named[at : at + PORTION]))
                known += await connection.scalar(query) or 0
            return len(named) - known

        return await self._database.read(work)

    async def _outages(self, connection: AsyncConnection, rows: Rows, now: datetime) -> None:
        await connection.execute(delete(outages).where(outages.c.ends_at > now))  # those that are over stay
        empty = {"district": "", "address": "", "text": ""}
        to_come = [{**empty, **row} for row in rows if row["ends_at"] > now]
        if to_come:
            await connection.execute(insert(outages), to_come)

    async def _offices(self, connection: AsyncConnection, rows: Rows, now: datetime) -> None:
        await connection.execute(delete(offices))
        hours = [{"district": "", **row, "hours": json.dumps(row["hours"])} for row in rows]
        await connection.execute(insert(offices), hours)

    async def _pay(self, connection: AsyncConnection, rows: Rows, now: datetime) -> None:
        for row in rows:
            await connection.execute(delete(payment_advice).where(payment_advice.c.kind == row["kind"].value))
            await connection.execute(insert(payment_advice).values(kind=row["kind"].value, text=row["text"]))

    async def _requests(self, connection: AsyncConnection, rows: Rows, now: datetime) -> None:
        for row in rows:
            values = {
                **{name: row[name] for name in ("account", "topic", "status")},
                "opened_at": datetime.combine(row["opened_on"], time(12), self._zone),
                "result": row.get("result", ""),
                "due_on": row.get("due_on"),
            }
            same = requests.c.number == row["number"]
            if await connection.scalar(select(requests.c.id).where(same)) is None:
                await connection.execute(insert(requests).values(**values, number=row["number"], caller=""))
            else:
                renewed = {name: values[name] for name in ("account", "topic", "status", "result", "due_on")}
                await connection.execute(update(requests).where(same).values(renewed))
