"""The waiting room: music and news for a caller until an operator is joined to him, or nobody will come."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum

import structlog

from ivr.dialogue.model import Ending, Fact, Phrase, Prompt
from ivr.dialogue.nodes.operator import CALLBACK
from ivr.dialogue.wording import phrase
from ivr.domain.acd.events import Moved
from ivr.domain.acd.model import EntryId
from ivr.domain.announcing import Announcing, Notice, Pace
from ivr.domain.call import CallId
from ivr.domain.errors import CallerHungUp, LineLost, PhoneFailed
from ivr.service.ports import Phone, Voice
from ivr.service.queue import callback_talk
from ivr.service.queue.callback_talk import CallbackTalk
from ivr.service.queue.callers import Waiting
from ivr.service.queue.demands import Demands
from ivr.service.queue.foresight import Foresight
from ivr.service.queue.last_operator import LastOperators
from ivr.service.queue.line import LiveLine

log = structlog.get_logger()

PLACE = "{place:place}. Оставайтесь, пожалуйста, на линии."
PROMISE = "{place:place}. Ждать осталось {wait:wait}."
PATIENCE = Phrase("Все операторы пока заняты. Спасибо, что ждёте: мы обязательно ответим.", "queue_patience")
NOBODY = Phrase(
    "К сожалению, сейчас никто из операторов не может ответить. Перезвоните, пожалуйста, позже.", "queue_nobody"
)
CUT_OFF = Phrase("Извините, связь с оператором прервалась. Соединяю вас вне очереди.", "queue_cut_off")
CUT_OFF_ALONE = Phrase("Связь с оператором прервалась, извините. Пробую соединить вас снова.", "queue_cut_off_alone")
SENT_ON = Phrase("Соединяю вас с другим специалистом, оставайтесь, пожалуйста, на линии.", "queue_sent_on")
NOT_THERE = Phrase("Специалист сейчас не ответил. Соединяю вас с оператором.", "queue_not_there")
FIXED = (PATIENCE, NOBODY, CUT_OFF, CUT_OFF_ALONE, SENT_ON, NOT_THERE)

SEGMENT_S = 5.0
STAFF_GRACE_S = 15.0
"""So long a caller waits where nobody works: softphones may be about to register again, a pause to end."""
LINK_GRACE_S = 5.0
"""So long the control link may be gone before Asterisk's own queue takes the callers."""
SETTLE_S = 1.5
"""From the end of a caller's leg here until it is known whether he was joined to an operator or has hung up."""


class Waited(StrEnum):
    JOINED = "joined"  # the talk lives in Asterisk alone
    MISSED = "missed"  # nobody came; he has been told so
    HANDED = "handed"  # Asterisk's own queue is to take him
    ORDERED = "ordered"  # he will be rung back; he has been told so


