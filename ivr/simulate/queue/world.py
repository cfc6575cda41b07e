"""The world around the ACD: a virtual clock, callers who lose patience, operators who answer, talk and wrap up."""

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from math import inf
from random import Random
from typing import Any

import numpy as np

from ivr.domain.acd import Acd, Rules
from ivr.domain.acd.commands import CancelOffer, Offer, Release, Subject, Tell, Verify
from ivr.domain.acd.events import (
    CallerLeft,
    CallerQueued,
    Event,
    OfferAnswered,
    OperatorLoggedIn,
    OperatorLoggedOut,
    Paused,
    Ready,
    TalkAlive,
    TalkEnded,
    Tick,
    WaitPredicted,
    WrapUpEnded,
)
from ivr.domain.acd.model import Entry, EntryId, OfferId, Operator, OperatorId
from ivr.prepare import Progress
from ivr.simulate.queue.day import DAY_S, HALF_HOURS, QUEUE, Caller, lognormal
from ivr.simulate.queue.figures import Log
from ivr.simulate.queue.shifts import Crew

HALF_HOUR_S = DAY_S / HALF_HOURS
SHOWN_EVERY = 500
"""Calls between two steps of the progress bar."""

Predict = Callable[[Acd, str, float], float | None]
"""(ACD, queue, now) → what the next caller would be promised, seconds; None: nothing can be said."""


