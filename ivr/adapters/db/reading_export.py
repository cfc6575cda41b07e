"""Batches of readings for billing, and what each of them says, word for word."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables import (
    accounts,
    export_batches,
    export_lines,
    meters,
    readings,
    registers,
    unchecked_readings,
)
from ivr.service.readings import Batch, OutgoingReading, Stage

PORTION = 2000
"""Readings claimed in one transaction: live calls wait for no more. A batch cut short by a crash is a batch all the
same; what it has not claimed goes into the next."""

TAKEN_HERE = "channel NOT IN ('import', 'billing')"  # as in the condition of the indexes


class SqlBatches:
    """`zone` is the supplier's; `clock` gives aware UTC times."""

    def __init__(self, database: Database, zone: tzinfo, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._zone = zone
        self._clock = clock

    async def unfinished(self) -> Sequence[Batch]:
        query = (
            select(export_batches).where(export_batches.c.stage != Stage.WRITTEN.value).order_by(export_batches.c.id)
        )
        return [_batch(row) for row in await self._rows(query)]

    async def get(self, batch_id: int) -> Batch | None:
        rows = await self._rows(select(export_batches).where(export_batches.c.id == batch_id))
        return _batch(rows[0]) if rows else None

    async def claim(self, path: Path, format: str, since: datetime | None, into: Batch | None = None) -> Batch | None:
        batch = into
        if batch is not None:
            there = {"path": str(path), "format": format}
            change = update(export_batches).where(export_batches.c.id == batch.id).values(there)
            await self._database.write(lambda connection: connection.execute(change))
            batch = replace(batch, path=path, format=format)
        while True:
            made = await self._claim_portion(batch, path, format, since)
            if made is None:
                return batch
            batch = made

    async def _claim_portion(
        self, batch: Batch | None, path: Path, format: str, since: datetime | None
    ) -> Batch | None:
        """Put what may be claimed into `batch`, which is made with its first portion. None: nothing was left."""
        values = {
            "made_at": self._clock(),
            "stage": Stage.CLAIMED.value,
            "format": format,
            "path": str(path),
        }

        async def work(connection: AsyncConnection) -> Batch | None:
            checked = await to_send(connection, "export_batch IS NULL", since, PORTION)
            unchecked = await unchecked_to_send(connection, "export_batch IS NULL", since, PORTION)
            if not checked and not unchecked:
                return None
            own = batch
            if own is None:
                made = await connection.execute(insert(export_batches).values(values).returning(export_batches))
                own = _batch(made.one())
            number = await connection.scalar(_count(own.id)) or 0
            lines = [
                *await outgoing(connection, checked, self._zone),
                *(of_unchecked(r, self._zone) for r in unchecked),
            ]
            rows = [
                {"batch_id": own.id, "number": number + index, "line": json.dumps(asdict(line), ensure_ascii=False)}
                for index, line in enumerate(lines)
            ]
            await connection.execute(insert(export_lines), rows)
            for table, claimed in ((readings, checked), (unchecked_readings, unchecked)):
                mark = update(table).where(table.c.id.in_([row.id for row in claimed])).values(export_batch=own.id)
                await connection.execute(mark)
            return own

        return await self._database.write(work)

    async def lines(self, batch_id: int) -> AsyncIterator[OutgoingReading]:
        number = -1
        while True:
            query = select(export_lines).where(export_lines.c.batch_id == batch_id, export_lines.c.number > number)
            rows = await self._rows(query.order_by(export_lines.c.number).limit(PORTION))
            if not rows:
                return
            number = rows[-1].number
            for row in rows:
                yield OutgoingReading(**json.loads(row.line))

    async def mark(self, batch_id: int, stage: Stage) -> None:
        change = update(export_batches).where(export_batches.c.id == batch_id).values(stage=stage.value)
        await self._database.write(lambda connection: connection.execute(change))

    async def _rows(self, query: Any) -> Sequence[Any]:
        async def work(connection: AsyncConnection) -> Sequence[Any]:
            return (await connection.execute(query)).all()

        return await self._database.read(work)


def _count(batch_id: int) -> Any:
    return select(func.count()).select_from(export_lines).where(export_lines.c.batch_id == batch_id)


def _batch(row: Any) -> Batch:
    return Batch(row.id, Stage(row.stage), row.format, Path(row.path), row.made_at)


async def to_send(
    connection: AsyncConnection, condition: str, since: datetime | None, most: int, after: int = 0
) -> Sequence[Any]:
    """Readings in force that were taken here and meet the condition, oldest first."""
    query = (
        select(readings, registers.c.tariff, meters.c.serial, accounts.c.number)
        .join(registers, registers.c.id == readings.c.register_id)
        .join(meters, meters.c.id == registers.c.meter_id)
        .join(accounts, accounts.c.id == meters.c.account_id)
        .where(text(f"readings.{condition} AND readings.{TAKEN_HERE}"))
        .where(readings.c.replaced_by.is_(None), readings.c.id > after)
        .order_by(readings.c.id)
        .limit(most)
    )
    if since is not None:
        query = query.where(readings.c.taken_at >= since)
    return (await connection.execute(query)).all()


async def unchecked_to_send(
    connection: AsyncConnection, condition: str, since: datetime | None, most: int, after: int = 0
) -> Sequence[Any]:
    query = select(unchecked_readings).where(text(condition), unchecked_readings.c.id > after)
    query = query.order_by(unchecked_readings.c.id).limit(most)
    if since is not None:
        query = query.where(unchecked_readings.c.taken_at >= since)
    return (await connection.execute(query)).all()


async def outgoing(connection: AsyncConnection, rows: Sequence[Any], zone: tzinfo) -> list[OutgoingReading]:
    """The readings as billing gets them, each with the trace of those it has replaced."""
    replaced: dict[int, list[str]] = {row.id: [] for row in rows}
    heirs = {row.id: row.id for row in rows}  # a replaced reading's id, and the reading in force instead
    newest = list(heirs)
    while newest:
        query = (
            select(readings).where(readings.c.replaced_by.in_(newest), text(TAKEN_HERE)).order_by(readings.c.id.desc())
        )
        newest = []
        for row in await connection.execute(query):
            heirs[row.id] = heir = heirs[row.replaced_by]
            replaced[heir].append(f"{row.value} at {_local(row.taken_at, zone)}")
            newest.append(row.id)
    return [
        OutgoingReading(
            key=f"{row.id}-{int(row.taken_at.timestamp())}",
            account=row.number,
            meter=row.serial,
            tariff=row.tariff,
            value=row.value,
            taken_at=_local(row.taken_at, zone),
            channel=row.channel,
            call_id=row.call_id or "",
            replaces="; ".join(replaced[row.id]),
            status="accepted",
        )
        for row in rows
    ]


def of_unchecked(row: Any, zone: tzinfo) -> OutgoingReading:
    return OutgoingReading(
        key=f"u{row.id}",
        account=row.account,
        meter=row.meter,
        tariff=row.tariff,
        value=row.value,
        taken_at=_local(row.taken_at, zone),
        channel=row.channel,
        call_id=row.call_id or "",
        replaces="",
        status="unchecked",
    )


def _local(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")
