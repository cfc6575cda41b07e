from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ivr.adapters.db.calls import SqlCallLog, SqlJournalMarks
from ivr.adapters.db.engine import Database
from ivr.domain.call import Began, Call, CallId, Ended, Outcome, Record, Step, Stepped
from ivr.domain.errors import RecordRefused

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ID = CallId("1772357400.7")
CALL = Call(ID, "+79990000001", "88005550100", AT, "rosatom", "1")
SERVED = replace(CALL, ended_at=AT + timedelta(minutes=2), outcome=Outcome.SERVED, reason="done", account="0000000001")
STEP = Step(1, AT, "greeting", "said", "", "")


@pytest.fixture
def log(database: Database) -> SqlCallLog:
    return SqlCallLog(database)


class TestCallLog:
    async def test_a_call_comes_back_as_it_was_written(self, log: SqlCallLog) -> None:
        full = replace(SERVED, operator="op-1", talk_s=61, recording="a.raw")
        steps = [STEP, Step(2, AT + timedelta(seconds=1, microseconds=5), "menu", "match", "1", "readings")]
        await log.write([Began(CALL), *(Stepped(ID, step) for step in steps), Ended(full)])
        assert await log.get(ID) == full
        assert await log.steps(ID) == steps
        assert await log.get(CallId("unknown")) is None

    async def test_records_may_come_again_and_in_any_order(self, log: SqlCallLog) -> None:
        records: list[Record] = [Ended(SERVED), Stepped(ID, STEP), Began(CALL)]
        for record in [*records, *records]:
            await log.write([record])
        await log.write([])
        assert await log.get(ID) == SERVED
        assert await log.steps(ID) == [STEP]

    async def test_a_step_once_written_stays(self, log: SqlCallLog) -> None:
        await log.write([Stepped(ID, STEP), Stepped(ID, replace(STEP, node="other"))])
        assert await log.steps(ID) == [STEP]

    async def test_the_last_ended_of_a_batch_counts(self, log: SqlCallLog) -> None:
        await log.write([Ended(CALL), Ended(SERVED), Ended(replace(SERVED, reason="later"))])
        assert await log.get(ID) == replace(SERVED, reason="later")

    async def test_an_engine_that_ends_its_part_does_not_reopen_a_closed_call(self, log: SqlCallLog) -> None:
        closed = replace(
            CALL, ended_at=AT, outcome=Outcome.OPERATOR, reason="answered", operator="op-1", talk_s=5, recording="a.raw"
        )
        await log.write([Ended(replace(closed, flow="", flow_version=""))])
        await log.write([Ended(replace(CALL, reason="asked_for", account="0000000001"))])
        assert await log.get(ID) == replace(closed, reason="asked_for", account="0000000001")

    @pytest.mark.parametrize("journal_first", [True, False])
    async def test_a_reason_that_says_more_wins_in_any_order(self, log: SqlCallLog, journal_first: bool) -> None:
        by_journal = Ended(replace(SERVED, reason="flow_ended"))
        by_engine = Ended(replace(SERVED, reason="goodbye"))
        for record in (by_journal, by_engine) if journal_first else (by_engine, by_journal):
            await log.write([record])
        assert await log.get(ID) == replace(SERVED, reason="goodbye")

    async def test_open_calls_are_those_not_closed(self, log: SqlCallLog) -> None:
        other = replace(CALL, id=CallId("1772357400.8"))
        await log.write([Began(CALL), Began(other), Ended(replace(CALL, reason="operator"))])
        assert await log.open_calls() == [replace(CALL, reason="operator"), other]
        await log.write([Ended(SERVED)])
        assert await log.open_calls() == [other]

    async def test_recent_calls_come_newest_first(self, log: SqlCallLog) -> None:
        many = [
            replace(CALL, id=CallId(str(number)), answered_at=AT + timedelta(minutes=number)) for number in range(5)
        ]
        await log.write([Began(call) for call in many])
        assert await log.recent(2) == [many[4], many[3]]

    async def test_outcomes_are_counted_from_a_moment_on(self, log: SqlCallLog) -> None:
        old = replace(SERVED, id=CallId("old"), answered_at=AT - timedelta(seconds=1))
        await log.write([Ended(old), Ended(SERVED), Began(replace(CALL, id=CallId("open")))])
        assert await log.outcomes(AT) == {Outcome.SERVED: 1, Outcome.OPEN: 1}

    async def test_a_text_no_database_takes_is_cleaned(self, log: SqlCallLog) -> None:
        await log.write([Began(replace(CALL, caller="\x00anonymous\udc00"))])
        found = await log.get(ID)
        assert found is not None and found.caller == "anonymous?"

    async def test_a_batch_is_stored_whole_or_not_at_all(self, log: SqlCallLog) -> None:
        broken = replace(STEP, node=None)  # type: ignore[arg-type]
        with pytest.raises(RecordRefused):
            await log.write([Began(CALL), Stepped(ID, STEP), Stepped(ID, replace(broken, number=2))])
        assert await log.get(ID) is None
        assert await log.steps(ID) == []

    @pytest.mark.parametrize(
        ("changed", "sqlite_takes_it"),
        [
            ({"answered_at": AT.replace(tzinfo=None)}, False),
            ({"talk_s": 2**70}, False),
            ({"talk_s": 2**40}, True),
            ({"id": "x" * 129}, True),
        ],
    )
    async def test_a_record_that_can_never_be_stored_is_refused(
        self, log: SqlCallLog, url: str, changed: dict[str, Any], sqlite_takes_it: bool
    ) -> None:
        write = log.write([Began(replace(CALL, **changed))])
        if sqlite_takes_it and url.startswith("sqlite"):
            await write
        else:
            with pytest.raises(RecordRefused):
                await write


class TestJournalMarks:
    async def test_a_mark_is_kept_for_each_file(self, database: Database) -> None:
        marks = SqlJournalMarks(database)
        assert await marks.get("20260301.csv") == 0
        await marks.set("20260301.csv", 10)
        await marks.set("20260302.csv", 5_000_000_000)
        await marks.set("20260301.csv", 20)
        assert await marks.get("20260301.csv") == 20
        assert await marks.get("20260302.csv") == 5_000_000_000
