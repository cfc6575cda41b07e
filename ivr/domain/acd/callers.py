"""What callers do, and what is done with them: they come, leave, ask for a callback, are moved and handed over."""

from dataclasses import replace

from ivr.domain.acd.commands import CancelCallBack
from ivr.domain.acd.events import CallbackAsked, CallbackDue, CallerLeft, CallerQueued, Handed, Moved
from ivr.domain.acd.floor import Floor, Seat, Ticket
from ivr.domain.acd.model import Entry, Kind, Stage, State
from ivr.domain.acd.moves import after_talk, after_work, detach, free, gives_up_at, leave, pass_on, wait, withdraw
from ivr.domain.acd.records import What


def queued(floor: Floor, event: CallerQueued) -> None:
    _enter(floor, event.entry)


def callback_due(floor: Floor, event: CallbackDue) -> None:
    _enter(floor, replace(event.entry, kind=Kind.CALLBACK))


def _enter(floor: Floor, entry: Entry) -> None:
    if entry.id in floor.tickets:
        return floor.note(What.IGNORED, entry.id, detail="already here")
    floor.tickets[entry.id] = ticket = Ticket(entry, floor.now)
    wait(floor, ticket)


def left(floor: Floor, event: CallerLeft) -> None:
    ticket = floor.tickets.get(event.entry)
    if not ticket:
        return floor.note(What.IGNORED, event.entry, detail="left, unknown")
    seat, stage = ticket.seat, ticket.stage
    part(floor, ticket, "caller left")
    unanswered = What.RELEASED if event.nobody_came else What.LEFT
    leave(floor, ticket, What.TALK_ENDED if stage is Stage.TALKING else unanswered)
    if seat and stage is not Stage.WAITING:
        _after(floor, seat, stage, ticket.entry.queue)


def part(floor: Floor, ticket: Ticket, why: str) -> None:
    """Out of wherever it is: line, offer, dialling, talk. The operator it was with is left as he is, detached."""
    seat = ticket.seat
    if ticket.stage is Stage.WAITING or not seat:
        floor.leave_line(ticket)
    elif ticket.stage is Stage.OFFERED:
        withdraw(floor, seat, ticket, why)
    else:
        if ticket.stage is Stage.DIALLING:
            floor.command(CancelCallBack(ticket.entry.id, seat.operator.id))
        detach(floor, seat, ticket)


def _after(floor: Floor, seat: Seat, stage: Stage, queue: str) -> None:
    """The operator whom the entry was taken from: he wraps up a talk; what did not become one leaves no trace."""
    if stage is Stage.TALKING:
        after_talk(floor, seat, queue)
    elif seat.leaving or seat.pending:
        after_work(floor, seat)
    else:
        free(floor, seat, seat.idle_since)


def callback_asked(floor: Floor, event: CallbackAsked) -> None:
    ticket = floor.tickets.get(event.entry)
    if not ticket or ticket.stage not in (Stage.WAITING, Stage.OFFERED) or ticket.entry.kind is Kind.CALLBACK:
        return floor.note(What.IGNORED, event.entry, detail="callback asked")
    floor.note(What.CALLBACK_ASKED, event.entry)
    entry = replace(ticket.entry, kind=Kind.CALLBACK)
    if ticket.stage is Stage.OFFERED:
        return _again(floor, ticket, entry, "callback asked")
    ticket.entry = entry
    floor.stand(ticket, Stage.WAITING, gives_up_at(floor, ticket), "callback")


def moved(floor: Floor, event: Moved) -> None:
    ticket = floor.tickets.get(event.entry)
    if not ticket:
        return floor.note(What.IGNORED, event.entry, detail="moved, unknown")
    entry = replace(
        ticket.entry,
        queue=event.queue,
        needs=event.needs,
        priority=ticket.entry.priority if event.priority is None else event.priority,
        preferred=event.preferred,
        preferred_until=event.preferred_until,
        sent_by=event.sent_by,
    )
    floor.note(What.MOVED, entry.id, detail=event.queue)
    stays = entry.queue == ticket.entry.queue and ticket.stage is not Stage.TALKING
    _again(floor, ticket, entry, "moved", joined=None if stays else floor.now)


def _again(floor: Floor, ticket: Ticket, entry: Entry, why: str, joined: float | None = None) -> None:
    """The entry, changed, looks for an operator anew. It comes before the one it was with, who may get it back."""
    seat, stage, queue = ticket.seat, ticket.stage, ticket.entry.queue
    part(floor, ticket, why)
    ticket.entry = entry
    if joined is not None:
        ticket.joined, ticket.overflowed = joined, frozenset()
    wait(floor, ticket)
    if seat and stage is not Stage.WAITING:
        _after(floor, seat, stage, queue)


def handed(floor: Floor, event: Handed) -> None:
    ticket, to = floor.tickets.get(event.entry), floor.seats.get(event.operator)
    if not ticket or ticket.stage is not Stage.TALKING or not to or (to.ticket and to.state is State.TALKING):
        return floor.note(What.IGNORED, event.entry, event.operator, "handed")
    seat, rung = ticket.seat, to.ticket
    assert seat is not None
    if rung:
        withdraw(floor, to, rung, "handed a talk")
    detach(floor, seat, ticket)
    talk(floor, to, ticket)
    floor.note(What.MOVED, ticket.entry.id, to.operator.id, f"handed by {seat.operator.id}")
    after_talk(floor, seat, ticket.entry.queue)
    if rung:
        pass_on(floor, rung)


def talk(floor: Floor, seat: Seat, ticket: Ticket) -> None:
    until = floor.now + floor.rules.of(ticket.entry.queue).talk_check_s
    ticket.entry = replace(ticket.entry, sent_by=None)
    seat.ticket, ticket.seat = ticket, seat
    floor.sit(seat, State.TALKING, until)
    floor.stand(ticket, Stage.TALKING, until)
