"""The live line: what happens on telephones goes into the ACD as events, and its commands are carried out.

One event loop owns the `Acd`: `feed` handles one event after another, to the last, before anybody else gets a turn.
What a command asks of Asterisk runs in a task of its own, and its result comes back as an event.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import structlog

from ivr.domain.acd import Acd
from ivr.domain.acd.commands import CancelOffer, Command, Offer, Release, SetAside, Subject, Tell, Verify
from ivr.domain.acd.events import (
    CallerLeft,
    CallerQueued,
    Event,
    Failure,
    Handed,
    Moved,
    OfferAnswered,
    OfferFailed,
    TalkAlive,
    TalkEnd,
    TalkEnded,
    Tick,
    WaitPredicted,
)
from ivr.domain.acd.model import Entry, EntryId, OfferId, OperatorId, State
from ivr.domain.acd.records import Record
from ivr.domain.call import CallId
from ivr.domain.errors import IvrError
from ivr.domain.wait import Foretold
from ivr.service.queue.foresight import Foresight

log = structlog.get_logger()

LONGEST_SLEEP_S = 5.0
WORKING = frozenset({State.READY, State.RINGING, State.TALKING, State.WRAP_UP, State.MISSED})
OUT = frozenset({State.LOGGED_OUT, State.PAUSED, State.SET_ASIDE})
"""States in which the dialplan's own queue does not ring an operator either."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring `operator` for the caller.

    number, name: what his telephone shows. whisper: the sound that he hears before the talk, a path without its ending.
    """

    offer: OfferId
    operator: OperatorId
    call_id: CallId
    number: str
    name: str
    whisper: str
    ring_s: float


class Telephones(Protocol):
    """Operators' telephones. Every method raises LinkDown or PhoneFailed."""

    @property
    def up(self) -> bool:
        """Whether Asterisk takes what is asked."""

    async def ring(self, ring: Ring) -> None:
        """Begin to ring; `LiveLine.rang` tells how it came out. Asked once, never again."""

    async def hang_up(self, offer: OfferId) -> None:
        """Hang up the leg of this offer, if it is there."""

    async def set_out(self, operator: OperatorId, out: bool) -> None:
        """Keep Asterisk's own queue, which is there should the engine go, from ringing him, or let it."""

    async def talks(self, offer: OfferId) -> bool:
        """Whether the leg of this offer is still there."""


@dataclass(slots=True)
class Waiting:
    """A caller on the line.

    offer:   by which an operator was joined to him. settled: he was, or he is gone. parted: that operator's leg is
             gone.
    lost:    his operator's telephone died in the talk. released: nobody will come. talked: with anybody, ever.
    """

    entry: Entry
    call_id: CallId
    number: str
    name: str = ""
    whisper: str = ""
    offer: OfferId | None = None
    released: bool = False
    lost: bool = False
    talked: bool = False
    sent_by: str = ""  # the operator who sent him on
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    parted: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class _Talk:
    entry: EntryId
    offer: OfferId


