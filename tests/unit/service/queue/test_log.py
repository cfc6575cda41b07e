"""The log of the queue is written behind everybody's back, in order, and waits for a database that is away."""

import asyncio
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from ivr.domain.acd.records import Note, What
from ivr.domain.errors import StoreUnavailable
from ivr.service.queue import log as module
from ivr.service.queue.log import Line, QueueLog
from tests.unit.service.queue.stage import until


class Store:
    """`away`: the database does not answer."""

    def __init__(self) -> None:
        self.written: list[Line] = []
        self.batches: list[int] = []
        self.away = False

    async def write(self, records: Sequence[Line]) -> None:
        if self.away:
            raise StoreUnavailable("away")
        self.batches.append(len(records))
        self.written += records


def notes(number: int) -> list[Note]:
    return [Note(float(each), What.LEFT) for each in range(number)]


async def test_batches_in_order() -> None:
    store = Store()
    kept = QueueLog(store, flush_s=0.0, batch=2)
    running = asyncio.create_task(kept.run())
    kept.put(notes(5))
    await until(lambda: len(store.written) == 5)
    assert store.batches == [2, 2, 1] and store.written == notes(5)
    running.cancel()


async def test_what_is_left_is_written_at_the_end() -> None:
    store = Store()
    kept = QueueLog(store, flush_s=60.0)
    running = asyncio.create_task(kept.run())
    kept.put(notes(3))
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait({running})
    assert len(store.written) == 3


async def test_while_the_database_is_away_records_wait_and_the_oldest_are_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST", 4)
    store = Store()
    store.away = True
    kept = QueueLog(store, flush_s=0.0)
    kept.put(notes(3))
    await kept.flush()
    with capture_logs() as logs:
        kept.put(notes(3))
    assert [line["event"] for line in logs] == ["queue_log_lost"]
    store.away = False
    await kept.flush()
    assert [record.at for record in store.written] == [2.0, 0.0, 1.0, 2.0]
