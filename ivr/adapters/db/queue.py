"""The rows of the queue: its log of decisions, what operators set by hand, marks."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables_queue import marks, operator_duty, queue_log
from ivr.domain.acd.history import LogRow
from ivr.domain.acd.records import Decision, Note, Waits
from ivr.domain.call import CallId
from ivr.domain.talk.notes import TalkNote
from ivr.service.queue.duty import HandMade
from ivr.service.queue.foresight import Kept
from ivr.service.queue.log import Line


class SqlQueue:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, records: Sequence[Line]) -> None:
        rows = [_row(record) for record in records]

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(queue_log.insert(), rows)

        await self._database.write(work)

    async def mark(self, call_id: CallId, mark: int) -> None:
        """Keep the caller's mark; a second one of the same call replaces the first."""
        await self._put(marks, {"call_id": call_id}, {"mark": mark, "at": datetime.now(UTC)})

    async def set_by_hand(self, operator: str, state: HandMade) -> None:
        until = datetime.fromtimestamp(state.until, UTC) if state.pause else None
        values = {"out": state.out, "pause": state.pause, "pause_until": until}
        await self._put(operator_duty, {"operator": operator}, values)

    async def hand_made(self) -> dict[str, HandMade]:
        async def work(connection: AsyncConnection) -> dict[str, HandMade]:
            rows = await connection.execute(select(operator_duty))
            return {
                row.operator: HandMade(row.out, row.pause, row.pause_until.timestamp() if row.pause_until else 0.0)
                for row in rows
            }

        return await self._database.read(work)

    async def between(self, since: datetime, until: datetime) -> list[LogRow]:
        """The log from `since` up to, not including, `until`, in its order."""
        mine = (queue_log.c.at >= since) & (queue_log.c.at < until)

        async def work(connection: AsyncConnection) -> list[LogRow]:
            rows = await connection.execute(select(queue_log).where(mine).order_by(queue_log.c.id))
            return [
                LogRow(row.at.timestamp(), row.entry, row.operator, row.what, json.loads(row.detail)) for row in rows
            ]

        return await self._database.read(work)

    async def _put(self, table: Any, key: dict[str, Any], values: dict[str, Any]) -> None:
        async def work(connection: AsyncConnection) -> None:
            insert: Any = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
            row = insert(table).values(**key, **values)
            await connection.execute(row.on_conflict_do_update(index_elements=list(key), set_=values))

        await self._database.write(work)


def _row(record: Line) -> dict[str, Any]:
    entry = record.outcome.promise.entry if isinstance(record, Kept) else record.entry
    common = {"at": datetime.fromtimestamp(record.at, UTC), "entry": entry or "", "operator": ""}
    match record:
        case Kept(outcome=outcome):
            promise = outcome.promise
            kept = {
                "promised_at": datetime.fromtimestamp(promise.at, UTC).isoformat(),
                "place": promise.place,
                "told": str(promise.minutes),
                "predicted_s": round(promise.predicted_s, 1),
                "waited_s": round(outcome.waited_s, 1),
                "answered": outcome.answered,
                "held": outcome.held,
            }
            return common | {"what": "promised", "detail": _json(kept)}
        case Decision():
            detail = {
                "offer": record.offer,
                "because": record.because,
                "level": record.level,
                "skills": record.skills,
                "idle_s": round(record.idle_s, 1),
                "waited_s": round(record.waited_s, 1),
                "passed": {each.id: each.why for each in record.passed},
                **_asked(record),
            }
            return common | {"operator": record.operator, "what": "offered", "detail": _json(detail)}
        case TalkNote():
            return common | {"operator": record.operator, "what": record.deed, "detail": _json(dict(record.detail))}
        case Waits():
            detail = {"hindrance": record.hindrance, "staff": dict(record.staff), **_asked(record)}
            return common | {"what": "waits", "detail": _json(detail)}
        case Note():
            told = {"told": record.detail} if record.detail else {}
            return common | {"operator": record.operator or "", "what": record.what, "detail": _json(told)}


def _asked(record: Decision | Waits) -> dict[str, Any]:
    """In which queue it stands, and what it asks of operators, if anything."""
    return {"queue": record.queue} | ({"needs": dict(record.needs)} if record.needs else {})


def _json(detail: Any) -> str:
    return json.dumps(detail, ensure_ascii=False, separators=(",", ":"))
