"""The live line: what happens on telephones goes into the ACD as events, and its commands are carried out.

One event loop owns the `Acd`: `feed` handles one event after another, to the last, before anybody else gets a turn.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol

import structlog

from ivr.domain.acd import Acd
from ivr.domain.acd.commands import (
    CallBack,
    CancelCallBack,
    CancelOffer,
    Command,
    Offer,
    Release,
    SetAside,
    Subject,
    Tell,
    Verify,
)
from ivr.domain.acd.events import (
    CallbackAsked,
    CallbackDue,
    CallerLeft,
    CallerQueued,
    Event,
    Failure,
    Tick,
    WaitPredicted,
)
from ivr.domain.acd.model import EntryId, OfferId, OperatorId, Stage, State
from ivr.domain.acd.records import Record
from ivr.domain.call import CallId
from ivr.domain.wait import Foretold
from ivr.service.queue.callers import CallersInLine, Waiting
from ivr.service.queue.foresight import Foresight
from ivr.service.queue.legs import OperatorCalls
from ivr.service.queue.telephones import Telephones

log = structlog.get_logger()

LONGEST_SLEEP_S = 5.0
WORKING = frozenset({State.READY, State.RINGING, State.TALKING, State.WRAP_UP, State.MISSED})
OUT = frozenset({State.LOGGED_OUT, State.PAUSED, State.SET_ASIDE})
"""States in which the dialplan's own queue does not ring an operator either."""


class CallbackCalls(Protocol):
    """Rings customers back."""

    def dial(self, command: CallBack, offer: OfferId) -> None:
        """An operator listens, on the leg of `offer`: ring the customer."""

    def cancel(self, entry: EntryId) -> None:
        """Stop ringing him."""

    def left(self, entry: EntryId, why: str) -> None:
        """It is out of the line; `why` is empty when that was asked for, or after a talk."""


