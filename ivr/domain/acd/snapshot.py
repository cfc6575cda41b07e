"""The state of the ACD as plain data: taken now and then, or put together after a restart from what is known.

Stages follow from the operators: an entry that nobody names waits; of one who rings it is offered; of one who talks it
is being talked to, or, a callback still, dialled.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

from ivr.domain.acd.commands import Subject
from ivr.domain.acd.events import Paused
from ivr.domain.acd.floor import Floor, Seat, Ticket
from ivr.domain.acd.model import Entry, EntryId, Kind, OfferId, Operator, Stage, State
from ivr.domain.acd.moves import free, wait


@dataclass(frozen=True, slots=True)
class EntryState:
    """joined: its queue. overflowed: the queues it has been sent on from."""

    entry: Entry
    joined: float
    overflowed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OperatorState:
    """One who is logged in.

    until:  the deadline of his state; infinite: only the shift ends a pause and readiness, any other state has its end
            at the next Tick (a talk: it is verified).
    entry:  what he rings for (then with its offer) or talks with.
    """

    operator: Operator
    shift_until: float
    state: State = State.READY
    since: float = 0.0
    until: float = inf
    reason: str = ""
    idle_since: float = 0.0
    entry: EntryId | None = None
    offer: OfferId | None = None
    misses: int = 0
    extension_s: float = 0.0
    verifying: bool = False
    leaving: bool = False
    pending: Paused | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """reserve: until when it is called in, by queue. offered: how many offers were made under the same prefix."""

    entries: tuple[EntryState, ...] = ()
    operators: tuple[OperatorState, ...] = ()
    reserve: Mapping[str, float] = field(default_factory=dict)
    offered: int = 0


def take(floor: Floor) -> Snapshot:
    return Snapshot(
        tuple(EntryState(each.entry, each.joined, each.overflowed) for each in floor.tickets.values()),
        tuple(_operator_state(seat) for seat in floor.seats.values()),
        {name: queue.reserve_until for name, queue in floor.queues.items() if queue.reserve_until is not None},
        floor.offered,
    )


def _operator_state(seat: Seat) -> OperatorState:
    return OperatorState(
        seat.operator,
        seat.shift_until,
        seat.state,
        seat.since,
        seat.until,
        seat.reason,
        seat.idle_since,
        seat.ticket.entry.id if seat.ticket else None,
        seat.offer,
        seat.misses,
        seat.extension_s,
        seat.verifying,
        seat.leaving,
        seat.pending,
    )


def put_back(floor: Floor, snapshot: Snapshot) -> None:
    """Onto an empty floor. First who works, then who waits, in order, then who is ready, longest idle first.

    Raises ValueError when the snapshot contradicts itself.
    """
    floor.offered = snapshot.offered
    for name, until in snapshot.reserve.items():
        floor.queue(name).reserve_until = until
        floor.deadlines.set((Subject.QUEUE, name), until)
    for each in snapshot.entries:
        ticket = Ticket(each.entry, each.joined, overflowed=each.overflowed)
        if floor.tickets.setdefault(each.entry.id, ticket) is not ticket:
            raise ValueError(f"entry {each.entry.id} is there twice")
    if len({each.operator.id for each in snapshot.operators}) < len(snapshot.operators):
        raise ValueError("an operator is there twice")
    seats = [_seat(floor, each) for each in snapshot.operators]
    for ticket in sorted(floor.tickets.values(), key=lambda each: each.key):
        if not ticket.seat:
            wait(floor, ticket)
    for seat in sorted(seats, key=lambda each: each.idle_key):
        if seat.state is State.READY:
            _get_ready(floor, seat)


def _get_ready(floor: Floor, seat: Seat) -> None:
    since, seat.state = seat.since, State.PAUSED
    floor.take_seat(seat)
    free(floor, seat, seat.idle_since)
    if seat.ticket is None:
        seat.since = since


def _seat(floor: Floor, at: OperatorState) -> Seat:
    """Whoever is not ready takes his seat at once, with his entry."""
    name, operator = at.operator.id, at.operator
    restful = at.state in (State.READY, State.PAUSED)
    seat = Seat(
        operator,
        0,
        at.shift_until,
        at.state,
        at.since,
        at.until if restful or at.until < inf else floor.now,
        at.reason,
        at.idle_since,
        offer=at.offer,
        misses=at.misses,
        extension_s=at.extension_s,
        verifying=at.verifying,
        leaving=at.leaving,
        pending=at.pending,
    )
    if (at.state is State.RINGING) != (at.offer is not None):
        raise ValueError(f"operator {name}: who rings has an offer, nobody else")
    if at.state is State.READY:
        return seat
    floor.take_seat(seat)
    if at.entry is not None:
        _join(floor, seat, at.entry)
    elif at.offer:
        raise ValueError(f"operator {name} rings for nobody")
    floor.arm(seat)
    return seat


def _join(floor: Floor, seat: Seat, entry: EntryId) -> None:
    ticket = floor.tickets.get(entry)
    if seat.state not in (State.RINGING, State.TALKING) or not ticket or ticket.seat:
        raise ValueError(f"operator {seat.operator.id} cannot be {seat.state} with entry {entry}")
    seat.ticket, ticket.seat = ticket, seat
    if seat.offer:
        floor.offers[seat.offer] = seat
        ticket.stage = Stage.OFFERED
    else:
        ticket.stage = Stage.DIALLING if ticket.entry.kind is Kind.CALLBACK else Stage.TALKING
