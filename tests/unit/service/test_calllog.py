import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.adapters.files.spool import REJECTED, FileSpool
from ivr.domain.call import Began, Call, CallId, Ended, Outcome, Record, Step, Stepped
from ivr.domain.errors import RecordRefused, StoreUnavailable
from ivr.service.calllog import BATCH, DurableCallLog
from ivr.service.ports import Closing
from ivr.service.records import encode

AT = datetime(2026, 3, 1, tzinfo=UTC)
BAD = CallId("bad")


class Store:
    """A call log that can be away, slow or choosy. `taken` is what it stored; the reads give fixed answers."""

    def __init__(self) -> None:
        self.taken: list[Record] = []
        self.away = False
        self.tries = 0
        self.asked = asyncio.Event()
        self.slow: asyncio.Event | None = None

    async def write(self, records: Sequence[Record]) -> None:
        self.tries += 1
        self.asked.set()
        if self.slow:
            await self.slow.wait()
        if self.away:
            raise StoreUnavailable("locked")
        if any(isinstance(record, Began | Ended) and record.call.id == BAD for record in records):
            raise RecordRefused("IntegrityError")
        self.taken += records

    async def close(self, closings: Mapping[CallId, Closing]) -> None:
        await self.write([Ended(closing(call(call_id))) for call_id, closing in closings.items()])

    async def open_calls(self) -> list[Call]:
        return [call("open")]

    async def get(self, call_id: CallId) -> Call | None:
        return call(call_id)

    async def recent(self, limit: int) -> list[Call]:
        return [call("recent")] * limit

    async def steps(self, call_id: CallId) -> list[Step]:
        return [Step(1, AT, call_id, "said")]

    async def outcomes(self, since: datetime) -> dict[Outcome, int]:
        return {Outcome.SERVED: since.year}


def call(name: str) -> Call:
    return Call(CallId(name), "+79990000001", "88005550100", AT)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*"))


def break_spool(folder: Path) -> None:
    folder.write_text("a file where the folder should be")


def mend_spool(folder: Path) -> None:
    folder.unlink()


def began(*names: str) -> list[Record]:
    return [Began(call(name)) for name in names]


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def spool(folder: Path) -> FileSpool:
    return FileSpool(folder, lambda: AT)


@pytest.fixture
def log(store: Store, spool: FileSpool) -> DurableCallLog:
    return DurableCallLog(store, spool, remember=3)


async def test_what_the_store_takes_is_not_spooled(log: DurableCallLog, store: Store, folder: Path) -> None:
    await log.write(began("a"))
    assert store.taken == began("a")
    assert names(folder) == []
    assert await log.replay() == 0


async def test_what_it_does_not_take_is_replayed_in_order(log: DurableCallLog, store: Store, folder: Path) -> None:
    store.away = True
    records = [*began("a"), Stepped(CallId("a"), Step(1, AT, "menu", "entered")), Ended(call("a"))]
    for record in records:
        await log.write([record])
    store.away = False
    assert await log.replay() == 3
    assert store.taken == records
    assert names(folder) == []


async def test_nobody_waits_for_a_store_known_to_be_away(log: DurableCallLog, store: Store) -> None:
    store.away = True
    await log.write(began("a"))
    store.away = False
    await log.write(began("b"))
    assert (store.tries, store.taken) == (1, [])
    await log.replay()
    await log.write(began("c"))
    assert store.taken == began("a", "b", "c")


async def test_a_replay_in_vain_loses_nothing(log: DurableCallLog, store: Store) -> None:
    store.away = True
    await log.write(began("a"))
    assert await log.replay() == 0
    store.away = False
    assert await log.replay() == 1
    assert store.taken == began("a")


async def test_what_an_earlier_engine_spooled_is_replayed(store: Store, spool: FileSpool) -> None:
    await spool.append([encode(record) for record in began("a")])
    assert await DurableCallLog(store, spool).replay() == 1
    assert store.taken == began("a")


async def test_a_long_spool_is_replayed_in_batches(store: Store, spool: FileSpool) -> None:
    records = began(*(str(number) for number in range(BATCH + 1)))
    await spool.append([encode(record) for record in records])
    assert await DurableCallLog(store, spool).replay() == BATCH + 1
    assert (store.tries, store.taken) == (2, records)


