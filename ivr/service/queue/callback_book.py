"""The book of callbacks: who is to be rung back, kept in the database, and brought into the line when it is time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from ivr.domain.acd.model import EntryId, Kind
from ivr.domain.call import Call, CallId
from ivr.domain.callback import Callback, CallbackRules, CallbackStage
from ivr.domain.errors import IvrError, StoreUnavailable
from ivr.service.queue.callers import Waiting
from ivr.service.queue.demands import Demands
from ivr.service.queue.line import LiveLine

log = structlog.get_logger()

EVERY_S = 1.0
LOOK_S = 5.0
"""So often the database is asked what was withdrawn, or ordered elsewhere; and so long after a call has ended its row
is sure to tell how."""
NAME = "Обратный звонок"
"""What an operator's telephone shows."""


class CallbackStore(Protocol):
    """Every method raises StoreUnavailable."""

    async def put(self, callback: Callback) -> None:
        """Store it as it is now."""

    async def claim(self, callback: Callback) -> bool:
        """Store it as dialled; False, and nothing is stored, when it was withdrawn meanwhile."""

    async def open(self) -> list[Callback]:
        """Those that wait or are dialled."""


class CallRows(Protocol):
    async def get(self, call_id: CallId) -> Call | None:
        """The row of a call. Raises StoreUnavailable."""


@dataclass(frozen=True, slots=True)
class Whispers:
    """Sounds for the operator who is rung: paths without endings."""

    first: str
    last_try: str
    topics: Mapping[str, str]

    def of(self, callback: Callback, rules: CallbackRules) -> str:
        words = (self.first, self.topics.get(callback.topic, ""), self.last_try if callback.last(rules) else "")
        return "&".join(word for word in words if word)


