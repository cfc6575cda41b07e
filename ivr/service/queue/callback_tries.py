"""Ringing customers back: an operator listens, the customer is dialled, Asterisk joins them.

The operator's leg ends before the ACD hears that nobody was reached: until then his telephone is busy.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

import structlog

from ivr.domain.acd.commands import CallBack
from ivr.domain.acd.events import CallbackFailed, TalkEnded
from ivr.domain.acd.model import HEAD, Entry, EntryId, OfferId, OperatorId
from ivr.domain.call import CallId
from ivr.domain.callback import Callback, CallbackStage
from ivr.domain.errors import IvrError, StoreUnavailable
from ivr.service.queue.callback_book import CallbackBook
from ivr.service.queue.callers import Waiting
from ivr.service.queue.line import LiveLine
from ivr.service.queue.telephones import CustomerTelephones, Dial

log = structlog.get_logger()

AGAIN_S, LATER_S = 60.0, 3600.0
"""A try that could not be made for reasons of ours is made again after so long; past the most of a day, later."""
TOLD_S = 8.0
"""So long an operator may be told that nobody was reached, before his leg is hung up."""
MARGIN_S = TOLD_S + 2
"""The customer's telephone stops ringing so long before the ACD gives him up."""
DAY_S = 86_400.0


@dataclass(slots=True)
class _Try:
    """leg: empty until the customer is dialled. why: he was not reached, and the operator is being told so."""

    offer: OfferId
    operator: OperatorId
    leg: CallId | None = None
    why: str = ""


