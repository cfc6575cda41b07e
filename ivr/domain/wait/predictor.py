"""How long each caller in the line has still to wait.

QLm (W. Whitt 1999; R. Ibrahim, W. Whitt, "Real-time delay estimation in overloaded multiserver queues with
abandonments", Management Science 55:1729, 2009) sums the stages of the line: with k callers ahead, n operators of rate
μ and impatience θ, Σ 1/(nμ + jθ) for j = 0 … k. `foretell` is the same sum with three things known better than "all
are alike at all times": who has waited long is more patient; a talk's age tells when it ends; when operators come and
go is planned. And it foretells the wait of those who will be answered: nobody else can hold us to it. What that
is worth is measured in docs/benchmarks.md.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, inf, sqrt

from ivr.domain.wait.measured import Hazard, Measured

STEP_S = 10.0
FORGOTTEN_S = 600.0
"""How far ahead the ages of the present talks matter; later ones end at the mean rate."""
LONGEST_S = 7200.0
"""Nothing further ahead is foretold."""
GROUP_S = 30.0
OLDEST_S = 1920.0
"""Talks are alike beyond it; younger ones within `GROUP_S`."""


@dataclass(frozen=True, slots=True)
class Situation:
    """waiting: how long each caller has waited, the head of the line first, all served by the same operators.
    working: operators who take the line's calls: not paused, nor leaving after their talk. One who serves other lines
             too counts by his share.
    talks:   how long each of them has been at the present call, wrap-up included; empty: not known.
    changes: operators who come back (planned ends of pauses, shifts that begin) or, less than 0, go: in how many
             seconds, how many.
    """

    waiting: Sequence[float]
    working: float
    talks: Sequence[float] = ()
    changes: Sequence[tuple[float, int]] = ()


@dataclass(frozen=True, slots=True)
class Foretold:
    """The wait still to come: its mean and standard deviation, in seconds."""

    mean_s: float
    deviation_s: float

    def quantile_s(self, deviate: float) -> float:
        """The quantile of the standard normal `deviate` (1.28 is 90 %): a gamma law of this mean and deviation, by the
        cube of E. B. Wilson and M. M. Hilferty (1931)."""
        if not self.mean_s:
            return 0.0
        ninth = (self.deviation_s / self.mean_s) ** 2 / 9
        return float(self.mean_s * max(0.0, 1 - ninth + deviate * sqrt(ninth)) ** 3)


def qlm_s(ahead: int, working: float, handling_s: float, leaving_per_s: float) -> float:
    """The plain predictor: `ahead` callers before him, `working` operators with a mean `handling_s`."""
    served = working / handling_s
    return sum(1 / (served + number * leaving_per_s) for number in range(ahead + 1))


def foretell(situation: Situation, measured: Measured) -> list[Foretold | None]:
    """For each of those waiting, in order; None beyond two hours, for all while too little is measured, and when
    nobody works nor comes back."""
    found: list[Foretold | None] = []
    if not measured.thin:
        found.extend(_waits(situation, measured))
    return found + [None] * (len(situation.waiting) - len(found))


def _waits(situation: Situation, measured: Measured) -> Iterator[Foretold]:
    """A caller is reached when operators have become free once for each who is then still there before him."""
    patience = measured.patience
    needed, freed, at, variance = 1.0, 0.0, 0.0, 0.0
    line = iter(situation.waiting)
    waited = next(line, None)
    for begin, end, free in _freed(situation, measured):
        while waited is not None and freed + free >= needed:
            reached = begin + (end - begin) * (needed - freed) / free
            variance += (reached - at) ** 2  # each stage is an exponential time
            at = reached
            yield _if_answered(at, variance, waited, patience)
            needed += exp(patience.total(waited) - patience.total(waited + at))  # if he is still there
            waited = next(line, None)
        freed += free
        if waited is None:
            return


def _if_answered(mean_s: float, variance: float, waited_s: float, patience: Hazard) -> Foretold:
    """The wait of those who do not give up before it ends: a gamma law weighted by the patience around its mean."""
    if not mean_s:
        return Foretold(0.0, 0.0)
    sooner, later = waited_s + 0.7 * mean_s, waited_s + 1.3 * mean_s
    hazard = (patience.total(later) - patience.total(sooner)) / (later - sooner)
    shorter = 1 / (1 + variance / mean_s * hazard)
    return Foretold(mean_s * shorter, sqrt(variance) * shorter)


def _freed(situation: Situation, measured: Measured) -> Iterator[tuple[float, float, float]]:
    """When operators become free: from, to, how many; in steps, up to `LONGEST_S`. Those who come back are a step of
    no length. Each takes the next call at once, for somebody waits."""
    talks = measured.talks
    ages = _ages(situation)
    aged_until = FORGOTTEN_S if ages else 0.0
    changes = sorted(situation.changes)
    working = float(situation.working)
    begin = 0.0
    while begin < LONGEST_S:
        if changes and changes[0][0] <= begin:
            _, more = changes.pop(0)
            if more > 0:
                yield begin, begin, float(more)
            working = _join_or_go(ages, working, more)
            continue
        end = min(begin + STEP_S, changes[0][0] if changes else inf)
        if begin < aged_until:
            free = _grow_older(ages, end - begin, talks)
        else:
            free = working * (end - begin) / measured.handling_s
        if free:
            yield begin, end, free
        begin = end


def _join_or_go(ages: list[tuple[float, float]], working: float, more: int) -> float:
    """Operators come, and take a call each, or go: whose talk it is that ends without freeing anybody is not known.
    How many work then."""
    if more > 0:
        ages.append((0.0, float(more)))
        return working + more
    left = max(0.0, working + more)
    ages[:] = [(age, operators * left / working) for age, operators in ages] if left else []
    return left


def _ages(situation: Situation) -> list[tuple[float, float]]:
    """The present talks as (age, operators), like ages together; as many operators as work: one who leaves after his
    talk frees nobody."""
    alike = Counter((min(age, OLDEST_S) // GROUP_S + 0.5) * GROUP_S for age in situation.talks)
    return [(age, number * situation.working / len(situation.talks)) for age, number in alike.items()]


def _grow_older(ages: list[tuple[float, float]], seconds: float, talks: Hazard) -> float:
    """Let the talks go on for `seconds`; those that end begin anew. How many ended."""
    free = 0.0
    for place, (age, operators) in enumerate(ages):
        left = operators * exp(talks.total(age) - talks.total(age + seconds))
        free += operators - left
        ages[place] = (age + seconds, left)
    ages.append((0.0, free))
    return free
