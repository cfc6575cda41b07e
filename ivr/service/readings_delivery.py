"""Gives readings to billing one by one until it has acknowledged each: at least once, always under the same key."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from ivr.domain.errors import RecordRefused, StoreUnavailable
from ivr.service.readings import OutgoingReading

log = structlog.get_logger()

PORTION = 100
PAUSE_S = 5.0
LONGEST_PAUSE_S = 60.0
REFUSED_AGAIN = timedelta(hours=1)
"""A reading that billing refuses is offered again after so long: it stays ours until billing has taken it."""


class Outbox(Protocol):
    """Every method raises StoreUnavailable."""

    async def pending(self, after: tuple[int, int], most: int) -> Sequence[tuple[tuple[int, int], OutgoingReading]]:
        """Readings that are not acknowledged, from the place `after` on, each with its place; (0, 0) is before all."""

    async def acknowledged(self, reading: OutgoingReading) -> None: ...


class Billing(Protocol):
    async def send(self, reading: OutgoingReading) -> None:
        """Returns when billing has it. Raises StoreUnavailable, RecordRefused when it will not have this one."""


class ReadingDelivery:
    """`clock` gives aware UTC times."""

    def __init__(
        self, outbox: Outbox, billing: Billing, clock: Callable[[], datetime], pause_s: float = PAUSE_S
    ) -> None:
        self._outbox = outbox
        self._billing = billing
        self._clock = clock
        self._pause_s = pause_s
        self._refused: dict[str, datetime] = {}

    async def run(self) -> None:
        """Deliver until cancelled. While billing is down it is tried less and less often, at last once a minute."""
        pause = self._pause_s
        while True:
            try:
                await self.deliver()
                pause = self._pause_s
            except StoreUnavailable as error:
                log.warning("readings_wait_for_billing", error=str(error))
                pause = min(2 * pause, LONGEST_PAUSE_S)
            await asyncio.sleep(pause)

    async def deliver(self) -> int:
        """Offer everything that waits; gives how many were acknowledged. Raises StoreUnavailable when it must stop."""
        sent, place = 0, (0, 0)
        now = self._clock()
        self._refused = {key: until for key, until in self._refused.items() if until > now}
        while waiting := await self._outbox.pending(place, PORTION):
            place = waiting[-1][0]
            for _, reading in waiting:
                if reading.key in self._refused:
                    continue
                try:
                    await self._billing.send(reading)
                except RecordRefused as error:
                    self._refused[reading.key] = now + REFUSED_AGAIN
                    log.error("reading_refused_by_billing", key=reading.key, error=str(error))
                    continue
                await self._outbox.acknowledged(reading)
                sent += 1
        return sent