class CallbackBook:
    """`clock` gives Unix time. `open_at` tells whether customers may be rung back at that moment; `alive` gives the ids
    of all calls that Asterisk holds, and raises LinkDown or PhoneFailed."""

    def __init__(
        self,
        line: LiveLine,
        store: CallbackStore,
        calls: CallRows,
        whispers: Whispers,
        rules: CallbackRules,
        clock: Callable[[], float],
        open_at: Callable[[float], bool],
        alive: Callable[[], Awaitable[set[str]]],
        demands: Demands | None = None,
    ) -> None:
        self.rules = rules
        self._line = line
        self._store = store
        self._calls = calls
        self._whispers = whispers
        self._clock = clock
        self._open_at = open_at
        self._alive = alive
        self._demands = demands or Demands()
        self._all: dict[EntryId, Callback] = {}
        self._unwritten: dict[EntryId, Callback] = {}
        self._trying: set[EntryId] = set()
        self._ended: set[EntryId] = set()
        self._gone: dict[EntryId, float] = {}
        self._looked_at: float | None = None

    def get(self, entry: EntryId) -> Callback | None:
        """One that is open."""
        return self._all.get(entry)

    @property
    def waiting(self) -> int:
        """Customers who are yet to be rung back, or being rung."""
        return len(self._all)

    @property
    def oldest_s(self) -> int:
        """How long ago the oldest of those promises was made."""
        return round(max((self._clock() - callback.asked for callback in self._all.values()), default=0))

    # ── Ordering and withdrawing ──

    async def order(self, waiting: Waiting, number: str, topic: str) -> None:
        """The caller will be rung back at `number` and keeps his place. Who is in the book already keeps his old place.
        Raises StoreUnavailable: then he waits on as before."""
        now = self._clock()
        if (standing := self._of_number(number)) is not None:
            if standing.stage is CallbackStage.WAITING:
                self.change(replace(standing, due=min(standing.due, now)))
            return self._line.callers.gives_way(waiting)
        entry = waiting.entry
        callback = Callback(entry.id, number, entry.queue, topic, entry.arrived, now, now)
        await self._store.put(callback)
        if self._line.callers.of(entry.id) is not waiting or waiting.offer is not None:
            return self.change(callback.withdrawn("talked", now))  # while we wrote, an operator was joined to him
        self._all[entry.id] = callback
        waiting.name, waiting.number, waiting.whisper = NAME, number, self._whispers.of(callback, self.rules)
        self._line.callers.becomes_callback(waiting)
        log.info("callback_ordered", queue=callback.queue)

    def talked(self, number: str) -> None:
        """He has talked with an operator meanwhile."""
        callback = self._of_number(number) if number else None
        if callback is not None and callback.stage is CallbackStage.WAITING:
            self._end(callback.withdrawn("talked", self._clock()))

    def _of_number(self, number: str) -> Callback | None:
        return next((each for each in self._all.values() if each.number == number), None)

    # ── What becomes of them ──

    def change(self, callback: Callback) -> None:
        """It is so from now on; written soon, and until it is."""
        entry = EntryId(callback.id)
        if callback.ended is None:
            self._all[entry] = callback
        else:
            self._all.pop(entry, None)
            self._ended.add(entry)
            log.info("callback_ended", stage=callback.stage.value, result=callback.result, tries=callback.tries)
        self._unwritten[entry] = callback

    async def claim(self, callback: Callback) -> bool:
        """Write down that it is dialled, before it is; False: it was withdrawn meanwhile. Raises StoreUnavailable."""
        entry = EntryId(callback.id)
        self._trying.add(entry)
        if (before := self._unwritten.pop(entry, None)) is not None:
            await self._write(entry, before)
        if not await self._store.claim(callback):
            self._all.pop(entry, None)
            return False
        self._all[entry] = callback
        return True

    def _end(self, callback: Callback) -> None:
        self.change(callback)
        if self._line.callers.of(EntryId(callback.id)) is not None:
            self._line.callers.leave(EntryId(callback.id))

    # ── Time ──

    async def run(self) -> None:
        """Keep line and database in step with the book, until cancelled."""
        while True:
            try:
                await self.step()
            except IvrError as error:
                log.warning("callbacks_behind", error=error.code)
            await asyncio.sleep(EVERY_S)

    async def step(self) -> None:
        """What is due now. Raises StoreUnavailable, LinkDown, PhoneFailed."""
        now = self._clock()
        for callback in list(self._all.values()):
            if callback.stage is CallbackStage.WAITING:
                self._keep_in_line(callback, now)
        for entry in list(self._unwritten):
            await self._write(entry, self._unwritten.pop(entry))
        if self._looked_at is None or now - self._looked_at >= LOOK_S:
            self._looked_at = now
            await self._look(now)

    def _keep_in_line(self, callback: Callback, now: float) -> None:
        entry = EntryId(callback.id)
        if callback.overdue(now, self.rules):
            return self._end(callback.given_up("too_late", now))
        stands, may = self._line.callers.of(entry) is not None, callback.due <= now and self._open_at(now)
        if may and not stands:
            place = self._demands.entry(entry, callback.queue, callback.topic, callback.arrived, Kind.CALLBACK)
            whisper = self._whispers.of(callback, self.rules)
            self._line.callers.join_callback(Waiting(place, None, callback.number, NAME, whisper, counted=True))
        elif stands and not may:
            self._line.callers.leave(entry)

    async def _write(self, entry: EntryId, callback: Callback) -> None:
        try:
            await self._store.put(callback)
        except StoreUnavailable:
            self._unwritten.setdefault(entry, callback)
            raise

    async def _look(self, now: float) -> None:
        """What others have done in the database, and what an engine before this one left half done."""
        known = {entry: each for entry, each in self._all.items() if entry not in self._unwritten}
        stored = {EntryId(each.id): each for each in await self._store.open()}
        for entry, callback in known.items():
            if entry not in stored and self._all.get(entry) is callback and callback.stage is CallbackStage.WAITING:
                self._all.pop(entry)
                self._line.callers.leave(entry)
                log.info("callback_withdrawn")
        for entry, callback in stored.items():
            if entry in self._all or entry in self._ended:
                continue
            if callback.stage is CallbackStage.WAITING:
                self._all[entry] = callback
            elif entry not in self._trying:
                await self._settle(callback, now)

    async def _settle(self, callback: Callback, now: float) -> None:
        """A try of an engine that is gone: when its call is over, the call's row tells what became of it."""
        entry = EntryId(callback.id)
        if callback.leg in await self._alive():
            self._gone.pop(entry, None)
        elif now - self._gone.setdefault(entry, now) >= LOOK_S:
            del self._gone[entry]
            call = await self._calls.get(CallId(callback.leg))
            talked = call is not None and call.operator != ""
            self.change(callback.reached(now) if talked else callback.failed("engine_stopped", now, self.rules))
