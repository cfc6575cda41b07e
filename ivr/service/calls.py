"""A caller's dialogue from answer to its end: the driver of the flow engine on a phone.

Whatever happens, the call ends in one of three ways: the flow's own ending, the caller's hang-up, or an apology and
the operators' queue. When the engine itself dies, the dialplan takes the call over (dialplans/asterisk).
"""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

import structlog

from ivr.dialogue.engine import resume, start
from ivr.dialogue.flow import Flow
from ivr.dialogue.model import (
    Ending,
    EndingKind,
    Fact,
    Failure,
    Gather,
    Note,
    Phrase,
    Prompt,
    Record,
    Reply,
    Request,
    Result,
    Say,
    Session,
)
from ivr.dialogue.understanding.conversation import TopicsOf
from ivr.dialogue.understanding.menus import MenuTopics
from ivr.domain.call import Call, CallId, Contact, Outcome, Step
from ivr.domain.call import Result as Matter
from ivr.domain.contact import ContactBook
from ivr.domain.errors import CallerHungUp, IvrError, LineLost, PhoneFailed
from ivr.service.phrases import PhraseKeeper
from ivr.service.ports import Phone
from ivr.service.queue.briefing import Unstored, unstored
from ivr.service.spoken import SpokenDialogue

log = structlog.get_logger()

STEPS_UNKNOWN = 10_000
"""From here on steps are counted of a call whose first steps another engine has counted."""

APOLOGY = Phrase("Извините, у нас техническая неполадка. Соединяю вас с оператором, оставайтесь на линии.", "failure")
MOMENT = Phrase("Секунду, пожалуйста.", "one_moment")
"""Said when a service lets the caller wait: nobody should listen to dead air."""


class Services(Protocol):
    """Answers the flow's requests; an error is a Failure, never an exception."""

    async def answer(self, call_id: CallId, request: Request) -> Reply | Failure: ...

    def begin(self, call: Call) -> None: ...

    def forget(self, call_id: CallId) -> None: ...


class Operators(Protocol):
    """The line to the operators."""

    async def serve(self, phone: Phone, ending: Ending, topic: str) -> Ending | None:
        """Keep the caller until an operator is joined to him (None), or give how he leaves. Raises CallerHungUp."""


class CallRecorder(Protocol):
    """Takes the facts of a call without making the caller wait; they are written soon after, or spooled."""

    def begin(self, call: Call) -> None: ...

    def step(self, call_id: CallId, step: Step) -> None: ...

    def identified(self, call: Call) -> None:
        """Its account is known now; the call goes on."""

    def contact(self, contact: Contact) -> None: ...

    def end(self, call: Call) -> None: ...


@dataclass(slots=True)
class LiveCall:
    """A call in dialogue now, for the board. `done`: who hangs up at this moment has been served.
    waiting: the dialogue is over, he waits for an operator."""

    call: Call
    matters: ContactBook
    node: str = ""
    steps: int = 0
    account: str = ""
    done: bool = False
    waiting: bool = False
    proven: bool = False  # the account is his
    again: bool = False  # an operator has sent him back to the dialogue
    unstored: Unstored | None = None  # the reading that is being talked of
    wished: str = ""  # what he said to a menu and what led to no matter of the flow's: it is for the operator


