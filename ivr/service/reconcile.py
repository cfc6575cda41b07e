"""After every (re)connect to Asterisk: what we believe is held against what is true.

Also the quiet daily work of closing calls: Asterisk's own journal, spooled records, recordings.
"""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from typing import Protocol

import structlog

from ivr.domain.call import CallId, Ended, Outcome
from ivr.domain.errors import IvrError, StoreUnavailable
from ivr.service.ports import CallLog

log = structlog.get_logger()


class Journal(Protocol):
    async def import_new(self) -> int:
        """Close the calls that Asterisk says ended since the last time; give how many lines were read."""


class Spooled(Protocol):
    async def replay(self) -> int:
        """Store what was spooled while the database was away; give how many records."""


class RecordingShelf(Protocol):
    async def finish_ended(self, alive: Collection[str] | None) -> int:
        """Finish recordings whose calls ended; `alive` None: only those the call log knows to have ended."""


class Reconciler:
    """`channels` gives the ids of all calls Asterisk holds now; `live` those in dialogue here."""

    def __init__(
        self,
        channels: Callable[[], Awaitable[set[str]]],
        calls: CallLog,
        journal: Journal,
        spooled: Spooled,
        recordings: RecordingShelf,
        live: Callable[[], Collection[CallId]],
        clock: Callable[[], datetime],
    ) -> None:
        self._channels = channels
        self._calls = calls
        self._journal = journal
        self._spooled = spooled
        self._recordings = recordings
        self._live = live
        self._clock = clock
        self._turn = asyncio.Lock()  # one recording is not finished by two hands at once
        self._owed = False

    async def reconcile(self) -> None:
        """Once after each (re)connect. An error is logged: the link stays up and the periodic work tries again."""
        try:
            async with self._turn:
                await self._reconcile()
        except (IvrError, OSError) as error:
            if not self._owed:  # one line, however often it fails
                log.error("reconcile_failed", error=type(error).__name__, detail=str(error))
            self._owed = True
        else:
            self._owed = False

    async def _reconcile(self) -> None:
        # The order matters: a channel missing from this list has run its hang-up handler, so its line is in the
        # journal by now; a call that is open, not alive and not in the journal died with Asterisk. A call that began
        # after the list was asked for may well be missing from it: a long replay leaves it time to come so far.
        asked_at = self._clock()
        alive = await self._channels()
        replayed = await self._spooled.replay()
        imported = await self._journal.import_new()
        lost = 0
        for call in await self._calls.open_calls():
            if call.answered_at < asked_at and call.id not in alive and call.id not in self._live():
                ended = dataclasses.replace(
                    call, outcome=Outcome.LOST, reason="asterisk_stopped", ended_at=self._clock()
                )
                await self._calls.write([Ended(ended)])
                lost += 1
        finished = await self._recordings.finish_ended(alive)
        log.info("reconciled", alive=len(alive), replayed=replayed, journal=imported, lost=lost, recordings=finished)

    async def run(self, every_s: float = 1.0) -> None:
        """Close calls as they end, until cancelled."""
        while True:
            await asyncio.sleep(every_s)
            if self._owed:
                await self.reconcile()
            try:
                async with self._turn:
                    await self._spooled.replay()
                    await self._journal.import_new()
                    await self._recordings.finish_ended(None)
            except StoreUnavailable:
                log.warning("call_log_behind", detail="the database does not answer; trying again")
            except Exception as error:
                # The one guard of a periodic job: it must not take the engine and its callers along.
                log.error("housekeeping_failed", error=type(error).__name__, exc_info=error)
