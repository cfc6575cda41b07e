"""What the line needs of telephones: operators' and those of customers who are rung back."""

from dataclasses import dataclass
from typing import Protocol

from ivr.domain.acd.commands import CallBack
from ivr.domain.acd.model import EntryId, OfferId, OperatorId
from ivr.domain.call import CallId


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring `operator` for the caller; `call_id` None: for a callback, so that he listens until its customer answers.

    number, name: what his telephone shows. whisper: the sound that he hears before the talk, a path without its ending.
    """

    offer: OfferId
    operator: OperatorId
    call_id: CallId | None
    number: str
    name: str
    whisper: str
    ring_s: float


class Telephones(Protocol):
    """Operators' telephones. Every method raises LinkDown or PhoneFailed."""

    @property
    def up(self) -> bool:
        """Whether Asterisk takes what is asked."""

    async def ring(self, ring: Ring) -> None:
        """Begin to ring; `LiveLine.rang` tells how it came out. Asked once, never again."""

    async def hang_up(self, offer: OfferId) -> None:
        """Hang up the leg of this offer, if it is there."""

    async def set_out(self, operator: OperatorId, out: bool) -> None:
        """Keep Asterisk's own queue, which is there should the engine go, from ringing him, or let it."""

    async def talks(self, offer: OfferId) -> bool:
        """Whether the leg of this offer is still there."""

    async def unreached(self, offer: OfferId, sound: str) -> None:
        """Tell the operator who listens that his customer was not reached, by this sound, and hang him up."""


@dataclass(frozen=True, slots=True)
class Dial:
    """Ring a customer back and join him to the operator's leg `offer`. number: E.164. told: the sound that he hears
    before, a path without its ending. leg: the id of his call."""

    leg: CallId
    number: str
    offer: OfferId
    operator: OperatorId
    told: str
    ring_s: float


class CustomerTelephones(Protocol):
    """Telephones of customers, through the carrier. Every method raises LinkDown or PhoneFailed."""

    async def dial(self, dial: Dial) -> None:
        """Begin to ring; `Customers.answered` or `.failed` tells how it came out. Asked once, never again."""

    async def hang_up(self, leg: CallId) -> None:
        """Hang up this call, if it is there."""

    async def alive(self) -> set[str]:
        """Ids of all calls that are there."""


class CallbackCalls(Protocol):
    """Rings customers back."""

    def dial(self, command: CallBack, offer: OfferId) -> None:
        """An operator listens, on the leg of `offer`: ring the customer."""

    def cancel(self, entry: EntryId) -> None:
        """Stop ringing him."""

    def left(self, entry: EntryId, why: str) -> None:
        """It is out of the line; `why` is empty when that was asked for, or after a talk."""
