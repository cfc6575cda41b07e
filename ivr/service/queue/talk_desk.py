"""What operators ask for in their talks: hold, transfers, conference, warning. See `ivr.domain.talk`.

Requests come from an operator's keys (`talk_keys`) and from the API. Each is judged by the pure state, then carried out
on the telephones; requests of one talk wait for one another.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import replace

from ivr.dialogue.model import Phrase
from ivr.domain.acd.events import Failure, Moved
from ivr.domain.acd.model import OfferId, OperatorId, State
from ivr.domain.errors import IvrError
from ivr.domain.talk.notes import Deed
from ivr.domain.talk.specialists import Specialist, SpecialistId
from ivr.domain.talk.talk import Do, NotNow
from ivr.service.queue.live_talks import LiveTalk, LiveTalks
from ivr.service.queue.outside import Given
from ivr.service.queue.talk_phones import Colleague, OutsideCall, Place, TalkPhones
from ivr.service.queue.targets import Refused, Target, ToDialogue, ToOperator, ToQueue, ToSpecialist, word

FROM_COLLEAGUE = Phrase("Перевод от коллеги.", "talk_from_colleague")
QUESTION = Phrase("Вопрос коллеги.", "talk_question")
SENT = Phrase("Звонок переведён.", "talk_sent")
TO_SPECIALIST = Phrase(
    "Здравствуйте! Вам звонит контакт-центр, соединяем с оператором. Разговор записывается.", "talk_to_specialist"
)
SENT_TO_SPECIALIST = Phrase(
    "Здравствуйте! Контакт-центр переводит вам звонок абонента. Разговор записывается.", "talk_sent_to_specialist"
)
NOT_TAKEN = Phrase("Специалист не ответил.", "talk_not_taken")
FIXED = (FROM_COLLEAGUE, QUESTION, SENT, TO_SPECIALIST, SENT_TO_SPECIALIST, NOT_TAKEN)

OUTSIDE_RING_S = 30.0
"""An outside telephone is farther away. The dialplan waits longer (`talk-away`)."""
KEPT_S = 20.0
"""So long a caller who was transferred to an operator is offered to him alone."""


class TalkDesk:
    """`state` tells what an operator does, `operators` are those of the roster; `queues` and `lines` are those of the
    flow, in the order of their numbers.
    `specialists` are the only telephones outside that are rung, `trunk`: there is a carrier to ring them by.
    `ring_s`: so long a colleague who is asked is rung.

    Every request raises Refused, LinkDown or PhoneFailed: then the talk is as it was.
    """

    def __init__(
        self,
        talks: LiveTalks,
        state: Callable[[OperatorId], State],
        operators: Collection[OperatorId],
        queues: Collection[str],
        lines: Collection[str],
        specialists: Collection[Specialist] = (),
        ring_s: float = 15.0,
        *,
        trunk: bool = False,
    ) -> None:
        self.talks = talks
        self.specialists = {one.id: one for one in specialists}
        self._ring_s, self._trunk = ring_s, trunk
        self.queues, self.lines = tuple(queues), tuple(lines)
        self._state, self._operators = state, frozenset(operators)
        self._rings = 0

    async def hold(self, operator: OperatorId, says: Phrase | None = None) -> None:
        async with self._asked(operator) as live:
            live.talk.hold(self._now())
            await self._phones.hold(live.leg, live.call_id, await self.talks.sound(says))

    async def resume(self, operator: OperatorId, *, keyed: bool = False) -> None:
        """Back to the caller. `keyed`: by the code, upon which Asterisk itself joins those who are only held."""
        async with self._asked(operator) as live:
            colleague, asked = live.talk.colleague, live.asked
            did = live.talk.resume(self._now())
            if Do.PART in did and asked is not None:
                await self._phones.part(live.leg, asked)
            else:
                if asked is not None:
                    await self._phones.hang_up(asked)
                if not keyed:
                    await self._phones.join(live.leg)
            live.asked = live.specialist = None
            if colleague is not None:
                self.talks.free(colleague)

    async def say(self, operator: OperatorId, says: Phrase) -> None:
        """Tell the operator something while his caller is on hold."""
        async with self._asked(operator) as live:
            await self._phones.alone(live.leg, await self.talks.sound(says))

    async def consult(self, operator: OperatorId, colleague: OperatorId) -> None:
        """The caller on hold, the colleague rung."""
        async with self._asked(operator) as live:
            self._must_be_free(operator, colleague)
            waiting = self.talks.waiting(live)
            name, number = f"Вопрос от {operator}", waiting.number if waiting else ""
            whisper, leg = await self.talks.sound(QUESTION), self._new_leg(live)
            call = Colleague(leg, colleague, live.call_id, number, name, whisper, self._ring_s)
            await self._consult(live, leg, colleague, lambda: self._phones.ring(call))

    async def consult_outside(self, operator: OperatorId, name: SpecialistId) -> None:
        """The caller on hold, the specialist rung."""
        async with self._asked(operator) as live:
            specialist = self._outside(name)
            whisper, leg = await self.talks.sound(TO_SPECIALIST), self._new_leg(live)
            call = OutsideCall(leg, specialist, live.call_id, whisper, OUTSIDE_RING_S)
            await self._consult(live, leg, name, lambda: self._phones.ring_outside(call), specialist)

    async def complete(self, operator: OperatorId) -> None:
        """The colleague who was asked takes the caller over."""
        async with self._asked(operator) as live:
            colleague, asked = live.talk.colleague, live.asked
            live.talk.complete(self._now())
            assert colleague is not None and asked is not None
            live.handing = True
            try:
                await self._phones.give(live.leg, asked)
            finally:
                live.handing = False
            if self.talks.of(operator) is live:
                self.talks.hand(live, colleague, asked)

    async def confer(self, operator: OperatorId) -> None:
        async with self._asked(operator) as live:
            live.talk.confer(self._now())
            assert live.asked is not None
            await self._phones.confer(live.leg, live.asked, live.call_id)
            self.talks.note(live, Deed.CONFERENCE, to=live.talk.colleague or "")

    async def send(self, operator: OperatorId, target: Target) -> None:
        """The caller goes there; nobody is asked first."""
        async with self._asked(operator) as live:
            self._must_exist(operator, target)
            if isinstance(target, ToSpecialist):
                return await self._send_outside(live, self._outside(target.specialist))
            live.talk.send(self._now())
            says = await self.talks.sound(SENT)
            self.talks.over(live)
            self.talks.note(live, Deed.SENT, to=word(target))
            if isinstance(target, ToDialogue):
                self.talks.line.leg_ended(live.leg, clearly=True)
                place = Place.DIALOGUE if target.line else Place.MARK
                await self._phones.send(live.leg, live.call_id, place, target.line, says)
            else:
                await self._back_to_line(live, target)
                await self._phones.send(live.leg, live.call_id, Place.LINE, says=says)

    async def abuse(self, operator: OperatorId) -> bool:
        """Warn the caller; the second time end the call: then True."""
        async with self._asked(operator) as live:
            ends = Do.END in live.talk.abuse(self._now())
            self.talks.note(live, Deed.ABUSIVE if ends else Deed.WARNED)
            if not ends:
                await self._phones.warn(live.leg, live.call_id)
                return False
            self.talks.over(live)
            self.talks.line.leg_ended(live.leg, clearly=True)
            await self._phones.send(live.leg, live.call_id, Place.END)
            return True

    # ── How ──

    @property
    def _phones(self) -> TalkPhones:
        return self.talks.phones

    def _now(self) -> float:
        return self.talks.clock()

    @asynccontextmanager
    async def _asked(self, operator: OperatorId) -> AsyncIterator[LiveTalk]:
        """His talk, for one request. Raises Refused."""
        live = self.talks.of(operator)
        if live is None:
            raise Refused("no_talk")
        async with live.lock:
            before = replace(live.talk)
            try:
                yield live
            except NotNow:
                raise Refused("not_now") from None
            except IvrError:
                live.talk = before
                raise

    def _outside(self, name: SpecialistId) -> Specialist:
        """Him, if he can be rung. Raises Refused."""
        if (specialist := self.specialists.get(name)) is None:
            raise Refused("unknown")
        if not self._trunk:
            raise Refused("no_trunk")
        return specialist

    def _new_leg(self, live: LiveTalk) -> OfferId:
        self._rings += 1
        return OfferId(f"asked-{self._rings}-{live.leg}")

    async def _consult(
        self,
        live: LiveTalk,
        leg: OfferId,
        colleague: OperatorId | SpecialistId,
        ring: Callable[[], Awaitable[None]],
        specialist: Specialist | None = None,
    ) -> None:
        for each in live.talk.consult(colleague, self._now()):
            if each is Do.HOLD:
                await self._phones.hold(live.leg, live.call_id, "")
        live.asked, live.specialist = leg, specialist
        self.talks.note(live, Deed.CONSULTED, to=colleague)
        if specialist is None:
            self.talks.engage(OperatorId(colleague))
        else:
            self.talks.outside.record(live.call_id, live.operator, specialist, "asked")
        try:
            await self._phones.alone(live.leg, "", rings=True)
            await ring()
        except IvrError as error:
            self.talks.not_reached(live, error.code)
            live.asked = live.specialist = None
            self.talks.free(colleague)
            self.talks.later(self._phones.join(live.leg))
            raise

    async def _send_outside(self, live: LiveTalk, specialist: Specialist) -> None:
        """The caller waits before the specialist is rung: one who is busy says so at once."""
        waiting = self.talks.waiting(live)
        if waiting is None:
            raise Refused("no_talk")
        live.talk.send(self._now())
        topic = [waiting.whisper] if waiting.whisper else []
        back = "&".join([await self.talks.sound(NOT_TAKEN), *topic])
        says, whisper = await self.talks.sound(SENT), await self.talks.sound(SENT_TO_SPECIALIST)
        leg = self._new_leg(live)
        given = Given(specialist, leg, live.call_id, live.operator, waiting, back)
        outside = self.talks.outside
        outside.rings(given)
        try:
            await self._phones.away(live.leg, live.call_id, leg, says)
        except IvrError:
            outside.forget(given)
            raise
        self.talks.over(live)
        self.talks.note(live, Deed.SENT, to=word(ToSpecialist(specialist.id)))
        self.talks.line.leg_ended(live.leg, clearly=True)
        if not outside.waits(given):
            return
        outside.record(live.call_id, live.operator, specialist, "sent")
        call = OutsideCall(leg, specialist, live.call_id, whisper, OUTSIDE_RING_S, sent=True)
        try:
            await self._phones.ring_outside(call)
        except IvrError:
            outside.rang(leg, Failure.UNREACHABLE)

    def _must_be_free(self, operator: OperatorId, colleague: OperatorId) -> None:
        if colleague == operator:
            raise Refused("unknown")
        state = self._state(colleague)
        if state is State.LOGGED_OUT:
            raise Refused("away" if colleague in self._operators else "unknown")
        if state is not State.READY:
            raise Refused("busy")

    def _must_exist(self, operator: OperatorId, target: Target) -> None:
        outlook = self.talks.line.outlook
        match target:
            case ToOperator(colleague):
                self._must_be_free(operator, colleague)
            case ToQueue(queue) if queue not in self.queues:
                raise Refused("unknown")
            case ToQueue(queue) if not (outlook.staffed(queue) or outlook.elsewhere(queue)):
                raise Refused("nobody")
            case ToDialogue(line) if line and line not in self.lines:
                raise Refused("unknown")

    async def _back_to_line(self, live: LiveTalk, target: ToOperator | ToQueue) -> None:
        """At the place that his first arrival gives him; the next operator hears and sees who sent him."""
        waiting = self.talks.waiting(live)
        if waiting is None:
            raise Refused("no_talk")
        entry = waiting.entry
        topic = [waiting.whisper] if waiting.whisper else []
        waiting.whisper = "&".join([await self.talks.sound(FROM_COLLEAGUE), *topic])
        waiting.name = f"Перевод от {live.operator}"
        waiting.sent_by = live.operator
        moved = Moved(entry.id, entry.queue, entry.needs, sent_by=live.operator)
        if isinstance(target, ToOperator):
            moved = replace(moved, preferred=target.operator, preferred_until=self._now() + KEPT_S)
        else:
            moved = replace(moved, queue=target.queue, needs=(), sent_by=None)
        waiting.entry = replace(entry, queue=moved.queue, needs=moved.needs)
        self.talks.line.legs.moved(live.operator, moved)
