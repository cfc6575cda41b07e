"""What a centre measures of itself on line: how long calls take their operators, and when callers give up.

Both are kept as a hazard: how many end a second, by age. People who have waited for three minutes give up less often
than newcomers do, and a talk of ten minutes is not the next to end; an exponential law would say that they are alike.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from math import inf

MEMORY = 10_000
"""Ends that are remembered; what is older fades."""
PRIOR = 2
"""Ends by which a band is taken for like the others, until it has more of its own."""
THIN = 20
"""Talks that must have ended before anything is foretold."""
TALK_BANDS_S = (0, 30, 60, 120, 180, 240, 360, 480, 720, 960, 1440, 1920)
WAIT_BANDS_S = (0, 10, 20, 40, 60, 90, 120, 180, 240, 360, 600)


@dataclass(frozen=True)
class Hazard:
    """Ends a second in bands of age; `edges_s` are their beginnings, the first is 0, the last has no end."""

    edges_s: Sequence[float]
    rates: Sequence[float]

    @cached_property
    def _totals(self) -> list[float]:
        steps = [rate * (end - begin) for rate, (begin, end) in zip(self.rates, pairwise(self.edges_s), strict=False)]
        return list(accumulate(steps, initial=0.0))

    def total(self, age_s: float) -> float:
        """The hazard summed from 0: e^−total is the share that reaches this age."""
        band = bisect_right(self.edges_s, age_s) - 1
        return self._totals[band] + self.rates[band] * (age_s - self.edges_s[band])


class Sample:
    """Lives that ended, or were only seen for a while, by age."""

    def __init__(self, edges_s: Sequence[float]) -> None:
        self._edges = tuple(edges_s)
        self._ends = [0.0] * len(edges_s)
        self._lived_s = [0.0] * len(edges_s)
        self._hazard: Hazard | None = None

    def add(self, age_s: float, *, ended: bool) -> None:
        """One life up to `age_s`; not `ended`: it was not over then (an answered caller has not given up)."""
        self._hazard = None
        keep = 1 - 1 / MEMORY
        for band, (begin, end) in enumerate(pairwise((*self._edges, inf))):
            self._ends[band] *= keep
            self._lived_s[band] *= keep
            if age_s > begin:
                self._lived_s[band] += min(age_s, end) - begin
        if ended:
            self._ends[bisect_right(self._edges, age_s) - 1] += 1

    @property
    def ends(self) -> float:
        return sum(self._ends)

    @property
    def rate(self) -> float:
        """Ends a second of life; 0 before the first end."""
        return self.ends / sum(self._lived_s) if self.ends else 0.0

    @property
    def hazard(self) -> Hazard:
        if self._hazard is None:
            rate = self.rate
            rates = [
                (ends + PRIOR) / (lived + PRIOR / rate) if rate else 0.0
                for ends, lived in zip(self._ends, self._lived_s, strict=True)
            ]
            self._hazard = Hazard(self._edges, rates)
        return self._hazard


class Measured:
    """Fed by its owner as talks and waits end. Seconds throughout."""

    def __init__(self) -> None:
        self._talks = Sample(TALK_BANDS_S)
        self._waits = Sample(WAIT_BANDS_S)

    def handled(self, seconds: float) -> None:
        """A call was handled: talk, hold and wrap-up together took an operator so long."""
        self._talks.add(max(seconds, 0.1), ended=True)

    def answered(self, waited_s: float) -> None:
        """A caller was answered after this wait; 0 of those who did not wait."""
        self._waits.add(waited_s, ended=False)

    def gave_up(self, waited_s: float) -> None:
        """A caller hung up unanswered."""
        self._waits.add(waited_s, ended=True)

    @property
    def thin(self) -> bool:
        """Too little is known to foretell anything."""
        return self._talks.ends < THIN

    @property
    def handling_s(self) -> float:
        """Mean time a call takes an operator, wrap-up included. Only when not `thin`."""
        return 1 / self._talks.rate

    @property
    def leaving_per_s(self) -> float:
        """How often a waiting caller gives up, θ: those who did over the whole time that callers waited."""
        return self._waits.rate

    @property
    def talks(self) -> Hazard:
        """The end of a talk by its age."""
        return self._talks.hazard

    @property
    def patience(self) -> Hazard:
        """Giving up by the time waited."""
        return self._waits.hazard
