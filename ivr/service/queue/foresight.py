"""What waiting callers are promised, from what the centre measures of itself, and what came true of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ivr.domain.acd.model import EntryId, OperatorId
from ivr.domain.wait import Foretold, Measured, Outcome, Promise, Situation, foretell


@dataclass(frozen=True, slots=True)
class Kept:
    """A promise and what came of it, at the moment when the wait was over."""

    at: float
    outcome: Outcome


class Foresight:
    """`clock` gives Unix time; `keep` takes promises as their waits end."""

    def __init__(self, clock: Callable[[], float], keep: Callable[[Sequence[Kept]], None]) -> None:
        self._clock = clock
        self._keep = keep
        self._measured = Measured()
        self._promises: dict[EntryId, Promise] = {}
        self._busy: dict[OperatorId, float] = {}

    def handled(self, seconds: float) -> None:
        """A call took an operator so long, known from elsewhere."""
        self._measured.handled(seconds)

    def began(self, operator: OperatorId) -> None:
        self._busy[operator] = self._clock()

    def freed(self, operator: OperatorId) -> None:
        """He is free again: talk and the work after it are over."""
        if (began := self._busy.pop(operator, None)) is not None:
            self._measured.handled(self._clock() - began)

    def over(self, entry: EntryId, waited_s: float, *, answered: bool, patient: bool = False) -> None:
        """A wait is over. `patient`: unanswered, but he has not given up."""
        if answered or patient:
            self._measured.answered(waited_s)
        else:
            self._measured.gave_up(waited_s)
        if (promise := self._promises.pop(entry, None)) is not None:
            now = self._clock()
            self._keep([Kept(now, promise.came_true(now, answered=answered))])

    def went(self, entry: EntryId, waited_s: float) -> None:
        """He does not wait on the line any more, for he will be rung back: that is neither answer nor giving up."""
        self._measured.answered(waited_s)  # to his patience it is the same: it lasted so long, and its end is unknown
        self._promises.pop(entry, None)

    def foretold(self, waited_s: Sequence[float], working: float) -> list[Foretold | None]:
        """For those who wait, the head of the line first."""
        now = self._clock()
        talks = [now - began for began in self._busy.values()]
        return foretell(Situation(waited_s, working, talks), self._measured)

    def changed(self, entry: EntryId, foretold: Foretold | None) -> bool:
        """Whether what he was promised is not so any more."""
        promise = self._promises.get(entry)
        return promise is not None and promise.change(self._clock(), foretold) is not None

    def promise(self, entry: EntryId, place: int, foretold: Foretold) -> Promise:
        """Promise him that; the promise that is judged is the last one."""
        promise = self._promises[entry] = Promise.of(entry, self._clock(), place, foretold)
        return promise