class LiveLine:
    """`clock` gives Unix time; `keep` takes the ACD's records. `operators`: what each was last told to do."""

    def __init__(
        self,
        acd: Acd,
        telephones: Telephones,
        clock: Callable[[], float],
        keep: Callable[[list[Record]], None],
        foresight: Foresight,
    ) -> None:
        self._acd = acd
        self._telephones = telephones
        self._clock = clock
        self._keep = keep
        self._foresight = foresight
        self._callers = CallersInLine(clock)
        self._legs = OperatorCalls(telephones, self._callers, foresight, clock, self.feed)
        self.callbacks: CallbackCalls | None = None
        self._events: deque[Event] = deque()
        self._due = asyncio.Event()
        self._feeding = False
        self.operators: dict[OperatorId, Tell] = {}

    @property
    def up(self) -> bool:
        return self._telephones.up

    @property
    def waiting(self) -> int:
        return self._callers.waiting

    @property
    def longest_s(self) -> int:
        return self._callers.longest_s

    # ── Callers ──

    def join(self, waiting: Waiting) -> None:
        self._callers.put(waiting)
        self.feed(CallerQueued(waiting.entry))

    def leave(self, entry: EntryId) -> None:
        """The caller has hung up, or goes elsewhere."""
        if (waiting := self._callers.take(entry)) is not None:
            waiting.settled.set()
            if waiting.offer is None and not waiting.counted:
                self._foresight.over(entry, self._callers.waited_s(waiting), answered=False)
        self.feed(CallerLeft(entry))

    def forget(self, entry: EntryId) -> None:
        """The call is over, whatever it was."""
        if self._callers.of(entry) is not None:
            self.leave(entry)

    def gone(self, call_id: CallId) -> None:
        """His channel is no more."""
        if (waiting := self._callers.of_call(call_id)) is not None:
            self.leave(waiting.entry.id)

    def of(self, entry: EntryId) -> Waiting | None:
        return self._callers.of(entry)

    def of_call(self, call_id: CallId) -> Waiting | None:
        return self._callers.of_call(call_id)

    def becomes_callback(self, waiting: Waiting) -> None:
        """He will hang up, and keeps his place."""
        if not waiting.counted:
            self._foresight.went(waiting.entry.id, self._callers.waited_s(waiting))
        waiting.counted = True
        self._callers.joins(waiting, None)
        if waiting.released:  # the ACD has let him go already
            waiting.released = False
            return self.feed(CallbackDue(waiting.entry))
        self.feed(CallbackAsked(waiting.entry.id))

    def join_callback(self, waiting: Waiting) -> None:
        """A callback joins the line, at the place its arrival gives it."""
        self._callers.put(waiting)
        self.feed(CallbackDue(waiting.entry))

    def foretold(self, entry: EntryId) -> tuple[int, Foretold | None] | None:
        """His place (1 is the first) and the wait still to come, if that is known; None: he does not wait."""
        waiting = self._callers.of(entry)
        if waiting is None or self._acd.place(entry) is None:
            return None
        queue = waiting.entry.queue
        place = self._callers.standing(queue).index(entry)
        return place + 1, self._foresight.foretold(self._callers.waits_s(queue), self._working(queue))[place]

    def staffed(self, queue: str) -> bool:
        """Whether anybody who serves the queue is logged in and has a telephone."""
        return any(count for state, count in self._acd.staff(queue).items() if state is not State.UNREACHABLE)

    def _working(self, queue: str) -> int:
        return sum(count for state, count in self._acd.staff(queue).items() if state in WORKING)

    # ── Operators' legs ──

    def rang(self, offer: OfferId, failure: Failure | None) -> None:
        """How a ringing came out; None: he has answered."""
        self._legs.rang(offer, failure)

    def leg_ended(self, offer: OfferId, clearly: bool) -> None:
        """The operator's leg is gone. `clearly`: somebody hung up; else his telephone died."""
        self._legs.ended(offer, clearly)

    def vanished(self, offer: OfferId) -> None:
        """The leg was not there any more when we looked again: whatever ended it, it was not seen."""
        self._legs.vanished(offer)

    def busy(self, operator: OperatorId) -> bool:
        """Whether the line itself rings him or has him talk: then what his device does is no news."""
        return self._legs.busy(operator)

    @property
    def operator_calls(self) -> OperatorCalls:
        return self._legs

    def customer_answered(self, entry: EntryId, leg: CallId) -> None:
        """The customer of a callback has answered: Asterisk joins him to the operator who listens."""
        self._legs.customer_answered(entry, leg)

    def tell_all(self) -> None:
        """Tell Asterisk anew who is out: it has forgotten it, or was not there to hear."""
        for operator, told in self.operators.items():
            self._legs.set_out(operator, told.state in OUT)

    # ── The ACD ──

    def feed(self, event: Event) -> None:
        """Handle the event and all that follows from it at once."""
        self._events.append(event)
        if self._feeding:
            return
        self._feeding = True
        try:
            while self._events:
                commands, records = self._acd.handle(self._events.popleft(), self._clock())
                for command in commands:
                    self._carry_out(command)
                if records:
                    self._keep(records)
        finally:
            self._feeding = False
        self._due.set()

    async def run(self) -> None:
        """Give the ACD its Ticks, until cancelled."""
        while True:
            deadline = self._acd.next_deadline()
            wait_s = LONGEST_SLEEP_S if deadline is None else min(LONGEST_SLEEP_S, max(0.0, deadline - self._clock()))
            self._due.clear()
            try:
                async with asyncio.timeout(wait_s):
                    await self._due.wait()
            except TimeoutError:
                self.feed(Tick())
                self._predict()

    def _predict(self) -> None:
        """Tell the ACD what the next caller of each queue would wait, so that it calls the reserve in."""
        for queue, longest_s in self._callers.longest().items():
            waited = [*self._callers.waits_s(queue), 0.0]
            foretold = self._foresight.foretold(waited, self._working(queue))[-1]
            self.feed(WaitPredicted(queue, foretold.mean_s if foretold else longest_s))

    def _carry_out(self, command: Command) -> None:
        match command:
            case Offer():
                self._legs.ring(command)
            case CancelOffer(offer=cancelled):
                self._legs.cancel(cancelled)
            case Release(entry=entry):
                if (waiting := self._callers.of(entry)) is not None:
                    waiting.released = True
            case Verify(operator=operator):
                self._legs.verify(operator)
            case SetAside():
                log.warning("operator_set_aside", operator=command.operator, misses=command.misses)
            case Tell(subject=Subject.OPERATOR):
                self._operator(command)
            case Tell(subject=Subject.ENTRY, state=Stage.LEFT):
                self._left(EntryId(command.id), command.reason)
            case CallBack() if self.callbacks is not None:
                if (offer := self._legs.offer_of(command.entry)) is not None:
                    self.callbacks.dial(command, offer.offer)
            case CancelCallBack(entry=entry) if self.callbacks is not None:
                self.callbacks.cancel(entry)
            case Tell():
                pass
            case _:
                log.info("command_not_served", command=type(command).__name__)

    def _left(self, entry: EntryId, why: str) -> None:
        waiting = self._callers.of(entry)
        if waiting is not None and waiting.call_id is None:
            self._callers.take(entry)
            if self.callbacks is not None:
                self.callbacks.left(entry, why)

    def _operator(self, told: Tell) -> None:
        operator = OperatorId(told.id)
        if told.state not in (State.TALKING, State.WRAP_UP):
            self._foresight.freed(operator)
        before = self.operators.get(operator)
        self.operators[operator] = told
        if before is None or (before.state in OUT) != (told.state in OUT):
            self._legs.set_out(operator, told.state in OUT)
