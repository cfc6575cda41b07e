"""Failed identifications and their locks. One try is one transaction, so two calls never share a free guess."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables import identity_tallies as tallies
from ivr.domain.identity import IdentityRules, Judged, Tally, judged


class SqlTallies:
    """Implements the Tallies port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def locked(self, subjects: Sequence[str], now: datetime) -> bool:
        query = select(tallies.c.subject).where(tallies.c.subject.in_(subjects), tallies.c.locked_until > now).limit(1)

        async def work(connection: AsyncConnection) -> bool:
            return await connection.scalar(query) is not None

        return await self._database.read(work)

    async def judge(self, subjects: Sequence[str], right: bool, now: datetime, rules: IdentityRules) -> Judged:
        async def work(connection: AsyncConnection) -> Judged:
            known = await _held(connection, subjects)
            result, changed = judged(known, right, now, rules)
            await _put(connection, changed)
            return result

        return await self._database.write(work)

    async def unlock(self, subjects: Sequence[str]) -> int:
        """Forget their failures and locks; gives how many had any. For a person of the centre, never for a call."""

        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(delete(tallies).where(tallies.c.subject.in_(subjects)))).rowcount

        return await self._database.write(work)


async def _held(connection: AsyncConnection, subjects: Sequence[str]) -> dict[str, Tally]:
    """The tallies, nobody else's until the transaction ends. SQLite has one writer anyhow; PostgreSQL is asked for a
    lock of the subject itself, for there may be no row yet: always in the same order, so that none waits in a ring."""
    own = sorted(set(subjects))
    if connection.dialect.name == "postgresql":
        for subject in own:
            await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(subject, 0))))
    rows = await connection.execute(select(tallies).where(tallies.c.subject.in_(own)))
    known = {row.subject: Tally(row.failures, row.since, row.locked_until) for row in rows}
    return {subject: known.get(subject, Tally()) for subject in own}


async def _put(connection: AsyncConnection, changed: dict[str, Tally]) -> None:
    insert: Any = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    for subject, tally in changed.items():
        values = {"failures": tally.failures, "since": tally.since, "locked_until": tally.locked_until}
        row = insert(tallies).values(subject=subject, **values)
        await connection.execute(row.on_conflict_do_update(index_elements=[tallies.c.subject], set_=values))
