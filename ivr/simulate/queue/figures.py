"""What a simulated day comes to: waits, losses, occupancy, by half hour and in all, held against the standard."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ivr.domain.acd.model import State
from ivr.domain.staffing import LOST_SHARE, MEAN_WAIT_S, P95_OF_MEAN
from ivr.domain.standards import Bound, Measure, Target, Targets
from ivr.simulate.queue.day import DAY_S, HALF_HOURS, Caller, Numbers

BUSY = frozenset({State.RINGING, State.TALKING, State.WRAP_UP})
AT_WORK = BUSY | {State.READY}
"""Paused, missed and unreachable operators are neither: occupancy is of those who could be with a caller."""
ASSUMED, P95 = "assumed", "95 of 100 wait at most, s"


class Log:
    """What became of each caller, and what the operators did. `here`: callers who are neither answered nor gone."""

    def __init__(self, calls: int) -> None:
        self.here: set[int] = set()
        self.waits: Numbers = np.full(calls, np.nan)
        self.served: NDArray[np.bool_] = np.zeros(calls, dtype=bool)
        self.missed = 0
        self._states: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._since = 0.0
        self.at_work: Numbers = np.zeros(HALF_HOURS)
        self.busy: Numbers = np.zeros(HALF_HOURS)

    def arrived(self, number: int) -> None:
        self.here.add(number)

    def answered(self, number: int, wait: float) -> None:
        self.here.discard(number)
        self.waits[number], self.served[number] = wait, True

    def lost(self, number: int, wait: float) -> None:
        self.here.discard(number)
        self.waits[number] = wait

    def operator(self, name: str, state: str, now: float) -> None:
        self._pass(now)
        self.missed += state in (State.MISSED, State.SET_ASIDE)
        self._counts[self._states.get(name, State.LOGGED_OUT)] -= 1
        self._counts[state] += 1
        self._states[name] = state

    def close(self, now: float) -> None:
        self._pass(now)

    def _pass(self, now: float) -> None:
        """Operators' seconds since the last change, to the half hours they fell in; after midnight, to the last."""
        if now <= self._since:
            return
        at_work = sum(self._counts[state] for state in AT_WORK)
        busy = sum(self._counts[state] for state in BUSY)
        while self._since < now:
            number = min(int(self._since * HALF_HOURS / DAY_S), HALF_HOURS - 1)
            end = (number + 1) * DAY_S / HALF_HOURS if self._since < DAY_S else now
            passed = min(end, now) - self._since
            self.at_work[number] += at_work * passed
            self.busy[number] += busy * passed
            self._since += passed


@dataclass(frozen=True, slots=True)
class Figures:
    """Of a day or a half hour. Seconds; None where nothing happened.

    wait_s, wait_p95_s, wait_max_s:  of those answered, from asking for an operator to his answer.
    wait_all_s:  of all, until the answer or the giving up. lost_share: gave up, of all. operators: at work on average.
    """

    calls: int
    answered: int
    lost: int
    lost_share: float | None
    wait_s: float | None
    wait_p95_s: float | None
    wait_max_s: float | None
    wait_all_s: float | None
    operators: float
    occupancy: float | None


@dataclass(frozen=True, slots=True)
class HalfHour:
    begins: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class OfQueue:
    """`figures` of its callers; nobody's work is of one queue alone, so that `operators` and `occupancy` are empty."""

    queue: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Verdict:
    """One promise against what came of it. clause: of the standard, or ASSUMED. kept: None, nothing was to judge."""

    what: str
    value: float | None
    limit: float
    clause: str
    kept: bool | None


@dataclass(frozen=True, slots=True)
class Day:
    """kept: all verdicts together; None, when there was nothing to judge. queues: each, when there are several."""

    total: Figures
    half_hours: tuple[HalfHour, ...]
    verdicts: tuple[Verdict, ...]
    missed_offers: int
    kept: bool | None
    queues: tuple[OfQueue, ...] = ()

    def document(self) -> dict[str, Any]:
        return asdict(self)


def day(callers: list[Caller], log: Log, targets: Targets) -> Day:
    number = np.asarray([caller.at for caller in callers]) * HALF_HOURS // DAY_S
    parts = []
    for each in range(HALF_HOURS):
        mine = number == each
        minutes = each * 30
        figures = _figures(log.waits[mine], log.served[mine], log.at_work[each], log.busy[each], DAY_S / HALF_HOURS)
        parts.append(HalfHour(f"{minutes // 60:02}:{minutes % 60:02}", figures))
    total = _figures(log.waits, log.served, log.at_work.sum(), log.busy.sum(), DAY_S)
    verdicts = _judge(total, targets)
    judged = [verdict.kept for verdict in verdicts if verdict.kept is not None]
    kept = all(judged) if judged else None
    return Day(total, tuple(parts), verdicts, log.missed, kept, tuple(_by_queue(callers, log)))


def _by_queue(callers: list[Caller], log: Log) -> Iterator[OfQueue]:
    stood = np.asarray([caller.queue for caller in callers])
    names = sorted(set(stood.tolist()))
    for queue in names if len(names) > 1 else ():
        mine = stood == queue
        yield OfQueue(queue, _figures(log.waits[mine], log.served[mine], 0.0, 0.0, DAY_S))


def _figures(waits: Numbers, served: NDArray[np.bool_], at_work: float, busy: float, seconds: float) -> Figures:
    calls, heard = len(waits), waits[served]
    answered = len(heard)
    return Figures(
        calls,
        answered,
        calls - answered,
        (calls - answered) / calls if calls else None,
        float(heard.mean()) if answered else None,
        float(np.percentile(heard, 95)) if answered else None,
        float(heard.max()) if answered else None,
        float(waits.mean()) if calls else None,
        float(at_work / seconds),
        float(busy / at_work) if at_work else None,
    )


def _judge(total: Figures, targets: Targets) -> tuple[Verdict, ...]:
    """Wait, its 95th percentile and the lost share, each of which can be bought by another; ASSUMED is the clause of a
    limit that the standard does not set."""
    wait = targets.wait or Target(MEAN_WAIT_S, Measure.AVERAGE, ASSUMED)
    lost = targets.lost_share or Bound(LOST_SHARE, ASSUMED)
    if wait.measure is Measure.AVERAGE:
        first = _verdict("average wait, s", total.wait_s, wait.seconds, wait.clause)
        p95 = _verdict(P95, total.wait_p95_s, P95_OF_MEAN * wait.seconds, ASSUMED)
    else:
        first = _verdict("longest wait, s", total.wait_max_s, wait.seconds, wait.clause)
        p95 = _verdict(P95, total.wait_p95_s, wait.seconds, wait.clause)
    return first, p95, _verdict("lost share", total.lost_share, lost.value, lost.clause)


def _verdict(what: str, value: float | None, limit: float, clause: str) -> Verdict:
    return Verdict(what, value, limit, clause, None if value is None else value <= limit)
