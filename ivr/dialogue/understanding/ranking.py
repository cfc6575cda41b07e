"""Which of the numbers that may have been said was meant: by the meter, the last reading and the usual consumption.

A candidate's score is minus its cost in nats: how unusual the speech is, and how improbable the number is here. Nothing
is guessed: two that are nearly as likely are put to the caller.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Generic, Protocol, TypeVar

from ivr.dialogue.understanding.numbers import Candidate
from ivr.domain.customer import Register
from ivr.domain.readings import ReadingRules, before, daily_rates, highest_usual_rate

NEVER = math.inf  # nobody can mean it here
BEYOND_DIAL = 14.0  # more digits than the dial has, by one or two: tenths, read along with the rest
LOWER = 10.0  # below the last reading
TOO_MUCH = 2.0  # just above what is usual; for each multiple of e more, TOO_MUCH again
MOST_TOO_MUCH = 8.0
UNUSUAL = 0.5  # for each multiple of e that it differs from the usual consumption
MOST_UNUSUAL = 2.0


SPARE_DIGITS = 2
"""Digits beyond the dial that are let in, so that the mistake can be explained."""


class Context(Protocol):
    """What is known of the number before it is said."""

    def cost(self, digits: str) -> float:
        """How improbable these digits are, in nats: 0 when nothing speaks against them, NEVER when they cannot be."""
        raise NotImplementedError

    def meaning(self, digits: str) -> str:
        """The same for digits that mean the same here."""
        raise NotImplementedError

    def blind(self, digits: str) -> bool:
        """Nothing is known that speaks for these digits, not even their count."""
        raise NotImplementedError

    def vouches(self, digits: str) -> bool:
        """What is known speaks for these digits, and not their count alone."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """What is known of a register. `last`: its last reading. kWh since then: `usual`, and the `most` that is usual."""

    digits: int
    last: int | None = None
    usual: int | None = None
    most: int | None = None

    @classmethod
    def of(cls, register: Register, today: date, rules: ReadingRules) -> "ReadingContext":
        """Of a register's history, by the same rules that its readings are judged by."""
        earlier = before(register, today, rules.zone)
        if not earlier:
            return cls(register.digits)
        days = max(1, (today - earlier[-1].taken_at.astimezone(rules.zone).date()).days)
        rates = daily_rates(earlier, 10**register.digits, rules)
        usual = round(median(rates) * days) if rates else None
        return cls(register.digits, earlier[-1].value, usual, round(highest_usual_rate(rates, rules) * days))

    def cost(self, digits: str) -> float:
        if len(digits) > self.digits:
            return BEYOND_DIAL if len(digits) <= self.digits + SPARE_DIGITS else NEVER
        if self.last is None:
            return 0.0
        used = int(digits) - self.last
        if used < 0:
            used += 10**self.digits
            if self.most is None or used > self.most:
                return LOWER
        if self.most is not None and used > self.most:
            return min(MOST_TOO_MUCH, TOO_MUCH * (1 + math.log(used / max(1, self.most))))
        if self.usual is None:
            return 0.0
        return min(MOST_UNUSUAL, UNUSUAL * abs(math.log((used + 1) / (self.usual + 1))))

    def meaning(self, digits: str) -> str:
        """A dial shows noughts that people may leave out; beyond its width they are a mistake, and stay."""
        return digits.zfill(self.digits)

    def blind(self, digits: str) -> bool:
        return self.usual is None and len(digits) < self.digits

    def vouches(self, digits: str) -> bool:
        return self.usual is not None and self.cost(digits) <= MOST_UNUSUAL


@dataclass(frozen=True, slots=True)
class LengthContext:
    """A number of known length, an account for one. `known`: the numbers there are, when they are few."""

    lengths: frozenset[int]
    known: frozenset[str] = frozenset()

    def cost(self, digits: str) -> float:
        return 0.0 if digits in self.known or (not self.known and len(digits) in self.lengths) else NEVER

    def meaning(self, digits: str) -> str:
        return digits

    def blind(self, digits: str) -> bool:
        return False

    def vouches(self, digits: str) -> bool:
        return digits in self.known


