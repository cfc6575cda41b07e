"""`ivr bench wait`: our promise of the wait against what Asterisk's own queue says, in a simulated centre.

One line, first come first served; calls come in waves, from well below to well above what the operators can serve;
talks are lognormal; half of the callers are impatient. With `vanish`, three in ten operators leave in the second half
of every hour, each after his talk: that they will leave nobody knows, when they come back is known (a planned pause).
Both sides learn on line. The first working week (five days of twelve hours) only teaches them; after that each caller
is foretold his wait on entering and whenever the whole line is looked at, and it is judged when he is answered. Those
who give up cannot be judged.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from math import log, pi, sin, sqrt
from random import Random
from typing import Any

from ivr.domain.wait import AsteriskHold, Errors, Measured, Outcome, Promise, Report, Situation, foretell, qlm_s

HOUR_S = 3600.0
TALK_S, TALK_CV = 240.0, 1.2
PATIENCE_S = (60.0, 540.0)
LOAD, WAVE, WAVE_S = 0.95, 0.35, 4 * HOUR_S
"""Calls that come, in shares of what the operators can serve: their mean, how far they swing, how long a wave is."""
AWAY_SHARE = 0.3
LOOK_S = 30.0
"""How often the whole line is looked at again."""
TEACHING_H = 60
TARGET = 0.40
"""By how much our error must be less than Asterisk's."""

OURS, QLM, ASTERISK, AVERAGE = "ours", "qlm", "asterisk", "asterisk_unspoken"

Show = Callable[[str, int, int], None]


@dataclass(eq=False, slots=True)
class Caller:
    """What he was told: of each forecaster the waits still to come, with the moments. The first is on entering."""

    came: float
    gone: bool = False
    told: list[tuple[float, dict[str, float]]] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)


@dataclass(slots=True)
class Told:
    """What was told to those who were answered, against what came true: errors in seconds by forecaster."""

    entering: dict[str, list[float]] = field(default_factory=dict)
    looking: dict[str, list[float]] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    promises: int = 0
    callers: int = 0

    def judge(self, caller: Caller, now: float) -> None:
        for number, (at, waits) in enumerate(caller.told):
            for name, wait in waits.items():
                error = now - at - wait
                self.looking.setdefault(name, []).append(error)
                if not number:
                    self.entering.setdefault(name, []).append(error)
        if caller.promises:
            self.outcomes.append(caller.promises[0].came_true(now, answered=True))
            self.promises += len(caller.promises)
            self.callers += 1


