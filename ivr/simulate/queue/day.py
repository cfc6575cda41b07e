"""The callers of one day: when they ring, how long they would wait, how long they talk. The same seed, the same day."""

from dataclasses import dataclass
from math import log, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ivr.domain.acd.model import USUAL, Need

Numbers = NDArray[np.float64]

MINUTES, HALF_HOURS = 1440, 48
DAY_S = 86_400.0

PROFILE = (4, 3, 2, 2, 3, 5, 12, 30, 62, 92, 100, 94, 80, 78, 84, 86, 82, 74, 62, 52, 40, 26, 14, 7)
"""Calls by hour of a working day, in hundredths of the busiest: an electricity supplier's line has its peak in the
morning, a lower one after lunch, and an evening of those who come home to a bill. A shape that was made up, not
measured: whoever has a day of his own should use that."""

BURST_CV = 0.1
"""Days are rougher than chance alone makes them: each half hour's load varies by so much about its profile."""


QUEUE = "persons"
"""The one queue of a day that never was."""


class Caller(NamedTuple):
    """Seconds: when he asks for an operator after midnight, how long he would wait, how long he will talk. In which
    queue, how urgent it is, and what he asks of operators."""

    at: float
    patience: float
    talk: float
    queue: str = QUEUE
    priority: int = USUAL
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Storm:
    """A power cut: at `at_hour` the load is `times` the usual, and ebbs evenly to the usual over `hours`."""

    times: float
    at_hour: float = 18.0
    hours: float = 3.0


@dataclass(frozen=True, slots=True)
class Load:
    """calls: of an ordinary day; a storm adds to them. hours: from, to, over midnight where the first is the later;
    nobody asks for an operator outside them.

    talk_s, talk_cv:  mean and coefficient of variation of the talk (lognormal).
    impatient:        share of callers whose mean patience is the first of `patience_s`; the others have the second.
    """

    calls: float
    hours: tuple[float, float] = (0.0, 24.0)
    talk_s: float = 240.0
    talk_cv: float = 1.2
    impatient: float = 0.5
    patience_s: tuple[float, float] = (60.0, 540.0)
    storm: Storm | None = None


def usual(load: Load) -> Numbers:
    """Calls expected in each minute of an ordinary day."""
    minutes = (np.arange(MINUTES) + 0.5) / 60
    rates = np.interp(minutes, np.arange(24) + 0.5, PROFILE, period=24)
    begins, ends = load.hours
    begun, not_over = minutes >= begins, minutes < ends
    rates[~(begun & not_over if begins < ends else begun | not_over)] = 0.0
    return np.asarray(rates * load.calls / rates.sum(), dtype=np.float64)


def expected(load: Load) -> Numbers:
    """Calls expected in each minute, the storm among them."""
    rates = usual(load)
    if load.storm:
        since = (np.arange(MINUTES) + 0.5) / 60 - load.storm.at_hour
        ebb = np.clip(1 - since / load.storm.hours, 0, 1) * (since >= 0)
        rates = rates * (1 + (load.storm.times - 1) * ebb)
    return rates


def callers(load: Load, seed: int) -> list[Caller]:
    """In the order of their arrival."""
    chance = np.random.default_rng(seed)
    rough = chance.gamma(BURST_CV**-2, BURST_CV**2, HALF_HOURS).repeat(MINUTES // HALF_HOURS)
    counts = chance.poisson(expected(load) * rough)
    arrivals = np.sort((np.arange(MINUTES).repeat(counts) + chance.random(counts.sum())) * 60)
    number = len(arrivals)
    mean = np.where(chance.random(number) < load.impatient, *load.patience_s)
    patience = chance.exponential(mean)
    talk = chance.lognormal(*lognormal(load.talk_s, load.talk_cv), number)
    return [Caller(*each) for each in zip(arrivals.tolist(), patience.tolist(), talk.tolist(), strict=True)]


def lognormal(mean: float, cv: float) -> tuple[float, float]:
    """Its mu and sigma, from its mean and coefficient of variation."""
    variance = log(1 + cv * cv)
    return log(mean) - variance / 2, sqrt(variance)
