"""An ACD whose every step is checked against what must always hold, told from outside by plain scans."""

from math import isfinite

from ivr.domain.acd import Acd, Outcome, Rules
from ivr.domain.acd.commands import CancelOffer, Offer, Release, SetAside, Subject, Tell
from ivr.domain.acd.events import CallbackDue, CallerQueued, Event, OfferAnswered, OfferFailed, Tick
from ivr.domain.acd.floor import Seat, Ticket
from ivr.domain.acd.model import EntryId, OfferId, OperatorId, Stage, State
from ivr.domain.acd.records import Because, Decision
from tests.unit.domain.acd.judge import Judge


class Watch:
    """`entries`: those that came and have not been told to have left. `ringing`: offers that live, by id."""

    def __init__(self, rules: Rules) -> None:
        self.acd, self.rules, self.now = Acd(rules), rules, 0.0
        self.entries: set[EntryId] = set()
        self.ringing: dict[OfferId, Offer] = {}
        self.offered = 0
        self._judge = Judge(rules)

    @property
    def tickets(self) -> dict[EntryId, Ticket]:
        return self.acd._floor.tickets

    @property
    def seats(self) -> dict[OperatorId, Seat]:
        return self.acd._floor.seats

    def do(self, event: Event, after: float = 0.0) -> Outcome:
        """Hand the event in, `after` seconds later, and check everything."""
        self.now += after
        before = {each.entry.id: self._where(each) for each in self.tickets.values()}
        able = {operator: frozenset(self._may_take(seat)) for operator, seat in self.seats.items()}
        if isinstance(event, CallerQueued | CallbackDue):
            self.entries.add(event.entry.id)
        if isinstance(event, OfferAnswered | OfferFailed):
            self.ringing.pop(event.offer, None)
        self._judge.before(self.acd._floor)
        outcome = self.acd.handle(event, self.now)
        self._follow(outcome)
        self.check()
        self._judge.after(self.acd._floor, event, outcome)
        self._skilled(outcome)
        self._order_kept(outcome, before, able)
        return outcome

    def _skilled(self, outcome: Outcome) -> None:
        """Who was chosen for what waited in line serves its queue and has the skills, as far as they are asked for."""
        for decision in outcome.records:
            if not isinstance(decision, Decision) or decision.because is Because.PREFERRED:
                continue
            ticket, seat = self.tickets.get(decision.entry), self.seats.get(decision.operator)
            if not ticket or not seat or ticket.seat is not seat:
                continue
            entry, operator = ticket.entry, seat.operator
            lowered = self.rules.of(entry.queue).lowered(ticket.joined, self.now)
            assert entry.queue in operator.queues
            for need in entry.needs:
                assert operator.skills.get(need.skill, 0) >= need.level - lowered, f"{operator.id} lacks {need}"

    def _where(self, ticket: Ticket) -> tuple[object, ...]:
        return ticket.stage, ticket.entry, id(ticket.line), ticket.seat and ticket.seat.operator.id

    def _follow(self, outcome: Outcome) -> None:
        for command in outcome.commands:
            if isinstance(command, Offer):
                assert command.entry not in {each.entry for each in self.ringing.values()}, "offered twice at once"
                assert command.operator not in {each.operator for each in self.ringing.values()}, "rung twice at once"
                assert command.deadline > self.now
                self.ringing[command.offer] = command
                self.offered += 1
            elif isinstance(command, CancelOffer):
                self.ringing.pop(command.offer, None)
            elif isinstance(command, Release):
                assert command.entry not in self.tickets
            elif isinstance(command, Tell) and command.subject is Subject.ENTRY and command.state is Stage.LEFT:
                self.entries.remove(EntryId(command.id))
            elif isinstance(command, SetAside):
                assert command.misses >= self.rules.misses

    def check(self) -> None:
        floor = self.acd._floor
        assert set(floor.tickets) == self.entries, "lost, or kept after he left"
        seats = {seat.offer: seat for seat in floor.seats.values() if seat.offer}
        assert set(seats) == set(self.ringing) == set(floor.offers)
        for offer, seat in seats.items():
            assert seat.state is State.RINGING and seat.ticket is not None and seat.ticket.stage is Stage.OFFERED
            assert (self.ringing[offer].entry, self.ringing[offer].operator) == (seat.ticket.entry.id, seat.operator.id)
        self._check_tickets()
        self._check_seats()

    def _check_tickets(self) -> None:
        floor = self.acd._floor
        counted = {name: set(queue.waiting) for name, queue in floor.queues.items()}
        waiting = 0
        for name, ticket in floor.tickets.items():
            waits = ticket.stage is Stage.WAITING
            waiting += waits
            assert (ticket.key in counted.get(ticket.entry.queue, ())) == waits
            if waits:
                assert isfinite(floor.deadlines._keys[Subject.ENTRY, name][0]), "waits without an end"
                assert (ticket.line is None) != (ticket.seat is None)
                assert self.acd.place(name) == sum(key < ticket.key for key in counted[ticket.entry.queue])
            else:
                assert (Subject.ENTRY, name) not in floor.deadlines._keys
                assert ticket.line is None and ticket.seat is not None and ticket.seat.ticket is ticket
        kept = {key[2] for seat in floor.seats.values() for key in seat.kept}
        lined = {key[2] for line in floor.lines.values() for key in line.waiting}
        assert waiting == sum(map(len, counted.values())) == len(kept) + len(lined) == len(kept | lined)

    def _check_seats(self) -> None:
        floor = self.acd._floor
        for name, seat in floor.seats.items():
            assert isfinite(floor.deadlines._keys[Subject.OPERATOR, name][0]), "a state without an end"
            assert (seat.ticket is not None) <= (seat.state in (State.RINGING, State.TALKING))
            if seat.state is State.READY:
                assert not self._may_take(seat), "waits beside a ready operator"
        ready = {seat.idle_key for seat in floor.seats.values() if seat.state is State.READY}
        assert set(floor.staff.idle) == ready
        for state, those in floor.staff.in_state.items():
            here = [seat.number for seat in floor.seats.values() if seat.state is state]
            assert those == sum(1 << number for number in here)
        heads = {min(line.waiting) for line in floor.lines.values() if line.waiting}
        assert set(floor.heads) == heads

    def _may_take(self, seat: Seat) -> list[EntryId]:
        """Those waiting that this operator may take, judged without any index."""
        mine = []
        for ticket in self.tickets.values():
            if ticket.stage is not Stage.WAITING:
                continue
            if ticket.seat is seat or (ticket.line is not None and self._fits(seat, ticket)):
                mine.append(ticket.entry.id)
        return mine

    def _fits(self, seat: Seat, ticket: Ticket) -> bool:
        queue, operator = self.acd._floor.queue(ticket.entry.queue), seat.operator
        if queue.name not in operator.queues or (operator.reserve and queue.reserve_until is None):
            return False
        assert ticket.line is not None
        return all(
            operator.skills.get(need.skill, 0) >= need.level - ticket.line.lowered for need in ticket.entry.needs
        )

    def _order_kept(
        self,
        outcome: Outcome,
        before: dict[EntryId, tuple[object, ...]],
        able: dict[OperatorId, frozenset[EntryId]],
    ) -> None:
        """Who waited before this event, and waits on untouched, was not overtaken where his turn would have come."""
        for decision in outcome.records:
            if not isinstance(decision, Decision) or decision.entry not in self.tickets:
                continue
            chosen, seat = self.tickets[decision.entry], self.seats.get(decision.operator)
            if chosen.seat is not seat or seat is None:
                continue
            for entry in able.get(decision.operator, frozenset()) & set(self._may_take(seat)):
                if before[entry] == self._where(self.tickets[entry]):
                    assert chosen.key < self.tickets[entry].key, f"{entry} was overtaken by {decision.entry}"

    def survives_restart(self) -> None:
        """From its snapshot the same ACD comes up again, and wants nothing but to tell the board."""
        deadline = self.acd.next_deadline()
        if deadline is not None and deadline <= self.now:
            return
        snapshot = self.acd.snapshot()
        again, outcome = Acd.restore(self.rules, snapshot, self.now)
        assert not [command for command in outcome.commands if not isinstance(command, Tell)]
        restored = again.snapshot()
        assert sorted(restored.entries, key=str) == sorted(snapshot.entries, key=str)
        assert {each.operator.id: each for each in restored.operators} == {
            each.operator.id: each for each in snapshot.operators
        }
        assert (restored.reserve, restored.offered) == (snapshot.reserve, snapshot.offered)

    def run_out(self) -> None:
        """With nobody doing anything any more, everything comes to its end by itself."""
        for _ in range(10_000):
            deadline = self.acd.next_deadline()
            if deadline is None:
                break
            self.do(Tick(), max(deadline - self.now, 0.0))
        assert not self.tickets and not self.seats and not self.ringing
