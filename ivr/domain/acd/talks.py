"""What comes of an offer: it is answered or fails, a callback's customer is reached or not, the talk ends."""

from dataclasses import replace

from ivr.domain.acd.callers import part, talk
from ivr.domain.acd.commands import CallBack, CancelOffer
from ivr.domain.acd.events import (
    CallbackAnswered,
    CallbackFailed,
    Failure,
    OfferAnswered,
    OfferFailed,
    TalkAlive,
    TalkEnd,
    TalkEnded,
)
from ivr.domain.acd.floor import Floor, Seat, Ticket
from ivr.domain.acd.model import HEAD, EntryId, Kind, Stage, State
from ivr.domain.acd.moves import after_talk, after_work, detach, leave, missed, pass_on, unreachable
from ivr.domain.acd.records import What


def answered(floor: Floor, event: OfferAnswered) -> None:
    seat = floor.offers.pop(event.offer, None)
    if not seat:
        floor.command(CancelOffer(event.offer))
        return floor.note(What.IGNORED, detail=f"answered, not alive: {event.offer}")
    ticket = seat.ticket
    assert ticket is not None
    seat.offer, seat.forgiven, seat.misses = None, seat.misses, 0
    floor.note(What.ANSWERED, ticket.entry.id, seat.operator.id)
    if ticket.entry.kind is not Kind.CALLBACK:
        return talk(floor, seat, ticket)
    until = floor.now + floor.rules.of(ticket.entry.queue).dial_s
    floor.command(CallBack(ticket.entry.id, seat.operator.id, until))
    floor.sit(seat, State.TALKING, until)
    floor.stand(ticket, Stage.DIALLING, until)


def failed(floor: Floor, event: OfferFailed) -> None:
    seat = floor.offers.get(event.offer)
    if not seat:
        return floor.note(What.IGNORED, detail=f"failed, not alive: {event.offer}")
    ticket = seat.ticket
    assert ticket is not None
    detach(floor, seat, ticket)
    if event.failure is not Failure.UNREACHABLE:
        return missed(floor, seat, ticket, event.failure)
    unreachable(floor, seat, event.failure)
    pass_on(floor, ticket)


def callback_answered(floor: Floor, event: CallbackAnswered) -> None:
    if found := _dialling(floor, event.entry, "callback answered"):
        ticket, seat = found
        ticket.entry = replace(ticket.entry, kind=Kind.LIVE)
        talk(floor, seat, ticket)


def callback_failed(floor: Floor, event: CallbackFailed) -> None:
    if found := _dialling(floor, event.entry, "callback failed"):
        ticket, seat = found
        detach(floor, seat, ticket)
        leave(floor, ticket, What.CALLBACK_FAILED, event.reason)
        after_work(floor, seat)


def _dialling(floor: Floor, entry: EntryId, what: str) -> tuple[Ticket, Seat] | None:
    ticket = floor.tickets.get(entry)
    if not ticket or ticket.stage is not Stage.DIALLING:
        floor.note(What.IGNORED, entry, detail=what)
        return None
    assert ticket.seat is not None
    return ticket, ticket.seat


def talk_ended(floor: Floor, event: TalkEnded) -> None:
    seat = floor.seats.get(event.operator)
    if not seat or seat.state is not State.TALKING:
        return floor.note(What.IGNORED, operator=event.operator, detail="talk ended")
    ticket, lost = seat.ticket, event.end is TalkEnd.OPERATOR_LOST
    if not ticket:
        return unreachable(floor, seat, "lost") if lost else after_work(floor, seat)
    stage = ticket.stage
    part(floor, ticket, "")
    if lost:
        unreachable(floor, seat, "lost")
        _return(floor, ticket, seat, HEAD if stage is Stage.TALKING else ticket.entry.priority)
    elif stage is Stage.DIALLING or event.end is TalkEnd.NOT_BEGUN:
        seat.misses = seat.forgiven
        missed(floor, seat, ticket, "hung up before the talk")
    else:
        leave(floor, ticket, What.TALK_ENDED)
        after_talk(floor, seat, ticket.entry.queue)


def _return(floor: Floor, ticket: Ticket, seat: Seat, priority: int) -> None:
    ticket.entry = replace(ticket.entry, priority=priority)
    ticket.joined = floor.now
    floor.note(What.RETURNED, ticket.entry.id, seat.operator.id)
    pass_on(floor, ticket)


def talk_alive(floor: Floor, event: TalkAlive) -> None:
    seat = floor.seats.get(event.operator)
    if not seat or not seat.verifying:
        return floor.note(What.IGNORED, operator=event.operator, detail="talk alive")
    seat.verifying = False
    queue = seat.ticket.entry.queue if seat.ticket else ""
    floor.sit(seat, State.TALKING, floor.now + floor.rules.of(queue).talk_check_s)
