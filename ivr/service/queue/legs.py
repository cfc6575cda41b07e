"""Operators' legs: each offer rings one telephone; what comes of it goes into the ACD as an event.

What is asked of Asterisk runs in a task of its own.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

import structlog

from ivr.domain.acd.commands import Offer
from ivr.domain.acd.events import (
    CallbackAnswered,
    Event,
    Failure,
    Handed,
    Moved,
    OfferAnswered,
    OfferFailed,
    TalkAlive,
    TalkEnd,
    TalkEnded,
)
from ivr.domain.acd.model import EntryId, Kind, OfferId, OperatorId
from ivr.domain.call import CallId
from ivr.domain.errors import IvrError
from ivr.service.queue.callers import CallersInLine, Waiting
from ivr.service.queue.foresight import Foresight
from ivr.service.queue.telephones import Ring, Telephones

log = structlog.get_logger()


@dataclass(slots=True)
class _Talk:
    entry: EntryId
    offer: OfferId


class OperatorCalls:
    """`clock` gives Unix time; `feed` takes events for the ACD."""

    def __init__(
        self,
        telephones: Telephones,
        callers: CallersInLine,
        foresight: Foresight,
        clock: Callable[[], float],
        feed: Callable[[Event], None],
    ) -> None:
        self._telephones = telephones
        self._callers = callers
        self._foresight = foresight
        self._clock = clock
        self._feed = feed
        self._offers: dict[OfferId, Offer] = {}
        self._talks: dict[OperatorId, _Talk] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.on_listener_left: Callable[[EntryId, TalkEnded], None] | None = None
        self.on_joined: Callable[[Offer, Waiting], None] | None = None
        self.asked: set[OperatorId] = set()  # by a colleague in a talk: their telephones are no news either

    def ring(self, offer: Offer) -> None:
        self._offers[offer.offer] = offer
        self._start(self._ring(offer))

    def cancel(self, offer: OfferId) -> None:
        self._offers.pop(offer, None)
        self._start(self._hang_up(offer))

    def hang_up(self, offer: OfferId) -> None:
        """End this leg; `ended` tells when it has."""
        self._start(self._hang_up(offer))

    def verify(self, operator: OperatorId) -> None:
        """See whether his talk still goes on."""
        self._start(self._verify(operator))

    def set_out(self, operator: OperatorId, out: bool) -> None:
        """Asterisk's own queue must not ring who is not there, should the engine go."""
        self._start(self._set_out(operator, out))

    def busy(self, operator: OperatorId) -> bool:
        """Whether the line itself rings him or has him talk: then what his device does is no news."""
        if operator in self._talks or operator in self.asked:
            return True
        return any(offer.operator == operator for offer in self._offers.values())

    def rang(self, offer: OfferId, failure: Failure | None) -> None:
        """How a ringing came out; None: he has answered."""
        known = self._offers.get(offer)
        if failure is not None:
            self._offers.pop(offer, None)
            return self._feed(OfferFailed(offer, failure))
        if known is not None and (waiting := self._callers.of(known.entry)) and waiting.call_id is not None:
            self._joined(known, waiting)
        self._feed(OfferAnswered(offer))

    def offer_of(self, entry: EntryId) -> Offer | None:
        """The offer by which an operator is rung for the entry, listens or talks."""
        return next((offer for offer in self._offers.values() if offer.entry == entry), None)

    def customer_answered(self, entry: EntryId, call_id: CallId) -> None:
        """Asterisk joins him to the operator who listens."""
        offer, waiting = self.offer_of(entry), self._callers.of(entry)
        if offer is not None and waiting is not None:
            self._callers.joins(waiting, call_id)
            waiting.entry = replace(waiting.entry, kind=Kind.LIVE)
            self._joined(offer, waiting)
        self._feed(CallbackAnswered(entry))

    def _joined(self, offer: Offer, waiting: Waiting) -> None:
        if not waiting.counted:
            self._foresight.over(offer.entry, self._callers.waited_s(waiting), answered=True)
        waiting.offer, waiting.counted, waiting.lost = offer.offer, True, False
        waiting.settled.set()
        waiting.parted.clear()
        self._foresight.began(offer.operator)
        self._talks[offer.operator] = _Talk(offer.entry, offer.offer)
        if self.on_joined is not None:
            self.on_joined(offer, waiting)

    def moved(self, operator: OperatorId, event: Moved) -> None:
        """His caller waits in the line again."""
        if (talk := self._talks.pop(operator, None)) is None:
            return
        self._offers.pop(talk.offer, None)
        if (waiting := self._callers.of(talk.entry)) is not None:
            waiting.offer = None
            waiting.settled.clear()
            waiting.parted.set()
        self._feed(event)

    def handed(self, operator: OperatorId, to: OperatorId, leg: OfferId) -> None:
        """His caller talks with a colleague from now on, by that one's leg."""
        talk = self._talks.pop(operator, None)
        if talk is None or (offer := self._offers.pop(talk.offer, None)) is None:
            return
        self._offers[leg] = replace(offer, operator=to, offer=leg)
        self._talks[to] = _Talk(talk.entry, leg)
        self.asked.discard(to)
        if (waiting := self._callers.of(talk.entry)) is not None:
            waiting.offer = leg
        self._foresight.began(to)
        self._feed(Handed(talk.entry, to))

    def ended(self, offer: OfferId, clearly: bool) -> None:
        """The operator's leg is gone. `clearly`: somebody hung up; else his telephone died."""
        known = self._offers.pop(offer, None)
        if known is None:
            return
        waiting = self._callers.of(known.entry)
        waits = waiting is not None and waiting.here
        how = TalkEnd.OPERATOR_LOST if not clearly else TalkEnd.NOT_BEGUN if waits else TalkEnd.FINISHED
        end = TalkEnded(known.operator, how)
        if (talk := self._talks.get(known.operator)) is None or talk.offer != offer:
            if self.on_listener_left is not None and known.kind is Kind.CALLBACK:
                self.on_listener_left(known.entry, end)
            return
        del self._talks[known.operator]
        if waiting is not None:
            waiting.offer = None
            waiting.lost = not clearly
            waiting.settled.clear()
            waiting.parted.set()
        if how is TalkEnd.FINISHED:
            self._callers.take(talk.entry)
        self._feed(end)

    def vanished(self, offer: OfferId) -> None:
        """The leg was not there any more when we looked again: whatever ended it, it was not seen."""
        if any(talk.offer == offer for talk in self._talks.values()):
            self.ended(offer, clearly=True)
        else:
            self.rang(offer, Failure.UNREACHABLE)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ring(self, offer: Offer) -> None:
        waiting = self._callers.of(offer.entry)
        if waiting is None:
            return self._feed(OfferFailed(offer.offer, Failure.UNREACHABLE))
        ring_s = max(1.0, offer.deadline - self._clock())
        ring = Ring(offer.offer, offer.operator, waiting.call_id, waiting.number, waiting.name, waiting.whisper, ring_s)
        try:
            await self._telephones.ring(ring)
        except IvrError as error:
            log.error("operator_not_rung", operator=offer.operator, error=error.code, detail=str(error))
            self.rang(offer.offer, Failure.UNREACHABLE)

    def unreached(self, offer: OfferId, sound: str) -> None:
        """The operator who listens is told so and hung up."""
        self._start(self._unreached(offer, sound))

    async def _unreached(self, offer: OfferId, sound: str) -> None:
        try:
            await self._telephones.unreached(offer, sound)
        except IvrError:
            await self._hang_up(offer)  # so that the operator is free again at any rate

    async def _hang_up(self, offer: OfferId) -> None:
        try:
            await self._telephones.hang_up(offer)
        except IvrError as error:
            log.warning("offer_not_cancelled", error=error.code, detail=str(error))

    async def _verify(self, operator: OperatorId) -> None:
        talk = self._talks.get(operator)
        try:
            if talk is None or await self._telephones.talks(talk.offer):
                self._feed(TalkAlive(operator))
            else:
                self.ended(talk.offer, clearly=True)
        except IvrError as error:
            log.warning("talk_not_verified", error=error.code, detail=str(error))

    async def _set_out(self, operator: OperatorId, out: bool) -> None:
        try:
            await self._telephones.set_out(operator, out)
        except IvrError as error:
            log.warning("fallback_not_told", operator=operator, error=error.code)  # the next connect tells it
