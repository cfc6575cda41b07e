"""Supervisors in talks: listening, whispering, barging in; for those whom the roster allows, each time on record.

The caller hears nothing of it: neither a tone nor a word.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from uuid import uuid4

import structlog

from ivr.dialogue.model import Phrase
from ivr.domain.acd.model import OperatorId
from ivr.domain.call import Audit, CallId
from ivr.domain.errors import CallerHungUp, IvrError
from ivr.domain.talk.talk import Phase
from ivr.service.ports import Phone
from ivr.service.queue.live_talks import LiveTalk, LiveTalks
from ivr.service.queue.talk_phones import Mode
from ivr.service.queue.targets import Refused

log = structlog.get_logger()

REFUSED = Phrase("Недоступно.", "spy_refused")
NO_TALK = Phrase("Оператор не разговаривает.", "spy_no_talk")
UNKNOWN = Phrase("Такого оператора нет.", "spy_unknown")
ON_HOLD = Phrase("Абонент на удержании. Подключаю: он услышит вас, когда оператор вернётся.", "spy_on_hold")
ON_HOLD_TOO = Phrase("Абонент на удержании. Подключаю.", "spy_on_hold_too")
FIXED = (REFUSED, NO_TALK, UNKNOWN, ON_HOLD, ON_HOLD_TOO)
SAID = {"no_talk": NO_TALK, "unknown": UNKNOWN}

CODES = {"*21": Mode.LISTEN, "*22": Mode.WHISPER, "*23": Mode.BARGE}
"""Before an operator's extension."""


class Supervision:
    """`operators` are those of the roster. `audit` takes who did what; `clock` gives aware UTC times."""

    def __init__(
        self,
        talks: LiveTalks,
        operators: Collection[OperatorId],
        supervisors: Collection[OperatorId],
        audit: Callable[[Audit], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._talks = talks
        self._operators = frozenset(operators)
        self._supervisors = frozenset(supervisors)
        self._audit = audit
        self._clock = clock
        self._spies: dict[CallId, tuple[OperatorId, LiveTalk, Mode]] = {}

    def may(self, supervisor: OperatorId) -> bool:
        return supervisor in self._supervisors

    async def serve(self, phone: Phone) -> None:
        """A supervisor has dialled a code and an extension. Never raises but when cancelled."""
        supervisor, code = OperatorId(phone.caller), phone.dialled
        try:
            try:
                mode = CODES[code[:3]]
                live = self._allowed(supervisor, OperatorId(code[3:]), mode)
                if on_hold(live):
                    await phone.say((ON_HOLD if mode is Mode.BARGE else ON_HOLD_TOO,), interruptible=False)
                    live = self._allowed(supervisor, live.operator, mode)
                self._begin(phone.call_id, supervisor, live, mode)
                await self._talks.phones.spy(phone.call_id, live.leg, mode)
            except Refused as refused:
                await phone.say((SAID.get(refused.code, REFUSED),), interruptible=False)
        except CallerHungUp:
            pass
        except IvrError as error:
            log.error("spy_failed", error=error.code, detail=str(error))

    async def listen(self, supervisor: OperatorId, operator: OperatorId, mode: Mode) -> bool:
        """Ring his telephone and put him on the talk. Gives whether the caller is on hold, so that he hears nobody now.
        Raises Refused, LinkDown, PhoneFailed."""
        live = self._allowed(supervisor, operator, mode)
        call_id = await self._talks.phones.ring_to_spy(supervisor, live.leg, mode)
        self._begin(call_id, supervisor, live, mode)
        return on_hold(live)

    def ended(self, call_id: CallId) -> None:
        """His leg is gone."""
        if (spy := self._spies.pop(call_id, None)) is not None:
            self._saw(*spy, "ended")

    def _allowed(self, supervisor: OperatorId, operator: OperatorId, mode: Mode) -> LiveTalk:
        live = self._talks.of(operator)
        if not self.may(supervisor) or supervisor == operator:
            self._record(live.call_id if live else "", supervisor, operator, mode, "refused")
            raise Refused("not_allowed")
        if operator not in self._operators:
            raise Refused("unknown")
        if live is None:
            raise Refused("no_talk")
        return live

    def _begin(self, call_id: CallId, supervisor: OperatorId, live: LiveTalk, mode: Mode) -> None:
        self._spies[call_id] = supervisor, live, mode
        self._saw(supervisor, live, mode, "began")

    def _saw(self, supervisor: OperatorId, live: LiveTalk, mode: Mode, result: str) -> None:
        self._record(live.call_id, supervisor, live.operator, mode, result)

    def _record(self, call_id: str, supervisor: OperatorId, operator: OperatorId, mode: Mode, result: str) -> None:
        self._audit(Audit(uuid4().hex, self._clock(), call_id, supervisor, mode.value, operator, result))
        log.info("supervision", mode=mode.value, operator=operator, supervisor=supervisor, result=result)


def on_hold(live: LiveTalk) -> bool:
    """Whether the caller hears music, and nobody asks a colleague meanwhile, so that there is nothing to hear."""
    return live.talk.phase in (Phase.HELD, Phase.RINGING)
