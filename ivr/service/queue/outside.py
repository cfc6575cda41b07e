"""Callers with a specialist outside the centre: he has the caller, or is being rung for him. No operator of the line
has such a caller; one whom the specialist does not take goes back to his place, and to who sent him first."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import structlog

from ivr.domain.acd.events import Failure, WrapUpEnded
from ivr.domain.acd.model import Kind, OfferId, OperatorId, State
from ivr.domain.call import Audit, CallId
from ivr.domain.talk.notes import Deed, TalkNote
from ivr.domain.talk.specialists import Specialist
from ivr.service.queue.callers import Waiting
from ivr.service.queue.line import LiveLine
from ivr.service.queue.talk_phones import TalkPhones

log = structlog.get_logger()

KEPT_S = 20.0
"""So long a caller who comes back is offered to his sender alone."""


@dataclass(slots=True)
class Given:
    """A caller given to a specialist by an operator. before: as the line knew him; whisper: what his sender hears when
    he comes back. since: the specialist has him; None: he is being rung. Unix time."""

    specialist: Specialist
    leg: OfferId
    call_id: CallId
    operator: OperatorId
    before: Waiting
    whisper: str = ""
    since: float | None = None


class OutsideTalks:
    """`clock` gives Unix time; `keep` takes notes for the log, `audit` who had whom rung; `later` does what may
    fail."""

    def __init__(
        self,
        line: LiveLine,
        phones: TalkPhones,
        clock: Callable[[], float],
        keep: Callable[[list[TalkNote]], None],
        audit: Callable[[Audit], None],
        later: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._line = line
        self._phones = phones
        self._clock = clock
        self._keep = keep
        self._audit = audit
        self._later = later
        self._legs: dict[OfferId, Given] = {}
        self._callers: dict[CallId, Given] = {}

    def rings(self, given: Given) -> None:
        """The caller is sent to him, unasked."""
        self._legs[given.leg] = self._callers[given.call_id] = given

    def has(self, given: Given) -> None:
        """The caller is his from now on."""
        given.since = self._clock()
        self._legs[given.leg] = given

    def waits(self, given: Given) -> bool:
        """Whether the caller is still there."""
        return self._callers.get(given.call_id) is given

    def forget(self, given: Given) -> None:
        """The caller could not be sent."""
        self._legs.pop(given.leg, None)
        self._callers.pop(given.call_id, None)

    def rang(self, leg: OfferId, failure: Failure | None) -> None:
        """How his ringing came out, for whom a caller waits; None: he has answered."""
        given = self._legs.get(leg)
        if given is None:
            return
        self.record(given.call_id, given.operator, given.specialist, failure.value if failure else "answered")
        if failure is None:
            given.since = self._clock()
            return
        del self._legs[leg]
        self._note(given, Deed.UNREACHED, why=failure.value)
        self._later(self._phones.back(given.call_id))

    def ended(self, leg: OfferId) -> None:
        """His leg is gone."""
        given = self._legs.pop(leg, None)
        if given is not None and given.since is not None:
            self._note(given, Deed.OUTSIDE, talk_s=round(self._clock() - given.since, 1))

    def caller_gone(self, call_id: CallId) -> None:
        given = self._callers.pop(call_id, None)
        if given is not None and given.since is None and given.leg in self._legs:
            self._later(self._phones.hang_up(given.leg))

    def returned(self, call_id: CallId) -> Waiting | None:
        """The caller who was sent has come back: at his place again, first to be offered to who sent him."""
        given = self._callers.pop(call_id, None)
        if given is None:
            return None
        until = self._clock() + KEPT_S
        entry = replace(
            given.before.entry, kind=Kind.LIVE, preferred=given.operator, preferred_until=until, sent_by=None
        )
        name = f"Возврат: {given.specialist.name}"
        waiting = Waiting(entry, call_id, given.before.number, name, given.whisper, returned=True, counted=True)
        self._line.callers.join(waiting)
        told = self._line.operators.get(given.operator)
        if told is not None and told.state == State.WRAP_UP:
            self._line.feed(WrapUpEnded(given.operator))
        return waiting

    def record(self, call_id: CallId, operator: OperatorId, specialist: Specialist, result: str) -> None:
        """For the audit: an operator had a telephone outside rung, and what came of it."""
        at = datetime.fromtimestamp(self._clock(), UTC)
        self._audit(Audit(uuid4().hex, at, call_id, operator, "outside", specialist.id, result))
        log.info("outside", call_id=call_id, operator=operator, specialist=specialist.id, result=result)

    def _note(self, given: Given, deed: Deed, **detail: str | float) -> None:
        more = {"to": str(given.specialist.id), **detail}
        self._keep([TalkNote(self._clock(), deed, given.before.entry.id, given.operator, more)])
