"""What the ACD wants done. The order matters: they are to be carried out one after another."""

from dataclasses import dataclass
from enum import StrEnum

from ivr.domain.acd.model import EntryId, Kind, OfferId, OperatorId


class Subject(StrEnum):
    ENTRY = "entry"
    OPERATOR = "operator"
    QUEUE = "queue"


@dataclass(frozen=True, slots=True)
class Offer:
    """Ring this operator for this entry. To be answered by OfferAnswered or OfferFailed; at `deadline` it ends."""

    entry: EntryId
    operator: OperatorId
    offer: OfferId
    kind: Kind
    deadline: float


@dataclass(frozen=True, slots=True)
class CancelOffer:
    """Stop ringing; if he has just answered, hang his leg up."""

    offer: OfferId
    operator: OperatorId | None = None  # None: the offer is not known (any more)


@dataclass(frozen=True, slots=True)
class CallBack:
    """The operator has answered: ring the customer for him. CallbackAnswered or CallbackFailed tells the result."""

    entry: EntryId
    operator: OperatorId
    deadline: float


@dataclass(frozen=True, slots=True)
class CancelCallBack:
    """Stop ringing the customer: the entry or the operator has left, or the deadline has come."""

    entry: EntryId
    operator: OperatorId


@dataclass(frozen=True, slots=True)
class Release:
    """The entry has waited as long as it may, and is out of the line: apologise, offer a callback."""

    entry: EntryId


@dataclass(frozen=True, slots=True)
class SetAside:
    """Tell the operator and his supervisor that he gets no calls until he says that he is ready, or until then."""

    operator: OperatorId
    misses: int
    until: float


@dataclass(frozen=True, slots=True)
class Verify:
    """Ask the phone system whether the talk still lives: TalkAlive or TalkEnded, by `deadline`."""

    operator: OperatorId
    entry: EntryId | None
    deadline: float


@dataclass(frozen=True, slots=True)
class CallInReserve:
    """Those in reserve who are logged in get calls of this queue from now on; let the others know."""

    queue: str
    until: float


@dataclass(frozen=True, slots=True)
class Tell:
    """For the board: the subject's new state, why, and when it ends at the latest (None: it has ended).

    overdue: a pause is longer than was planned.
    """

    subject: Subject
    id: str
    state: str  # of State, of Stage; of a queue: "reserve" or "usual"
    until: float | None
    reason: str = ""
    overdue: bool = False


Command = Offer | CancelOffer | CallBack | CancelCallBack | Release | SetAside | Verify | CallInReserve | Tell
