"""The rows of contacts and of the audit, to be read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables import audit, contacts
from ivr.domain.call import Audit, CallId, Contact, Result


class SqlContacts:
    """Implements the Contacts port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(
        self, *, number: str = "", topic: str = "", since: datetime | None = None, limit: int = 100
    ) -> list[Contact]:
        query = select(contacts).order_by(contacts.c.began_at.desc(), contacts.c.call_id, contacts.c.number.desc())
        rows = await self._rows(_chosen(query, number, topic, since).limit(limit))
        return [
            Contact(**{**row._mapping, "call_id": CallId(row.call_id), "result": Result(row.result)}) for row in rows
        ]

    async def report(self, since: datetime) -> dict[tuple[str, Result], int]:
        query = select(contacts.c.topic, contacts.c.result, func.count())
        rows = await self._rows(_chosen(query, "", "", since).group_by(contacts.c.topic, contacts.c.result))
        return {(topic, Result(result)): count for topic, result, count in rows}

    async def looks(self, *, subject: str = "", since: datetime | None = None, limit: int = 100) -> list[Audit]:
        query = select(audit).order_by(audit.c.at.desc(), audit.c.id).limit(limit)
        if subject:
            query = query.where(audit.c.subject == subject)
        if since is not None:
            query = query.where(audit.c.at >= since)
        return [Audit(**row._mapping) for row in await self._rows(query)]

    async def _rows(self, query: Any) -> Sequence[Any]:
        async def work(connection: AsyncConnection) -> Sequence[Any]:
            return (await connection.execute(query)).all()

        return await self._database.read(work)


def _chosen(query: Select[Any], number: str, topic: str, since: datetime | None) -> Select[Any]:
    if number:
        query = query.where(or_(contacts.c.caller == number, contacts.c.account == number))
    if topic:
        query = query.where(contacts.c.topic == topic)
    return query if since is None else query.where(contacts.c.began_at >= since)
