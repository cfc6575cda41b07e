from dataclasses import replace
from datetime import UTC, datetime

from ivr.adapters.db.calls import SqlCallLog
from ivr.adapters.db.engine import Database
from ivr.adapters.db.past_calls import SqlPastCalls
from ivr.domain.call import Began, Call, CallId, Contact, Ended, Outcome

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


async def test_the_operator_of_the_latest_talk(database: Database) -> None:
    log, past = SqlCallLog(database), SqlPastCalls(database)
    for hour, operator, outcome in (
        (9, "101", Outcome.OPERATOR),
        (10, "102", Outcome.OPERATOR),
        (11, "", Outcome.OPERATOR_MISSED),
        (12, "103", Outcome.ABUSIVE),
    ):
        at, call_id = AT.replace(hour=hour), CallId(str(hour))
        call = Call(call_id, "+79990000001", "88005550100", at, outcome=outcome, operator=operator, ended_at=at)
        await log.write([Began(call), Ended(call), replace(NOW, call_id=call_id, ended_at=at)])
    assert await past.last_operator("+79990000001", AT.replace(hour=8).timestamp()) == "102"
    assert await past.last_operator("+79990000001", AT.replace(hour=11).timestamp()) == ""
    assert await past.last_operator("+79990000002", 0.0) == ""
