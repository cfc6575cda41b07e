"""The rows of the queue, on both databases."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from ivr.adapters.db.engine import Database
from ivr.adapters.db.queue import SqlQueue
from ivr.adapters.db.tables_queue import marks
from ivr.domain.acd.history import LogRow, stories
from ivr.domain.acd.model import EntryId, Need, OfferId, OperatorId, State
from ivr.domain.acd.records import Because, Decision, Hindrance, Note, Passed, Waits, What, Why
from ivr.domain.call import CallId
from ivr.domain.talk.notes import Deed, TalkNote
from ivr.domain.wait import Foretold, Promise
from ivr.service.queue.duty import HandMade
from ivr.service.queue.foresight import Kept

AT = 1_800_000_000.0
ONE, ANNA = EntryId("centre-1.1"), OperatorId("101")


async def test_every_kind_of_record_is_read_back_in_order(database: Database) -> None:
    rows = SqlQueue(database)
    passed = (Passed("102", Why.IDLE_SHORTER),)
    promise = Promise.of(ONE, AT, 2, Foretold(60.0, 10.0))
    await rows.write(
        [
            Waits(AT, ONE, Hindrance.NOBODY_FREE, {State.TALKING: 3}, "companies", (Need("billing", 5),)),
            Decision(AT + 1, ONE, ANNA, OfferId("o-1"), Because.BEST_OPERATOR, 7, 2, 12.34, 1.0, passed),
            Note(AT + 2, What.ANSWERED, ONE, ANNA),
            Note(AT + 3, What.MOVED, ONE, detail="companies"),
            Kept(AT + 4, promise.came_true(AT + 4, answered=True)),
            TalkNote(AT + 5, Deed.HELD, ONE, ANNA, {"held_s": 4.5}),
            Note(AT + 6, What.SET_ASIDE, operator=ANNA),
        ]
    )
    since = datetime.fromtimestamp(AT, UTC)
    found = await rows.between(since, since + timedelta(seconds=6))
    assert [row.what for row in found] == ["waits", "offered", "answered", "moved", "promised", "held"]
    asked = {"hindrance": "nobody_free", "staff": {"talking": 3}, "queue": "companies", "needs": {"billing": 5}}
    assert found[0] == LogRow(AT, ONE, "", "waits", asked)
    assert stories(found)[0].queue == "companies" and stories(found)[0].needs == {"billing": 5}
    assert found[1].detail["passed"] == {"102": "idle_shorter"} and found[1].operator == ANNA
    assert found[3].detail == {"told": "companies"}
    assert (found[5].operator, found[5].detail) == (ANNA, {"held_s": 4.5})
    assert (found[4].detail["place"], found[4].detail["waited_s"], found[4].detail["answered"]) == (2, 4.0, True)


async def test_what_was_set_by_hand_and_marks_are_the_last_ones(database: Database) -> None:
    rows = SqlQueue(database)
    await rows.set_by_hand(ANNA, HandMade(out=True))
    await rows.set_by_hand("102", HandMade(pause="lunch", until=AT))
    await rows.set_by_hand(ANNA, HandMade())
    assert await rows.hand_made() == {ANNA: HandMade(), "102": HandMade(pause="lunch", until=AT)}
    for mark in (3, 5):
        await rows.mark(CallId(ONE), mark)
    stored = await database.read(lambda connection: connection.execute(select(marks.c.mark)))
    assert [row.mark for row in stored] == [5]
