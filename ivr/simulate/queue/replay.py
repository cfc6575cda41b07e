"""A recorded day as the simulator takes one: its callers with what is known of their patience and talks, its staff.

Known are when each came, how long he talked, and how long those waited who gave up. How long the others would have
waited is drawn from what the day shows of patience (exponential: giving up per second waited), and so are the talks of
those who had none (from all that there were). The same seed gives the same day.
"""

from collections import defaultdict
from collections.abc import Sequence
from math import inf
from random import Random

from ivr.domain.acd.history import LogRow, Story, stories
from ivr.domain.errors import ConfigurationError
from ivr.simulate.queue.day import DAY_S, HALF_HOURS, Caller

USUAL_TALK_S = 240.0
"""Of a day on which nobody talked."""
UNANSWERED = frozenset({"left", "nobody_came"})


def callers(day: Sequence[Story], midnight: float, seed: int) -> list[Caller]:
    """Those who came within 24 hours of `midnight` (Unix time), in order."""
    chance = Random(seed)
    mine = [story for story in day if 0 <= story.began - midnight < DAY_S]
    talks = [story.talk_s for story in mine if story.talk_s > 0] or [USUAL_TALK_S]
    leaving = _leaving_per_s(mine)
    found = []
    for story in mine:
        waited = story.waited_s or 0.0
        more = chance.expovariate(leaving) if leaving else inf
        patience = waited if story.outcome in UNANSWERED else waited + more
        found.append(Caller(story.began - midnight, patience, story.talk_s or chance.choice(talks)))
    return sorted(found)


def _leaving_per_s(day: Sequence[Story]) -> float:
    waited = sum(story.waited_s or 0.0 for story in day)
    return sum(story.outcome in UNANSWERED for story in day) / waited if waited else 0.0


def staff(rows: Sequence[LogRow], midnight: float) -> tuple[int, ...]:
    """How many operators had anything to do in each half hour: the least that were there."""
    seen: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        if row.operator and 0 <= row.at - midnight < DAY_S:
            seen[int((row.at - midnight) * HALF_HOURS / DAY_S)].add(row.operator)
    return tuple(len(seen[number]) for number in range(HALF_HOURS))


def scaled(planned: Sequence[int], peak: int) -> tuple[int, ...]:
    """The same shape with `peak` operators in the busiest half hour."""
    most = max(planned)
    return tuple(-(-number * peak // most) for number in planned) if most else (peak,) * HALF_HOURS


def day(rows: Sequence[LogRow], midnight: float, peak: int | None, seed: int) -> tuple[list[Caller], tuple[int, ...]]:
    """Callers and planned operators; `peak` of these in the busiest half hour, None: as recorded. Raises
    ConfigurationError when nobody waited on that day."""
    people = callers(stories(rows), midnight, seed)
    if not people:
        raise ConfigurationError(["nobody waited on that day; `ivr queue log` tells who did"])
    recorded = staff(rows, midnight)
    return people, scaled(recorded, peak or max(1, *recorded))
