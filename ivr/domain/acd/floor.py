"""The floor: everything the ACD knows at this moment, and what it has to say about it. No decisions are taken here."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from ivr.domain.acd.commands import Command, Subject, Tell
from ivr.domain.acd.events import Paused
from ivr.domain.acd.model import Entry, EntryId, Need, OfferId, Operator, OperatorId, Stage, State
from ivr.domain.acd.order import Deadlines, Key, Order
from ivr.domain.acd.records import Note, Record, What
from ivr.domain.acd.rules import QueueRules, Rules


class Rank(NamedTuple):
    """How well a crew fits a line; the smaller is the better."""

    reserve: bool
    lacks: int  # minus the sum of levels in the skills asked for
    others: int  # how many skills besides


@dataclass(eq=False, slots=True)
class Queue:
    name: str
    rules: QueueRules
    waiting: Order = field(default_factory=Order)
    reserve_until: float | None = None  # None: the reserve is not called in


@dataclass(eq=False, slots=True)
class Line:
    """Those who wait in one queue with the same demands, in order, and the crews that may take them, best first."""

    queue: Queue
    needs: tuple[Need, ...]
    lowered: int
    waiting: Order = field(default_factory=Order)
    crews: list[tuple[Rank, "Crew"]] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Crew:
    """Operators with the same queues and skills; who of them is idle, longest first."""

    queues: frozenset[str]
    skills: Mapping[str, int]
    reserve: bool
    idle: Order = field(default_factory=Order)
    staff: Counter[State] = field(default_factory=Counter)
    lines: list[Line] = field(default_factory=list)

    def rank(self, line: Line) -> Rank | None:
        """None: its operators may not take what waits in the line."""
        if line.queue.name not in self.queues:
            return None
        levels = [self.skills.get(skill, 0) for skill, _ in line.needs]
        if any(level < need.level - line.lowered for level, need in zip(levels, line.needs, strict=True)):
            return None
        return Rank(self.reserve, -sum(levels), len(self.skills) - sum(level > 0 for level in levels))


@dataclass(eq=False, slots=True)
class Seat:
    """An operator who is logged in. `until`: of the state; inf when only the shift ends it.

    ticket: what he rings for or talks with; None in a talk that the ACD did not give him.
    kept:   entries that wait for him alone. extension_s: by how much he may still extend his wrap-up.
    """

    operator: Operator
    crew: Crew
    shift_until: float
    state: State
    since: float
    until: float = inf
    reason: str = ""
    idle_since: float = 0.0
    ticket: "Ticket | None" = None
    offer: OfferId | None = None
    misses: int = 0
    extension_s: float = 0.0
    verifying: bool = False
    leaving: bool = False
    pending: Paused | None = None
    kept: Order = field(default_factory=Order)

    @property
    def idle_key(self) -> Key:
        return self.idle_since, self.operator.id


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
    """`now` never runs back. What is told, noted and commanded is taken out with `take`."""

    def __init__(self, rules: Rules, prefix: str) -> None:
        self.rules = rules
        self.now = -inf
        self.tickets: dict[EntryId, Ticket] = {}
        self.seats: dict[OperatorId, Seat] = {}
        self.offers: dict[OfferId, Seat] = {}
        self.queues: dict[str, Queue] = {}
        self.lines: dict[tuple[str, tuple[Need, ...], int], Line] = {}
        self.crews: dict[Key, Crew] = {}
        self.staff: Counter[State] = Counter()
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
            self.lines[key] = line = Line(queue, needs, lowered)
            for crew in self.crews.values():
                self._match(line, crew)
            line.crews.sort(key=_by_rank)
        return self.lines[key]

    def crew(self, operator: Operator) -> Crew:
        key = operator.queues, frozenset(operator.skills.items()), operator.reserve
        if key not in self.crews:
            self.crews[key] = crew = Crew(operator.queues, operator.skills, operator.reserve)
            for line in self.lines.values():
                if self._match(line, crew):
                    line.crews.sort(key=_by_rank)
        return self.crews[key]

    def _match(self, line: Line, crew: Crew) -> bool:
        if rank := crew.rank(line):
            line.crews.append((rank, crew))
            crew.lines.append(line)
        return rank is not None

    def enter_line(self, ticket: Ticket, line: Line) -> None:
        ticket.line = line
        line.waiting.add(ticket.key)
        line.queue.waiting.add(ticket.key)

    def keep(self, ticket: Ticket, seat: Seat) -> None:
        """For this operator alone; its place in the queue is counted all the same."""
        ticket.seat = seat
        seat.kept.add(ticket.key)
        self.queue(ticket.entry.queue).waiting.add(ticket.key)

    def leave_line(self, ticket: Ticket) -> None:
        """Out of where it waits, if it does. Before its entry or its line is changed."""
        if ticket.line:
            ticket.line.waiting.remove(ticket.key)
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
        self.count(seat, -1)
        if seat.state is State.READY:
            seat.crew.idle.remove(seat.idle_key)
        if state is not seat.state:
            seat.since = self.now
        seat.state, seat.until, seat.reason, seat.verifying = state, until, reason, False
        if state is State.READY:
            seat.crew.idle.add(seat.idle_key)
        self.count(seat, 1)
        self.arm(seat)
        self.command(Tell(Subject.OPERATOR, seat.operator.id, state, self.ends(seat), reason, overdue))

    def count(self, seat: Seat, change: int) -> None:
        self.staff[seat.state] += change
        seat.crew.staff[seat.state] += change

    def ends(self, seat: Seat) -> float:
        return seat.until if seat.leaving else min(seat.until, seat.shift_until)

    def arm(self, seat: Seat) -> None:
        self.deadlines.set((Subject.OPERATOR, seat.operator.id), self.ends(seat))


def _by_rank(pair: tuple[Rank, Crew]) -> Rank:
    return pair[0]
