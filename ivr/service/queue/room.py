"""The waiting room: music and news for a caller until an operator is joined to him, or nobody will come."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum

import structlog

from ivr.dialogue.model import Ending, Fact, Phrase, Prompt
from ivr.dialogue.wording import phrase
from ivr.domain.acd.model import Entry, EntryId
from ivr.domain.announcing import Announcing, Notice, Pace
from ivr.domain.call import CallId
from ivr.domain.errors import CallerHungUp, LineLost
from ivr.service.ports import Phone, Voice
from ivr.service.queue.foresight import Foresight
from ivr.service.queue.line import LiveLine, Waiting

log = structlog.get_logger()

PLACE = "{place:place}. Оставайтесь, пожалуйста, на линии."
PROMISE = "{place:place}. Ждать осталось {wait:wait}."
PATIENCE = Phrase("Все операторы пока заняты. Спасибо, что ждёте: мы обязательно ответим.", "queue_patience")
NOBODY = Phrase(
    "К сожалению, сейчас никто из операторов не может ответить. Перезвоните, пожалуйста, позже.", "queue_nobody"
)
CUT_OFF = Phrase("Извините, связь с оператором прервалась. Соединяю вас вне очереди.", "queue_cut_off")
SENT_ON = Phrase("Соединяю вас с другим специалистом, оставайтесь, пожалуйста, на линии.", "queue_sent_on")
FIXED = (PATIENCE, NOBODY, CUT_OFF, SENT_ON)

SEGMENT_S = 5.0
STAFF_GRACE_S = 15.0
"""So long a caller waits where nobody is logged in: softphones may be about to register again."""
LINK_GRACE_S = 5.0
"""So long the control link may be gone before Asterisk's own queue takes the callers."""
SETTLE_S = 1.5
"""From the end of a caller's leg here until it is known whether he was joined to an operator or has hung up."""


class Waited(StrEnum):
    JOINED = "joined"  # the talk lives in Asterisk alone
    MISSED = "missed"  # nobody came; he has been told so
    HANDED = "handed"  # Asterisk's own queue is to take him


class WaitingRoom:
    """`names`: what an operator's telephone shows of a caller, by the reason he asked for one. `clock` gives Unix
    time."""

    def __init__(
        self,
        line: LiveLine,
        voice: Voice,
        clock: Callable[[], float],
        foresight: Foresight,
        names: Mapping[str, str],
        pace: Pace | None = None,
    ) -> None:
        self._line = line
        self._voice = voice
        self._clock = clock
        self._foresight = foresight
        self._names = names
        self._pace = pace or Pace()

    async def wait(self, phone: Phone, ending: Ending, whisper: Phrase | None = None) -> Waited:
        """From asking for an operator until he is joined, or nobody comes. Raises CallerHungUp when he gives up."""
        now = self._clock()
        sound = str((await self._voice.sound(whisper)).with_suffix("")) if whisper else ""
        entry = Entry(EntryId(phone.call_id), ending.queue, now)
        await phone.queued(now)
        name = self._names.get(ending.reason, "")
        self._line.join(Waiting(entry, phone.call_id, phone.caller, name, sound))
        return await self._stay(phone, entry)

    async def again(self, phone: Phone, waiting: Waiting) -> Waited:
        """He is in the line again already: his operator's telephone died, or he was sent on."""
        words, waiting.lost = SENT_ON if waiting.sent_by else CUT_OFF, False
        await phone.queued(waiting.entry.arrived)
        try:
            await phone.say((words,), interruptible=False)
        except CallerHungUp:
            await self._left(waiting.entry.id)
            return Waited.JOINED
        return await self._stay(phone, waiting.entry)

    def cut_off(self, call_id: CallId) -> Waiting | None:
        """The caller whose talk has just ended by his operator's telephone dying."""
        waiting = self._line.of(EntryId(call_id))
        return waiting if waiting and (waiting.lost or waiting.offer is None) else None

    async def back(self, call_id: CallId) -> Waiting | None:
        """The caller who comes back from a talk. His leg may be faster here than the news of his operator's."""
        waiting = self._line.of(EntryId(call_id))
        if waiting is not None and waiting.offer is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(SETTLE_S):
                    await waiting.parted.wait()
        return self.cut_off(call_id)

    async def _stay(self, phone: Phone, entry: Entry) -> Waited:
        try:
            waited = await self._music(phone, entry)
        except CallerHungUp as gone:
            await self._left(entry.id, lost=isinstance(gone, LineLost))
            return Waited.JOINED
        except BaseException:
            self._line.forget(entry.id)
            raise
        self._line.forget(entry.id)
        if waited is Waited.MISSED:
            await phone.say((NOBODY,), interruptible=False)
        return waited

    async def _music(self, phone: Phone, entry: Entry) -> Waited:
        waiting = self._line.of(entry.id)
        announcing = Announcing(self._clock(), self._pace)
        empty_since = down_since = None
        while waiting is not None and not waiting.released:
            now = self._clock()
            empty_since = None if self._line.staffed(entry.queue) else empty_since or now
            down_since = None if self._line.up else down_since or now
            if down_since is not None and now - down_since >= LINK_GRACE_S:
                return Waited.HANDED
            if empty_since is not None and now - empty_since >= STAFF_GRACE_S:
                break
            if waiting.offer is None and (prompt := self._words(announcing, entry.id, now)):
                await phone.say(prompt, interruptible=False)
            await phone.hold(SEGMENT_S, lambda: waiting.released)
        return Waited.MISSED

    def _words(self, announcing: Announcing, entry: EntryId, now: float) -> Prompt:
        known = self._line.foretold(entry)
        if known is None:
            return ()
        place, foretold = known
        match announcing.due(now, place, changed=self._foresight.changed(entry, foretold)):
            case Notice.PLACE if foretold is not None:
                promise = self._foresight.promise(entry, place, foretold)
                return (_sentence(PROMISE, {"place": place, "wait": str(promise.minutes)}),)
            case Notice.PLACE:
                return (_sentence(PLACE, {"place": place}),)
            case Notice.PATIENCE:
                return (PATIENCE,)
        return ()

    async def _left(self, entry: EntryId, lost: bool = False) -> None:
        """His leg has ended here: joined to an operator, or gone. Raises CallerHungUp when he is gone."""
        waiting = self._line.of(entry)
        if waiting is not None and not lost:
            with suppress(TimeoutError):
                async with asyncio.timeout(SETTLE_S):
                    await waiting.settled.wait()
        if waiting is None or waiting.offer is None:
            self._line.forget(entry)
            raise LineLost if lost else CallerHungUp


def _sentence(template: str, facts: dict[str, Fact]) -> Phrase:
    words = phrase(template, facts).text
    return Phrase(words[0].upper() + words[1:])
