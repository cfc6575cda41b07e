"""Readings that billing has not acknowledged. Nothing is copied: the readings' own rows are the outbox, so that a
reading is in it from the very transaction that stores it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.reading_export import of_unchecked, outgoing, to_send, unchecked_to_send
from ivr.adapters.db.tables import readings, unchecked_readings
from ivr.service.readings import OutgoingReading

Place = tuple[int, int]
"""Which table, and the id in it: readings come first, those that nobody has checked after them."""


class SqlOutbox:
    """Implements Outbox. `zone` is the supplier's; `clock` gives aware UTC times."""

    def __init__(self, database: Database, zone: tzinfo, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._zone = zone
        self._clock = clock

    async def pending(self, after: Place, most: int) -> Sequence[tuple[Place, OutgoingReading]]:
        async def work(connection: AsyncConnection) -> Sequence[tuple[Place, OutgoingReading]]:
            table, last = after
            if table == 0:
                rows = await to_send(connection, "acked_at IS NULL", None, most, last)
                if rows:
                    lines = await outgoing(connection, rows, self._zone)
                    return [((0, row.id), line) for row, line in zip(rows, lines, strict=True)]
                last = 0
            rows = await unchecked_to_send(connection, "acked_at IS NULL", None, most, last)
            return [((1, row.id), of_unchecked(row, self._zone)) for row in rows]

        return await self._database.read(work)

    async def acknowledged(self, reading: OutgoingReading) -> None:
        unchecked = reading.key.startswith("u")
        table = unchecked_readings if unchecked else readings
        own = int(reading.key.lstrip("u").partition("-")[0])
        change = update(table).where(table.c.id == own).values(acked_at=self._clock())
        if not unchecked:
            # The caller may have gone to another value and back meanwhile: then this is a new reading, under a new key.
            second = datetime.fromisoformat(reading.taken_at)
            change = change.where(table.c.taken_at >= second, table.c.taken_at < second + timedelta(seconds=1))
        await self._database.write(lambda connection: connection.execute(change))
