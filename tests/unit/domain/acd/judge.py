"""Judges each step of an ACD by a book of its own: what was missed, who is called in, how long each state may last."""

from typing import NamedTuple

from ivr.domain.acd import Outcome, Rules
from ivr.domain.acd import events as e
from ivr.domain.acd.commands import Offer, SetAside
from ivr.domain.acd.floor import Floor, Seat
from ivr.domain.acd.model import HEAD, Entry, OperatorId, Stage, State
from ivr.domain.acd.records import Because, Decision, Note, What

AWAY = (State.WRAP_UP, State.PAUSED, State.MISSED, State.SET_ASIDE, State.UNREACHABLE)


class Was(NamedTuple):
    """An operator before the event."""

    state: State
    until: float
    entry: Entry | None
    stage: Stage | None
    leaving: bool


class Judge:
    """misses: in a row, of each operator; forgiven: before his last answer. reserve: queues that have it, and until
    when. more: by how much each operator may still extend his wrap-up. Events alone write this book; the floor is only
    compared with it."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._misses: dict[OperatorId, int] = {}
        self._forgiven: dict[OperatorId, int] = {}
        self._reserve: dict[str, float] = {}
        self._more: dict[OperatorId, float] = {}
        self._called: set[str] = set()
        self._rung: dict[str, OperatorId] = {}
        self._was: dict[OperatorId, Was] = {}

    def before(self, floor: Floor) -> None:
        self._was = {name: self._seen(seat) for name, seat in floor.seats.items()}
        self._rung = {offer: seat.operator.id for offer, seat in floor.offers.items()}
        self._called = set(self._reserve)

    def _seen(self, seat: Seat) -> Was:
        ticket = seat.ticket
        return Was(seat.state, seat.until, ticket and ticket.entry, ticket and ticket.stage, seat.leaving)

    def after(self, floor: Floor, event: e.Event, outcome: Outcome) -> None:
        self._judge_reserve(floor, event, outcome)
        self._judge_misses(floor, event, outcome)
        self._judge_wrap_up(floor, event)
        self._judge_cut_off(floor, event)
        for command in outcome.commands:
            if isinstance(command, Offer) and command.offer in floor.offers:
                ring_s = self._rules.of(floor.tickets[command.entry].entry.queue).ring_s
                assert command.deadline == floor.now + ring_s, "rings shorter or longer than the queue says"

    def _judge_reserve(self, floor: Floor, event: e.Event, outcome: Outcome) -> None:
        if isinstance(event, e.WaitPredicted) and event.seconds > self._rules.of(event.queue).target_s:
            until = floor.now + self._rules.of(event.queue).reserve_s
            self._reserve[event.queue] = max(until, self._reserve.get(event.queue, until))
        elif isinstance(event, e.ReserveNeeded):
            self._reserve.pop(event.queue, None)
            if event.until > floor.now:
                self._reserve[event.queue] = event.until
        called = {name: queue.reserve_until for name, queue in floor.queues.items() if queue.reserve_until is not None}
        if isinstance(event, e.Tick):
            over = {name for name, until in self._reserve.items() if until <= floor.now}
            self._reserve = {name: until for name, until in self._reserve.items() if name in called or name not in over}
        assert called == self._reserve, "the reserve was called in or sent away at another time"
        self._called |= set(called)
        for decision in outcome.records:
            seat = floor.seats.get(decision.operator) if isinstance(decision, Decision) else None
            ticket = floor.tickets.get(decision.entry) if isinstance(decision, Decision) else None
            if seat and ticket and ticket.seat is seat and decision.because is not Because.PREFERRED:
                called_in = ticket.entry.queue in self._called
                assert called_in or not seat.operator.reserve, "an uncalled reserve was rung"

    def _judge_misses(self, floor: Floor, event: e.Event, outcome: Outcome) -> None:
        missed = [each.operator for each in outcome.records if isinstance(each, Note) and each.what is What.MISSED]
        if isinstance(event, e.OfferFailed):
            late = event.failure is not e.Failure.UNREACHABLE and event.offer in self._rung
            assert missed == ([self._rung[event.offer]] if late else []), "a miss was not counted, or counted twice"
        elif isinstance(event, e.OfferAnswered) and event.offer in self._rung:
            self._forgiven[self._rung[event.offer]] = self._misses.pop(self._rung[event.offer], 0)
        elif isinstance(event, e.TalkEnded) and missed == [event.operator]:
            self._misses[event.operator] = self._forgiven.get(event.operator, 0)
        elif isinstance(event, e.Ready) and event.operator in self._was and self._was[event.operator].state in AWAY:
            self._misses.pop(event.operator, None)
        aside = {}
        for name in missed:
            assert name is not None
            self._misses[name] = self._misses.get(name, 0) + 1
            if name not in floor.seats:
                continue
            seat, count = floor.seats[name], self._misses[name]
            if count >= self._rules.misses:
                aside[name] = count, floor.now + self._rules.aside_s
            else:
                assert (seat.state, seat.until) == (State.MISSED, floor.now + self._rules.rest_s)
        told = {each.operator: (each.misses, each.until) for each in outcome.commands if isinstance(each, SetAside)}
        assert told == aside, "set aside after other than so many misses in a row"
        self._misses = {name: count for name, count in self._misses.items() if name in floor.seats}
        self._forgiven = {name: count for name, count in self._forgiven.items() if name in floor.seats}

    def _judge_wrap_up(self, floor: Floor, event: e.Event) -> None:
        for name, seat in floor.seats.items():
            was = self._was.get(name)
            if seat.state is State.WRAP_UP and was and was.state is not State.WRAP_UP:
                assert was.entry is not None, "work after a talk that was none"
                rules = self._rules.of(was.entry.queue)
                assert seat.until == floor.now + rules.wrap_up_s, "work after the talk is not as long as the queue says"
                self._more[name] = rules.wrap_up_extension_s
        if isinstance(event, e.TalkEnded) and event.end is e.TalkEnd.FINISHED and event.operator in self._was:
            was = self._was[event.operator]
            if was.stage is Stage.TALKING and not was.leaving:
                assert was.entry is not None
                works = floor.seats[event.operator].state is State.WRAP_UP
                assert works == (self._rules.of(was.entry.queue).wrap_up_s > 0), "no time for the work after a talk"
        elif isinstance(event, e.WrapUpExtended) and event.operator in self._was:
            was = self._was[event.operator]
            if was.state is State.WRAP_UP:
                granted = max(0.0, min(event.seconds, self._more[event.operator]))
                self._more[event.operator] -= granted
                assert floor.seats[event.operator].until == was.until + granted, "more, or less, than may be had"

    def _judge_cut_off(self, floor: Floor, event: e.Event) -> None:
        if not isinstance(event, e.TalkEnded) or event.end is not e.TalkEnd.OPERATOR_LOST:
            return
        was = self._was.get(event.operator)
        if was and was.state is State.TALKING and was.entry is not None:
            kept = floor.tickets[was.entry.id].entry
            priority = HEAD if was.stage is Stage.TALKING else was.entry.priority
            assert (kept.priority, kept.arrived) == (priority, was.entry.arrived), "cut off, and not at the head"
