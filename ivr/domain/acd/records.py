"""Why the ACD did what it did: kept with the call, shown to whoever asks. Short: no list grows with the staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ivr.domain.acd.model import EntryId, Need, OfferId, OperatorId, State


class Because(StrEnum):
    """What brought an entry and an operator together."""

    PREFERRED = "preferred"  # he was asked for by name
    BEST_OPERATOR = "best_operator"  # the entry could choose: best skills, then longest idle
    FIRST_IN_LINE = "first_in_line"  # the operator became free, and this entry was the first that he may take


class Why(StrEnum):
    """Why one was passed over."""

    LESS_SKILLED = "less_skilled"
    MORE_SKILLS_ELSEWHERE = "more_skills_elsewhere"  # as good here, but of more use to others
    IDLE_SHORTER = "idle_shorter"
    RESERVE = "reserve"  # in reserve, and one of the regular staff was free
    LOWER_PRIORITY = "lower_priority"
    ARRIVED_LATER = "arrived_later"


class Hindrance(StrEnum):
    """Why an entry waits."""

    NOBODY_FREE = "nobody_free"  # operators who may take it are logged in, but none is ready
    NOBODY_LOGGED_IN = "nobody_logged_in"  # who could take it
    KEPT_FOR_PREFERRED = "kept_for_preferred"


class What(StrEnum):
    """What else happened."""

    LEFT = "left"
    ANSWERED = "answered"
    TALK_ENDED = "talk_ended"
    MISSED = "missed"
    SET_ASIDE = "set_aside"
    UNREACHABLE = "unreachable"
    OFFER_WITHDRAWN = "offer_withdrawn"
    RETURNED = "returned"  # to the head of the line: his operator's phone died
    MOVED = "moved"
    OVERFLOWED = "overflowed"
    RELEASED = "released"
    RELAXED = "relaxed"
    PREFERENCE_ENDED = "preference_ended"
    CALLBACK_ASKED = "callback_asked"
    CALLBACK_FAILED = "callback_failed"
    TALK_UNPROVEN = "talk_unproven"  # nobody could say that it still lives
    SHIFT_ENDED = "shift_ended"
    RESERVE_CALLED = "reserve_called"
    RESERVE_SENT_AWAY = "reserve_sent_away"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Passed:
    """One who was considered and not chosen: an operator, or an entry."""

    id: str
    why: Why


@dataclass(frozen=True, slots=True)
class Decision:
    """This operator was chosen for this entry.

    level:   the sum of his levels in the skills asked for; skills: how many he has in all.
    waited_s: since it joined this queue. queue, needs: the entry's.
    passed:  the nearest rivals, at most a handful.
    """

    at: float
    entry: EntryId
    operator: OperatorId
    offer: OfferId
    because: Because
    level: int
    skills: int
    idle_s: float
    waited_s: float
    passed: tuple[Passed, ...] = ()
    queue: str = ""
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Waits:
    """Nobody could be chosen for this entry. `staff`: what those who may take it are doing, how many in which state.
    queue, needs: the entry's."""

    at: float
    entry: EntryId
    hindrance: Hindrance
    staff: Mapping[State, int]
    queue: str = ""
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    at: float
    what: What
    entry: EntryId | None = None
    operator: OperatorId | None = None
    detail: str = ""


Record = Decision | Waits | Note