class World:
    """Runs one day. `predict`: asked at every arrival, for the reserve; None: the reserve stays away."""

    def __init__(
        self, callers: Sequence[Caller], crew: Crew, rules: Rules, seed: int, predict: Predict | None = None
    ) -> None:
        self.acd, self.now, self.log = Acd(rules), 0.0, Log(len(callers))
        self._callers, self._crew, self._predict = callers, crew, predict
        self._rules = rules
        self._chance = Random(seed)
        self._wrap_up = lognormal(crew.wrap_up_s, crew.wrap_up_cv) if crew.wrap_up_s > 0 else None
        self._coming = self._who_comes(seed)
        self._agenda: list[tuple[float, int, Callable[[Any], None], Any]] = []
        self._agreed = 0
        self._offers: dict[OfferId, Offer] = {}
        self._present: list[Operator] = []

    def _who_comes(self, seed: int) -> list[Operator]:
        """Of all who are planned at any time, those who are not absent."""
        chance, planned = np.random.default_rng([seed, 1]), self._crew.everybody()
        absent = set(chance.choice(len(planned), round(len(planned) * self._crew.absent), replace=False).tolist())
        return [each for number, each in enumerate(planned) if number not in absent]

    def run(self, on_progress: Progress) -> Log:
        """The whole day, and what is left of its calls after midnight."""
        for number in range(HALF_HOURS):
            self._at(number * HALF_HOUR_S, self._shift, number)
        for number in range(self._crew.reserve):
            self._log_in(Operator(OperatorId(f"r{number}"), frozenset({QUEUE}), {}, reserve=True))
        total = len(self._callers)
        for number, caller in enumerate(self._callers):
            self._until(caller.at)
            self.now = caller.at
            self._arrive(number, caller)
            if number % SHOWN_EVERY == 0:
                on_progress("calls", number, total)
        while self.log.here:
            self._until(self._next())
        self._until(DAY_S)  # talks and shifts end without callers, too
        on_progress("calls", total, total)
        self.log.close(max(self.now, DAY_S))
        return self.log

    def _next(self) -> float:
        agreed = self._agenda[0][0] if self._agenda else inf
        deadline = self.acd.next_deadline()
        return agreed if deadline is None else min(agreed, deadline)

    def _until(self, moment: float) -> None:
        """Everything that happens up to then, in order; what the ACD ends at a moment comes first."""
        while True:
            deadline = self.acd.next_deadline()
            agreed = self._agenda[0][0] if self._agenda else inf
            if deadline is not None and deadline <= min(agreed, moment):
                self.now = max(self.now, deadline)
                self._do(Tick())
            elif agreed <= moment:
                self.now, _, act, of = heappop(self._agenda)
                act(of)
            else:
                return

    def _at(self, moment: float, act: Callable[[Any], None], of: Any) -> None:
        self._agreed += 1
        heappush(self._agenda, (moment, self._agreed, act, of))

    def _do(self, event: Event) -> None:
        for command in self.acd.handle(event, self.now).commands:
            if isinstance(command, Tell):
                if command.subject is Subject.OPERATOR:
                    self.log.operator(command.id, command.state, self.now)
            elif isinstance(command, Offer):
                self._ring(command)
            elif isinstance(command, CancelOffer):
                self._offers.pop(command.offer, None)
            elif isinstance(command, Verify):
                self._at(self.now, self._prove_alive, command.operator)
            elif isinstance(command, Release):
                self.log.lost(int(command.entry), self.now - self._callers[int(command.entry)].at)

    def _arrive(self, number: int, caller: Caller) -> None:
        self.log.arrived(number)
        self._at(caller.at + caller.patience, self._lose_patience, number)
        name, queue = EntryId(str(number)), caller.queue
        self._do(CallerQueued(Entry(name, queue, caller.at, priority=caller.priority, needs=caller.needs)))
        if self._predict and (seconds := self._predict(self.acd, queue, self.now)) is not None:
            self._do(WaitPredicted(queue, seconds))

    def _lose_patience(self, number: int) -> None:
        if number in self.log.here:
            self.log.lost(number, self._callers[number].patience)
            self._do(CallerLeft(EntryId(str(number))))

    def _ring(self, offer: Offer) -> None:
        self._offers[offer.offer] = offer
        if self._chance.random() >= self._crew.missed:
            # The sum of two exponentials: hardly anybody picks up at once, few take very long.
            after = self._crew.answer_s * (self._chance.expovariate(2.0) + self._chance.expovariate(2.0))
            if after < offer.deadline - self.now:
                self._at(self.now + after, self._answer, offer.offer)

    def _answer(self, name: OfferId) -> None:
        if not (offer := self._offers.pop(name, None)):
            return
        number = int(offer.entry)
        self.log.answered(number, self.now - self._callers[number].at)
        self._do(OfferAnswered(name))
        self._at(self.now + self._callers[number].talk, self._end_talk, offer)

    def _end_talk(self, offer: Offer) -> None:
        self._do(TalkEnded(offer.operator))
        after = self._chance.lognormvariate(*self._wrap_up) if self._wrap_up else 0.0
        if after < self._rules.of(self._callers[int(offer.entry)].queue).wrap_up_s:
            self._at(self.now + after, self._end_wrap_up, offer.operator)

    def _prove_alive(self, operator: OperatorId) -> None:
        self._do(TalkAlive(operator))

    def _end_wrap_up(self, operator: OperatorId) -> None:
        self._do(WrapUpEnded(operator))

    def _shift(self, number: int) -> None:
        """Those who are planned for this half hour come, the others go; some are away from their desks."""
        here = self._crew.here(number)
        planned = [each for each in self._coming if each.id in here]
        were = {each.id for each in self._present}
        for operator in self._present:
            if operator.id not in here:
                self._do(OperatorLoggedOut(operator.id))
        for operator in planned:
            if operator.id not in were:
                self._log_in(operator)
        self._present = planned
        if self._crew.away:
            self._leave_desks(number)

    def _log_in(self, operator: Operator) -> None:
        self._do(OperatorLoggedIn(operator, DAY_S * 2))

    def _leave_desks(self, number: int) -> None:
        for operator in self._present[: round(len(self._present) * self._crew.away)]:
            back = self.now + HALF_HOUR_S
            self._do(Paused(operator.id, "away", back) if number % 2 else Ready(operator.id))
