"""Districts of the supplier's accounts: all there are, and those of a telephone's. Of a billing system's accounts the
tables have those that it was asked for before."""

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables import account_phones, accounts
from ivr.adapters.phone_numbers import e164

ALL = select(accounts.c.district).distinct().where(accounts.c.closed_on.is_(None), accounts.c.district != "")
OF_PHONE = ALL.join(account_phones, account_phones.c.account_id == accounts.c.id).where(
    account_phones.c.phone == bindparam("phone")
)


class SqlDistricts:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, phone: str) -> frozenset[str]:
        """Those of the accounts that list this telephone, written in any way."""
        if (number := e164(phone)) is None:
            return frozenset()

        async def work(connection: AsyncConnection) -> frozenset[str]:
            return frozenset((await connection.scalars(OF_PHONE, {"phone": number})).all())

        return await self._database.read(work)

    async def all(self) -> list[str]:
        """Every one, by the alphabet."""

        async def work(connection: AsyncConnection) -> list[str]:
            return sorted((await connection.scalars(ALL)).all())

        return await self._database.read(work)
