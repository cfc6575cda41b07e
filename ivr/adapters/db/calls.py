"""Calls and their steps, and how far Asterisk's journal of calls has been read.

Every write may be repeated and may come in any order: the row of a call is inserted by whichever record comes first,
and only an `Ended` changes it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, and_, case, func, or_, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables import audit, call_steps, calls, contacts, journal_marks
from ivr.domain.call import Audit, Began, Call, CallId, Contact, Ended, Outcome, Record, Step, Stepped
from ivr.domain.journal import GENERAL_REASONS
from ivr.service.ports import Closing

NUL = "\x00"  # PostgreSQL refuses it in a text, and both refuse half a surrogate pair; a carrier may send anything


class SqlCallLog:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, records: Sequence[Record]) -> None:
        begun = [_call_row(record.call) for record in records if isinstance(record, Began)]
        steps = [_step_row(record.call_id, record.step) for record in records if isinstance(record, Stepped)]
        ended = [_call_row(record.call) for record in records if isinstance(record, Ended)]
        matters = [_clean(asdict(record).items()) for record in records if isinstance(record, Contact)]
        looks = [_clean(asdict(record).items()) for record in records if isinstance(record, Audit)]

        async def work(connection: AsyncConnection) -> None:
            insert = _insert(connection)
            if begun:
                await connection.execute(insert(calls).on_conflict_do_nothing(), begun)
            if steps:
                await connection.execute(insert(call_steps).on_conflict_do_nothing(), steps)
            if ended:
                await connection.execute(_ending(connection.dialect.name), ended)
            if matters:
                await connection.execute(_staged(insert(contacts)), matters)
            if looks:
                await connection.execute(insert(audit).on_conflict_do_nothing(), looks)

        if records:
            await self._database.write(work)

    async def close(self, closings: Mapping[CallId, Closing]) -> None:
        rows = select(calls).where(calls.c.id.in_(closings)).with_for_update()

        async def work(connection: AsyncConnection) -> None:
            known = {row.id: _call(row) for row in await connection.execute(rows)}
            ended = [_call_row(closing(known.get(call_id))) for call_id, closing in closings.items()]
            await connection.execute(_ending(connection.dialect.name), ended)

        if closings:
            await self._database.write(work)

    async def open_calls(self) -> list[Call]:
        return await self._calls(select(calls).where(calls.c.outcome == Outcome.OPEN.value).order_by(calls.c.id))

    async def get(self, call_id: CallId) -> Call | None:
        return next(iter(await self._calls(select(calls).where(calls.c.id == call_id))), None)

    async def recent(self, limit: int) -> list[Call]:
        return await self._calls(select(calls).order_by(calls.c.answered_at.desc(), calls.c.id.desc()).limit(limit))

    async def steps(self, call_id: CallId) -> list[Step]:
        query = select(call_steps).where(call_steps.c.call_id == call_id).order_by(call_steps.c.number)
        rows = await self._rows(query)
        return [Step(row.number, row.at, row.node, row.event, row.heard, row.result) for row in rows]

    async def outcomes(self, since: datetime) -> dict[Outcome, int]:
        query = select(calls.c.outcome, func.count()).where(calls.c.answered_at >= since).group_by(calls.c.outcome)
        return {Outcome(row[0]): row[1] for row in await self._rows(query)}

    async def _calls(self, query: Any) -> list[Call]:
        return [_call(row) for row in await self._rows(query)]

    async def _rows(self, query: Any) -> Sequence[Row[*tuple[Any, ...]]]:
        async def work(connection: AsyncConnection) -> Sequence[Row[*tuple[Any, ...]]]:
            return (await connection.execute(query)).all()

        return await self._database.read(work)


class SqlJournalMarks:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, file: str) -> int:
        async def work(connection: AsyncConnection) -> int:
            found = await connection.scalar(select(journal_marks.c.offset).where(journal_marks.c.file == file))
            return int(found or 0)

        return await self._database.read(work)

    async def set(self, file: str, offset: int) -> None:
        async def work(connection: AsyncConnection) -> None:
            upsert = _insert(connection)(journal_marks).values(file=file, offset=offset)
            await connection.execute(upsert.on_conflict_do_update(index_elements=["file"], set_={"offset": offset}))

        await self._database.write(work)


def _insert(connection: AsyncConnection) -> Any:
    return _insert_of(connection.dialect.name)


def _insert_of(dialect: str) -> Any:
    return sqlite_insert if dialect == "sqlite" else postgresql_insert


@cache
def _ending(dialect: str) -> Any:
    """Write an ended call over its row. What is known already gives way to what is new, never to nothing: an engine
    that came to the end of its part (OPEN) does not reopen a call that Asterisk's journal has closed."""
    insert = _insert_of(dialect)(calls)
    new = insert.excluded
    closed_before = and_(calls.c.outcome != Outcome.OPEN.value, new.outcome == Outcome.OPEN.value)
    changes: dict[str, Any] = {
        name: case((closed_before, calls.c[name]), else_=new[name]) for name in ("outcome", "ended_at")
    }
    says_little = or_(new.reason == "", *(new.reason == general for general in GENERAL_REASONS))
    said_little = or_(calls.c.reason == "", *(calls.c.reason == general for general in GENERAL_REASONS))
    keep = or_(and_(says_little, calls.c.reason != ""), and_(closed_before, ~said_little))
    changes["reason"] = case((keep, calls.c.reason), else_=new.reason)
    for name in ("flow", "flow_version", "operator", "recording", "account", "operators"):
        changes[name] = case((new[name] == "", calls.c[name]), else_=new[name])
    for name in ("talk_s", "held_s", "transfers"):
        changes[name] = case((new[name] == 0, calls.c[name]), else_=new[name])
    return insert.on_conflict_do_update(index_elements=[calls.c.id], set_=changes)


def _staged(insert: Any) -> Any:
    """Write a contact over its row, unless the row has come further already."""
    new = insert.excluded
    further = and_(contacts.c.ended_at.is_not(None), new.ended_at.is_(None))
    names = ("account", "identified_at", "settled_at", "ended_at", "result", "detail")
    changes = {name: case((further, contacts.c[name]), else_=new[name]) for name in names}
    return insert.on_conflict_do_update(index_elements=[contacts.c.call_id, contacts.c.number], set_=changes)


def _call(row: Row[*tuple[Any, ...]]) -> Call:
    return Call(**{**row._mapping, "id": CallId(row.id), "outcome": Outcome(row.outcome)})


def _call_row(call: Call) -> dict[str, Any]:
    return _clean({**asdict(call), "outcome": call.outcome.value}.items())


def _step_row(call_id: CallId, step: Step) -> dict[str, Any]:
    return _clean({"call_id": call_id, **asdict(step)}.items())


def _clean(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {name: _clean_text(value) if isinstance(value, str) else value for name, value in items}


def _clean_text(text: str) -> str:
    return text.replace(NUL, "").encode(errors="replace").decode()
