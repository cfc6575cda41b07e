"""What a talk in progress needs of the telephones. Legs are named by their unique ids."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from ivr.domain.acd.model import OfferId, OperatorId
from ivr.domain.call import CallId
from ivr.domain.talk.specialists import Specialist


class Place(StrEnum):
    """Where a caller may be sent out of a talk."""

    LINE = "line"  # he waits again
    MARK = "mark"
    DIALOGUE = "dialogue"
    END = "end"  # of the call, with words


class Mode(StrEnum):
    """How a supervisor takes part."""

    LISTEN = "listen"
    WHISPER = "whisper"  # the operator hears him, the caller does not
    BARGE = "barge"  # both do


@dataclass(frozen=True, slots=True)
class Colleague:
    """A telephone to ring: `caller` is on hold with the operator who asks. `whisper`: what is heard first."""

    leg: OfferId
    operator: OperatorId
    caller: CallId
    number: str
    name: str
    whisper: str
    ring_s: float


@dataclass(frozen=True, slots=True)
class OutsideCall:
    """A specialist to ring through the carrier. `sent`: the caller waits for him and nobody else does; else an operator
    asks him, with the caller on hold. `whisper`: what he hears first."""

    leg: OfferId
    specialist: Specialist
    caller: CallId
    whisper: str
    ring_s: float
    sent: bool = False


class TalkPhones(Protocol):
    """Every method raises LinkDown or PhoneFailed. `says`: a sound that the operator hears, a path without its ending;
    empty: none."""

    async def prepare(self, leg: OfferId, caller: CallId, operator: OperatorId) -> None:
        """The caller was joined to this leg, not this leg to the caller: let it know his channel."""

    async def hold(self, leg: OfferId, caller: CallId, says: str) -> None:
        """The caller to the music, the operator to silence."""

    async def alone(self, leg: OfferId, says: str, *, rings: bool = False) -> None:
        """The operator whose caller is on hold hears something else; `rings`: that a telephone is rung."""

    async def join(self, leg: OfferId, says: str = "") -> None:
        """The operator back to his caller."""

    async def ring(self, colleague: Colleague) -> None:
        """Begin to ring; how it comes out is told as an event. Asked once, never again."""

    async def ring_outside(self, call: OutsideCall) -> None:
        """As `ring`, through the carrier."""

    async def hang_up(self, leg: OfferId) -> None:
        """Hang up this leg, if it is there."""

    async def part(self, leg: OfferId, colleague: OfferId) -> None:
        """The operator back to his caller; the colleague is hung up."""

    async def give(self, leg: OfferId, colleague: OfferId) -> None:
        """The colleague to the caller; the operator is hung up."""

    async def confer(self, leg: OfferId, colleague: OfferId, caller: CallId) -> None: ...

    async def send(self, leg: OfferId, caller: CallId, place: Place, line: str = "", says: str = "") -> None:
        """The caller there (`line`: the dialogue's own line of the flow), the operator is hung up."""

    async def away(self, leg: OfferId, caller: CallId, specialist: OfferId, says: str) -> None:
        """The caller to the music until that leg, a specialist's, has him; the operator is hung up."""

    async def back(self, caller: CallId) -> None:
        """The caller whom no operator has on hold: to the line."""

    async def warn(self, leg: OfferId, caller: CallId) -> None:
        """Both hear the warning; then the talk goes on."""

    def adopt(self, leg: OfferId) -> None:
        """From now on this leg is an operator's in a talk, like one that was rung by the line."""

    async def spy(self, supervisor: CallId, leg: OfferId, mode: Mode) -> None:
        """Put a supervisor who has rung us on this leg."""

    async def ring_to_spy(self, supervisor: OperatorId, leg: OfferId, mode: Mode) -> CallId:
        """Ring a supervisor's telephone to put him on this leg; gives his call's id."""
