"""How long callers wait, and how many give up, when so many operators serve a stream of calls. Exact formulas.

Calls come at random (Poisson), talk with wrap-up is exponential, first come first served.

    Erlang B   no line at all: who finds every operator busy is lost.
    Erlang C   a line in which everybody waits for ever (M/M/n).
    Erlang A   a line that callers leave when their patience, exponential too, is over (M/M/n+M).

Sources: A. K. Erlang 1917; O. Garnett, A. Mandelbaum, M. Reiman, "Designing a call center with impatient customers",
Manufacturing & Service Operations Management 4:208 (2002). A caller who finds j others waiting waits a sum of j + 1
exponential times of rates nμ, nμ + θ, …, nμ + jθ, which is −ln(Beta(nμ/θ, j + 1))/θ: their Laplace transforms are
equal. The distribution function of that Beta is a finite sum of positive terms, so nothing below is approximated but
the line's length, cut where it is less probable than 1e-15 of the whole.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import exp, expm1, inf, log

HOUR_S = 3600.0
NEGLIGIBLE = 1e-15
HUGE = 1e200
"""Weights are scaled down beyond it, before they overflow."""
PRECISION_S = 0.001


def erlang_b(load: float, operators: int) -> float:
    """The share of calls that find all `operators` busy when none may wait. `load` in erlangs: calls a second times
    seconds a call. B(n) = aB(n−1) / (n + aB(n−1)), which neither overflows nor cancels. Raises ValueError."""
    _not_negative(load, operators)
    blocked = 1.0
    for number in range(1, operators + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


def erlang_c(load: float, operators: int) -> float:
    """The share of calls that wait when all wait for ever: nB / (n − a(1 − B)); 1 when `operators` cannot cope. Raises
    ValueError."""
    blocked = erlang_b(load, operators)
    if operators <= load:
        return 1.0
    return operators * blocked / (operators - load * (1 - blocked))


def _not_negative(load: float, operators: int) -> None:
    if not 0 <= load < inf or operators < 0:
        raise ValueError(f"load and operators must not be negative, got {load} and {operators}")


@dataclass(frozen=True, slots=True)
class Traffic:
    """calls_per_hour: those who ask for an operator. handling_s: mean talk with hold and wrap-up (AHT). patience_s:
    mean time after which a caller who was not answered hangs up; None: never. Raises ValueError."""

    calls_per_hour: float
    handling_s: float
    patience_s: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.calls_per_hour < inf:
            raise ValueError(f"calls an hour must not be negative, got {self.calls_per_hour}")
        if not 0 < self.handling_s < inf:
            raise ValueError(f"handling time must be more than 0 s, got {self.handling_s}")
        if self.patience_s is not None and not 0 < self.patience_s < inf:
            raise ValueError(f"patience must be more than 0 s, got {self.patience_s}")

    @property
    def load(self) -> float:
        """Erlangs."""
        return self.calls_per_hour / HOUR_S * self.handling_s


@dataclass(frozen=True)
class Line:
    """The line in front of `operators` who serve `traffic`, in its steady state.

    Waits of all callers, whether they were answered or gave up, count from asking for an operator. Without patience
    and with too few operators the line grows for ever: waits are infinite. Raises ValueError without operators.
    """

    traffic: Traffic
    operators: int

    def __post_init__(self) -> None:
        if self.operators < 1:
            raise ValueError(f"a line needs an operator, got {self.operators}")

    @property
    def _served_per_s(self) -> float:
        return self.operators / self.traffic.handling_s

    @property
    def _given_up_per_s(self) -> float:
        return 1 / self.traffic.patience_s if self.traffic.patience_s else 0.0

    @cached_property
    def _waiting(self) -> tuple[float, ...]:
        """P(all are busy and exactly j callers wait), j = 0, 1, …; of a line that the impatient leave."""
        came, served, leave = self.traffic.calls_per_hour / HOUR_S, self._served_per_s, self._given_up_per_s
        weights = [erlang_b(self.traffic.load, self.operators)]
        total = 1.0
        while True:
            growth = came / (served + len(weights) * leave)
            if growth <= 1 and weights[-1] <= NEGLIGIBLE * total:
                return tuple(weight / total for weight in weights)
            weights.append(weights[-1] * growth)
            total += weights[-1]
            if weights[-1] > HUGE:
                weights = [weight / HUGE for weight in weights]
                total /= HUGE

    @cached_property
    def _waiting_at_least(self) -> tuple[float, ...]:
        return tuple(accumulate(reversed(self._waiting)))[::-1]

    @property
    def _steady(self) -> bool:
        return self.traffic.patience_s is not None or self.operators > self.traffic.load

    @property
    def delayed_share(self) -> float:
        """The share of callers who are not answered at once."""
        if self.traffic.patience_s is None:
            return erlang_c(self.traffic.load, self.operators)
        return self._waiting_at_least[0]

    @cached_property
    def mean_wait_s(self) -> float:
        """Mean wait of all callers, until the answer or until they gave up: the line's mean length over the arrivals
        (Little's law)."""
        if not self._steady:
            return inf
        if self.traffic.patience_s is None:
            return self.delayed_share * self.traffic.handling_s / (self.operators - self.traffic.load)
        came = self.traffic.calls_per_hour / HOUR_S
        return sum(self._waiting_at_least[1:]) / came if came else 0.0

    @property
    def lost_share(self) -> float:
        """The share of callers who gave up: mean wait over mean patience."""
        return self.mean_wait_s / self.traffic.patience_s if self.traffic.patience_s else 0.0

    @property
    def mean_answer_s(self) -> float:
        """Mean wait of those who were answered (ASA)."""
        if self.traffic.patience_s is None:
            return self.mean_wait_s
        waited, passing = 0.0, 0.0
        for share, stage in zip(self._waiting, self._stages(), strict=True):
            passing += 1 / stage
            waited += share * self._served_per_s / stage * passing
        return waited / (1 - self.lost_share)

    @property
    def occupancy(self) -> float:
        """The share of their time that operators serve callers."""
        return self.traffic.load * (1 - self.lost_share) / self.operators if self._steady else 1.0

    def longer_than(self, seconds: float) -> float:
        """The share of callers who still wait after `seconds`, 0 or more."""
        if not self._steady:
            return 1.0
        if self.traffic.patience_s is None:
            spare = (self.operators - self.traffic.load) / self.traffic.handling_s
            return self.delayed_share * exp(-spare * seconds)
        left = departures(self._served_per_s, self._given_up_per_s, seconds, len(self._waiting))
        offered = sum(share * chance for share, chance in zip(self._waiting_at_least, left, strict=True))
        return offered * exp(-seconds * self._given_up_per_s)

    def answered_within(self, seconds: float) -> float:
        """The share of all callers who are answered within `seconds` (service level); who gave up was not."""
        if self.traffic.patience_s is None:
            return 1 - self.longer_than(seconds)
        served, leave = self._served_per_s, self._given_up_per_s
        # Who is answered while he is patient waits as if each stage were faster by his own rate of giving up.
        still = accumulate(departures(served + leave, leave, seconds, len(self._waiting)))
        answered = 1 - self.delayed_share
        for share, stage, late in zip(self._waiting, self._stages(), still, strict=True):
            answered += share * served / stage * (1 - late)
        return answered

    def _stages(self) -> Iterator[float]:
        """The rate at which a line of j waiting and one more grows shorter."""
        return (self._served_per_s + (ahead + 1) * self._given_up_per_s for ahead in range(len(self._waiting)))

    def percentile_s(self, share: float) -> float:
        """The wait that `share` of all callers, 0 or more and less than 1, do not exceed, to a millisecond; 0 when so
        many are answered at once. Raises ValueError."""
        if not 0 <= share < 1:
            raise ValueError(f"a percentile's share is 0 or more and less than 1, got {share}")
        if not self._steady:
            return inf
        return waited_s(self.longer_than, 1 - share)


def departures(served_per_s: float, given_up_per_s: float, seconds: float, most: int) -> tuple[float, ...]:
    """P(exactly i callers have left the line within `seconds`), i = 0 … `most` − 1, while operators take its head at
    `served_per_s` and the i-th stage from the end of the line is faster by i times `given_up_per_s`.

    So the sum of the first k + 1 is the chance that a caller with k others ahead has not been answered yet, were he
    himself patient. Poisson without impatience, else negative binomial. Taken in logarithms, for e^(−nμt) is too small
    for a float long before the sum is.
    """
    if seconds <= 0:
        return (1.0,) + (0.0,) * (most - 1)
    weight, found = -served_per_s * seconds, []
    gone = -expm1(-given_up_per_s * seconds)
    for number in range(1, most + 1):
        found.append(exp(weight))
        if given_up_per_s:
            weight += log((served_per_s / given_up_per_s + number - 1) / number * gone)
        else:
            weight += log(served_per_s * seconds / number)
    return tuple(found)


def waited_s(longer_than: Callable[[float], float], rest: float) -> float:
    """After how many seconds only `rest` of the callers still wait, to a millisecond; `longer_than` falls."""
    if longer_than(0.0) <= rest:
        return 0.0
    low, high = 0.0, 1.0
    while longer_than(high) > rest:
        low, high = high, 2 * high
    while high - low > PRECISION_S:
        middle = (low + high) / 2
        low, high = (middle, high) if longer_than(middle) > rest else (low, middle)
    return high
