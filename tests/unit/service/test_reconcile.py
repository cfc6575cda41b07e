"""Reconciliation: what Asterisk holds, what was spooled, what its journal says, and only then who was lost."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from ivr.domain.call import Call, CallId, Ended, Outcome, Record, Step
from ivr.domain.errors import LinkDown, StoreUnavailable
from ivr.service.ports import Closing
from ivr.service.reconcile import Reconciler

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def call(name: str, ago_s: float = 60) -> Call:
    return Call(CallId(name), "+79990000001", "88005550100", NOW - timedelta(seconds=ago_s))


class World:
    """All that the reconciler asks, in one: `did` is the order it asked in; `failing` gives an error for a deed."""

    def __init__(self, *open_calls: Call, alive: Collection[str] = (), live: Collection[str] = ()) -> None:
        self.open = list(open_calls)
        self.alive = set(alive)
        self.did: list[str] = []
        self.failing: dict[str, Exception] = {}
        self.written: list[Record] = []
        self.journal_closes: set[str] = set()
        self.busy = 0
        self.reconciler = Reconciler(
            self.channels, self, self, self, self, lambda: [CallId(name) for name in live], lambda: NOW
        )

    async def _do(self, deed: str) -> None:
        self.did.append(deed)
        self.busy += 1
        assert self.busy == 1, "two at once"
        await asyncio.sleep(0)
        self.busy -= 1
        if deed in self.failing:
            raise self.failing[deed]

    async def channels(self) -> set[str]:
        await self._do("alive")
        return self.alive

    async def replay(self) -> int:
        await self._do("replay")
        return 0

    async def import_new(self) -> int:
        await self._do("journal")
        self.open = [call for call in self.open if call.id not in self.journal_closes]
        return len(self.journal_closes)

    async def open_calls(self) -> list[Call]:
        await self._do("open")
        return self.open

    async def write(self, records: Sequence[Record]) -> None:
        self.written += records

    async def close(self, closings: Mapping[CallId, Closing]) -> None:
        raise NotImplementedError

    async def finish_ended(self, alive: Collection[str] | None) -> int:
        await self._do("recordings" if alive is None else f"recordings but {sorted(alive)}")
        return 0

    async def get(self, call_id: CallId) -> Call | None:
        raise NotImplementedError

    async def recent(self, limit: int) -> list[Call]:
        raise NotImplementedError

    async def steps(self, call_id: CallId) -> list[Step]:
        raise NotImplementedError

    async def outcomes(self, since: datetime) -> dict[Outcome, int]:
        raise NotImplementedError

    @property
    def lost(self) -> list[str]:
        return [record.call.id for record in self.written if isinstance(record, Ended)]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


@asynccontextmanager
async def working(world: World) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(world.reconciler.run(every_s=0.001))
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_the_order_is_alive_replay_journal_lost() -> None:
    world = World(call("talking"), call("died"), call("ended"), call("in dialogue"), alive=["talking"])
    world.journal_closes = {"ended"}
    world.reconciler._live = lambda: [CallId("in dialogue")]
    await world.reconciler.reconcile()
    assert world.did == ["alive", "replay", "journal", "open", "recordings but ['talking']"]
    assert world.written == [
        Ended(dataclasses.replace(call("died"), outcome=Outcome.LOST, reason="asterisk_stopped", ended_at=NOW))
    ]


async def test_a_call_that_came_while_the_channels_were_listed_is_not_lost() -> None:
    world = World(call("before"), call("after", ago_s=-1), call("at the same moment", ago_s=0))
    await world.reconciler.reconcile()
    assert world.lost == ["before"]


@pytest.mark.parametrize(
    ("deed", "error"),
    [("alive", LinkDown("no answer")), ("open", StoreUnavailable("locked")), ("journal", PermissionError("journal"))],
)
async def test_what_failed_is_logged_once_and_done_later(deed: str, error: Exception) -> None:
    world = World(call("died"))
    world.failing = {deed: error}
    with capture_logs() as logs:
        await world.reconciler.reconcile()
        assert world.lost == []
        async with working(world):
            await until(lambda: world.did.count(deed) > 3)
            world.failing = {}
            await until(lambda: world.lost == ["died"])
            world.did.clear()
            await until(lambda: len(world.did) > 6)
    failed = [(entry["error"], entry["detail"]) for entry in logs if entry["event"] == "reconcile_failed"]
    assert failed == [(type(error).__name__, str(error))]
    assert "alive" not in world.did


@pytest.mark.parametrize(
    ("error", "event"),
    [
        (StoreUnavailable("locked"), "call_log_behind"),
        (OSError(28, "No space left on device"), "housekeeping_failed"),
        (ValueError("nobody expected this"), "housekeeping_failed"),
    ],
)
async def test_the_periodic_work_survives_and_goes_on(error: Exception, event: str) -> None:
    world = World()
    world.failing = {"journal": error}
    with capture_logs() as logs:
        async with working(world) as task:
            await until(lambda: any(entry["event"] == event for entry in logs))
            world.failing = {}
            await until(lambda: "recordings" in world.did)
            assert not task.done()
    assert world.did[:2] == ["replay", "journal"]


async def test_reconciliation_and_periodic_work_take_turns() -> None:
    world = World()
    async with working(world) as task:
        for _ in range(20):  # World fails the test when two deeds overlap
            await world.reconciler.reconcile()
        assert not task.done()
    assert world.did.count("alive") == 20
