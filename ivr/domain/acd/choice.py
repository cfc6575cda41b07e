"""Who gets whom: the best idle operator for an entry, the first entry for an operator; with the nearest rivals."""

from typing import NamedTuple

from ivr.domain.acd.floor import Floor, Line, Seat, Ticket
from ivr.domain.acd.model import OperatorId, State
from ivr.domain.acd.order import Key
from ivr.domain.acd.records import Hindrance, Passed, Why

RIVALS = 3
"""So many of those passed over are named in a record."""

LOOKS = 16
"""So many lines are looked at for rivals when the first entry has been found."""


class Chosen(NamedTuple):
    seat: Seat
    passed: tuple[Passed, ...]


def best_operator(floor: Floor, line: Line) -> Chosen | None:
    """Of those idle the best skilled, then those with fewest skills in all, then the longest idle. None: nobody."""
    staff, called = floor.staff, line.queue.reserve_until is not None
    idle = staff.in_state[State.READY] & staff.fit(line.queue.name, line.needs, line.lowered)
    regular = idle & ~staff.reserve
    group = regular or (idle if called else 0)
    if not group:
        return None
    ablest = staff.ablest(group, line.needs)
    equal = staff.narrowest(ablest)
    first = staff.idle.first(equal)
    others = {
        Why.IDLE_SHORTER: equal ^ 1 << first[2],
        Why.MORE_SKILLS_ELSEWHERE: ablest ^ equal,
        Why.LESS_SKILLED: group ^ ablest,
        Why.RESERVE: idle ^ group if called else 0,
    }
    rivals = [Passed(staff.idle.first(rest)[1], why) for why, rest in others.items() if rest]
    return Chosen(floor.seats[OperatorId(first[1])], tuple(rivals[:RIVALS]))


class First(NamedTuple):
    ticket: Ticket
    passed: tuple[Passed, ...]


def first_entry(floor: Floor, seat: Seat) -> First | None:
    """The first in order of all that this operator may take. None: nothing waits for him."""
    kept, looks = seat.kept.first(1), 0
    heads: list[Key] = []
    for key in floor.heads:
        if heads or (kept and kept[0] < key):
            looks += 1
            if looks > LOOKS:
                break
        line = floor.tickets[key[2]].line
        if line and line.takes(seat.operator):
            heads.append(key)
            if len(heads) > RIVALS:
                break
    found = sorted(kept + heads)
    if not found:
        return None
    first = floor.tickets[found[0][2]]
    if first.line:
        found = sorted(found + first.line.waiting.first(RIVALS + 1)[1:])
    return First(first, tuple(_later(key, found[0]) for key in found[1 : RIVALS + 1]))


def _later(key: Key, first: Key) -> Passed:
    return Passed(key[2], Why.LOWER_PRIORITY if key[0] > first[0] else Why.ARRIVED_LATER)


def hindrance(floor: Floor, line: Line) -> tuple[Hindrance, dict[State, int]]:
    """Why nobody takes what waits in this line, and what those who might are doing."""
    fit = floor.staff.fit(line.queue.name, line.needs, line.lowered)
    if line.queue.reserve_until is None:
        fit &= ~floor.staff.reserve
    return (Hindrance.NOBODY_FREE if fit else Hindrance.NOBODY_LOGGED_IN), floor.staff.by_state(fit)
