"""What may happen to the ACD. An event that comes too late, or twice, changes nothing and is recorded as ignored."""

from dataclasses import dataclass
from enum import StrEnum

from ivr.domain.acd.model import Entry, EntryId, Need, OfferId, Operator, OperatorId


class Failure(StrEnum):
    """Why an offer failed. All but the last count as misses."""

    NO_ANSWER = "no_answer"
    DECLINED = "declined"
    BUSY = "busy"  # many telephones say so when the call is refused by hand; or there is another call
    UNREACHABLE = "unreachable"  # no device is registered, or it does not respond


class TalkEnd(StrEnum):
    FINISHED = "finished"
    NOT_BEGUN = "not_begun"  # he hung up before the caller was joined to him: a miss
    OPERATOR_LOST = "operator_lost"  # his phone died; the caller is still there and returns to the head of the line


@dataclass(frozen=True, slots=True)
class CallerQueued:
    """Somebody on the line wants an operator: a caller, or a customer who answered a call of ours."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class CallbackDue:
    """A promised callback joins the line, at the place its `arrived` gives it."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class CallbackAsked:
    """A waiting caller hangs up and keeps his place: his entry becomes a callback."""

    entry: EntryId


@dataclass(frozen=True, slots=True)
class CallerLeft:
    """The caller hung up, or a callback was cancelled, in whatever stage.

    nobody_came: he did not; he was told that nobody could answer.
    """

    entry: EntryId
    nobody_came: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """To another queue, from the line or out of a talk (blind transfer). None: stays as it is.

    preferred: the operator it is transferred to; he alone is offered it before `preferred_until`.
    sent_by:   who transfers it; should the preferred one not take it, he is offered it next.
    """

    entry: EntryId
    queue: str
    needs: tuple[Need, ...] = ()
    priority: int | None = None
    preferred: OperatorId | None = None
    preferred_until: float = 0.0
    sent_by: OperatorId | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """An attended transfer is complete: the talk goes on with this operator, who is logged in."""

    entry: EntryId
    operator: OperatorId


@dataclass(frozen=True, slots=True)
class OfferAnswered:
    offer: OfferId


@dataclass(frozen=True, slots=True)
class OfferFailed:
    offer: OfferId
    failure: Failure


@dataclass(frozen=True, slots=True)
class CallbackAnswered:
    """The customer answered the callback: the talk begins."""

    entry: EntryId


@dataclass(frozen=True, slots=True)
class CallbackFailed:
    """The customer was not reached; the entry leaves. Another try is a new `CallbackDue`."""

    entry: EntryId
    reason: str


@dataclass(frozen=True, slots=True)
class TalkEnded:
    operator: OperatorId
    end: TalkEnd = TalkEnd.FINISHED


@dataclass(frozen=True, slots=True)
class TalkAlive:
    """The answer to `Verify`: the talk still goes on."""

    operator: OperatorId


@dataclass(frozen=True, slots=True)
class Engaged:
    """The operator is on a call that the ACD did not give him, until `TalkEnded`."""

    operator: OperatorId


@dataclass(frozen=True, slots=True)
class WrapUpExtended:
    operator: OperatorId
    seconds: float


@dataclass(frozen=True, slots=True)
class WrapUpEnded:
    operator: OperatorId


@dataclass(frozen=True, slots=True)
class OperatorLoggedIn:
    """He comes; or, logged in already, changes his queues and skills. `until`: he is logged out then at the latest.

    ready: else he begins in a pause named `not_ready`.
    """

    operator: Operator
    until: float
    ready: bool = True


@dataclass(frozen=True, slots=True)
class OperatorLoggedOut:
    """He goes; from a talk, when it ends."""

    operator: OperatorId


@dataclass(frozen=True, slots=True)
class Ready:
    operator: OperatorId


@dataclass(frozen=True, slots=True)
class Paused:
    """`until`: as he planned; then it is told that he is overdue. In a talk it begins after the wrap-up."""

    operator: OperatorId
    reason: str
    until: float


@dataclass(frozen=True, slots=True)
class DeviceLost:
    """No device of his is registered any more."""

    operator: OperatorId


@dataclass(frozen=True, slots=True)
class DeviceBack:
    operator: OperatorId


@dataclass(frozen=True, slots=True)
class WaitPredicted:
    """What the next caller of the queue would be promised, in seconds. Above the queue's target the reserve comes."""

    queue: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ReserveNeeded:
    """The reserve is called in by hand, until then; a moment that is past sends it away."""

    queue: str
    until: float


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed. To be given at `Acd.next_deadline()`; later or more often does no harm.

    One Tick ends a bounded number of states, so that no event takes long: ask for the next deadline again."""


Event = (
    CallerQueued
    | CallbackDue
    | CallbackAsked
    | CallerLeft
    | Moved
    | Handed
    | OfferAnswered
    | OfferFailed
    | CallbackAnswered
    | CallbackFailed
    | TalkEnded
    | TalkAlive
    | Engaged
    | WrapUpExtended
    | WrapUpEnded
    | OperatorLoggedIn
    | OperatorLoggedOut
    | Ready
    | Paused
    | DeviceLost
    | DeviceBack
    | WaitPredicted
    | ReserveNeeded
    | Tick
)