class CallbackTries:
    """`told`: the sound that tells the customer who calls; `unreached`: for the operator. `began` is told of a call as
    its customer answers. `a_day`: the most tries of 24 hours, a guard against fraud. `clock` gives Unix time."""

    def __init__(
        self,
        line: LiveLine,
        book: CallbackBook,
        customers: CustomerTelephones,
        told: str,
        unreached: str,
        began: Callable[[CallId, Callback], None],
        clock: Callable[[], float],
        a_day: int = 1000,
    ) -> None:
        self._line = line
        self._book = book
        self._customers = customers
        self._told = told
        self._unreached = unreached
        self._began = began
        self._clock = clock
        self._a_day = a_day
        self._tries: dict[EntryId, _Try] = {}
        self._legs: dict[CallId, EntryId] = {}
        self._talking: dict[CallId, Callback] = {}
        self._made: list[float] = []
        self._tasks: set[asyncio.Task[None]] = set()
        line.callbacks = self
        line.legs.on_listener_left = self._listener_left

    # ── What the line asks ──

    def dial(self, command: CallBack, offer: OfferId) -> None:
        self._tries[command.entry] = _Try(offer, command.operator)
        self._start(self._dial(command))

    def cancel(self, entry: EntryId) -> None:
        tried = self._tries.pop(entry, None)
        if tried is not None and tried.leg:
            self._legs.pop(tried.leg, None)
            self._start(self._hang_up(tried.leg))
            self._failed(entry, "operator_left", due_now=True)

    def left(self, entry: EntryId, why: str) -> None:
        self._tries.pop(entry, None)
        self._failed(entry, why or "ended")

    def _failed(self, entry: EntryId, why: str, *, due_now: bool = False) -> None:
        """A try that was made has failed."""
        callback = self._book.get(entry)
        if callback is None or callback.stage is not CallbackStage.DIALLING:
            return
        now = self._clock()
        failed = callback.failed(why, now, self._book.rules)
        self._book.change(replace(failed, due=now) if due_now and failed.ended is None else failed)
        if failed.ended is not None and self._line.callers.of(entry) is not None:
            self._line.callers.leave(entry)

    # ── What becomes of the customer's telephone ──

    def answered(self, leg: CallId) -> None:
        """He has answered, and is joined to the operator in a moment."""
        entry = self._legs.pop(leg, None)
        callback = self._book.get(entry) if entry is not None else None
        if entry is None or callback is None:
            return self._start(self._hang_up(leg))
        del self._tries[entry]
        self._talking[leg] = callback
        self._book.change(callback.reached(self._clock()))
        self._began(leg, callback)
        self._line.legs.customer_answered(entry, leg)

    def failed(self, leg: CallId, why: str) -> None:
        """He was not reached."""
        entry = self._legs.pop(leg, None)
        if entry is not None:
            self._tell_operator(entry, why)

    def unjoined(self, leg: CallId) -> Waiting | None:
        """The operator was gone when this customer was to be joined to him: he goes to the head of the line."""
        callback = self._talking.get(leg)
        if callback is None:
            return None
        entry = Entry(EntryId(leg), callback.queue, callback.arrived, priority=HEAD)
        waiting = Waiting(entry, leg, callback.number, counted=True)
        self._line.callers.join(waiting)
        return waiting

    def gone(self, leg: CallId) -> None:
        """His call is over. If it ended before he was joined to the operator, that one is not let wait."""
        self._talking.pop(leg, None)
        if (waiting := self._line.callers.of_call(leg)) is not None and waiting.offer is not None:
            self._line.legs.hang_up(waiting.offer)

    # ── The operator who listens ──

    def _tell_operator(self, entry: EntryId, why: str) -> None:
        if (tried := self._tries.get(entry)) is not None:
            tried.why = why
            self._line.legs.unreached(tried.offer, self._unreached)
            self._start(self._free(entry, tried))

    async def _free(self, entry: EntryId, tried: _Try) -> None:
        await asyncio.sleep(TOLD_S)
        if self._tries.get(entry) is tried:
            self._line.legs.cancel(tried.offer)
            self._line.feed(CallbackFailed(entry, tried.why))

    def _listener_left(self, entry: EntryId, end: TalkEnded) -> None:
        tried = self._tries.get(entry)
        if tried is not None and tried.why:
            self._line.feed(CallbackFailed(entry, tried.why))
        else:
            self._line.feed(end)

    # ── One try ──

    async def _dial(self, command: CallBack) -> None:
        entry, tried, now = command.entry, self._tries[command.entry], self._clock()
        callback = self._book.get(entry)
        if callback is None:
            return self._tell_operator(entry, "withdrawn")
        if not self._allowed(now):
            self._book.change(replace(callback, due=now + LATER_S))
            return self._tell_operator(entry, "too_many")
        leg = CallId(f"{entry}-{callback.tries + 1}-{round(now)}")
        try:
            if not await self._book.claim(callback.dialled(leg, command.operator)):
                return self._tell_operator(entry, "withdrawn")
        except StoreUnavailable as error:
            log.error("callback_not_claimed", error=error.code)
            self._book.change(replace(callback, due=now + AGAIN_S))
            return self._tell_operator(entry, error.code)
        if self._tries.get(entry) is not tried:
            return self._failed(entry, "operator_left", due_now=True)
        tried.leg = leg
        self._legs[leg] = entry
        self._made.append(now)
        ring_s = max(5.0, min(self._book.rules.ring_s, command.deadline - self._clock() - MARGIN_S))
        try:
            await self._customers.dial(Dial(leg, callback.number, tried.offer, command.operator, self._told, ring_s))
        except IvrError as error:
            log.error("callback_not_dialled", error=error.code, detail=str(error))
            self.failed(leg, error.code)

    def _allowed(self, now: float) -> bool:
        self._made = [at for at in self._made if now - at < DAY_S]
        if len(self._made) >= self._a_day:
            log.error("callbacks_of_a_day_used_up", most=self._a_day)
            return False
        return True

    async def _hang_up(self, leg: CallId) -> None:
        try:
            await self._customers.hang_up(leg)
        except IvrError as error:
            log.warning("callback_not_cancelled", error=error.code, detail=str(error))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
