"""The talks in progress: who talks with whom by which leg, and what becomes of it when a leg comes or goes."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from ivr.dialogue.model import Phrase
from ivr.domain.acd.commands import Offer
from ivr.domain.acd.events import Engaged, Failure, Moved, TalkEnded
from ivr.domain.acd.model import HEAD, EntryId, Kind, OfferId, OperatorId
from ivr.domain.call import Audit, CallId
from ivr.domain.errors import IvrError
from ivr.domain.talk.keys import Keys
from ivr.domain.talk.notes import Deed, TalkNote
from ivr.domain.talk.specialists import Specialist, SpecialistId
from ivr.domain.talk.talk import Left, NotNow, Phase, Talk
from ivr.service.ports import Voice
from ivr.service.queue.callers import Waiting
from ivr.service.queue.line import LiveLine
from ivr.service.queue.outside import Given, OutsideTalks
from ivr.service.queue.talk_phones import TalkPhones

log = structlog.get_logger()

NOT_REACHED = Phrase("Коллега не отвечает. Возвращаю абонента.", "talk_not_reached")
COLLEAGUE_BUSY = Phrase("У коллеги занято. Возвращаю абонента.", "talk_colleague_busy")
OUTSIDE_NOT_REACHED = Phrase("Специалист не отвечает. Возвращаю абонента.", "talk_outside_not_reached")
OUTSIDE_BUSY = Phrase("У специалиста занято. Возвращаю абонента.", "talk_outside_busy")
FIXED = (NOT_REACHED, COLLEAGUE_BUSY, OUTSIDE_NOT_REACHED, OUTSIDE_BUSY)


@dataclass(slots=True)
class LiveTalk:
    """`leg` is the operator's, `asked` that of the colleague whom he asks, or of the `specialist` outside. `handing`:
    Asterisk is told to give that one the caller. `sent_by`: who had the caller before."""

    operator: OperatorId
    entry: EntryId
    call_id: CallId
    leg: OfferId
    talk: Talk
    keys: Keys = field(default_factory=Keys)
    asked: OfferId | None = None
    specialist: Specialist | None = None
    handing: bool = False
    sent_by: str = ""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class LiveTalks:
    """`clock` gives Unix time; `keep` takes notes for the log, `audit` who had telephones outside rung."""

    def __init__(
        self,
        line: LiveLine,
        phones: TalkPhones,
        voice: Voice,
        clock: Callable[[], float],
        keep: Callable[[Sequence[TalkNote]], None],
        audit: Callable[[Audit], None],
    ) -> None:
        self.line = line
        self.phones = phones
        self.clock = clock
        self._voice = voice
        self._keep = keep
        self._talks: dict[OperatorId, LiveTalk] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.outside = OutsideTalks(line, phones, clock, keep, audit, self.later)
        line.legs.on_joined = self.joined

    def of(self, operator: OperatorId) -> LiveTalk | None:
        return self._talks.get(operator)

    def of_leg(self, leg: OfferId) -> LiveTalk | None:
        return next((live for live in self._talks.values() if live.leg == leg), None)

    def waiting(self, live: LiveTalk) -> Waiting | None:
        """The caller, as the line knows him."""
        return self.line.callers.of(live.entry)

    async def sound(self, says: Phrase | None) -> str:
        """A path without its ending; empty for nothing. Raises PhoneFailed."""
        return str((await self._voice.sound(says)).with_suffix("")) if says else ""

    # ── What happens on the telephones ──

    def rang(self, leg: OfferId, failure: Failure | None) -> None:
        """How a ringing of the line's came out; None: he has answered."""
        self.line.rang(leg, failure)

    def joined(self, offer: Offer, waiting: Waiting) -> None:
        """An operator of the line's has his caller."""
        if waiting.call_id is None:
            return
        live = LiveTalk(offer.operator, offer.entry, waiting.call_id, offer.offer, Talk(self.clock()))
        self._talks[offer.operator], live.sent_by = live, waiting.sent_by
        if offer.kind is Kind.CALLBACK:
            self.later(self.phones.prepare(live.leg, live.call_id, live.operator))
        if waiting.sent_by:  # told once: who comes after him hears the topic alone, which is the last sound
            waiting.sent_by = waiting.name = ""
            waiting.whisper = waiting.whisper.rpartition("&")[2]

    def leg_ended(self, offer: OfferId, clearly: bool) -> None:
        """An operator's leg in a talk is gone."""
        live = self.of_leg(offer)
        if live is None:
            return self.line.leg_ended(offer, clearly)
        left = live.talk.left(self.clock())
        colleague, asked, waiting = live.talk.colleague, live.asked, self.waiting(live)
        if (left is Left.HANDED or live.handing) and colleague is not None and asked is not None:
            return self.hand(live, colleague, asked)
        self.over(live)
        if asked is not None and colleague is not None:
            self.later(self.phones.hang_up(asked))
            self.free(colleague)
        if left is Left.RETURNS and clearly and waiting is not None:
            entry = waiting.entry
            self.line.legs.moved(live.operator, Moved(entry.id, entry.queue, entry.needs, HEAD))
        else:
            self.line.leg_ended(offer, clearly)

    def vanished(self, leg: OfferId) -> None:
        """It was not there any more when we looked again."""
        if (live := self.of_leg(leg)) is not None:
            self.over(live)
        self.line.vanished(leg)

    def tell_all(self) -> None:
        self.line.tell_all()

    def colleague_rang(self, leg: OfferId, failure: Failure | None) -> None:
        live = self._asking(leg)
        if live is None:
            return self.outside.rang(leg, failure)
        if failure is not None:
            self.not_reached(live, failure.value)
            return self._colleague_gone(live, _not_reached(live.specialist, failure))
        if live.specialist is not None:
            self.outside.record(live.call_id, live.operator, live.specialist, "answered")
        if live.talk.phase is Phase.RINGING:
            live.talk.colleague_answered()

    def colleague_ended(self, leg: OfferId) -> None:
        if (live := self._asking(leg)) is not None:
            self._colleague_gone(live, None)
        else:
            self.outside.ended(leg)

    def caller_gone(self, call_id: CallId) -> None:
        """Whoever waited to get him back is free."""
        self.outside.caller_gone(call_id)
        for live in [live for live in self._talks.values() if live.call_id == call_id]:
            phase, colleague = live.talk.phase, live.talk.colleague
            live.talk.left(self.clock())
            self.over(live)
            if phase is not Phase.TALKING:
                for leg in filter(None, (live.leg, live.asked)):
                    self.later(self.phones.hang_up(leg))
            if colleague is not None:
                self.free(colleague)

    def _asking(self, leg: OfferId) -> LiveTalk | None:
        return next((live for live in self._talks.values() if live.asked == leg), None)

    def _colleague_gone(self, live: LiveTalk, says: Phrase | None) -> None:
        colleague = live.talk.colleague
        try:
            did = live.talk.colleague_gone(self.clock())
        except NotNow:
            return
        if colleague is not None:
            self.free(colleague)
        live.asked = live.specialist = None
        if did:
            self.later(self._join(live, says))

    async def _join(self, live: LiveTalk, says: Phrase | None) -> None:
        await self.phones.join(live.leg, await self.sound(says))

    # ── What requests and events have in common ──

    def engage(self, colleague: OperatorId) -> None:
        """He is rung by a colleague: the line lets him alone."""
        self.line.legs.asked.add(colleague)
        self.line.feed(Engaged(colleague))

    def free(self, colleague: OperatorId | SpecialistId) -> None:
        """He is asked no longer. A specialist is none of the line's."""
        operator = OperatorId(colleague)
        if operator in self.line.legs.asked:
            self.line.legs.asked.discard(operator)
            self.line.feed(TalkEnded(operator))

    def hand(self, live: LiveTalk, colleague: OperatorId | SpecialistId, leg: OfferId) -> None:
        """The colleague has the caller from now on; or the specialist, and then no operator of the line has him."""
        self.over(live)
        self.note(live, Deed.HANDED, to=colleague)
        if live.specialist is not None:
            if (waiting := self.waiting(live)) is not None:
                self.outside.has(Given(live.specialist, leg, live.call_id, live.operator, waiting))
            return self.line.leg_ended(live.leg, clearly=True)
        to = OperatorId(colleague)
        self.phones.adopt(leg)
        self.line.legs.handed(live.operator, to, leg)
        self._talks[to] = LiveTalk(to, live.entry, live.call_id, leg, Talk(self.clock()), sent_by=live.operator)

    def not_reached(self, live: LiveTalk, why: str) -> None:
        """For the log, and the audit: whom he asks does not answer."""
        self.note(live, Deed.UNREACHED, to=live.talk.colleague or "", why=why)
        if live.specialist is not None:
            self.outside.record(live.call_id, live.operator, live.specialist, why)

    def over(self, live: LiveTalk) -> None:
        """His part in it is over."""
        if self._talks.get(live.operator) is not live:
            return
        del self._talks[live.operator]
        if live.talk.held_s:
            self.note(live, Deed.HELD, held_s=round(live.talk.held_s, 1))

    def note(self, live: LiveTalk, deed: Deed, **detail: str | float) -> None:
        self._keep([TalkNote(self.clock(), deed, live.entry, live.operator, detail)])
        log.info("talk_deed", deed=deed.value, call_id=live.call_id, operator=live.operator)

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Ask Asterisk for something whose failure changes nothing here."""
        task = asyncio.get_running_loop().create_task(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _not_reached(specialist: Specialist | None, failure: Failure) -> Phrase:
    busy = failure in (Failure.BUSY, Failure.DECLINED)
    if specialist is None:
        return COLLEAGUE_BUSY if busy else NOT_REACHED
    return OUTSIDE_BUSY if busy else OUTSIDE_NOT_REACHED


async def _quietly(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except IvrError as error:
        log.warning("talk_leg_not_moved", error=error.code, detail=str(error))