async def test_a_record_the_store_never_takes_is_set_aside(log: DurableCallLog, store: Store, folder: Path) -> None:
    await log.write(began("a", BAD, "b"))
    assert store.taken == began("a", "b")
    assert (folder / REJECTED).read_text() == encode(began(BAD)[0]) + "\n"


async def test_a_refused_or_torn_line_does_not_stop_a_replay(
    log: DurableCallLog, store: Store, spool: FileSpool, folder: Path
) -> None:
    await spool.append([encode(began(BAD)[0]), '{"kind":"began","ca', encode(began("a")[0])])
    await log.replay()
    assert store.taken == began("a")
    rejected = (folder / REJECTED).read_text().splitlines()
    assert sorted(rejected) == sorted([encode(began(BAD)[0]), '{"kind":"began","ca'])
    assert await log.replay() == 0


async def test_without_a_spool_records_wait_in_memory(log: DurableCallLog, store: Store, folder: Path) -> None:
    break_spool(folder)
    store.away = True
    await log.write(began("a"))
    await log.write(began("b"))
    mend_spool(folder)
    await log.write(began("c"))
    store.away = False
    assert await log.replay() == 3
    assert store.taken == began("a", "b", "c")


async def test_memory_goes_to_the_store_when_the_spool_stays_broken(
    log: DurableCallLog, store: Store, folder: Path
) -> None:
    break_spool(folder)
    store.away = True
    await log.write(began("a"))
    assert await log.replay() == 0
    store.away = False
    assert await log.replay() == 1
    await log.write(began("b"))
    assert store.taken == began("a", "b")


async def test_a_spool_that_cannot_be_read_keeps_what_it_has_and_lets_the_rest_go_on(
    log: DurableCallLog, store: Store, spool: FileSpool, folder: Path
) -> None:
    await spool.append([encode(record) for record in began("a")])
    unreadable = folder / "20260228.jsonl"
    unreadable.mkdir()
    assert await log.replay() == 0
    await log.write(began("b"))
    assert store.taken == began("b")
    unreadable.rmdir()
    assert await log.replay() == 1
    assert store.taken == began("b", "a")


async def test_a_spool_of_nothing_but_a_torn_line_is_emptied(
    log: DurableCallLog, store: Store, spool: FileSpool, folder: Path
) -> None:
    await spool.append(["{"])
    assert await log.replay() == 0
    assert (store.tries, names(folder)) == (0, [REJECTED])


async def test_memory_is_bounded_and_a_loss_is_told(
    log: DurableCallLog, store: Store, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    break_spool(folder)
    store.away = True
    await log.write(began("a", "b"))
    assert "records_lost" not in capsys.readouterr().out
    await log.write(began("c", "d"))
    assert "records_lost" in capsys.readouterr().out
    store.away = False
    await log.replay()
    assert store.taken == began("b", "c", "d")


async def test_a_refused_record_without_a_spool_is_told(
    log: DurableCallLog, store: Store, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    break_spool(folder)
    await log.write(began("a", BAD))
    assert store.taken == began("a")
    assert "rejected_line_lost" in capsys.readouterr().out


async def test_a_cancelled_call_does_not_take_its_records_along(log: DurableCallLog, store: Store) -> None:
    store.slow = asyncio.Event()
    task = asyncio.create_task(log.write(began("a")))
    await store.asked.wait()
    task.cancel()
    await asyncio.sleep(0)
    store.slow.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert store.taken == began("a")


async def test_calls_are_closed_but_for_one_that_the_store_refuses(
    log: DurableCallLog, store: Store, folder: Path
) -> None:
    def closing(known: Call | None) -> Call:
        assert known is not None
        return known

    await log.close({CallId(name): closing for name in ("a", BAD, "b")})
    assert store.taken == [Ended(call("a")), Ended(call("b"))]
    assert (folder / REJECTED).read_text() == f"{BAD}\n"


async def test_reads_are_the_stores(log: DurableCallLog) -> None:
    assert await log.open_calls() == [call("open")]
    assert await log.get(CallId("x")) == call("x")
    assert await log.recent(2) == [call("recent")] * 2
    assert await log.steps(CallId("x")) == [Step(1, AT, "x", "said")]
    assert await log.outcomes(AT) == {Outcome.SERVED: 2026}
