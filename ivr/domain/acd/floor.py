"""The floor: everything the ACD knows at this moment, and what it has to say about it. No decisions are taken here."""

from dataclasses import dataclass, field
from math import inf

from ivr.domain.acd.commands import Command, Subject, Tell
from ivr.domain.acd.events import Paused
from ivr.domain.acd.idle import IdleKey
from ivr.domain.acd.model import Entry, EntryId, Need, OfferId, Operator, OperatorId, Stage, State
from ivr.domain.acd.order import Deadlines, Key, Order
from ivr.domain.acd.records import Note, Record, What
from ivr.domain.acd.rules import QueueRules, Rules
from ivr.domain.acd.staff import Staff


@dataclass(eq=False, slots=True)
class Queue:
    name: str
    rules: QueueRules
    waiting: Order = field(default_factory=Order)
    reserve_until: float | None = None  # None: the reserve is not called in


@dataclass(eq=False, slots=True)
class Line:
    """Those who wait in one queue with the same demands, in order."""

    queue: Queue
    needs: tuple[Need, ...]
    lowered: int
    waiting: Order = field(default_factory=Order)

    def takes(self, operator: Operator) -> bool:
        """May he take what waits here?"""
        queue = self.queue
        if queue.name not in operator.queues or (operator.reserve and queue.reserve_until is None):
            return False
        return all(level <= self.lowered + operator.skills.get(skill, 0) for skill, level in self.needs)


@dataclass(eq=False, slots=True)
class Seat:
    """An operator who is logged in. `until`: of the state; inf when only the shift ends it.

    number: of the seat, see `staff`.
    ticket: what he rings for or talks with; None in a talk that the ACD did not give him.
    kept:   entries that wait for him alone. extension_s: by how much he may still extend his wrap-up.
    misses: in a row. forgiven: those before his last answer, which count again if no talk comes of it.
    """

    operator: Operator
    number: int
    shift_until: float
    state: State
    since: float
    until: float = inf
    reason: str = ""
    idle_since: float = 0.0
    ticket: "Ticket | None" = None
    offer: OfferId | None = None
    misses: int = 0
    forgiven: int = 0
    extension_s: float = 0.0
    verifying: bool = False
    leaving: bool = False
    pending: Paused | None = None
    kept: Order = field(default_factory=Order)

    @property
    def idle_key(self) -> IdleKey:
        return self.idle_since, self.operator.id, self.number


@dataclass(eq=False, slots=True)
class Ticket:
    """An entry on the floor. `joined`: its queue. `seat`: who is rung for it, talks with it or has it kept for him."""

    entry: Entry
    joined: float
    stage: Stage = Stage.WAITING
    line: Line | None = None
    seat: Seat | None = None
    overflowed: frozenset[str] = frozenset()

    @property
    def key(self) -> Key:
        return self.entry.priority, self.entry.arrived, self.entry.id


class Floor:
    """`now` never runs back. What is told, noted and commanded is taken out with `take`.

    heads: who is first in his line, of all lines.
    """

    def __init__(self, rules: Rules, prefix: str) -> None:
        self.rules = rules
        self.now = -inf
        self.tickets: dict[EntryId, Ticket] = {}
        self.seats: dict[OperatorId, Seat] = {}
        self.offers: dict[OfferId, Seat] = {}
        self.queues: dict[str, Queue] = {}
        self.lines: dict[tuple[str, tuple[Need, ...], int], Line] = {}
        self.heads = Order()
        self.staff = Staff()
        self.deadlines: Deadlines[tuple[Subject, str]] = Deadlines()
        self.prefix = prefix
        self.offered = 0
        self._commands: list[Command] = []
        self._records: list[Record] = []

    def take(self) -> tuple[list[Command], list[Record]]:
        taken = self._commands, self._records
        self._commands, self._records = [], []
        return taken

    def command(self, command: Command) -> None:
        self._commands.append(command)

    def record(self, record: Record) -> None:
        self._records.append(record)

    def note(
        self, what: What, entry: EntryId | None = None, operator: OperatorId | None = None, detail: str = ""
    ) -> None:
        self._records.append(Note(self.now, what, entry, operator, detail))

    def queue(self, name: str) -> Queue:
        if name not in self.queues:
            self.queues[name] = Queue(name, self.rules.of(name))
        return self.queues[name]

    def line(self, ticket: Ticket) -> Line:
        """Where the entry belongs at this moment."""
        queue, needs = self.queue(ticket.entry.queue), ticket.entry.needs
        lowered = queue.rules.lowered(ticket.joined, self.now)
        key = queue.name, needs, lowered
        if key not in self.lines:
            self.lines[key] = Line(queue, needs, lowered)
        return self.lines[key]

    def enter_line(self, ticket: Ticket, line: Line) -> None:
        ticket.line = line
        self._behead(line)
        line.waiting.add(ticket.key)
        self._head(line)
        line.queue.waiting.add(ticket.key)

    def _behead(self, line: Line) -> None:
        for key in line.waiting.first(1):
            self.heads.remove(key)

    def _head(self, line: Line) -> None:
        for key in line.waiting.first(1):
            self.heads.add(key)

    def keep(self, ticket: Ticket, seat: Seat) -> None:
        """For this operator alone; its place in the queue is counted all the same."""
        ticket.seat = seat
        seat.kept.add(ticket.key)
        self.queue(ticket.entry.queue).waiting.add(ticket.key)

    def leave_line(self, ticket: Ticket) -> None:
        """Out of where it waits, if it does. Before its entry or its line is changed."""
        if ticket.line:
            self._behead(ticket.line)
            ticket.line.waiting.remove(ticket.key)
            self._head(ticket.line)
        elif ticket.stage is Stage.WAITING and ticket.seat:
            ticket.seat.kept.remove(ticket.key)
        else:
            return
        self.queue(ticket.entry.queue).waiting.remove(ticket.key)
        ticket.line = ticket.seat = None
        self.deadlines.drop((Subject.ENTRY, ticket.entry.id))

    def stand(self, ticket: Ticket, stage: Stage, until: float | None, reason: str = "") -> None:
        ticket.stage = stage
        self.command(Tell(Subject.ENTRY, ticket.entry.id, stage, until, reason))

    def sit(self, seat: Seat, state: State, until: float = inf, reason: str = "", *, overdue: bool = False) -> None:
        """The operator's new state. His shift ends it too, unless he is with a caller."""
        if seat.state is State.READY:
            self.staff.idle.remove(seat.idle_key)
        if state is not seat.state:
            seat.since = self.now
            self.staff.move(seat.number, seat.state, state)
        seat.state, seat.until, seat.reason, seat.verifying = state, until, reason, False
        if state is State.READY:
            self.staff.idle.add(seat.idle_key)
        self.arm(seat)
        self.command(Tell(Subject.OPERATOR, seat.operator.id, state, self.ends(seat), reason, overdue))

    def take_seat(self, seat: Seat) -> None:
        """He is on the floor, in a state that is not READY."""
        self.seats[seat.operator.id] = seat
        seat.number = self.staff.add(seat.operator, seat.state)

    def leave_seat(self, seat: Seat) -> None:
        if seat.state is State.READY:
            self.staff.idle.remove(seat.idle_key)
        self.staff.remove(seat.number, seat.operator, seat.state)
        del self.seats[seat.operator.id]

    def ends(self, seat: Seat) -> float:
        return seat.until if seat.leaving else min(seat.until, seat.shift_until)

    def arm(self, seat: Seat) -> None:
        self.deadlines.set((Subject.OPERATOR, seat.operator.id), self.ends(seat))
