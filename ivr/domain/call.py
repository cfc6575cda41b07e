"""A call as the centre remembers it: one row, its steps, its matters, the looks at personal data, its outcome."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

CallId = NewType("CallId", str)
"""The trace id of a call: unique for ever, written in every log line, row and file name of that call."""


class Outcome(StrEnum):
    """How a call ended, for the report. `OPEN` is a call that has not ended yet."""

    OPEN = "open"
    SERVED = "served"  # the flow came to its own end, or the caller hung up when what he wanted was done
    ABANDONED = "abandoned"  # the caller hung up inside the flow, before that
    OPERATOR = "operator"  # an operator talked with the caller
    OPERATOR_MISSED = "operator_missed"  # handed to the queue; nobody answered before the caller left
    FALLBACK = "fallback"  # the engine was lost; the dialplan went on by itself and an operator answered
    FALLBACK_MISSED = "fallback_missed"  # as above, but nobody answered
    FAILED = "failed"  # an error of ours ended the flow; the caller heard an apology
    ABUSIVE = "abusive"  # the operator ended the call after a warning
    LOST = "lost"  # Asterisk died under the call


@dataclass(frozen=True, slots=True)
class Call:
    """One call. Times are UTC. `caller` is the number shown by the carrier: never trusted as identity.

    talk_s: seconds with operators; held_s: on hold; transfers: how often another operator, or a specialist outside,
    took him over.
    operator: who of the operators had him last; one who was called into a talk of three has not had him. operators: all
    who talked with him, in the order in which they came to it, specialists too, with spaces between.
    """

    id: CallId
    caller: str
    dialled: str
    answered_at: datetime
    flow: str = ""
    flow_version: str = ""
    ended_at: datetime | None = None
    outcome: Outcome = Outcome.OPEN
    reason: str = ""
    operator: str = ""
    talk_s: int = 0
    recording: str = ""
    account: str = ""
    held_s: int = 0
    transfers: int = 0
    operators: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a call through its flow. `heard` is personal data: it is stored, never logged."""

    number: int
    at: datetime
    node: str
    event: str  # entered, said, match, no_match, no_input, reply, failure, ended
    heard: str = ""
    result: str = ""


class Result(StrEnum):
    """How a matter ended. `OPEN`: it goes on at the operators, or the engine was lost."""

    OPEN = "open"
    DONE = "done"  # what was asked for was told or taken
    REFUSED = "refused"  # it was explained why not
    OPERATOR = "operator"  # given to the operators
    ABANDONED = "abandoned"  # the caller left before
    FAILED = "failed"  # a service of ours failed


@dataclass(frozen=True, slots=True)
class Contact:
    """One matter of one call: who (the account once it is known, else the number), about what, with what result.

    Stages, UTC: the call was answered, the matter began, the caller was identified, it was settled, it ended.
    """

    call_id: CallId
    number: int
    caller: str
    account: str
    topic: str
    answered_at: datetime
    began_at: datetime
    identified_at: datetime | None = None
    settled_at: datetime | None = None
    ended_at: datetime | None = None
    result: Result = Result.OPEN
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Audit:
    """One look at, or try at, something personal. `subject` is the account's number: whose data, never what it says.

    `id` is unique for ever, so that a record that is written again is no second look.
    """

    id: str
    at: datetime
    call_id: str
    actor: str  # caller, or the name of a person of the centre
    action: str  # offered, identified, proof, locked, reading, balance, tariff, …
    subject: str
    result: str


@dataclass(frozen=True, slots=True)
class Began:
    """The call's row begins."""

    call: Call


@dataclass(frozen=True, slots=True)
class Stepped:
    """The call took a step."""

    call_id: CallId
    step: Step


@dataclass(frozen=True, slots=True)
class Ended:
    """What the engine knows at the dialogue's end. Outcome OPEN: the caller goes on without the engine."""

    call: Call


Record = Began | Stepped | Ended | Contact | Audit
