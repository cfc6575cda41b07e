"""Whether a telephone has called before: only to say less to who knows his way."""

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables import contacts


class SqlPastCalls:
    """Implements the PastCalls port: a call that came to its end has left a contact (indexed by the caller)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def called_before(self, caller: str) -> bool:
        query = select(exists().where(contacts.c.caller == caller, contacts.c.ended_at.is_not(None)))

        async def work(connection: AsyncConnection) -> bool:
            return bool(await connection.scalar(query))

        return await self._database.read(work)
