"""Whether a telephone has called before, and whom it talked with."""

from datetime import UTC, datetime

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables import calls, contacts
from ivr.domain.call import Outcome


class SqlPastCalls:
    """The ports PastCalls and PastTalks: a call that came to its end has left a contact (indexed by the caller)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def called_before(self, caller: str) -> bool:
        query = select(exists().where(contacts.c.caller == caller, contacts.c.ended_at.is_not(None)))

        async def work(connection: AsyncConnection) -> bool:
            return bool(await connection.scalar(query))

        return await self._database.read(work)

    async def last_operator(self, caller: str, since: float) -> str:
        """Of his latest talk that ended after `since` (Unix time); empty: there was none. Raises StoreUnavailable."""
        talked = (calls.c.outcome == Outcome.OPERATOR.value) & (calls.c.operator != "")
        lately = (contacts.c.caller == caller) & (contacts.c.ended_at >= datetime.fromtimestamp(since, UTC))
        query = (
            select(calls.c.operator)
            .join(contacts, contacts.c.call_id == calls.c.id)
            .where(lately, talked)
            .order_by(contacts.c.ended_at.desc())
            .limit(1)
        )

        async def work(connection: AsyncConnection) -> str:
            return str(await connection.scalar(query) or "")

        return await self._database.read(work)
