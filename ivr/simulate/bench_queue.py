"""`ivr bench queue`: how long the ACD's core takes for one event, by the size of the centre; no telephone, no database.

A busy centre: every operator works and as many callers wait; each event that takes one out of the line is followed by
one that joins. Then an idle one: nobody waits, three operators of four are ready. Staff and demands are mixed, so that
most operators have skills like nobody else's.
"""

from collections.abc import Callable, Sequence
from random import Random
from time import perf_counter
from typing import Any

from ivr.domain.acd import Acd, QueueRules, Relaxation, Rules
from ivr.domain.acd.commands import Offer
from ivr.domain.acd.events import (
    CallerLeft,
    CallerQueued,
    Event,
    Failure,
    OfferAnswered,
    OfferFailed,
    OperatorLoggedIn,
    TalkEnded,
    Tick,
    WrapUpEnded,
)
from ivr.domain.acd.model import Entry, EntryId, Need, Operator, OperatorId
from ivr.prepare import Progress
from ivr.simulate.bench_calls.figures import share

SIZES = (10, 100, 1000, 5000)
QUEUES = ("persons", "companies", "dispatcher")
SKILLS = ("readings", "billing", "contracts", "meters", "outages", "debts")
RULES = Rules(others=QueueRules(relaxation=(Relaxation(30.0, 1), Relaxation(60.0, 2))))
SHIFT_S = 1e6
MISSED, LEAVING = 0.05, 0.15
"""Shares of offers that are missed, and of events in which one who waits hangs up."""


class Life:
    """Chance events of a centre, each timed. `line`: those who wait, as far as the benchmark knows."""

    def __init__(self, operators: int) -> None:
        self.acd, self.chance, self.now = Acd(RULES), Random(operators), 0.0
        self.operators, self.came = operators, 0
        self.timings: list[float] = []
        self.offers: list[Offer] = []
        self.talking: list[OperatorId] = []
        self.wrapping: list[OperatorId] = []
        self.line: list[EntryId] = []

    def do(self, event: Event) -> None:
        before = perf_counter()
        outcome = self.acd.handle(event, self.now)
        self.timings.append(perf_counter() - before)
        self.offers += (command for command in outcome.commands if isinstance(command, Offer))

    def log_in(self) -> None:
        chance = self.chance
        for number in range(self.operators):
            skills = {skill: chance.randint(1, 3) for skill in chance.sample(SKILLS, chance.randint(2, len(SKILLS)))}
            queues = frozenset(chance.sample(QUEUES, chance.choice((2, 3))))
            self.do(OperatorLoggedIn(Operator(OperatorId(f"o{number}"), queues, skills), SHIFT_S))

    def arrive(self) -> None:
        self.came += 1
        name, chance = EntryId(f"e{self.came}"), self.chance
        asked = chance.sample(SKILLS, chance.choice((0, 1, 1, 2)))
        needs = tuple(Need(skill, chance.randint(1, 2)) for skill in asked)
        entry = Entry(name, chance.choice(QUEUES), self.now, priority=chance.choice((0, 5, 5)), needs=needs)
        self.line.append(name)
        self.do(CallerQueued(entry))

    def hang_up(self) -> None:
        """One of those who wait, as far as is known; he may have been answered meanwhile: he is passed over."""
        while self.line:
            place = self.chance.randrange(len(self.line))
            name, self.line[place] = self.line[place], self.line[-1]
            self.line.pop()
            if self.acd.place(name) is not None:
                return self.do(CallerLeft(name))

    def work(self) -> None:
        """An operator goes on: he answers, ends his talk, ends his wrap-up."""
        if self.offers:
            offer = self.offers.pop()
            if self.chance.random() < MISSED:
                return self.do(OfferFailed(offer.offer, Failure.NO_ANSWER))
            self.talking.append(offer.operator)
            return self.do(OfferAnswered(offer.offer))
        if self.talking and (not self.wrapping or self.chance.random() < 0.5):
            operator = self._any(self.talking)
            self.wrapping.append(operator)
            return self.do(TalkEnded(operator))
        if self.wrapping:
            self.do(WrapUpEnded(self._any(self.wrapping)))

    def _any(self, names: list[OperatorId]) -> OperatorId:
        place = self.chance.randrange(len(names))
        names[place], names[-1] = names[-1], names[place]
        return names.pop()

    def time_passes(self) -> None:
        self.now += self.chance.expovariate(self.operators / 20)
        while (deadline := self.acd.next_deadline()) is not None and deadline <= self.now:
            self.do(Tick())

    def fill(self) -> None:
        """Everybody talks, and as many wait."""
        while sum(map(self.acd.waiting, QUEUES)) < self.operators:
            self.arrive()
            while self.offers:
                self.work()

    def busy(self) -> None:
        if self.chance.random() < LEAVING:
            self.hang_up()
        else:
            self.work()
        while sum(map(self.acd.waiting, QUEUES)) < self.operators:
            self.arrive()
        self.time_passes()

    def idle(self) -> None:
        self.arrive()
        self.work()
        if len(self.talking) + len(self.wrapping) > self.operators / 4:
            self.work()
            self.work()
        self.time_passes()


def run(events: int, sizes: Sequence[int], on_progress: Progress) -> dict[str, Any]:
    """`events`: how many are timed at each size, busy and idle each."""
    runs = []
    for number, operators in enumerate(sizes):
        on_progress("centres", number, len(sizes))
        runs.append(_measure(operators, events))
    return {"runs": runs}


def _measure(operators: int, events: int) -> dict[str, Any]:
    idle, busy = Life(operators), Life(operators)
    idle.log_in()
    busy.log_in()
    busy.fill()
    quiet = _timed(idle, events, idle.idle)
    loaded = _timed(busy, events, busy.busy)
    waiting = sum(map(busy.acd.waiting, QUEUES))
    return {"operators": operators, "waiting": waiting, **loaded, "idle": quiet}


def _timed(life: Life, events: int, step: Callable[[], None]) -> dict[str, Any]:
    life.timings.clear()
    while len(life.timings) < events:
        step()
    spent = life.timings
    return {
        "events": len(spent),
        "events_per_s": round(len(spent) / sum(spent)),
        **{f"p{each}_ms": round((share(spent, each) or 0.0) * 1000, 4) for each in (50, 99)},
        "max_ms": round(max(spent) * 1000, 3),
    }
