"""Writes the calls' rows and steps behind the callers' backs, in small batches, in order.

At most `flush_s` of the log can be lost to a `kill -9`; the journal that Asterisk writes still tells of the call.
"""

import asyncio

import structlog

from ivr.domain.call import Audit, Began, Call, CallId, Contact, Ended, Record, Step, Stepped
from ivr.domain.errors import StoreUnavailable
from ivr.service.ports import CallLog

log = structlog.get_logger()


class CallWriter:
    """A CallRecorder over a CallLog that loses nothing (see calllog.py)."""

    def __init__(self, store: CallLog, flush_s: float = 0.25, batch: int = 500) -> None:
        self._store = store
        self._flush_s = flush_s
        self._batch = batch
        self._records: list[Record] = []
        self._some = asyncio.Event()

    def begin(self, call: Call) -> None:
        self._put(Began(call))

    def step(self, call_id: CallId, step: Step) -> None:
        self._put(Stepped(call_id, step))

    def identified(self, call: Call) -> None:
        self._put(Ended(call))  # with outcome OPEN it writes what is new, and ends nothing

    def end(self, call: Call) -> None:
        self._put(Ended(call))

    def contact(self, contact: Contact) -> None:
        self._put(contact)

    def audit(self, audit: Audit) -> None:
        self._put(audit)

    async def run(self) -> None:
        """Write batches until cancelled; then write what is left."""
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
            try:
                await self._store.write(batch)
            except StoreUnavailable as error:
                log.error("call_log_waits", records=len(batch) + len(self._records), error=error.code)
                self._records = batch + self._records
                self._some.set()
                return

    def _put(self, record: Record) -> None:
        self._records.append(record)
        self._some.set()
