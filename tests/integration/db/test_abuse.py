"""Calls that ended as abusive, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ivr.adapters.db.abuse import SqlAbuse
from ivr.adapters.db.calls import SqlCallLog
from ivr.adapters.db.engine import Database
from ivr.domain.call import Call, CallId, Contact, Ended, Outcome

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NUMBER = "+79990000001"
CALL = Call(CallId("c-1"), NUMBER, "88005550100", AT, outcome=Outcome.ABUSIVE, reason="abusive", operator="101")


async def test_the_number_of_an_abusive_caller_is_known_the_next_time(database: Database) -> None:
    calls, abuse = SqlCallLog(database), SqlAbuse(database)
    later = replace(CALL, id=CallId("c-2"), answered_at=AT + timedelta(days=2), held_s=12, transfers=1)
    polite = replace(CALL, id=CallId("c-3"), outcome=Outcome.OPERATOR)
    other = replace(CALL, id=CallId("c-4"), caller="+79990000002")
    await calls.write([Ended(each) for each in (CALL, later, polite, other)])
    await calls.write(
        [Contact(each.id, 1, each.caller, "", "general", AT, AT) for each in (CALL, later, polite, other)]
    )
    assert [await abuse.before(number) for number in (NUMBER, "+79990000002", "+79990000003", "")] == [2, 1, 0, 0]
    assert await abuse.since(AT + timedelta(days=1), 10) == [later]
    assert [each.id for each in await abuse.since(AT, 2)] == ["c-2", "c-1"]
