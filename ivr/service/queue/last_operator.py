"""Who rings again soon is kept for the operator he talked with, for a little while."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from ivr.domain.acd.model import Entry, Operator, OperatorId
from ivr.domain.errors import IvrError

log = structlog.get_logger()

LOOK_UP_S = 1.0
"""A caller does not wait longer for the database."""


class PastTalks(Protocol):
    async def last_operator(self, caller: str, since: float) -> str:
        """Of his latest talk that ended after `since` (Unix time); empty: there was none. Raises StoreUnavailable."""


@dataclass(frozen=True, slots=True)
class LastOperators:
    """`operators` are those of the roster; `clock` gives Unix time. within_s: a talk longer ago does not count; for_s:
    so long a caller waits for that operator alone."""

    talks: PastTalks
    operators: Mapping[OperatorId, Operator]
    clock: Callable[[], float]
    within_s: float
    for_s: float

    async def asked_for(self, entry: Entry, caller: str) -> Entry:
        """The entry, which asks for the operator who talked with this caller last, when he serves its queue."""
        if not caller or not self.within_s:
            return entry
        now = self.clock()
        try:
            async with asyncio.timeout(LOOK_UP_S):
                last = OperatorId(await self.talks.last_operator(caller, now - self.within_s))
        except (TimeoutError, IvrError):
            log.warning("last_operator_unknown")
            return entry
        known = self.operators.get(last)
        if known is None or entry.queue not in known.queues:
            return entry
        return replace(entry, preferred=last, preferred_until=now + self.for_s)