class Centre:
    """A day of one centre. Events are (moment, number, what happens); the moment is in seconds from the start."""

    def __init__(self, operators: int, *, vanish: bool, seed: int, judged_h: float) -> None:
        self.told = Told()
        self._chance = Random(seed)
        self._operators = operators
        self._until = (TEACHING_H + judged_h) * HOUR_S
        self._numbers = count()
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._line: list[Caller] = []
        self._talks: dict[int, float] = {}  # when each began
        self._away = 0  # who have left
        self._leaving = 0  # who should be away by now
        self._back = 0.0
        self._measured = Measured()
        self._hold = AsteriskHold()
        self._at(self._next_call(0.0), self._call)
        self._at(LOOK_S, self._look)
        if vanish:
            self._at(HOUR_S / 2, self._vanish)

    def run(self) -> Told:
        while self._events:
            now, _, happens = heappop(self._events)
            happens(now)
        return self.told

    def _at(self, moment: float, happens: Callable[[float], None]) -> None:
        if moment < self._until:
            heappush(self._events, (moment, next(self._numbers), happens))

    def _next_call(self, now: float) -> float:
        """By thinning: as many as at the top of a wave, of which so many come as the wave has now."""
        top = self._operators / TALK_S * (LOAD + WAVE)
        while True:
            now += self._chance.expovariate(top)
            share = (LOAD + WAVE * sin(2 * pi * now / WAVE_S)) / (LOAD + WAVE)
            if self._chance.random() < share:
                return now

    def _call(self, now: float) -> None:
        caller = Caller(now)
        self._line.append(caller)
        self._at(self._next_call(now), self._call)
        self._at(
            now + self._chance.expovariate(1 / self._chance.choice(PATIENCE_S)), lambda at: self._give_up(caller, at)
        )
        self._answer(now)
        if not caller.gone:
            self._tell(now, self._line[-1:])

    def _give_up(self, caller: Caller, now: float) -> None:
        if not caller.gone:
            caller.gone = True
            self._line.remove(caller)
            self._measured.gave_up(now - caller.came)

    def _answer(self, now: float) -> None:
        """Whoever should be away leaves as soon as he is free; the others take the head of the line."""
        free = self._operators - self._away - len(self._talks)
        leave = min(free, max(0, self._leaving - self._away))
        self._away += leave
        for caller in self._line[: free - leave]:
            caller.gone = True
            self._measured.answered(now - caller.came)
            self._hold.answered(now - caller.came)
            if caller.came >= TEACHING_H * HOUR_S:
                self.told.judge(caller, now)
            self._talk(now)
        del self._line[: free - leave]

    def _talk(self, now: float) -> None:
        number = next(self._numbers)
        self._talks[number] = now
        spread = log(1 + TALK_CV**2)
        seconds = self._chance.lognormvariate(log(TALK_S) - spread / 2, sqrt(spread))

        def over(at: float) -> None:
            del self._talks[number]
            self._measured.handled(seconds)
            self._answer(at)

        self._at(now + seconds, over)

    def _vanish(self, now: float) -> None:
        self._leaving = round(AWAY_SHARE * self._operators)
        self._back = now + HOUR_S / 2
        self._at(self._back, self._return)
        self._at(now + HOUR_S, self._vanish)
        self._answer(now)

    def _return(self, now: float) -> None:
        self._leaving = self._away = 0
        self._answer(now)

    def _look(self, now: float) -> None:
        self._at(now + LOOK_S, self._look)
        if self._line:
            self._tell(now, self._line)

    def _tell(self, now: float, callers: Sequence[Caller]) -> None:
        """Foretell `callers`, the end of the line, their waits by every forecaster."""
        if now < TEACHING_H * HOUR_S:
            return
        working = self._operators - max(self._leaving, self._away)
        situation = Situation(
            [now - caller.came for caller in self._line],
            working,
            [now - began for began in self._talks.values()],
            [(self._back - now, self._leaving)] if self._leaving else [],
        )
        found = foretell(situation, self._measured)
        first = len(self._line) - len(callers)
        handling, leaving = self._measured.handling_s, self._measured.leaving_per_s
        for ahead, (caller, foretold) in enumerate(zip(callers, found[first:], strict=True), start=first):
            if foretold is None:
                continue
            waits = {
                OURS: foretold.mean_s,
                QLM: qlm_s(ahead, working, handling, leaving),
                ASTERISK: self._hold.says_s(now - caller.came),
                AVERAGE: abs(self._hold.hold_s - (now - caller.came)),
            }
            caller.told.append((now, waits))
            if not caller.promises or caller.promises[-1].change(now, foretold):
                caller.promises.append(Promise.of("", now, ahead + 1, foretold))


def run(operators: Sequence[int], seeds: int, judged_h: float, on_progress: Show) -> dict[str, Any]:
    """Every size of centre, with all operators there and with some who vanish."""
    settings = [(number, vanish) for number in operators for vanish in (False, True)]
    runs = []
    for number, (size, vanish) in enumerate(settings):
        told = Told()
        for seed in range(seeds):
            on_progress("centres", number * seeds + seed, len(settings) * seeds)
            _add(told, Centre(size, vanish=vanish, seed=seed, judged_h=judged_h).run())
        runs.append({"operators": size, "staff_vanish": vanish, **_figures(told)})
    on_progress("centres", len(settings) * seeds, len(settings) * seeds)
    return {"seeds": seeds, "hours": judged_h, "target_gain": TARGET, "runs": runs}


def _add(told: Told, more: Told) -> None:
    for name in more.looking:
        told.entering.setdefault(name, []).extend(more.entering[name])
        told.looking.setdefault(name, []).extend(more.looking[name])
    told.outcomes.extend(more.outcomes)
    told.promises += more.promises
    told.callers += more.callers


def _figures(told: Told) -> dict[str, Any]:
    report = Report.of(told.outcomes)
    return {
        "gain": _gain(told.looking),
        "gain_on_entering": _gain(told.entering),
        "told_on_entering": _errors(told.entering),
        f"told_every_{LOOK_S:.0f}_s": _errors(told.looking),
        "range_held_share": _short(report.held_share),
        "told_per_caller": _short(told.promises / told.callers) if told.callers else None,
    }


def _gain(errors: dict[str, list[float]]) -> float | None:
    """By which share our error is less than Asterisk's."""
    ours, theirs = (Errors.of(errors.get(name, ())).rmse_s for name in (OURS, ASTERISK))
    return _short(1 - ours / theirs) if ours is not None and theirs else None


def _errors(errors: dict[str, list[float]]) -> dict[str, Any]:
    found = {}
    for name, of_it in errors.items():
        these = Errors.of(of_it)
        found[name] = {
            "waits": these.number,
            "rmse_s": _short(these.rmse_s, 1),
            "bias_s": _short(these.bias_s, 1),
            "too_little_share": _short(these.too_little_share),
        }
    return found


def _short(value: float | None, digits: int = 3) -> float | None:
    return None if value is None else round(value, digits)
