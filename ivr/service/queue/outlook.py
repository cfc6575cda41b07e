"""What is to be expected of the line: places, waits still to come, whether anybody works."""

from collections.abc import Callable, Iterator

from ivr.domain.acd import Acd
from ivr.domain.acd.events import WaitPredicted
from ivr.domain.acd.model import EntryId, State
from ivr.domain.wait import Foretold
from ivr.service.queue.callers import CallersInLine
from ivr.service.queue.foresight import Foresight

WORKING = frozenset({State.READY, State.RINGING, State.TALKING, State.WRAP_UP, State.MISSED})
REACH_S = 120.0
"""An operator on a pause, or set aside, who is back within so long counts as there."""


class Outlook:
    """`clock` gives the ACD's own time."""

    def __init__(self, acd: Acd, callers: CallersInLine, foresight: Foresight, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._acd = acd
        self._callers = callers
        self._foresight = foresight

    def foretold(self, entry: EntryId) -> tuple[int, Foretold | None] | None:
        """His place (1 is the first) and the wait still to come, if that is known; None: he does not wait."""
        waiting = self._callers.of(entry)
        if waiting is None or self._acd.place(entry) is None:
            return None
        queue = waiting.entry.queue
        place = self._callers.standing(queue).index(entry)
        return place + 1, self._foresight.foretold(self._callers.waits_s(queue), self._working(queue))[place]

    def staffed(self, queue: str) -> bool:
        """Whether anybody who serves the queue works, or will be back from a pause within REACH_S: one at lunch,
        one who has not told when he will be back, or whose telephone is gone, is nobody to wait for."""
        return self._working(queue) > 0 or self._acd.back_s(queue, self._clock()) <= REACH_S

    def elsewhere(self, queue: str) -> str:
        """The queue that callers of this one overflow to, if anybody works there; else empty."""
        to = self._acd.rules.of(queue).overflow_to
        return to if to and self.staffed(to) else ""

    def _working(self, queue: str) -> int:
        return sum(count for state, count in self._acd.staff(queue).items() if state in WORKING)

    def predictions(self) -> Iterator[WaitPredicted]:
        """What the next caller of each queue would wait, so that the ACD calls the reserve in."""
        for queue, waits_s in self._callers.waits().items():
            waited = [*self._callers.waits_s(queue), 0.0]
            foretold = self._foresight.foretold(waited, self._working(queue))[-1]
            yield WaitPredicted(queue, foretold.mean_s if foretold else max(waits_s))
