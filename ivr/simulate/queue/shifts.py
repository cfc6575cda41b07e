"""Who works when, and how: how many sit there in each half hour, how fast they answer, who is missing."""

from dataclasses import dataclass
from math import ceil
from typing import Self

from ivr.domain.acd.model import Operator, OperatorId
from ivr.simulate.queue.day import HALF_HOURS, QUEUE, Load, Numbers, usual

Names = tuple[tuple[Operator, ...], ...]


@dataclass(frozen=True, slots=True)
class Crew:
    """planned:   operators of each half hour of the day.

    named:        who those are, in each half hour; empty: all alike, of the one queue.
    reserve:      operators besides, at hand all day, who are offered calls only while they are called in.
    absent:       share of those planned who do not come at all.
    away:         share of those who came who leave their desks for the second half of every hour, as it happens.
    answer_s:     mean time until a ringing phone is picked up; missed: share of offers that nobody picks up.
    wrap_up_s:    mean of the work after a talk, and its coefficient of variation.
    """

    planned: tuple[int, ...]
    reserve: int = 0
    absent: float = 0.0
    away: float = 0.0
    answer_s: float = 3.0
    missed: float = 0.01
    wrap_up_s: float = 30.0
    wrap_up_cv: float = 0.8
    named: Names = ()

    def __post_init__(self) -> None:
        if len(self.planned) != HALF_HOURS:
            raise ValueError(f"{len(self.planned)} half hours are planned; a day has {HALF_HOURS}")

    @classmethod
    def of(cls, named: Names) -> Self:
        """These very operators."""
        return cls(tuple(map(len, named)), named=named)

    def everybody(self) -> list[Operator]:
        """Who works at any time of the day, the reserve apart, in the order in which they first come."""
        if self.named:
            return list({each.id: each for names in self.named for each in names}.values())
        return [_alike(number) for number in range(max(self.planned))]

    def here(self, half_hour: int) -> set[OperatorId]:
        if self.named:
            return {each.id for each in self.named[half_hour]}
        return {_alike(number).id for number in range(self.planned[half_hour])}


def even(operators: int) -> tuple[int, ...]:
    """As many in every half hour."""
    return (operators,) * HALF_HOURS


def shaped(load: Load, peak: int) -> tuple[int, ...]:
    """As many as the ordinary load of each half hour asks for, `peak` in the busiest one; a storm is not planned."""
    rates: Numbers = usual(load).reshape(HALF_HOURS, -1).sum(axis=1)
    return tuple(ceil(peak * rate / rates.max()) for rate in rates.tolist())


def _alike(number: int) -> Operator:
    return Operator(OperatorId(f"o{number}"), frozenset({QUEUE}), {})
