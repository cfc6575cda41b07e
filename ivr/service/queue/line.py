"""The live line: what happens on telephones goes into the ACD as events, and its commands are carried out.

One event loop owns the `Acd`: `feed` handles one event after another, to the last, before anybody else gets a turn.
"""

import asyncio
from collections import deque
from collections.abc import Callable

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
    Event,
    Failure,
    Tick,
)
from ivr.domain.acd.model import EntryId, OfferId, OperatorId, Stage, State
from ivr.domain.acd.records import Note, Record, What
from ivr.service.queue.callers import CallersInLine
from ivr.service.queue.foresight import Foresight
from ivr.service.queue.legs import OperatorCalls
from ivr.service.queue.outlook import Outlook
from ivr.service.queue.telephones import CallbackCalls, Telephones

log = structlog.get_logger()

LONGEST_SLEEP_S = 5.0
MOVES = frozenset({What.OVERFLOWED, What.MOVED})
OUT = frozenset({State.LOGGED_OUT, State.PAUSED, State.SET_ASIDE})
"""States in which the dialplan's own queue does not ring an operator either."""


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
        self.callers = CallersInLine(clock, foresight, self.feed)
        self.outlook = Outlook(acd, self.callers, foresight, clock)
        self.legs = OperatorCalls(telephones, self.callers, foresight, clock, self.feed)
        self.callbacks: CallbackCalls | None = None
        self._events: deque[Event] = deque()
        self._due = asyncio.Event()
        self._feeding = False
        self.operators: dict[OperatorId, Tell] = {}

    @property
    def up(self) -> bool:
        return self._telephones.up

    # ── Operators' legs ──

    def rang(self, offer: OfferId, failure: Failure | None) -> None:
        """How a ringing came out; None: he has answered."""
        self.legs.rang(offer, failure)

    def leg_ended(self, offer: OfferId, clearly: bool) -> None:
        """The operator's leg is gone. `clearly`: somebody hung up; else his telephone died."""
        self.legs.ended(offer, clearly)

    def vanished(self, offer: OfferId) -> None:
        """The leg was not there any more when we looked again: whatever ended it, it was not seen."""
        self.legs.vanished(offer)

    def busy(self, operator: OperatorId) -> bool:
        """Whether the line itself rings him or has him talk: then what his device does is no news."""
        return self.legs.busy(operator)

    def tell_all(self) -> None:
        """Tell Asterisk anew who is out: it has forgotten it, or was not there to hear."""
        for operator, told in self.operators.items():
            self.legs.set_out(operator, told.state in OUT)

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
                for record in records:
                    if isinstance(record, Note) and record.what in MOVES and record.entry and not record.operator:
                        self.callers.moved(record.entry, record.detail)
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
                for prediction in self.outlook.predictions():
                    self.feed(prediction)

    def _carry_out(self, command: Command) -> None:
        match command:
            case Offer():
                self.legs.ring(command)
            case CancelOffer(offer=cancelled):
                self.legs.cancel(cancelled)
            case Release(entry=entry):
                if (waiting := self.callers.of(entry)) is not None:
                    waiting.released = True
            case Verify(operator=operator):
                self.legs.verify(operator)
            case SetAside():
                log.warning("operator_set_aside", operator=command.operator, misses=command.misses)
            case Tell(subject=Subject.OPERATOR):
                self._operator(command)
            case Tell(subject=Subject.ENTRY, state=Stage.LEFT):
                self._left(EntryId(command.id), command.reason)
            case CallBack() if self.callbacks is not None:
                if (offer := self.legs.offer_of(command.entry)) is not None:
                    self.callbacks.dial(command, offer.offer)
            case CancelCallBack(entry=entry) if self.callbacks is not None:
                self.callbacks.cancel(entry)
            case Tell():
                pass
            case _:
                log.info("command_not_served", command=type(command).__name__)

    def _left(self, entry: EntryId, why: str) -> None:
        waiting = self.callers.of(entry)
        if waiting is not None and waiting.call_id is None:
            self.callers.take(entry)
            if self.callbacks is not None:
                self.callbacks.left(entry, why)

    def _operator(self, told: Tell) -> None:
        operator = OperatorId(told.id)
        if told.state not in (State.TALKING, State.WRAP_UP):
            self._foresight.freed(operator)
        before = self.operators.get(operator)
        self.operators[operator] = told
        if before is None or (before.state in OUT) != (told.state in OUT):
            self.legs.set_out(operator, told.state in OUT)
