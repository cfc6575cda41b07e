"""The rows of storms."""

from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables_queue import storms
from ivr.domain.storm import Storm, where


class SqlStorms:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def storms(self, now: float) -> list[Storm]:
        """Those that rage now, by their districts; that of everywhere first."""
        query = select(storms).where(storms.c.until > _moment(now)).order_by(storms.c.id)

        async def work(connection: AsyncConnection) -> list[Storm]:
            rows = await connection.execute(query)
            raging = {where(row.district): Storm(row.text, row.until.timestamp(), row.district) for row in rows}
            return [raging[district] for district in sorted(raging)]

        return await self._database.read(work)

    async def begin(self, storm: Storm, why: str, now: float) -> None:
        """It rages from now on, and the one before it of the same district is over."""
        row = {"text": storm.text, "why": why, "began": _moment(now), "until": _moment(storm.until)}

        async def work(connection: AsyncConnection) -> None:
            await _end(connection, now, storm.district)
            await connection.execute(storms.insert().values(**row, district=storm.district))

        await self._database.write(work)

    async def end(self, now: float, district: str | None = None) -> bool:
        """That of the district is over; None: all are. False: there was none."""

        async def work(connection: AsyncConnection) -> bool:
            return await _end(connection, now, district)

        return await self._database.write(work)


async def _end(connection: AsyncConnection, now: float, district: str | None) -> bool:
    raging = storms.c.until > _moment(now)
    rows = (await connection.execute(select(storms.c.id, storms.c.district).where(raging))).all()
    over = [row.id for row in rows if district is None or where(row.district) == where(district)]
    await connection.execute(update(storms).where(storms.c.id.in_(over)).values(until=_moment(now)))
    return bool(over)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
