"""The log of calls that loses nothing: what the database does not take goes to a spool, and from there back."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog

from ivr.domain.call import Call, CallId, Outcome, Record, Step
from ivr.domain.errors import RecordRefused, StoreUnavailable
from ivr.service.ports import CallLog, Closing, Spool, SpoolBatch
from ivr.service.records import decode, encode

log = structlog.get_logger()

BATCH = 500  # records replayed in one transaction


class DurableCallLog:
    """A CallLog whose `write` never raises.

    Once something is spooled, all that follows is spooled too until a replay empties the spool: callers do not wait
    for the deadline of a database known to be away. If the spool fails as well, `remember` lines stay in memory (the
    oldest go first) and are tried again with the next.
    """

    def __init__(self, store: CallLog, spool: Spool, remember: int = 100_000) -> None:
        self._store = store
        self._spool = spool
        self._memory: deque[str] = deque(maxlen=remember)
        self._keeping = asyncio.Lock()
        self._replaying = asyncio.Lock()
        self._away = False

    @property
    def away(self) -> bool:
        """The database took nothing the last time: what is written goes to the spool."""
        return self._away

    async def write(self, records: Sequence[Record]) -> None:
        # A task of its own, seen through to its end: a call that is cancelled must not take its records along.
        task = asyncio.create_task(self._write(records))
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            await task
            raise

    async def close(self, closings: Mapping[CallId, Closing]) -> None:
        """As the store does; one that it will never take is set aside alone. Raises StoreUnavailable."""
        try:
            await self._store.close(closings)
        except RecordRefused:
            if len(closings) == 1:
                log.error("record_refused", kind="Closing")
                await self._reject(next(iter(closings)))
                return
            for call_id, closing in closings.items():
                await self.close({call_id: closing})

    async def replay(self) -> int:
        """Give the database what was kept while it was away, in order. Gives how many records it took; never raises.

        To be called at start and from time to time.
        """
        async with self._replaying:
            taken = 0
            try:
                try:
                    while batches := await self._spool.batches():
                        for batch in batches:
                            taken += await self._replay(batch)
                            await self._spool.drop(batch)
                except OSError as error:
                    log.error("spool_failed", error=type(error).__name__, errno=error.errno)
                taken += await self._replay_memory()
                self._away = False
            except StoreUnavailable as error:
                self._away = True
                log.warning("replay_stopped", taken=taken, error=str(error))
            if taken:
                log.info("replayed", records=taken, all=not self._away)
            return taken

    async def open_calls(self) -> list[Call]:
        return await self._store.open_calls()

    async def get(self, call_id: CallId) -> Call | None:
        return await self._store.get(call_id)

    async def recent(self, limit: int) -> list[Call]:
        return await self._store.recent(limit)

    async def steps(self, call_id: CallId) -> list[Step]:
        return await self._store.steps(call_id)

    async def outcomes(self, since: datetime) -> dict[Outcome, int]:
        return await self._store.outcomes(since)

    async def _write(self, records: Sequence[Record]) -> None:
        if not self._away:
            try:
                await self._store_each(records)
                return
            except StoreUnavailable as error:
                log.error("call_log_spooled", error=str(error))
        await self._keep([encode(record) for record in records])

    async def _store_each(self, records: Sequence[Record]) -> None:
        """Store the records; one the database will never take is set aside, and the others go on without it."""
        try:
            await self._store.write(records)
        except RecordRefused:
            if len(records) == 1:
                log.error("record_refused", kind=type(records[0]).__name__)
                await self._reject(encode(records[0]))
                return
            for record in records:
                await self._store_each([record])

    async def _replay(self, batch: SpoolBatch) -> int:
        taken = 0
        for first in range(0, len(batch.lines), BATCH):
            records: list[Record] = []
            for line in batch.lines[first : first + BATCH]:
                try:
                    records.append(decode(line))
                except ValueError:
                    log.error("spooled_line_refused", file=batch.file)
                    await self._reject(line)
            if records:
                await self._store_each(records)
            taken += len(records)
        return taken

    async def _replay_memory(self) -> int:
        async with self._keeping:
            taken = await self._replay(SpoolBatch("memory", 0, tuple(self._memory)))
            self._memory.clear()
            return taken

    async def _reject(self, line: str) -> None:
        try:
            await self._spool.reject(line)
        except OSError as error:
            log.error("rejected_line_lost", error=type(error).__name__, errno=error.errno)

    async def _keep(self, lines: Sequence[str]) -> None:
        async with self._keeping:
            self._away = True
            lost = len(self._memory) + len(lines) - (self._memory.maxlen or 0)
            self._memory.extend(lines)
            if lost > 0:
                log.critical("records_lost", lines=lost)
            try:
                await self._spool.append(tuple(self._memory))
            except OSError as error:
                log.error("spool_failed", error=type(error).__name__, errno=error.errno, in_memory=len(self._memory))
            else:
                self._memory.clear()
