"""What time does: every state ends."""

from dataclasses import replace

from ivr.domain.acd.callers import part
from ivr.domain.acd.commands import Release, Subject, Verify
from ivr.domain.acd.events import Failure, Tick
from ivr.domain.acd.floor import Floor, Seat, Ticket
from ivr.domain.acd.model import EntryId, OperatorId, Stage, State
from ivr.domain.acd.moves import after_talk, after_work, gives_up_at, leave, missed, pass_on, wait, withdraw
from ivr.domain.acd.operators import go
from ivr.domain.acd.records import What
from ivr.domain.acd.reserve import send_away

AT_ONCE = 8
"""So many states end at one Tick: a shift that ends for thousands must not hold up a caller's answer."""


def ticked(floor: Floor, event: Tick) -> None:
    for _ in range(AT_ONCE):
        due = floor.deadlines.due(floor.now)
        if due is None:
            return
        subject, name = due
        if subject is Subject.OPERATOR:
            _operator(floor, floor.seats[OperatorId(name)])
        elif subject is Subject.ENTRY:
            _entry(floor, floor.tickets[EntryId(name)])
        else:
            send_away(floor, floor.queues[name])


def _operator(floor: Floor, seat: Seat) -> None:
    if not seat.leaving and floor.now >= seat.shift_until:
        floor.note(What.SHIFT_ENDED, operator=seat.operator.id)
        return go(floor, seat)
    ticket = seat.ticket
    if seat.state is State.TALKING:
        _talk(floor, seat, ticket)
    elif ticket:
        withdraw(floor, seat, ticket, Failure.NO_ANSWER)
        missed(floor, seat, ticket, Failure.NO_ANSWER)
    elif seat.state is State.PAUSED:
        floor.sit(seat, State.PAUSED, reason=seat.reason, overdue=True)
    else:
        after_work(floor, seat)


def _talk(floor: Floor, seat: Seat, ticket: Ticket | None) -> None:
    """Customers who do not answer are given up; of a talk, its life is asked for, then it counts as ended."""
    operator = seat.operator.id
    if ticket and ticket.stage is Stage.DIALLING:
        part(floor, ticket, "")
        leave(floor, ticket, What.CALLBACK_FAILED, Failure.NO_ANSWER)
        after_work(floor, seat)
    elif not seat.verifying:
        until = floor.now + floor.rules.verify_s
        floor.command(Verify(operator, ticket.entry.id if ticket else None, until))
        floor.sit(seat, State.TALKING, until, seat.reason)
        seat.verifying = True
    else:
        floor.note(What.TALK_UNPROVEN, ticket.entry.id if ticket else None, operator)
        if not ticket:
            return after_work(floor, seat)
        part(floor, ticket, "")
        leave(floor, ticket, What.TALK_ENDED, "unproven")
        after_talk(floor, seat, ticket.entry.queue)


def _entry(floor: Floor, ticket: Ticket) -> None:
    """It waits too long, or for one operator too long, or long enough to ask for less."""
    entry = ticket.entry
    if floor.now >= gives_up_at(floor, ticket):
        return _give_up(floor, ticket)
    kept = ticket.line is None
    floor.note(What.PREFERENCE_ENDED if kept else What.RELAXED, entry.id)
    floor.leave_line(ticket)
    if kept:
        pass_on(floor, ticket)
    else:
        wait(floor, ticket)


def _give_up(floor: Floor, ticket: Ticket) -> None:
    entry, to = ticket.entry, floor.rules.of(ticket.entry.queue).overflow_to
    own_end = entry.gives_up_at is not None and floor.now >= entry.gives_up_at
    if own_end or not to or to in ticket.overflowed | {entry.queue}:
        leave(floor, ticket, What.RELEASED)
        return floor.command(Release(entry.id))
    floor.leave_line(ticket)
    ticket.overflowed |= {entry.queue}
    ticket.joined, ticket.entry = floor.now, replace(entry, queue=to, preferred=None)
    floor.note(What.OVERFLOWED, entry.id, detail=to)
    wait(floor, ticket)
