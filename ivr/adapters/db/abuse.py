"""Calls that operators ended because they were abused: how many of a number, and the latest."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables import calls, contacts
from ivr.domain.call import Call, CallId, Outcome


class SqlAbuse:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def before(self, number: str) -> int:
        """How many calls from this number ended so."""
        if not number:
            return 0
        of_number = select(contacts.c.call_id).where(contacts.c.caller == number)  # the one that has an index by caller
        query = select(func.count()).where(calls.c.outcome == Outcome.ABUSIVE.value, calls.c.id.in_(of_number))

        async def work(connection: AsyncConnection) -> int:
            return int(await connection.scalar(query) or 0)

        return await self._database.read(work)

    async def since(self, moment: datetime, limit: int) -> list[Call]:
        """The latest first."""
        ended = calls.c.outcome == Outcome.ABUSIVE.value, calls.c.answered_at >= moment
        query = select(calls).where(*ended).order_by(calls.c.answered_at.desc(), calls.c.id).limit(limit)

        async def work(connection: AsyncConnection) -> list[Call]:
            rows = (await connection.execute(query)).all()
            return [Call(**{**row._mapping, "id": CallId(row.id), "outcome": Outcome(row.outcome)}) for row in rows]

        return await self._database.read(work)
