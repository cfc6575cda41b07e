"""Steps of calls, counted by question."""

from datetime import datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tables import call_steps, calls
from ivr.domain.call import Outcome, Step
from ivr.domain.questions import QuestionCounts

CALLS_AT_ONCE = 500


async def counted_since(database: Database, since: datetime) -> QuestionCounts:
    """Of calls answered since then, whatever became of them; what callers said is not read. Raises
    StoreUnavailable."""
    counts = QuestionCounts()
    after = ""
    while True:
        wanted = select(calls.c.id, calls.c.outcome).where(calls.c.answered_at >= since, calls.c.id > after)
        page = wanted.order_by(calls.c.id).limit(CALLS_AT_ONCE).subquery()
        steps = call_steps.c
        rows = (
            select(page.c.id, page.c.outcome, steps.number, steps.at, steps.node, steps.event, steps.result)
            .select_from(page.outerjoin(call_steps, steps.call_id == page.c.id))
            .order_by(page.c.id, steps.number)
        )

        async def work(connection: AsyncConnection, rows: object = rows) -> list[tuple[object, ...]]:
            return [tuple(row) for row in await connection.execute(rows)]  # type: ignore[call-overload]

        found = await database.read(work)
        if not found:
            return counts
        for (call_id, outcome), of_call in groupby(found, key=lambda row: (row[0], row[1])):
            told = [Step(row[2], row[3], row[4], row[5], "", row[6]) for row in of_call if row[2] is not None]  # type: ignore[arg-type]
            counts.call(told, Outcome(outcome))
            after = str(call_id)
