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
from ivr.service.ports import Phone
from ivr.service.queue.live_talks import LiveTalk, LiveTalks
from ivr.service.queue.talk_phones import Mode
from ivr.service.queue.targets import Refused

log = structlog.get_logger()

REFUSED = Phrase("Недоступно.", "spy_refused")
NO_TALK = Phrase("Оператор не разговаривает.", "spy_no_talk")
FIXED = (REFUSED, NO_TALK)

CODES = {"*21": Mode.LISTEN, "*22": Mode.WHISPER, "*23": Mode.BARGE}
"""Before an operator's extension."""


class Supervision:
    """`audit` takes who did what; `clock` gives aware UTC times."""

    def __init__(
        self,
        talks: LiveTalks,
        supervisors: Collection[OperatorId],
        audit: Callable[[Audit], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._talks = talks
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
                self._begin(phone.call_id, supervisor, live, mode)
                await self._talks.phones.spy(phone.call_id, live.leg, mode)
            except Refused as refused:
                await phone.say((NO_TALK if refused.code == "no_talk" else REFUSED,), interruptible=False)
        except CallerHungUp:
            pass
        except IvrError as error:
            log.error("spy_failed", error=error.code, detail=str(error))

    async def listen(self, supervisor: OperatorId, operator: OperatorId, mode: Mode) -> None:
        """Ring his telephone and put him on the talk. Raises Refused, LinkDown, PhoneFailed."""
        live = self._allowed(supervisor, operator, mode)
        call_id = await self._talks.phones.ring_to_spy(supervisor, live.leg, mode)
        self._begin(call_id, supervisor, live, mode)

    def ended(self, call_id: CallId) -> None:
        """His leg is gone."""
        if (spy := self._spies.pop(call_id, None)) is not None:
            self._saw(*spy, "ended")

    def _allowed(self, supervisor: OperatorId, operator: OperatorId, mode: Mode) -> LiveTalk:
        live = self._talks.of(operator)
        if not self.may(supervisor) or supervisor == operator:
            self._record(live.call_id if live else "", supervisor, operator, mode, "refused")
            raise Refused("not_allowed")
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