class LiveLine:
    """`clock` gives Unix time; `keep` takes the ACD's records."""

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
        self._waiting: dict[EntryId, Waiting] = {}
        self._offers: dict[OfferId, Offer] = {}
        self._talks: dict[OperatorId, _Talk] = {}
        self._events: deque[Event] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._due = asyncio.Event()
        self._feeding = False
        self.operators: dict[OperatorId, Tell] = {}
        self.asked: set[OperatorId] = set()  # by a colleague in a talk: their telephones are no news either

    @property
    def up(self) -> bool:
        return self._telephones.up

    @property
    def waiting(self) -> int:
        """Callers on the line whom no operator talks with."""
        return sum(one.offer is None for one in self._waiting.values())

    @property
    def longest_s(self) -> int:
        """How long the one of them has waited who waits longest."""
        now = self._clock()
        return round(max((now - one.entry.arrived for one in self._waiting.values() if one.offer is None), default=0))

    def join(self, waiting: Waiting) -> None:
        self._waiting[waiting.entry.id] = waiting
        self.feed(CallerQueued(waiting.entry))

    def leave(self, entry: EntryId) -> None:
        """The caller has hung up, or goes elsewhere."""
        if (waiting := self._waiting.pop(entry, None)) is not None:
            waiting.settled.set()
            if waiting.offer is None and not waiting.talked:
                self._foresight.over(entry, self._clock() - waiting.entry.arrived, answered=False)
        self.feed(CallerLeft(entry))

    def forget(self, entry: EntryId) -> None:
        """The call is over, whatever it was."""
        if entry in self._waiting:
            self.leave(entry)

    def of(self, entry: EntryId) -> Waiting | None:
        return self._waiting.get(entry)

    def standing(self, queue: str) -> list[EntryId]:
        """Who waits in the queue, the first first."""
        those = [one.entry for one in self._waiting.values() if one.offer is None and one.entry.queue == queue]
        return [entry.id for entry in sorted(those, key=lambda entry: (entry.priority, entry.arrived, entry.id))]

    def foretold(self, entry: EntryId) -> tuple[int, Foretold | None] | None:
        """His place (1 is the first) and the wait still to come, if that is known; None: he does not wait."""
        waiting = self._waiting.get(entry)
        if waiting is None or self._acd.place(entry) is None:
            return None
        queue = waiting.entry.queue
        line = self.standing(queue)
        place = line.index(entry)
        waited = [self._clock() - self._waiting[one].entry.arrived for one in line]
        return place + 1, self._foresight.foretold(waited, self._working(queue))[place]

    def _working(self, queue: str) -> int:
        return sum(count for state, count in self._acd.staff(queue).items() if state in WORKING)

    def _predict(self) -> None:
        """Tell the ACD what the next caller of each queue would wait, so that it calls the reserve in."""
        now = self._clock()
        for queue in {one.entry.queue for one in self._waiting.values() if one.offer is None}:
            waited = [now - self._waiting[entry].entry.arrived for entry in self.standing(queue)]
            foretold = self._foresight.foretold([*waited, 0.0], self._working(queue))[-1]
            self.feed(WaitPredicted(queue, foretold.mean_s if foretold else max(waited)))

    def staffed(self, queue: str) -> bool:
        """Whether anybody who serves the queue is logged in and has a telephone."""
        return any(count for state, count in self._acd.staff(queue).items() if state is not State.UNREACHABLE)

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

    def rang(self, offer: OfferId, failure: Failure | None) -> None:
        """How a ringing came out; None: he has answered."""
        known = self._offers.get(offer)
        if failure is not None:
            self._offers.pop(offer, None)
            return self.feed(OfferFailed(offer, failure))
        if known is not None and (waiting := self._waiting.get(known.entry)) is not None:
            if not waiting.talked:
                self._foresight.over(known.entry, self._clock() - waiting.entry.arrived, answered=True)
            waiting.offer, waiting.talked = offer, True
            waiting.settled.set()
            waiting.parted.clear()
            self._foresight.began(known.operator)
            self._talks[known.operator] = _Talk(known.entry, offer)
        self.feed(OfferAnswered(offer))

    def leg_ended(self, offer: OfferId, clearly: bool) -> None:
        """The operator's leg is gone. `clearly`: somebody hung up; else his telephone died."""
        known = self._offers.pop(offer, None)
        if known is None or (talk := self._talks.get(known.operator)) is None or talk.offer != offer:
            return
        del self._talks[known.operator]
        waiting = self._waiting.get(talk.entry)
        if waiting is not None:
            waiting.offer = None
            waiting.lost = not clearly
            waiting.settled.clear()
            waiting.parted.set()
        if clearly or waiting is None:
            self._waiting.pop(talk.entry, None)
        self.feed(TalkEnded(known.operator, TalkEnd.FINISHED if clearly else TalkEnd.OPERATOR_LOST))

    def vanished(self, offer: OfferId) -> None:
        """The leg was not there any more when we looked again: whatever ended it, it was not seen."""
        if any(talk.offer == offer for talk in self._talks.values()):
            self.leg_ended(offer, clearly=True)
        else:
            self.rang(offer, Failure.UNREACHABLE)

    def busy(self, operator: OperatorId) -> bool:
        """Whether the line itself rings him or has him talk: then what his device does is no news."""
        return (
            operator in self._talks
            or operator in self.asked
            or any(offer.operator == operator for offer in self._offers.values())
        )

    def talk_of(self, operator: OperatorId) -> tuple[EntryId, OfferId] | None:
        """Whom he talks with, and by which leg."""
        talk = self._talks.get(operator)
        return (talk.entry, talk.offer) if talk else None

    def moved(self, operator: OperatorId, event: Moved) -> None:
        """His caller waits in the line again."""
        talk = self._talks.pop(operator)
        self._offers.pop(talk.offer, None)
        if (waiting := self._waiting.get(talk.entry)) is not None:
            waiting.offer = None
            waiting.settled.clear()
            waiting.parted.set()
        self.feed(event)

    def handed(self, operator: OperatorId, to: OperatorId, leg: OfferId) -> None:
        """His caller talks with a colleague from now on, by that one's leg."""
        talk = self._talks.pop(operator)
        offer = self._offers.pop(talk.offer)
        self._offers[leg] = replace(offer, operator=to, offer=leg)
        self._talks[to] = _Talk(talk.entry, leg)
        self.asked.discard(to)
        if (waiting := self._waiting.get(talk.entry)) is not None:
            waiting.offer = leg
        self._foresight.began(to)
        self.feed(Handed(talk.entry, to))

    def _carry_out(self, command: Command) -> None:
        match command:
            case Offer():
                self._offers[command.offer] = command
                self._start(self._ring(command))
            case CancelOffer(offer=offer):
                self._offers.pop(offer, None)
                self._start(self._hang_up(offer))
            case Release(entry=entry):
                if (waiting := self._waiting.get(entry)) is not None:
                    waiting.released = True
            case Verify(operator=operator):
                self._start(self._verify(operator))
            case SetAside():
                log.warning("operator_set_aside", operator=command.operator, misses=command.misses)
            case Tell():
                if command.subject is Subject.OPERATOR:
                    self._operator(command)
            case _:
                log.info("command_not_served", command=type(command).__name__)

    def tell_all(self) -> None:
        """Tell Asterisk anew who is out: it has forgotten it, or was not there to hear."""
        for operator, told in self.operators.items():
            self._start(self._set_out(operator, told.state in OUT))

    def _operator(self, told: Tell) -> None:
        operator = OperatorId(told.id)
        if told.state not in (State.TALKING, State.WRAP_UP):
            self._foresight.freed(operator)
        before = self.operators.get(operator)
        self.operators[operator] = told
        if before is None or (before.state in OUT) != (told.state in OUT):
            self._start(self._set_out(operator, told.state in OUT))

    async def _set_out(self, operator: OperatorId, out: bool) -> None:
        try:
            await self._telephones.set_out(operator, out)
        except IvrError as error:
            log.warning("fallback_not_told", operator=operator, error=error.code)  # the next connect tells it

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ring(self, offer: Offer) -> None:
        waiting = self._waiting.get(offer.entry)
        if waiting is None:
            return self.feed(OfferFailed(offer.offer, Failure.UNREACHABLE))
        ring_s = max(1.0, offer.deadline - self._clock())
        ring = Ring(offer.offer, offer.operator, waiting.call_id, waiting.number, waiting.name, waiting.whisper, ring_s)
        try:
            await self._telephones.ring(ring)
        except IvrError as error:
            log.error("operator_not_rung", operator=offer.operator, error=error.code, detail=str(error))
            self.rang(offer.offer, Failure.UNREACHABLE)

    async def _hang_up(self, offer: OfferId) -> None:
        try:
            await self._telephones.hang_up(offer)
        except IvrError as error:
            log.warning("offer_not_cancelled", error=error.code, detail=str(error))

    async def _verify(self, operator: OperatorId) -> None:
        talk = self._talks.get(operator)
        try:
            if talk is None or await self._telephones.talks(talk.offer):
                self.feed(TalkAlive(operator))
            else:
                self.leg_ended(talk.offer, clearly=True)
        except IvrError as error:
            log.warning("talk_not_verified", error=error.code, detail=str(error))
