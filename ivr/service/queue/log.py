"""Writes the queue's records behind everybody's back, in small batches, in order."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog

from ivr.domain.acd.records import Record
from ivr.domain.errors import StoreUnavailable
from ivr.domain.talk.notes import TalkNote
from ivr.service.queue.foresight import Kept

log = structlog.get_logger()

MOST = 20_000
"""Records kept while the database is away; past them the oldest are given up: the queue does not stop for its log."""


Line = Record | Kept | TalkNote


class QueueStore(Protocol):
    async def write(self, records: Sequence[Line]) -> None:
        """Store them, in order. Raises StoreUnavailable."""


class QueueLog:
    """`put` takes records; `run` writes them."""

    def __init__(self, store: QueueStore, flush_s: float = 0.5, batch: int = 500) -> None:
        self._store = store
        self._flush_s = flush_s
        self._batch = batch
        self._records: list[Line] = []
        self._some = asyncio.Event()

    def put(self, records: Sequence[Line]) -> None:
        self._records += records
        if (over := len(self._records) - MOST) > 0:
            del self._records[:over]
            log.error("queue_log_lost", records=over)
        self._some.set()

    async def run(self) -> None:
        """Write until cancelled; then write what is left."""
        try:
            while True:
                await self._some.wait()
                await asyncio.sleep(self._flush_s)
                await self.flush()
        finally:
            await asyncio.shield(self.flush())

    async def flush(self) -> None:
        self._some.clear()
        while self._records:
            batch = self._records[: self._batch]
            try:
                await self._store.write(batch)
            except StoreUnavailable as error:
                log.error("queue_log_waits", records=len(self._records), error=error.code)
                self._some.set()
                return
            del self._records[: len(batch)]
