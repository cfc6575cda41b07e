"""The rows of callbacks, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime

from ivr.adapters.db.callbacks import SqlCallbacks
from ivr.adapters.db.engine import Database
from ivr.domain.callback import Callback, CallbackRules, CallbackStage

AT = 1_800_000_000.0
ONE = Callback("centre-1.1", "+79991234567", "persons", "readings", AT, AT + 60, AT + 60)
TWO = replace(ONE, id="centre-1.2", number="+79990000000", arrived=AT - 10, asked=AT + 90)


async def test_a_callback_is_stored_changed_and_read_back(database: Database) -> None:
    rows = SqlCallbacks(database)
    await rows.put(ONE)
    await rows.put(TWO)
    assert await rows.open() == [TWO, ONE]
    failed = ONE.dialled("leg-1", "101").failed("no_answer", AT + 99, CallbackRules())
    await rows.put(failed)
    assert await rows.open() == [TWO, failed]
    ended = failed.dialled("leg-2", "102").reached(AT + 999.5)
    await rows.put(ended)
    assert await rows.open() == [TWO]
    assert await rows.since(datetime.fromtimestamp(AT + 60, UTC)) == [TWO, ended]
    assert await rows.since(datetime.fromtimestamp(AT + 61, UTC)) == [TWO]


async def test_only_one_that_waits_can_be_dialled_or_withdrawn(database: Database) -> None:
    rows = SqlCallbacks(database)
    await rows.put(ONE)
    dialled = ONE.dialled("leg-1", "101")
    assert await rows.claim(dialled)
    assert await rows.open() == [dialled]
    assert not await rows.claim(dialled)
    assert not await rows.withdraw(ONE.id, AT)
    await rows.put(TWO)
    assert await rows.withdraw(TWO.number, AT + 100)
    assert not await rows.claim(TWO.dialled("leg-2", "101"))
    (withdrawn,) = [each for each in await rows.since(datetime.fromtimestamp(AT, UTC)) if each.id == TWO.id]
    assert (withdrawn.stage, withdrawn.result, withdrawn.ended) == (CallbackStage.WITHDRAWN, "by_hand", AT + 100)
