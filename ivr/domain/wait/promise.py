"""A promise of the wait: what a caller is told, when he is told anew, and what came true."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor
from typing import Self

from ivr.domain.wait.predictor import Foretold

SOONEST, LATEST = -0.84, 1.28
"""Normal deviates of the range that is told: one in five is answered sooner, one in ten later. Later is worse."""
MINUTE_S = 60
HOUR_MIN = 60
GRID_MIN = ((10, 1), (30, 5), (HOUR_MIN, 10))
"""Up to so many minutes, the range is told in steps of so many."""
BETTER_S, BETTER_SHARE = 60, 0.25
"""A wait is shorter than told when its end comes sooner by both."""
APART_S = 30
"""Nobody is told anew sooner than this."""


@dataclass(frozen=True, slots=True)
class Minutes:
    """The range that is told, in whole minutes. (0, 1): less than one. Alike: about so many. `high` None: more than
    `low`, an hour."""

    low: int
    high: int | None

    @classmethod
    def of(cls, foretold: Foretold) -> Self:
        low, high = foretold.quantile_s(SOONEST) / MINUTE_S, foretold.quantile_s(LATEST) / MINUTE_S
        about = round(foretold.mean_s / MINUTE_S)
        if 1 <= about <= GRID_MIN[0][0] and about - 0.5 <= low and high <= about + 0.5:
            return cls(about, about)
        if high > HOUR_MIN:
            return cls(max(1, _coarse(min(low, HOUR_MIN), floor)), None)
        return cls(_coarse(low, floor), max(1, _coarse(high, ceil)))

    def __str__(self) -> str:
        """As the wording's kind `wait` takes it: `2-4`, `3-3`, `60-`."""
        return f"{self.low}-{'' if self.high is None else self.high}"

    def holds(self, waited_s: float) -> bool:
        """Does a wait lie in what was told? "About" is half a minute either way."""
        spare = MINUTE_S / 2 if self.low == self.high else 0.0
        if waited_s < self.low * MINUTE_S - spare:
            return False
        return self.high is None or waited_s <= self.high * MINUTE_S + spare


def _coarse(minutes: float, rounded: Callable[[float], int]) -> int:
    step = next(step for limit, step in GRID_MIN if minutes <= limit)
    return rounded(minutes / step) * step


class Change(StrEnum):
    IMPROVED = "improved"
    BROKE = "broke"


@dataclass(frozen=True, slots=True)
class Promise:
    """What was foretold to the caller `entry` at the moment `at`, when he was at `place`, 1 the head of the line.

    Moments are seconds of any one clock. low_s, high_s: the range before it was rounded to `minutes`.
    """

    entry: str
    at: float
    place: int
    low_s: float
    high_s: float
    predicted_s: float
    minutes: Minutes

    @classmethod
    def of(cls, entry: str, now: float, place: int, foretold: Foretold) -> Self:
        low, high = foretold.quantile_s(SOONEST), foretold.quantile_s(LATEST)
        return cls(entry, now, place, low, high, foretold.mean_s, Minutes.of(foretold))

    def change(self, now: float, foretold: Foretold | None) -> Change | None:
        """Why he must be told anew; None: what he was told still stands, or nothing is foretold."""
        if foretold is None or now < self.at + APART_S:
            return None
        if now + foretold.mean_s > self.at + self.high_s:
            return Change.BROKE
        sooner = self.at + self.high_s - (now + foretold.quantile_s(LATEST))
        if sooner >= BETTER_S and sooner >= BETTER_SHARE * self.high_s:
            return Change.IMPROVED
        return None

    def came_true(self, now: float, *, answered: bool) -> "Outcome":
        """The wait is over: the caller was answered, or gave up."""
        return Outcome(self, now - self.at, answered)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A promise and how long the caller waited after it. One who gave up tells nothing of the error."""

    promise: Promise
    waited_s: float
    answered: bool

    @property
    def error_s(self) -> float:
        """More than 0: told too little."""
        return self.waited_s - self.promise.predicted_s

    @property
    def held(self) -> bool:
        """Did the wait lie in the range that was told?"""
        return self.promise.minutes.holds(self.waited_s)
