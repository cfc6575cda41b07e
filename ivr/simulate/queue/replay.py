"""A recorded day as the simulator takes one: its callers with what is known of their patience and talks, its staff.

Known are when each came, how long he talked, and how long those waited who gave up. How long the others would have
waited is drawn from what the day shows of patience (exponential: giving up per second waited), and so are the talks of
those who had none (from all that there were). The same seed gives the same day.

Each stands in the queue that he stood in at first and asks for the skills that he asked for. Operators are those who
had anything to do in the half hour, with the roster's queues and skills.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from math import inf
from random import Random

from ivr.domain.acd.history import LogRow, Story, stories
from ivr.domain.acd.model import USUAL, Need, Operator, OperatorId
from ivr.domain.errors import ConfigurationError
from ivr.simulate.queue.day import DAY_S, HALF_HOURS, Caller
from ivr.simulate.queue.shifts import Names

USUAL_TALK_S = 240.0
"""Of a day on which nobody talked."""
UNANSWERED = frozenset({"left", "nobody_came"})
WORK = frozenset({"offered", "answered", "missed"})
"""What shows that an operator was there."""


def callers(day: Sequence[Story], midnight: float, seed: int, priority: Mapping[str, int]) -> list[Caller]:
    """Those who came within 24 hours of `midnight` (Unix time), in order. `priority`: of queues that have one."""
    chance = Random(seed)
    mine = [story for story in day if 0 <= story.began - midnight < DAY_S]
    talks = [story.talk_s for story in mine if story.talk_s > 0] or [USUAL_TALK_S]
    leaving = _leaving_per_s(mine)
    found = []
    for story in mine:
        waited = story.waited_s or 0.0
        more = chance.expovariate(leaving) if leaving else inf
        patience = waited if story.outcome in UNANSWERED else waited + more
        talk, needs = story.talk_s or chance.choice(talks), tuple(Need(*each) for each in story.needs.items())
        urgent = priority.get(story.queue, USUAL)
        found.append(Caller(story.began - midnight, patience, talk, story.queue, urgent, needs))
    return sorted(found)


def _leaving_per_s(day: Sequence[Story]) -> float:
    waited = sum(story.waited_s or 0.0 for story in day)
    return sum(story.outcome in UNANSWERED for story in day) / waited if waited else 0.0


def staff(rows: Sequence[LogRow], midnight: float) -> tuple[tuple[str, ...], ...]:
    """Which operators had anything to do in each half hour: the least that were there."""
    seen: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        if row.operator and row.what in WORK and 0 <= row.at - midnight < DAY_S:
            seen[int((row.at - midnight) * HALF_HOURS / DAY_S)].add(row.operator)
    return tuple(tuple(sorted(seen[number])) for number in range(HALF_HOURS))


def scaled(planned: Names, peak: int) -> Names:
    """The same shape with `peak` operators in the busiest half hour: some of those there, or some of them twice."""
    most = max(map(len, planned))
    return tuple(tuple(islice(_again(names), -(-len(names) * peak // most))) for names in planned)


def evenly(planned: Names) -> Names:
    """Those of the busiest half hour all day."""
    return (max(planned, key=len),) * HALF_HOURS


def _again(names: Sequence[Operator]) -> Iterable[Operator]:
    yield from names
    turn = 2
    while names:
        yield from (replace(each, id=OperatorId(f"{each.id}/{turn}")) for each in names)
        turn += 1


def day(
    rows: Sequence[LogRow],
    midnight: float,
    peak: int | None,
    seed: int,
    roster: Mapping[OperatorId, Operator],
    priority: Mapping[str, int],
) -> tuple[list[Caller], Names]:
    """Callers and operators; `peak` of these in the busiest half hour, None: as recorded. Who is not of the roster any
    more serves every queue of the day. Raises ConfigurationError when nobody waited on that day."""
    people = callers(stories(rows), midnight, seed, priority)
    if not people:
        raise ConfigurationError(["nobody waited on that day; `ivr queue log` tells who did"])
    every = frozenset(each.queue for each in people)

    def who(name: str) -> Operator:
        known = roster.get(OperatorId(name))
        # One in reserve who worked was called in. Rows of before queues were logged have none: theirs is everybody's.
        return (
            replace(known, queues=known.queues | {""}, reserve=False)
            if known
            else Operator(OperatorId(name), every, {})
        )

    named = tuple(tuple(map(who, names)) for names in staff(rows, midnight))
    if not any(named):
        stranger = Operator(OperatorId("o0"), every, {})
        named = ((stranger,),) * HALF_HOURS
    return people, scaled(named, peak) if peak else named