class Weighed(Protocol):
    """Anything that may have been meant: a number, a date, a sum."""

    @property
    def cost(self) -> float:
        raise NotImplementedError

    @property
    def confidence(self) -> float:
        raise NotImplementedError


T = TypeVar("T", bound=Weighed)


@dataclass(frozen=True, slots=True)
class Ranked(Generic[T]):
    """A candidate with its score: 0 is the best there can be. `context`: its improbability's share of it. `doubt`: that
    of how uncertainly it was heard."""

    candidate: T
    score: float
    context: float = 0.0
    doubt: float = 0.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """margin:  nats by which the best must beat the next to be read back alone.
    telling: so many times a difference counts there that was heard: of two ways to hear, the one with 0.7 of the
             confidence is read back, and what is not it is put right by a no; but of two meanings of the same words
             neither is preferred so easily.
    hearing: how unusual or uncertain speech may be at most; doubtful: the same for a number that cannot be true;
             blind: the same where nothing is known that speaks for a number.
    least:   confidence of the least certain word.
    """

    margin: float = 3.0
    telling: float = 3.5
    hearing: float = 6.0
    blind: float = 4.0
    doubtful: float = 1.0
    least: float = 0.0


@dataclass(frozen=True, slots=True)
class Accepted(Generic[T]):
    """One to be read back; it is not stored before the caller says yes."""

    candidate: T


@dataclass(frozen=True, slots=True)
class AskWhich(Generic[T]):
    """Two that are nearly as likely."""

    first: T
    second: T


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """`reason`: nothing (no number at all), never (none that can be meant here), unclear (badly heard), many (more than
    two nearly as likely)."""

    reason: str


Decision = Accepted[T] | AskWhich[T] | NotUnderstood


def rank(candidates: Sequence[Candidate], context: Context) -> list[Ranked[Candidate]]:
    """The candidates by score, the best first; one for each value when it is written with and without noughts."""
    ranked: dict[str, Ranked[Candidate]] = {}
    for candidate in candidates:
        digits = candidate.digits
        improbable = context.cost(digits) if not candidate.cut or context.vouches(digits) else NEVER
        new = Ranked(candidate, -candidate.cost - improbable, improbable, candidate.doubt)
        known = ranked.setdefault(context.meaning(candidate.digits), new)
        if new.score > known.score:
            ranked[context.meaning(candidate.digits)] = new
    return sorted(ranked.values(), key=lambda each: (-each.score, each.candidate.cost, each.candidate.digits))


def by_cost(candidates: Sequence[T]) -> list[Ranked[T]]:
    """The candidates by what they cost alone, where nothing is known beforehand; the best first."""
    return [Ranked(each, -each.cost) for each in sorted(candidates, key=lambda each: each.cost)]


def decide(ranked: Sequence[Ranked[T]], thresholds: Thresholds = Thresholds()) -> Decision[T]:
    """What to do with an answer."""
    possible = [each for each in ranked if each.context < NEVER]
    if not possible:
        return NotUnderstood("never" if ranked else "nothing")
    best = possible[0]
    impossible = best.context >= LOWER and best.candidate.cost > thresholds.doubtful
    if best.candidate.cost > thresholds.hearing or impossible or best.candidate.confidence < thresholds.least:
        return NotUnderstood("unclear")
    near = [
        each
        for each in possible[1:]
        if _ahead(best, each, thresholds.telling) < thresholds.margin and each.candidate.cost <= thresholds.hearing
    ]
    if len(near) > 1:
        return NotUnderstood("many")
    return AskWhich(best.candidate, near[0].candidate) if near else Accepted(best.candidate)


def _ahead(best: Ranked[T], other: Ranked[T], telling: float) -> float:
    """By how much one beats the other."""
    return best.score - other.score + (telling - 1) * max(0.0, other.doubt - best.doubt)
