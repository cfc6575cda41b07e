"""How good the promises were."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Self

from ivr.domain.wait.promise import Outcome

TOO_LITTLE_S = 30


@dataclass(frozen=True, slots=True)
class Errors:
    """Of waits in seconds, told against true. None when there were none.

    rmse_s: the root of the mean squared error. bias_s: the mean error; more than 0: told too little. too_little_share:
    told at least 30 s too little.
    """

    number: int
    rmse_s: float | None
    bias_s: float | None
    too_little_share: float | None

    @classmethod
    def of(cls, errors_s: Iterable[float]) -> Self:
        errors = list(errors_s)
        if not errors:
            return cls(0, None, None, None)
        number = len(errors)
        return cls(
            number,
            sqrt(sum(error * error for error in errors) / number),
            sum(errors) / number,
            sum(error >= TOO_LITTLE_S for error in errors) / number,
        )


@dataclass(frozen=True, slots=True)
class Report:
    """errors: of those who were answered. held_share: of them, whose wait lay in the range that was told. gave_up:
    promises to callers who hung up, which nobody can judge."""

    errors: Errors
    held_share: float | None
    gave_up: int

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Self:
        judged, gave_up = [], 0
        for outcome in outcomes:
            if outcome.answered:
                judged.append(outcome)
            else:
                gave_up += 1
        held = sum(outcome.held for outcome in judged) / len(judged) if judged else None
        return cls(Errors.of(outcome.error_s for outcome in judged), held, gave_up)
