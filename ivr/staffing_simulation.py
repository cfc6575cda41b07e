"""The plan of `ivr staffing` put to the test: days of chance with its calls and its operators, by the engine's own ACD.

Erlang A takes each half hour for itself, steady for ever, with exponential talks. No day is so: who waits at half past
is still there when the next half hour begins, talks are lognormal, and telephones have to be picked up.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from ivr.domain.acd import QueueRules, Rules
from ivr.domain.standards import Targets
from ivr.prepare import Progress
from ivr.simulate.queue.day import DAY_S, HALF_HOURS, Caller, lognormal
from ivr.simulate.queue.shifts import Crew
from ivr.simulate.queue.world import World
from ivr.staffing_report import Need

TALK_CV = 1.2
HALF_HOUR_S = DAY_S / HALF_HOURS


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a half hour came to, over all simulated days. Seconds, shares 0..1; None: nobody called. Waits are of all
    callers, as those of `Need` are."""

    mean_wait_s: float | None
    p95_wait_s: float | None
    lost_share: float | None
    occupancy: float | None

    def columns(self) -> dict[str, float | None]:
        return {f"simulated_{field.name}": getattr(self, field.name) for field in fields(self)}


def simulate(
    found: Sequence[Need], patience_s: float, targets: Targets, days: int, seed: int, on_progress: Progress
) -> list[Simulated]:
    """One of each need, in their order. The same seed gives the same days."""
    dates: dict[str, list[Need]] = defaultdict(list)
    for need in found:
        dates[need.date].append(need)
    came: dict[tuple[str, str], Simulated] = {}
    for number, (date, needs) in enumerate(dates.items()):
        plan = {need.begins: need for need in needs}
        runs = [_day(plan, patience_s, targets, [seed, number, run], on_progress) for run in range(days)]
        for begins in plan:
            came[date, begins] = _pooled([run[begins] for run in runs])
    return [came[need.date, need.begins] for need in found]


@dataclass(frozen=True, slots=True)
class Run:
    """Of one half hour of one day."""

    waits: np.ndarray
    served: np.ndarray
    busy_s: float
    at_work_s: float


def _day(
    plan: Mapping[str, Need], patience_s: float, targets: Targets, seed: Sequence[int], on_progress: Progress
) -> dict[str, Run]:
    chance = np.random.default_rng(seed)
    names = [f"{number // 2:02}:{number % 2 * 30:02}" for number in range(HALF_HOURS)]
    # A stream without an hour of its own goes on all day.
    needs = [plan.get(name) or plan.get("") for name in names]
    people: list[Caller] = []
    for number, need in enumerate(needs):
        if need is not None:
            count = chance.poisson(need.calls)
            at = (number + chance.random(count)) * HALF_HOUR_S
            talk = chance.lognormal(*lognormal(need.handling_s, TALK_CV), count)
            people += map(Caller, at.tolist(), chance.exponential(patience_s, count).tolist(), talk.tolist())
    people.sort()
    crew = Crew(tuple(need.operators if need else 0 for need in needs), wrap_up_s=0.0)
    log = World(people, crew, Rules(others=QueueRules.of(targets)), int(chance.integers(2**31))).run(on_progress)
    half_hour = np.asarray([caller.at for caller in people]) // HALF_HOUR_S
    found = {}
    for begins in plan:
        mine = [number for number, name in enumerate(names) if begins in ("", name)]
        here = np.isin(half_hour, mine)
        found[begins] = Run(log.waits[here], log.served[here], log.busy[mine].sum(), log.at_work[mine].sum())
    return found


def _pooled(runs: Sequence[Run]) -> Simulated:
    waits, served = (np.concatenate([getattr(run, name) for run in runs]) for name in ("waits", "served"))
    at_work = sum(run.at_work_s for run in runs)
    occupancy = round(sum(run.busy_s for run in runs) / at_work, 4) if at_work else None
    if not len(waits):
        return Simulated(None, None, None, occupancy)
    p95 = float(np.percentile(waits, 95))
    return Simulated(round(float(waits.mean()), 1), round(p95, 1), round(1 - float(served.mean()), 4), occupancy)
