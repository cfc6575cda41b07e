"""Why a telephone was not reached. Asterisk 22 answers an Originate whose leg was refused with reason 0, whatever the
telephone said; what it said is the cause of the leg's Hangup, which comes just before that answer or just after it."""

import asyncio
from collections.abc import Callable

from ivr.domain.acd.events import Failure

UNANSWERED = 3
"""OriginateResponse's Reason when the time was up: AST_CONTROL_RINGING."""
HANGUP_COMES_S = 0.5
"""Of a leg that never came to be there is no Hangup."""
FAILURES = {
    17: Failure.BUSY,  # 486, 600
    19: Failure.NO_ANSWER,  # 480
    21: Failure.DECLINED,  # 403, 603: refused by hand
}
"""By Q.850's cause, as res_pjsip makes it of SIP's answer; of any other nobody knows a telephone there."""


class Refusals:
    """Legs from their Originate to its answer."""

    def __init__(self) -> None:
        self._causes: dict[str, int | None] = {}  # of legs that are rung; None: it is there
        self._waiting: dict[str, Callable[[Failure], None]] = {}

    def rings(self, leg: str) -> None:
        self._causes[leg] = None

    def answered(self, leg: str) -> None:
        self._causes.pop(leg, None)

    def failed(self, leg: str, reason: int, tell: Callable[[Failure], None]) -> None:
        """The answer to its Originate: `tell` is told why, at once or soon."""
        cause = self._causes.pop(leg, None)
        if reason == UNANSWERED:
            return tell(Failure.NO_ANSWER)
        if cause is not None:
            return tell(_failure(cause))
        self._waiting[leg] = tell
        asyncio.get_running_loop().call_later(HANGUP_COMES_S, self._settle, leg, 0)

    def hung_up(self, leg: str, cause: int) -> None:
        """A channel is gone, whatever it was."""
        if leg in self._causes:
            self._causes[leg] = cause
        self._settle(leg, cause)

    def _settle(self, leg: str, cause: int) -> None:
        if (tell := self._waiting.pop(leg, None)) is not None:
            tell(_failure(cause))


def _failure(cause: int) -> Failure:
    return FAILURES.get(cause, Failure.UNREACHABLE)