class CallService:
    """Runs dialogues. `facts` gives what a flow knows at its start; `clock` gives aware UTC times; `lines` names the
    flow's lines of their own by their numbers. Without `operators` callers are left to the dialplan's own queue.
    `opening`: what a caller hears now, whatever the flow, after its first words (the notice of the recording).
    `topics_of` knows the forms of words that menus are answered with."""

    def __init__(
        self,
        live_flow: Callable[[], Flow],
        services: Services,
        recorder: CallRecorder,
        facts: Callable[[Phone], Awaitable[Mapping[str, Fact]]],
        clock: Callable[[], datetime],
        request_timeout_s: float = 6.0,
        dead_air_s: float = 1.5,
        lines: Mapping[str, str] | None = None,
        operators: Operators | None = None,
        opening: Callable[[CallId], Prompt] = lambda call_id: (),
        phrases: PhraseKeeper | None = None,
        topics_of: TopicsOf | None = None,
    ) -> None:
        self._live_flow = live_flow
        self._services = services
        self._recorder = recorder
        self._facts = facts
        self._clock = clock
        self._request_timeout_s = request_timeout_s
        self._dead_air_s = dead_air_s
        self._operators = operators
        self._opening = opening
        self._phrases = phrases
        self._topics_of = topics_of or MenuTopics()
        self._lines = {_number(number): line for number, line in (lines or {}).items()}
        self.live: dict[CallId, LiveCall] = {}
        self._before: dict[CallId, LiveCall] = {}

    async def handle(self, phone: Phone) -> None:
        """The whole dialogue of one call. Never raises but when cancelled: then the dialplan takes the caller over."""
        flow = self._live_flow()
        call = Call(phone.call_id, phone.caller, phone.dialled, self._clock(), flow.name, flow.version)
        await self._serve(phone, flow, LiveCall(call, ContactBook(call)), self._lines.get(_number(phone.dialled), ""))

    async def again(self, phone: Phone) -> None:
        """An operator has sent the caller to a line of the flow, which the phone has as its dialled number. What became
        of the call, Asterisk's journal tells."""
        live = self._before.get(phone.call_id)
        if live is None:  # of an engine that is gone
            call = Call(phone.call_id, phone.caller, "", self._clock())
            live = LiveCall(call, ContactBook(call), steps=STEPS_UNKNOWN)
        live.done, live.waiting, live.again = False, False, True
        await self._serve(phone, self._live_flow(), live, phone.dialled)

    def forget(self, call_id: CallId) -> None:
        """The call is over."""
        self._before.pop(call_id, None)

    async def _serve(self, phone: Phone, flow: Flow, live: LiveCall, line: str) -> None:
        call = live.call
        self.live[call.id] = self._before[call.id] = live
        outcome, reason = Outcome.OPEN, "engine_stopped"
        with structlog.contextvars.bound_contextvars(call_id=call.id):
            log.info("call_started", flow=flow.name, version=flow.version)
            self._recorder.begin(call)
            self._services.begin(call)
            try:
                outcome, reason = await self._guard(phone, flow, live, line)
                if live.again and outcome in (Outcome.SERVED, Outcome.ABANDONED):
                    outcome = Outcome.OPEN
            finally:
                del self.live[call.id]
                self._services.forget(call.id)
                self._close(live, outcome, reason)

    async def _guard(self, phone: Phone, flow: Flow, live: LiveCall, line: str) -> tuple[Outcome, str]:
        """How the dialogue ended, and why. OPEN: the caller goes on in the dialplan; its journal tells the rest."""
        try:
            ending = await self._converse(phone, flow, live, line)
            if ending.kind is EndingKind.OPERATOR and self._operators is not None:
                return await self._to_operators(self._operators, phone, live, ending)
            await _finish(phone, ending)
        except LineLost:
            return Outcome.LOST, "asterisk_stopped"
        except CallerHungUp:
            served = live.done or live.matters.done
            return (Outcome.SERVED, "hung_up_when_done") if served else (Outcome.ABANDONED, "caller_hung_up")
        except Exception as error:
            # The one guard of a call: whatever went wrong, the caller hears so and gets an operator.
            _log_failure("call_failed", error)
            return await self._apologise(phone, error.code if isinstance(error, IvrError) else "internal_error")
        return Outcome.SERVED if ending.kind is EndingKind.HANG_UP else Outcome.OPEN, ending.reason

    async def _to_operators(
        self, operators: Operators, phone: Phone, live: LiveCall, ending: Ending
    ) -> tuple[Outcome, str]:
        """Whatever comes of it, Asterisk's journal tells: who was joined, or that he left before."""
        live.waiting = True
        try:
            leaves = await operators.serve(phone, ending, live.matters.current)
            if leaves is not None:
                await _finish(phone, leaves)
                if leaves.kind is EndingKind.HANG_UP:
                    return Outcome.OPEN, leaves.reason
        except LineLost:
            raise
        except CallerHungUp:
            pass
        return Outcome.OPEN, ending.reason

    async def _apologise(self, phone: Phone, reason: str) -> tuple[Outcome, str]:
        try:
            try:
                await phone.say((APOLOGY,), interruptible=False)
            except CallerHungUp:
                raise
            except Exception as error:
                _log_failure("apology_not_said", error)  # the queue's music is still better than silence
            await phone.finish(Ending(EndingKind.OPERATOR, reason))
        except CallerHungUp:
            return Outcome.FAILED, reason
        except Exception as error:
            # Nothing goes on this leg: our closing the connection sends it to the dialplan's safety net.
            _log_failure("caller_not_handed_over", error)
        return Outcome.OPEN, reason

    async def _converse(self, phone: Phone, flow: Flow, live: LiveCall, line: str) -> Ending:
        sprint = start(flow, await self._facts(phone), line)
        opening = self._opening(live.call.id)
        phrases = self._phrases.of(live.call.id, self._clock) if self._phrases else None
        dialogue = SpokenDialogue(phone, flow.keys, partial(self._heard, live, flow), phrases, self._topics_of)
        while True:
            live.node = sprint.session.node
            live.unstored = unstored(sprint.session, flow.operator, live.unstored)
            account = str(sprint.session.facts.get("account") or live.account)
            live.proven = sprint.session.facts.get("proven") is True
            if account != live.account:
                live.account = account  # written at once: it must be known also of a call that ends without us
                self._recorder.identified(dataclasses.replace(live.call, account=account))
                self._put(live.matters.identified(account, self._clock()))
            live.done = sprint.ending is not None and sprint.ending.kind is EndingKind.HANG_UP
            for effect in sprint.effects:
                match effect:
                    case Say(prompt, interruptible):
                        await phone.say(prompt, interruptible=interruptible)
                        if opening:  # after the first words of all, the notice of the recording
                            await phone.say(opening, interruptible=True)
                            opening = ()
                    case Note():
                        self._note(live, effect)
            if sprint.ending is not None:
                return sprint.ending
            assert sprint.wait is not None
            live.done = flow.nothing_left(live.node)
            if isinstance(sprint.wait, Gather):
                result: Result = await dialogue.ask(live.node, sprint.wait, partial(resume, flow, sprint.session))
            else:
                result = await self._wait_for(phone, sprint.wait)
            sprint = resume(flow, _on_this_line(sprint.session, phone), result)

    async def _wait_for(self, phone: Phone, wait: Request | Record) -> Result:
        if isinstance(wait, Record):
            return await phone.record(wait)
        answering = asyncio.create_task(self._answer(phone.call_id, wait))
        try:
            done, _ = await asyncio.wait({answering}, timeout=self._dead_air_s)
            if not done:
                await self._ask_for_patience(phone)
            return await answering
        except CallerHungUp:
            await asyncio.wait({answering})  # who hangs up after confirming has submitted
            raise
        finally:
            answering.cancel()

    async def _ask_for_patience(self, phone: Phone) -> None:
        try:
            await phone.say((MOMENT,), interruptible=False)
        except PhoneFailed as error:
            _log_failure("moment_not_said", error)  # the answer is worth more than these words

    async def _answer(self, call_id: CallId, request: Request) -> Reply | Failure:
        try:
            async with asyncio.timeout(self._request_timeout_s):
                return await self._services.answer(call_id, request)
        except TimeoutError:
            return Failure("timeout")

    def _heard(self, live: LiveCall, flow: Flow, note: Note) -> None:
        if flow.nodes[note.node].kind == "menu" and note.result.startswith("understood"):
            live.wished = note.heard
        self._note(live, note)

    def _note(self, live: LiveCall, note: Note) -> None:
        live.steps += 1
        step = Step(live.steps, self._clock(), note.node, note.event, note.heard, note.result)
        self._recorder.step(live.call.id, step)
        if note.event == "topic":
            live.wished = ""
            self._put(live.matters.topic(note.result, step.at))
        elif note.event == "settled":
            result, _, detail = note.result.partition(" ")
            self._put(live.matters.settled(Matter(result), detail, step.at))
        log.debug("call_step", node=note.node, step=note.event)

    def _put(self, changed: list[Contact]) -> None:
        for contact in changed:
            self._recorder.contact(contact)

    def _close(self, live: LiveCall, outcome: Outcome, reason: str) -> None:
        now = self._clock()
        ended_at = None if outcome is Outcome.OPEN else now
        self._put(live.matters.ended(outcome, reason, now))
        self._recorder.end(
            dataclasses.replace(live.call, outcome=outcome, reason=reason, ended_at=ended_at, account=live.account)
        )
        log.info("dialogue_ended", outcome=outcome.value, reason=reason, steps=live.steps)


async def _finish(phone: Phone, ending: Ending) -> None:
    """One who hangs up after the last word was served: that is no hang-up in the flow."""
    try:
        await phone.finish(ending)
    except CallerHungUp:
        if ending.kind is not EndingKind.HANG_UP:
            raise


def _on_this_line(session: Session, phone: Phone) -> Session:
    """The session; once the line has turned out to bring no sound, keys alone answer."""
    deaf = session.facts.get("hearing") is True and not phone.hears
    return dataclasses.replace(session, facts={**session.facts, "hearing": False}) if deaf else session


def _log_failure(event: str, error: Exception) -> None:
    """Our own errors hold no personal data and tell all in their words; of others the place matters (see logs.py)."""
    if isinstance(error, IvrError):
        log.error(event, error=error.code, detail=str(error))
    else:
        log.error(event, error=type(error).__name__, exc_info=error)


def _number(dialled: str) -> str:
    """A number without what carriers add or leave out before it: +7, 8, 7."""
    return "".join(filter(str.isdigit, dialled))[-10:]
