"""Writes records behind everybody's back, in small batches, in order."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Generic, Protocol, TypeVar

import structlog

from ivr.domain.errors import StoreUnavailable

log = structlog.get_logger()

T = TypeVar("T")
Given = TypeVar("Given", contravariant=True)


class Store(Protocol[Given]):
    async def write(self, records: Sequence[Given], /) -> None:
        """Store them, in order. Raises StoreUnavailable."""


class Batches(Generic[T]):
    """`put` takes records; `run` writes those put within `flush_s` together, at most `batch` at once.

    name: of what is written, for the log. most: so many are kept while the store is away, and past them the oldest are
    given up; None: all are kept.
    """

    def __init__(self, name: str, store: Store[T], flush_s: float, batch: int, most: int | None = None) -> None:
        self._name = name
        self._store = store
        self._flush_s = flush_s
        self._batch = batch
        self._most = most
        self._records: list[T] = []
        self._some = asyncio.Event()

    def put(self, records: Iterable[T]) -> None:
        self._records += records
        if self._most is not None and (over := len(self._records) - self._most) > 0:
            del self._records[:over]
            log.error(f"{self._name}_lost", records=over)
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
        """Write everything put so far; what the store does not take now stays for the next time."""
        self._some.clear()
        while self._records:
            batch, self._records = self._records[: self._batch], self._records[self._batch :]
            error = await self._written(batch)
            if isinstance(error, StoreUnavailable):
                log.error(f"{self._name}_waits", records=len(self._records), error=error.code)
                return
            if error is not None:
                raise error

    async def _written(self, batch: list[T]) -> BaseException | None:
        """Why the store did not take it: then it comes first the next time. Seen through to its end even when we are
        cancelled: nothing is stored twice."""
        task = asyncio.ensure_future(self._store.write(batch))
        try:
            await asyncio.wait({task})
        finally:
            if not task.done():
                await asyncio.wait({task})
            if (error := task.exception()) is not None:
                self._records = batch + self._records
                self._some.set()
        return error
