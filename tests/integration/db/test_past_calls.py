from dataclasses import replace
from datetime import UTC, datetime

from ivr.adapters.db.calls import SqlCallLog
from ivr.adapters.db.engine import Database
from ivr.adapters.db.past_calls import SqlPastCalls
from ivr.domain.call import CallId, Contact

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
NOW = Contact(CallId("1"), 1, "+79990000001", "", "general", AT, AT)


async def test_a_call_counts_once_it_has_ended(database: Database) -> None:
    log, past = SqlCallLog(database), SqlPastCalls(database)
    assert not await past.called_before("+79990000001")
    await log.write([NOW])
    assert not await past.called_before("+79990000001")
    await log.write([replace(NOW, ended_at=AT)])
    assert await past.called_before("+79990000001")
    assert not await past.called_before("+79990000002")
