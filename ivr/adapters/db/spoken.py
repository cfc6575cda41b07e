"""Names and places that callers may say, as the tables have them."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables import accounts, customers


async def spoken_texts(database: Database) -> list[str]:
    """Every address, district and name once. Raises StoreUnavailable."""

    async def work(connection: AsyncConnection) -> list[str]:
        texts: list[str] = []
        for column in (accounts.c.address, accounts.c.district, customers.c.name):
            texts += (await connection.scalars(select(column).distinct())).all()
        return texts

    return await database.read(work)
