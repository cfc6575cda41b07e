"""Failed identifications and their locks. One try is one transaction, so two calls never share a free guess."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables import identity_tallies as tallies
from ivr.domain.identity import IdentityRules, Tally, succeeded, tried


class SqlTallies:
    """Implements the Tallies port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def locked(self, subjects: Sequence[str], now: datetime) -> bool:
        query = select(tallies.c.subject).where(tallies.c.subject.in_(subjects), tallies.c.locked_until > now).limit(1)

        async def work(connection: AsyncConnection) -> bool:
            return await connection.scalar(query) is not None

        return await self._database.read(work)

    async def try_once(self, subjects: Sequence[str], now: datetime, rules: IdentityRules) -> bool:
        async def work(connection: AsyncConnection) -> bool:
            known = await _held(connection, subjects)
            after = {subject: tried(known[subject], now, rules) for subject in known}
            allowed = {subject: tally for subject, tally in after.items() if tally is not None}
            if len(allowed) < len(after):
                return False
            await _put(connection, allowed)
            return True

        return await self._database.write(work)

    async def succeeded(self, subjects: Sequence[str], rules: IdentityRules) -> None:
        async def work(connection: AsyncConnection) -> None:
            known = await _held(connection, subjects)
            await _put(connection, {subject: succeeded(tally, rules) for subject, tally in known.items()})

        await self._database.write(work)


async def _held(connection: AsyncConnection, subjects: Sequence[str]) -> dict[str, Tally]:
    """The tallies, their rows locked until the transaction ends; always in the same order, so none waits in a ring."""
    own = sorted(set(subjects))
    insert: Any = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    blank = [{"subject": subject, "failures": 0} for subject in own]
    await connection.execute(insert(tallies).on_conflict_do_nothing(), blank)
    query = select(tallies).where(tallies.c.subject.in_(own)).order_by(tallies.c.subject).with_for_update()
    rows = await connection.execute(query)
    return {row.subject: Tally(row.failures, row.since, row.locked_until) for row in rows}


async def _put(connection: AsyncConnection, changed: dict[str, Tally]) -> None:
    for subject, tally in changed.items():
        values = {"failures": tally.failures, "since": tally.since, "locked_until": tally.locked_until}
        await connection.execute(tallies.update().where(tallies.c.subject == subject).values(values))
