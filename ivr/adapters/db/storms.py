"""The rows of storms."""

from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables_queue import storms
from ivr.domain.storm import Storm


class SqlStorms:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def storm(self, now: float) -> Storm | None:
        """The one that rages now."""
        query = select(storms).where(storms.c.until > _moment(now)).order_by(storms.c.id.desc()).limit(1)

        async def work(connection: AsyncConnection) -> Storm | None:
            row = (await connection.execute(query)).first()
            return Storm(row.text, row.until.timestamp()) if row else None

        return await self._database.read(work)

    async def begin(self, storm: Storm, why: str, now: float) -> None:
        """It rages from now on, and the one before it is over."""
        row = {"text": storm.text, "why": why, "began": _moment(now), "until": _moment(storm.until)}

        async def work(connection: AsyncConnection) -> None:
            await _end(connection, now)
            await connection.execute(storms.insert().values(**row))

        await self._database.write(work)

    async def end(self, now: float) -> bool:
        """It is over; False: there was none."""

        async def work(connection: AsyncConnection) -> bool:
            return await _end(connection, now)

        return await self._database.write(work)


async def _end(connection: AsyncConnection, now: float) -> bool:
    raging = update(storms).where(storms.c.until > _moment(now)).values(until=_moment(now))
    return (await connection.execute(raging)).rowcount > 0


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
