"""The way to the operators and back: waiting, the talk that Asterisk holds alone, the mark after it."""

from collections.abc import Callable
from typing import Protocol

import structlog

from ivr.dialogue.model import Choice, Ending, EndingKind, Gather, Match, NoInput, Phrase
from ivr.domain.call import CallId
from ivr.domain.errors import CallerHungUp, IvrError
from ivr.service.ports import Phone
from ivr.service.queue.briefing import Understood, displayed, whispered
from ivr.service.queue.callers import Waiting
from ivr.service.queue.room import Waited, WaitingRoom
from ivr.service.queue.topics import ANY, TOPICS

log = structlog.get_logger()

MARK = Phrase(
    "Оцените, пожалуйста, работу оператора: нажмите клавишу от одного до пяти.",
    "mark_ask",
)
THANKS = Phrase("Спасибо за оценку. До свидания.", "mark_thanks")
GOODBYE = Phrase("Спасибо за звонок. До свидания.", "talk_goodbye")
FIXED = (MARK, THANKS, GOODBYE, ANY, *TOPICS.values())

MARKS = frozenset("12345")
TRIES = 2
FIRST_S, NEXT_S = 5.0, 3.0


class Marks(Protocol):
    async def mark(self, call_id: CallId, mark: int) -> None:
        """Keep the caller's mark; a second one of the same call replaces the first. Raises StoreUnavailable."""


class QueueDesk:
    """`marks` None: no mark is asked for. `unjoined` puts a customer whom we rang back at the head of the line,
    `returned` a caller whom a specialist outside did not take at his old place. `understood` tells what is known of a
    call; None: no more than its topic."""

    def __init__(
        self,
        room: WaitingRoom,
        marks: Marks | None,
        unjoined: Callable[[CallId], Waiting | None] = lambda call_id: None,
        returned: Callable[[CallId], Waiting | None] = lambda call_id: None,
        understood: Callable[[CallId], Understood | None] = lambda call_id: None,
    ) -> None:
        self._room = room
        self._marks = marks
        self._unjoined = unjoined
        self._returned = returned
        self._understood = understood

    async def serve(self, phone: Phone, ending: Ending, topic: str) -> Ending | None:
        """The way to an operator, who hears the topic first; None when he is joined. Raises CallerHungUp."""
        known = self._understood(phone.call_id) or Understood(topic)
        return _leaves(await self._room.wait(phone, ending, whispered(known), topic, displayed(known)), ending)

    async def after(self, phone: Phone) -> None:
        """The caller has come back from a talk: cut off, or to give his mark. Never raises but when cancelled."""
        with structlog.contextvars.bound_contextvars(call_id=phone.call_id):
            try:
                if (waiting := await self._room.cut_off(phone.call_id)) is not None:
                    await self._again(phone, waiting)
                elif self._marks is not None:
                    await self._ask(phone, self._marks)
                else:
                    await phone.say((GOODBYE,), interruptible=False)
            except CallerHungUp:
                pass
            except IvrError as error:
                log.error("after_talk_failed", error=error.code, detail=str(error))

    async def moved(self, phone: Phone) -> None:
        """The caller has come back from a talk to wait again: sent on, or left on hold. Never raises but when
        cancelled."""
        with structlog.contextvars.bound_contextvars(call_id=phone.call_id):
            try:
                if (waiting := self._returned(phone.call_id) or await self._room.cut_off(phone.call_id)) is not None:
                    return await self._again(phone, waiting)
                ending = Ending(EndingKind.OPERATOR, "moved")  # of an engine that is gone
                if (leaves := await self.serve(phone, ending, "")) is not None:
                    await phone.finish(leaves)
            except CallerHungUp:
                pass
            except IvrError as error:
                log.error("moved_failed", error=error.code, detail=str(error))

    async def unjoined(self, phone: Phone) -> None:
        """A customer whom we rang back was to be joined to an operator who was gone. Never raises but when
        cancelled."""
        with structlog.contextvars.bound_contextvars(call_id=phone.call_id):
            try:
                if (waiting := await self._room.cut_off(phone.call_id) or self._unjoined(phone.call_id)) is not None:
                    await self._again(phone, waiting)
            except CallerHungUp:
                pass
            except IvrError as error:
                log.error("unjoined_failed", error=error.code, detail=str(error))

    async def _again(self, phone: Phone, waiting: Waiting) -> None:
        ending = Ending(EndingKind.OPERATOR, "cut_off", waiting.entry.queue)
        if (leaves := _leaves(await self._room.again(phone, waiting), ending)) is not None:
            await phone.finish(leaves)

    async def _ask(self, phone: Phone, marks: Marks) -> None:
        for number in range(TRIES):
            answer = await phone.gather(Gather((MARK,), Choice(MARKS), FIRST_S, NEXT_S, fresh=number == 0))
            if isinstance(answer, Match):
                await marks.mark(phone.call_id, int(answer.value))
                log.info("mark_given", mark=int(answer.value))
                return await phone.say((THANKS,), interruptible=False)
            if isinstance(answer, NoInput):
                break
        await phone.say((GOODBYE,), interruptible=False)


def _leaves(waited: Waited, ending: Ending) -> Ending | None:
    match waited:
        case Waited.JOINED:
            return None
        case Waited.ORDERED:
            return Ending(EndingKind.HANG_UP, "callback")
        case Waited.HANDED:
            return ending
        case Waited.MISSED:
            return Ending(EndingKind.MISSED, "nobody_came")
