"""Who gets whom: the best idle operator for an entry, the first entry for an operator; with the nearest rivals."""

from typing import NamedTuple

from ivr.domain.acd.floor import Crew, Floor, Line, Rank, Seat, Ticket
from ivr.domain.acd.order import Key
from ivr.domain.acd.records import Hindrance, Passed, Why

RIVALS = 3
"""So many of those passed over are named in a record."""


class Chosen(NamedTuple):
    seat: Seat
    rank: Rank
    passed: tuple[Passed, ...]


def best_operator(floor: Floor, line: Line) -> Chosen | None:
    """Of those idle the best skilled, then the one with fewest other skills, then the longest idle. None: nobody."""
    rank: Rank | None = None
    equals: list[Key] = []
    worse: list[Passed] = []
    for each, crew in line.crews:
        if each.reserve and line.queue.reserve_until is None:
            break
        if not crew.idle:
            continue
        if rank is None or each == rank:
            rank = each
            equals += crew.idle.first(RIVALS + 1)
        else:
            worse += (Passed(name, _why(rank, each)) for _, name in crew.idle.first(RIVALS))
            if len(worse) >= RIVALS:
                break
    if rank is None:
        return None
    equals.sort()
    passed = [*(Passed(name, Why.IDLE_SHORTER) for _, name in equals[1:]), *worse]
    return Chosen(floor.seats[equals[0][1]], rank, tuple(passed[:RIVALS]))


def _why(best: Rank, other: Rank) -> Why:
    if other.reserve > best.reserve:
        return Why.RESERVE
    return Why.LESS_SKILLED if other.lacks > best.lacks else Why.MORE_SKILLS_ELSEWHERE


class First(NamedTuple):
    ticket: Ticket
    passed: tuple[Passed, ...]


def first_entry(floor: Floor, seat: Seat) -> First | None:
    """The first in order of all that this operator may take. None: nothing waits for him."""
    heads = seat.kept.first(RIVALS + 1)
    for line in seat.crew.lines:
        if line.waiting and (not seat.crew.reserve or line.queue.reserve_until is not None):
            heads += line.waiting.first(RIVALS + 1)
    if not heads:
        return None
    heads.sort()
    first, *rest = heads[: RIVALS + 1]
    later = (Passed(key[2], Why.LOWER_PRIORITY if key[0] > first[0] else Why.ARRIVED_LATER) for key in rest)
    return First(floor.tickets[first[2]], tuple(later))


def hindrance(line: Line) -> Hindrance:
    """Why nobody takes what waits in this line."""
    for rank, crew in line.crews:
        if rank.reserve and line.queue.reserve_until is None:
            break
        if crew.staff.total():
            return Hindrance.NOBODY_FREE
    return Hindrance.NOBODY_LOGGED_IN


def rank_of(crew: Crew, line: Line) -> Rank:
    """Also of one who is preferred and lacks the skills."""
    return crew.rank(line) or Rank(crew.reserve, 0, len(crew.skills))
