"""News recorded by telephone."""

from datetime import datetime

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables import recorded_news
from ivr.service.announcements import Announcement


class SqlAnnouncements:
    """Implements the Announcements port, and what the news of the day need."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def publish(self, announcement: Announcement) -> int:
        async def work(connection: AsyncConnection) -> int:
            known = select(recorded_news.c.id).where(recorded_news.c.sound == announcement.sound)
            if (stored := await connection.scalar(known)) is not None:
                return int(stored)
            values = {
                "sound": announcement.sound,
                "title": announcement.title,
                "author": announcement.author,
                "recorded_at": announcement.recorded_at,
                "valid_from": announcement.valid_from,
                "valid_until": announcement.valid_until,
                "withdrawn": False,
            }
            query = insert(recorded_news).values(values).returning(recorded_news.c.id)
            return int((await connection.execute(query)).scalar_one())

        return await self._database.write(work)

    async def standing(self, at: datetime) -> list[Announcement]:
        return await self._chosen(at, in_force=False)

    async def current(self, at: datetime) -> list[Announcement]:
        """Those in force at `at`, newest first."""
        return await self._chosen(at, in_force=True)

    async def withdraw(self, announcement_id: int) -> bool:
        found = recorded_news.c.id == announcement_id, recorded_news.c.withdrawn.is_(False)
        query = update(recorded_news).where(*found).values(withdrawn=True).returning(recorded_news.c.id)

        async def work(connection: AsyncConnection) -> bool:
            return (await connection.execute(query)).first() is not None

        return await self._database.write(work)

    async def _chosen(self, at: datetime, *, in_force: bool) -> list[Announcement]:
        own = recorded_news.c
        query = select(recorded_news).where(
            own.withdrawn.is_(False), or_(own.valid_until.is_(None), own.valid_until > at)
        )
        if in_force:
            query = query.where(own.valid_from <= at)
        query = query.order_by(own.valid_from.desc(), own.id.desc())

        async def work(connection: AsyncConnection) -> list[Announcement]:
            rows = (await connection.execute(query)).all()
            return [
                Announcement(
                    sound=row.sound,
                    recorded_at=row.recorded_at,
                    valid_from=row.valid_from,
                    valid_until=row.valid_until,
                    title=row.title,
                    author=row.author,
                    id=row.id,
                )
                for row in rows
            ]

        return await self._database.read(work)
