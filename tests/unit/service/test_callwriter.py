"""The facts of a call are written behind the caller's back: in order, in batches, whatever the store does."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import pytest

from ivr.domain.call import Began, Call, CallId, Ended, Record, Step, Stepped
from ivr.domain.errors import StoreUnavailable
from ivr.service.callwriter import CallWriter

CALL = Call(CallId("centre-1.1"), "+79990000001", "88005550100", datetime(2026, 3, 1, tzinfo=UTC))


class Store:
    """Keeps the batches it was given; away, it takes none."""

    def __init__(self) -> None:
        self.batches: list[list[Record]] = []
        self.away = False
        self.tries = 0

    async def write(self, records: Sequence[Record]) -> None:
        self.tries += 1
        await asyncio.sleep(0)
        if self.away:
            raise StoreUnavailable("locked")
        self.batches.append(list(records))

    @property
    def taken(self) -> list[Record]:
        return [record for batch in self.batches for record in batch]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


@asynccontextmanager
async def running(writer: CallWriter) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(writer.run())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def a_call(writer: CallWriter, steps: int) -> list[Record]:
    """Put a whole call and give its records."""
    taken = [Step(number, CALL.answered_at, "main", "entered") for number in range(1, steps + 1)]
    writer.begin(CALL)
    for step in taken:
        writer.step(CALL.id, step)
    writer.end(CALL)
    return [Began(CALL), *(Stepped(CALL.id, step) for step in taken), Ended(CALL)]


async def test_records_are_written_in_order_and_in_batches() -> None:
    store = Store()
    writer = CallWriter(store, flush_s=0.001, batch=3)
    async with running(writer):
        records = a_call(writer, steps=5)
        await until(lambda: store.taken == records)
    assert [len(batch) for batch in store.batches] == [3, 3, 1]


async def test_what_comes_while_it_writes_is_written_next() -> None:
    store = Store()
    writer = CallWriter(store, flush_s=0.001)
    async with running(writer):
        first = a_call(writer, steps=0)
        await until(lambda: store.tries == 1)
        second = a_call(writer, steps=1)
        await until(lambda: store.taken == first + second)


async def test_a_stop_writes_what_is_left() -> None:
    store = Store()
    writer = CallWriter(store, flush_s=3600)
    async with running(writer) as task:
        records = a_call(writer, steps=2)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert store.taken == records


async def test_a_store_that_is_away_does_not_end_it_and_loses_nothing() -> None:
    store = Store()
    store.away = True
    writer = CallWriter(store, flush_s=0.001, batch=2)
    async with running(writer) as task:
        first = a_call(writer, steps=3)
        await until(lambda: store.tries > 2)
        second = a_call(writer, steps=0)
        store.away = False
        await until(lambda: store.taken == first + second)
        assert not task.done()


@pytest.mark.parametrize("away", [False, True])
async def test_a_stop_in_the_middle_of_a_write_stores_nothing_twice_and_loses_nothing(away: bool) -> None:
    store = Store()
    store.away = away
    writer = CallWriter(store, flush_s=0.001)
    async with running(writer) as task:
        records = a_call(writer, steps=2)
        await until(lambda: store.tries == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    store.away = False
    await writer.flush()
    assert store.taken == records
