"""Planned outages, offices, how to pay, and customers' requests."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables import offices, outages, payment_advice, requests
from ivr.dialogue.week import parse_week
from ivr.domain.customer import CustomerKind
from ivr.domain.supply import Office, Outage, RequestStatus, ServiceRequest

MOST_REQUESTS = 9
UNANSWERED = (RequestStatus.NEW.value, RequestStatus.IN_PROGRESS.value)


class SqlSupply:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def outages(self, district: str, address: str, at: datetime) -> tuple[Outage, ...]:
        # Those to come are few: which of them are of this address is told by the domain, not by LIKE.
        return tuple(outage for outage in await self.all_outages(at) if outage.affects(district, address))

    async def all_outages(self, at: datetime) -> tuple[Outage, ...]:
        """Planned outages of every address that are not over at `at`, the soonest first."""
        query = select(outages).where(outages.c.ends_at > at).order_by(outages.c.starts_at, outages.c.id)
        return tuple(Outage(**row._mapping) for row in await self._rows(query))

    async def all_offices(self) -> tuple[Office, ...]:
        """Every office, in the supplier's own order."""
        rows = await self._rows(select(offices).order_by(offices.c.id))
        return tuple(Office(row.name, row.address, row.district, parse_week(json.loads(row.hours))) for row in rows)

    async def offices(self, district: str) -> tuple[Office, ...]:
        found = await self.all_offices()
        return tuple(office for office in found if office.district in ("", district)) or found

    async def how_to_pay(self, kind: CustomerKind) -> str:
        rows = await self._rows(select(payment_advice.c.text).where(payment_advice.c.kind == kind.value))
        return rows[0].text if rows else ""

    async def _rows(self, query: Any) -> list[Any]:
        async def work(connection: AsyncConnection) -> list[Any]:
            return list((await connection.execute(query)).all())

        return await self._database.read(work)


class SqlServiceRequests:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_account(self, number: str) -> tuple[ServiceRequest, ...]:
        waiting_first = requests.c.status.in_(UNANSWERED).desc()
        newest_first = (waiting_first, requests.c.opened_at.desc(), requests.c.id.desc())
        return await self._requests(
            select(requests).where(requests.c.account == number).order_by(*newest_first).limit(MOST_REQUESTS)
        )

    async def waiting(self, most: int) -> tuple[ServiceRequest, ...]:
        """Requests that nobody has answered yet, the oldest first; `most` of them at most."""
        unanswered = requests.c.status.in_(UNANSWERED)
        return await self._requests(
            select(requests).where(unanswered).order_by(requests.c.opened_at, requests.c.id).limit(most)
        )

    async def get(self, number: str) -> ServiceRequest | None:
        return next(iter(await self._requests(select(requests).where(requests.c.number == number))), None)

    async def open(self, request: ServiceRequest) -> ServiceRequest:
        values = {
            "account": request.account,
            "topic": request.topic,
            "status": request.status.value,
            "opened_at": request.opened_at,
            "result": request.result,
            "due_on": request.due_on,
            "caller": request.caller,
            "call_id": request.call_id or None,
        }
        changed = {name: values[name] for name in ("account", "status", "result", "due_on")}

        async def work(connection: AsyncConnection) -> ServiceRequest:
            insert: Any = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
            given = {**values, "number": request.number} if request.number else values
            upsert = insert(requests).values(given)
            upsert = upsert.on_conflict_do_update(index_elements=["call_id", "topic"], set_=changed)
            row = (await connection.execute(upsert.returning(requests))).one()
            if row.number is None:
                numbered = (
                    update(requests).where(requests.c.id == row.id).values(number=await _free(connection, row.id))
                )
                row = (await connection.execute(numbered.returning(requests))).one()
            return _request(row)

        return await self._database.write(work)

    async def _requests(self, query: Any) -> tuple[ServiceRequest, ...]:
        async def work(connection: AsyncConnection) -> tuple[ServiceRequest, ...]:
            return tuple(_request(row) for row in await connection.execute(query))

        return await self._database.read(work)


async def _free(connection: AsyncConnection, own: int) -> str:
    """The id as a number, unless a request of another's numbering has it: then with nines before it."""
    number = str(own)
    while await connection.scalar(select(requests.c.id).where(requests.c.number == number)) is not None:
        number = f"9{number}"
    return number


def _request(row: Any) -> ServiceRequest:
    return ServiceRequest(
        row.account,
        row.topic,
        RequestStatus(row.status),
        row.opened_at,
        row.number or "",
        row.result,
        row.due_on,
        row.caller,
        row.call_id or "",
    )