class WaitingRoom:
    """`names`: what an operator's telephone shows of a caller, by the reason he asked for one. `clock` gives Unix
    time. `callbacks` None: nobody is rung back. `news`: what one who waits is told once, as soon as it is so.
    `demands`: who goes first, and what matters ask of operators. `last`: whom who rings again is kept for."""

    def __init__(
        self,
        line: LiveLine,
        voice: Voice,
        clock: Callable[[], float],
        foresight: Foresight,
        names: Mapping[str, str],
        pace: Pace | None = None,
        callbacks: CallbackTalk | None = None,
        news: Callable[[CallId], Prompt] = lambda call_id: (),
        demands: Demands | None = None,
        last: LastOperators | None = None,
    ) -> None:
        self._line = line
        self._voice = voice
        self._clock = clock
        self._foresight = foresight
        self._names = names
        self._pace = pace or Pace()
        self._callbacks = callbacks
        self._news = news
        self._demands = demands or Demands()
        self._last = last

    async def wait(
        self, phone: Phone, ending: Ending, whisper: Phrase | None = None, topic: str = "", shown: str = ""
    ) -> Waited:
        """From asking for an operator until he is joined, or nobody comes. Raises CallerHungUp when he gives up.

        `shown` on the operator's telephone; a reason that has words of its own goes before it."""
        now = self._clock()
        sound = await self._sound(whisper) if whisper else ""
        entry = self._demands.entry(EntryId(phone.call_id), ending.queue, topic, now)
        if self._last is not None:
            entry = await self._last.asked_for(entry, phone.caller)
        await phone.queued(now)
        name = self._names.get(ending.reason, shown)
        waiting = Waiting(entry, phone.call_id, phone.caller, name, sound)
        self._line.callers.join(waiting)
        return await self._stay(phone, waiting, topic, wants_callback=ending.reason == CALLBACK)

    async def _sound(self, whisper: Phrase) -> str:
        """What the operator hears; nothing, where it cannot be made: the caller waits all the same."""
        try:
            return str((await self._voice.sound(whisper)).with_suffix(""))
        except PhoneFailed as error:
            log.error("whisper_not_made", reason=str(error))
            return ""

    async def again(self, phone: Phone, waiting: Waiting) -> Waited:
        """He is in the line again already: his operator's telephone died, or he was sent on."""
        self._look_for_staff(waiting)
        cut_off = CUT_OFF if waiting.nobody_since is None else CUT_OFF_ALONE
        words = NOT_THERE if waiting.returned else SENT_ON if waiting.sent_by else cut_off
        waiting.lost, waiting.returned, waiting.here = False, False, True
        await phone.queued(waiting.entry.arrived)
        try:
            await phone.say((words,), interruptible=False)
        except CallerHungUp:
            await self._left(waiting)
            return Waited.JOINED
        return await self._stay(phone, waiting)

    async def cut_off(self, call_id: CallId) -> Waiting | None:
        """The caller whose talk has just ended by his operator's telephone dying."""
        waiting = self._line.callers.of_call(call_id)
        if waiting is not None and waiting.offer is not None:  # his own leg may be faster here than that of the other
            with suppress(TimeoutError):
                async with asyncio.timeout(SETTLE_S):
                    await waiting.parted.wait()
        waiting = self._line.callers.of_call(call_id)
        return waiting if waiting and (waiting.lost or waiting.offer is None) else None

    async def _stay(self, phone: Phone, waiting: Waiting, topic: str = "", *, wants_callback: bool = False) -> Waited:
        entry, waiting.here = waiting.entry.id, True
        try:
            if wants_callback and self._callbacks and await self._callbacks.order(phone, waiting, topic):
                return Waited.ORDERED
            waited = await self._music(phone, waiting, topic)
            if waited is Waited.MISSED and self._callbacks is not None:
                ordered = await self._callbacks.offered(phone, waiting, topic, callback_talk.NOBODY)
                waited = Waited.ORDERED if ordered else waited
        except CallerHungUp as gone:
            await self._left(waiting, lost=isinstance(gone, LineLost))
            return Waited.JOINED
        except BaseException:
            self._line.callers.forget(entry)
            raise
        finally:
            waiting.here = False
        if waited is Waited.ORDERED:
            return waited
        self._line.callers.unanswered(waiting)
        if waited is Waited.MISSED:
            await phone.say((NOBODY,), interruptible=False)
        return waited

    async def _music(self, phone: Phone, waiting: Waiting, topic: str) -> Waited:
        entry = waiting.entry.id
        announcing = Announcing(self._clock(), self._pace)
        down_since = None
        asked, told = False, self._news(phone.call_id)  # what is so already he has heard before the menu
        while not waiting.released and self._line.callers.of(entry) is waiting:
            now = self._clock()
            self._look_for_staff(waiting)
            down_since = None if self._line.up else down_since or now
            if down_since is not None and now - down_since >= LINK_GRACE_S:
                return Waited.HANDED
            if waiting.nobody_since is not None and now - waiting.nobody_since >= STAFF_GRACE_S:
                if not (to := self._line.outlook.elsewhere(waiting.entry.queue)):
                    break
                self._line.feed(Moved(entry, to))
            if (news := self._news(phone.call_id)) != told and waiting.offer is None:
                told = news
                await phone.say(news, interruptible=False)
            expects = waiting.offer is None and waiting.nobody_since is None  # else there is nothing to promise
            if expects and (prompt := self._words(announcing, entry, now)):
                await phone.say(prompt, interruptible=False)
            talk = self._callbacks
            if talk is not None and not asked and waiting.offer is None and self._may_ask(phone, waiting, now):
                asked = True
                if await talk.offered(phone, waiting, topic, callback_talk.OFFER):
                    return Waited.ORDERED
            pressed = await phone.hold(self._segment_s(waiting), lambda: waiting.released)
            if pressed and talk is not None and await talk.pressed(phone, waiting, topic):
                return Waited.ORDERED
        return Waited.MISSED

    def _look_for_staff(self, waiting: Waiting) -> None:
        staffed = self._line.outlook.staffed(waiting.entry.queue)
        waiting.nobody_since = None if staffed else waiting.nobody_since or self._clock()

    def _segment_s(self, waiting: Waiting) -> float:
        """Music until the next look; no longer than until he is told that nobody is there."""
        if waiting.nobody_since is None:
            return SEGMENT_S
        return max(1.0, min(SEGMENT_S, waiting.nobody_since + STAFF_GRACE_S - self._clock()))

    def _words(self, announcing: Announcing, entry: EntryId, now: float) -> Prompt:
        known = self._line.outlook.foretold(entry)
        if known is None:
            return ()
        place, foretold = known
        hint = (callback_talk.HINT,) if self._callbacks is not None else ()
        match announcing.due(now, place, changed=self._foresight.changed(entry, foretold)):
            case Notice.PLACE if foretold is not None:
                promise = self._foresight.promise(entry, place, foretold)
                return (_sentence(PROMISE, {"place": place, "wait": str(promise.minutes)}), *hint)
            case Notice.PLACE:
                return (_sentence(PLACE, {"place": place}), *hint)
            case Notice.PATIENCE:
                return (PATIENCE, *hint)
        return ()

    def _may_ask(self, phone: Phone, waiting: Waiting, now: float) -> bool:
        assert self._callbacks is not None
        known = self._line.outlook.foretold(waiting.entry.id)
        left_s = known[1].mean_s if known is not None and known[1] is not None else None
        return self._callbacks.due(phone.call_id, now - waiting.entry.arrived, left_s)

    async def _left(self, waiting: Waiting, lost: bool = False) -> None:
        """His leg has ended here: joined to an operator, or gone. Raises CallerHungUp when he is gone."""
        waiting.here = False
        if not lost:
            with suppress(TimeoutError):
                async with asyncio.timeout(SETTLE_S):
                    await waiting.settled.wait()
        if waiting.offer is None:
            self._line.callers.forget(waiting.entry.id)
            raise LineLost if lost else CallerHungUp
        if self._callbacks is not None:
            self._callbacks.talked(waiting.number)


def _sentence(template: str, facts: dict[str, Fact]) -> Phrase:
    words = phrase(template, facts).text
    return Phrase(words[0].upper() + words[1:])
