"""The rows of callbacks."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables_queue import callbacks
from ivr.domain.callback import OPEN, Callback, CallbackStage

MOMENTS = ("arrived", "asked", "due", "ended")


class SqlCallbacks:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, callback: Callback) -> None:
        """Store it as it is now."""
        row = _row(callback)

        async def work(connection: AsyncConnection) -> None:
            insert: Any = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
            values = {name: value for name, value in row.items() if name != "id"}
            await connection.execute(
                insert(callbacks).values(**row).on_conflict_do_update(index_elements=["id"], set_=values)
            )

        await self._database.write(work)

    async def claim(self, callback: Callback) -> bool:
        """Store it as dialled; False, and nothing is stored, when it does not wait any more."""
        waits = (callbacks.c.id == callback.id) & (callbacks.c.stage == CallbackStage.WAITING)
        return await self._changed(waits, _row(callback))

    async def withdraw(self, number_or_id: str, now: float) -> bool:
        """By hand; False: none of this number, or id, waits."""
        named = (callbacks.c.id == number_or_id) | (callbacks.c.number == number_or_id)
        ended = {"stage": CallbackStage.WITHDRAWN, "result": "by_hand", "ended": datetime.fromtimestamp(now, UTC)}
        return await self._changed(named & (callbacks.c.stage == CallbackStage.WAITING), ended)

    async def open(self) -> list[Callback]:
        """Those that wait or are dialled, by their place in the line."""
        query = select(callbacks).where(callbacks.c.stage.in_(OPEN)).order_by(callbacks.c.arrived, callbacks.c.id)
        return [_callback(row) for row in await self._rows(query)]

    async def since(self, moment: datetime) -> list[Callback]:
        """All that were asked for since then, the newest first."""
        query = select(callbacks).where(callbacks.c.asked >= moment).order_by(callbacks.c.asked.desc(), callbacks.c.id)
        return [_callback(row) for row in await self._rows(query)]

    async def _changed(self, where: Any, values: dict[str, Any]) -> bool:
        async def work(connection: AsyncConnection) -> bool:
            result = await connection.execute(update(callbacks).where(where).values(**values))
            return result.rowcount > 0

        return await self._database.write(work)

    async def _rows(self, query: Any) -> Sequence[Any]:
        async def work(connection: AsyncConnection) -> Sequence[Any]:
            return (await connection.execute(query)).all()

        return await self._database.read(work)


def _row(callback: Callback) -> dict[str, Any]:
    row = asdict(callback)
    for name in MOMENTS:
        row[name] = None if row[name] is None else datetime.fromtimestamp(row[name], UTC)
    return row


def _callback(row: Any) -> Callback:
    values = dict(row._mapping)
    for name in MOMENTS:
        values[name] = None if values[name] is None else values[name].timestamp()
    return Callback(**values | {"stage": CallbackStage(values["stage"])})
