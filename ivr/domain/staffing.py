"""How many operators a target needs.

A mean wait alone can be met by losing half of the callers (with impatient callers the lost share is mean wait over
mean patience), so it is judged together with the lost share and, if asked, a percentile.
"""

from dataclasses import dataclass
from math import ceil

from ivr.domain.erlang import Line, Traffic

MEAN_WAIT_S, LOST_SHARE = 100.0, 0.05
"""Aimed at, and judged by, where neither the standard nor the user says."""
P95_OF_MEAN = 3.0
"""Where a standard promises an average, 95 of 100 are to wait at most so many times that: of waits that end by chance
alone (exponential) ln 20, 3.0 times the mean, are the 95th percentile."""

MOST = 20_000
"""Operators beyond which the question is a mistake."""


@dataclass(frozen=True, slots=True)
class ServiceTarget:
    """mean_wait_s: at most, of all callers and of the answered alike: standards count the wait until the answer, and a
    line that loses its callers shortens the one or the other. lost_share: hung up unanswered, of all, 0..1, more than
    0. p95_s: 95 % of all callers wait at most so long; None: not asked. Raises ValueError."""

    mean_wait_s: float
    lost_share: float
    p95_s: float | None = None

    def __post_init__(self) -> None:
        if self.mean_wait_s <= 0:
            raise ValueError(f"the mean wait aimed at must be more than 0 s, got {self.mean_wait_s}")
        if not 0 < self.lost_share <= 1:
            raise ValueError(f"the lost share aimed at must be more than 0 and at most 1, got {self.lost_share}")
        if self.p95_s is not None and self.p95_s <= 0:
            raise ValueError(f"the 95th percentile aimed at must be more than 0 s, got {self.p95_s}")

    def met(self, line: Line) -> bool:
        # The cheapest question first: the percentile takes a search of its own.
        return (
            line.lost_share <= self.lost_share
            and max(line.mean_wait_s, line.mean_answer_s) <= self.mean_wait_s
            and (self.p95_s is None or line.longer_than(self.p95_s) <= 0.05)
        )


def operators_needed(traffic: Traffic, target: ServiceTarget) -> int:
    """The least number of operators who meet the target; 0 when nobody calls. Raises ValueError when 20,000 do not."""
    if not traffic.calls_per_hour:
        return 0
    # Who is not lost must be served: fewer cannot do it.
    enough = max(1, int(traffic.load * (1 - target.lost_share)))
    while enough <= MOST and not target.met(Line(traffic, enough)):
        enough *= 2
    if enough > MOST and (traffic.load > MOST or not target.met(Line(traffic, MOST))):
        raise ValueError(f"the target is not met by {MOST} operators")
    short, enough = enough // 2, min(enough, MOST)
    while enough - short > 1:
        middle = (short + enough) // 2
        short, enough = (short, middle) if target.met(Line(traffic, middle)) else (middle, enough)
    return enough


def on_the_roster(working: int, shrinkage: float) -> int:
    """People to plan so that `working` are at their phones, when `shrinkage`, 0 or more and less than 1, of the paid
    time goes to breaks, training, leave and illness. Raises ValueError."""
    if not 0 <= shrinkage < 1:
        raise ValueError(f"shrinkage is 0 or more and less than 1, got {shrinkage}")
    # A hair less, so that 7 / 0.7 is 10 people.
    return ceil(working / (1 - shrinkage) - 1e-9)
