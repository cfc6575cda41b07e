"""What the ACD orders and whom it orders it to: entries of the line, operators, their states.

Times are seconds of one clock that never runs back (Unix time when live, virtual time in the simulator).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, NewType

EntryId = NewType("EntryId", str)
"""Unique for ever: a call id, or the id of a callback."""

OperatorId = NewType("OperatorId", str)

OfferId = NewType("OfferId", str)
"""One ringing of one operator for one entry. It rides in the operator's channel, so that nobody is rung twice."""

HEAD = -1
"""Priority of who was cut off by us: he goes before everybody."""

USUAL = 5
"""Priority of all whose queue has none of its own."""

TOP = 10
"""The highest level of a skill."""


class Kind(StrEnum):
    LIVE = "live"  # a caller who waits on the line
    CALLBACK = "callback"  # nobody on the line: the operator answers first, then the customer is rung
    OUTBOUND = "outbound"  # a call of ours that the customer has answered and that wants an operator at once


class Stage(StrEnum):
    """Where an entry is. Each has an end: see `rules`."""

    WAITING = "waiting"
    OFFERED = "offered"
    DIALLING = "dialling"  # a callback: the operator listens while the customer's phone rings
    TALKING = "talking"
    LEFT = "left"  # out of the ACD; only ever told, never kept


class State(StrEnum):
    """What an operator does. Each has an end: its own deadline or, at the latest, that of his shift."""

    LOGGED_OUT = "logged_out"
    READY = "ready"
    RINGING = "ringing"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    PAUSED = "paused"
    MISSED = "missed"  # a short rest after an offer he let pass, so that it goes to the next
    SET_ASIDE = "set_aside"  # missed too many in a row
    UNREACHABLE = "unreachable"  # his device is gone, or busy with a call that is not ours


class Need(NamedTuple):
    """A skill that an entry asks for, and the level it takes at least (1 and up)."""

    skill: str
    level: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the line. Order: `priority` (0 and up, smaller goes first), `arrived`, `id`.

    arrived:         when the customer first asked for an operator; a transfer or callback does not change it.
    preferred:       the operator who shall take it (the last one, or whom it was transferred to) when he is logged in:
                     nobody else is offered it before `preferred_until`. He need not have the skills.
    sent_by:         the operator who transferred it: he gets it back first when the preferred one does not take it.
    gives_up_at:     when it leaves the line unanswered, whatever its queue says. None: as its queue says.
    """

    id: EntryId
    queue: str
    arrived: float
    kind: Kind = Kind.LIVE
    priority: int = USUAL
    needs: tuple[Need, ...] = ()
    preferred: OperatorId | None = None
    preferred_until: float = 0.0
    gives_up_at: float | None = None
    sent_by: OperatorId | None = None

    def __post_init__(self) -> None:
        if self.priority < HEAD:
            raise ValueError(f"priority {self.priority}: the smallest is {HEAD}")


@dataclass(frozen=True, slots=True)
class Operator:
    """Who he is to the ACD. Skills have levels from 1 to 10.

    reserve: he is offered calls only while their queue has called the reserve in.
    """

    id: OperatorId
    queues: frozenset[str]
    skills: Mapping[str, int]
    reserve: bool = False

    def __post_init__(self) -> None:
        for skill, level in self.skills.items():
            if not 1 <= level <= TOP:
                raise ValueError(f"operator {self.id}, skill {skill}: level {level} is not one of 1 to {TOP}")
