"""The moves every event is made of: an entry waits, an operator becomes free, is rung, misses, wraps up, goes.

They keep the one promise of the floor: when an event has been handled, no entry waits beside a ready operator who may
take it. So whoever is put away is put away before the entry he held looks for another.
"""

from dataclasses import replace

from ivr.domain.acd.choice import best_operator, first_entry, hindrance
from ivr.domain.acd.commands import CancelOffer, Offer, SetAside, Subject, Tell
from ivr.domain.acd.events import Paused
from ivr.domain.acd.floor import Floor, Seat, Ticket
from ivr.domain.acd.model import Entry, OfferId, Stage, State
from ivr.domain.acd.records import Because, Decision, Hindrance, Passed, Waits, What

COMING = frozenset({State.RINGING, State.TALKING, State.WRAP_UP, State.MISSED})
"""States after which an operator will be ready soon: an entry that prefers him waits for him."""


def wait(floor: Floor, ticket: Ticket) -> None:
    """The entry, which is nowhere now, is offered to the best operator, or takes its place."""
    preferred = _preferred(floor, ticket.entry)
    line = floor.line(ticket)
    if preferred and preferred.state is State.READY:
        return offer(floor, ticket, preferred, Because.PREFERRED, ())
    if not preferred and (chosen := best_operator(floor, line)):
        return offer(floor, ticket, chosen.seat, Because.BEST_OPERATOR, chosen.passed)
    gives_up = gives_up_at(floor, ticket)
    floor.stand(ticket, Stage.WAITING, gives_up)
    if preferred:
        floor.keep(ticket, preferred)
        due, why, staff = ticket.entry.preferred_until, Hindrance.KEPT_FOR_PREFERRED, {preferred.state: 1}
    else:
        floor.enter_line(ticket, line)
        due = line.queue.rules.relaxes_at(ticket.joined, floor.now)
        why, staff = hindrance(floor, line)
    floor.deadlines.set((Subject.ENTRY, ticket.entry.id), min(due, gives_up))
    entry = ticket.entry
    floor.record(Waits(floor.now, entry.id, why, staff, entry.queue, entry.needs))


def _preferred(floor: Floor, entry: Entry) -> Seat | None:
    """The operator whom the entry waits for, if he is ready or will be soon."""
    if entry.preferred is None or floor.now >= entry.preferred_until:
        return None
    seat = floor.seats.get(entry.preferred)
    return seat if seat and (seat.state is State.READY or seat.state in COMING) else None


def gives_up_at(floor: Floor, ticket: Ticket) -> float:
    longest = ticket.joined + floor.rules.of(ticket.entry.queue).longest_wait_s
    return longest if ticket.entry.gives_up_at is None else min(longest, ticket.entry.gives_up_at)


def offer(floor: Floor, ticket: Ticket, seat: Seat, because: Because, passed: tuple[Passed, ...]) -> None:
    floor.leave_line(ticket)
    entry, operator, now = ticket.entry, seat.operator.id, floor.now
    floor.offered += 1
    # The dot: no id is the beginning of another. Asterisk's Bridge() would take the one for the other.
    seat.offer = OfferId(f"{floor.prefix}{floor.offered}.")
    seat.ticket, ticket.seat = ticket, seat
    floor.offers[seat.offer] = seat
    until = now + floor.rules.of(entry.queue).ring_s
    floor.command(Offer(entry.id, operator, seat.offer, entry.kind, until))
    floor.sit(seat, State.RINGING, until)
    floor.stand(ticket, Stage.OFFERED, until)
    idle, waited = now - seat.idle_since, now - ticket.joined
    held = seat.operator.skills
    level = sum(held.get(skill, 0) for skill, _ in entry.needs)
    floor.record(
        Decision(
            now,
            entry.id,
            operator,
            seat.offer,
            because,
            level,
            len(held),
            idle,
            waited,
            passed,
            entry.queue,
            entry.needs,
        )
    )


def free(floor: Floor, seat: Seat, idle_since: float | None = None) -> None:
    """The operator can work: he gets the first entry that he may take, or is ready."""
    seat.idle_since = floor.now if idle_since is None else idle_since
    first = first_entry(floor, seat)
    if not first:
        return floor.sit(seat, State.READY)
    because = Because.FIRST_IN_LINE if first.ticket.line else Because.PREFERRED
    offer(floor, first.ticket, seat, because, first.passed)


def detach(floor: Floor, seat: Seat, ticket: Ticket) -> None:
    """They have nothing to do with one another any more. What becomes of each is for the caller to say."""
    if seat.offer:
        del floor.offers[seat.offer]
    seat.offer = seat.ticket = ticket.seat = None


def withdraw(floor: Floor, seat: Seat, ticket: Ticket, why: str) -> None:
    """Stop ringing; both are detached."""
    assert seat.offer is not None
    floor.command(CancelOffer(seat.offer, seat.operator.id))
    floor.note(What.OFFER_WITHDRAWN, ticket.entry.id, seat.operator.id, why)
    detach(floor, seat, ticket)


def missed(floor: Floor, seat: Seat, ticket: Ticket, why: str) -> None:
    """The operator, who is detached, let the offer pass: he rests, and the entry goes to the next."""
    operator = seat.operator.id
    seat.misses += 1
    floor.note(What.MISSED, ticket.entry.id, operator, why)
    if seat.leaving:
        log_out(floor, seat)
    elif seat.misses >= floor.rules.misses:
        until = floor.now + floor.rules.aside_s
        floor.command(SetAside(operator, seat.misses, until))
        floor.note(What.SET_ASIDE, operator=operator, detail=str(seat.misses))
        put_away(floor, seat, State.SET_ASIDE, until)
    else:
        floor.sit(seat, State.MISSED, floor.now + floor.rules.rest_s)
    pass_on(floor, ticket)


def unreachable(floor: Floor, seat: Seat, why: str) -> None:
    """The operator, who is detached, cannot be rung for now."""
    if seat.leaving:
        return log_out(floor, seat)
    floor.note(What.UNREACHABLE, operator=seat.operator.id, detail=why)
    put_away(floor, seat, State.UNREACHABLE, floor.now + floor.rules.unreachable_s, why)


def pass_on(floor: Floor, ticket: Ticket) -> None:
    """To the next, not to the preferred operator again. One that was transferred goes back to who sent it, who is done
    with its paperwork then."""
    sender = ticket.entry.sent_by
    until = floor.now + floor.rules.back_s
    ticket.entry = replace(ticket.entry, preferred=sender, preferred_until=until, sent_by=None)
    wait(floor, ticket)
    seat = floor.seats.get(sender) if sender else None
    if seat and seat.state is State.WRAP_UP:
        after_work(floor, seat)


def put_away(floor: Floor, seat: Seat, state: State, until: float, reason: str = "") -> None:
    """The operator, who is detached, will not be ready soon: what was kept for him goes to others."""
    floor.sit(seat, state, until, reason)
    _let_go(floor, seat)


def _let_go(floor: Floor, seat: Seat) -> None:
    for key in list(seat.kept):
        ticket = floor.tickets[key[2]]
        floor.leave_line(ticket)
        floor.note(What.PREFERENCE_ENDED, ticket.entry.id, seat.operator.id)
        pass_on(floor, ticket)


def after_talk(floor: Floor, seat: Seat, queue: str) -> None:
    """The talk of this queue is over, the operator detached."""
    rules = floor.rules.of(queue)
    if seat.leaving or not rules.wrap_up_s:
        return after_work(floor, seat)
    seat.extension_s = rules.wrap_up_extension_s
    floor.sit(seat, State.WRAP_UP, floor.now + rules.wrap_up_s)


def after_work(floor: Floor, seat: Seat) -> None:
    """Whatever kept the operator from calls is over."""
    if seat.leaving:
        log_out(floor, seat)
    elif seat.pending:
        pause(floor, seat, seat.pending)
    else:
        free(floor, seat)


def pause(floor: Floor, seat: Seat, paused: Paused) -> None:
    seat.pending = None
    put_away(floor, seat, State.PAUSED, paused.until, paused.reason)


def log_out(floor: Floor, seat: Seat) -> None:
    """He goes at once; an entry he was rung for goes to the next. Not out of a talk."""
    ticket = seat.ticket
    if ticket:
        withdraw(floor, seat, ticket, "logged_out")
    floor.deadlines.drop((Subject.OPERATOR, seat.operator.id))
    floor.leave_seat(seat)
    floor.command(Tell(Subject.OPERATOR, seat.operator.id, State.LOGGED_OUT, None))
    _let_go(floor, seat)
    if ticket:
        pass_on(floor, ticket)


def leave(floor: Floor, ticket: Ticket, what: What, why: str = "") -> None:
    """The entry, which is with no operator, is out of the ACD."""
    floor.leave_line(ticket)
    del floor.tickets[ticket.entry.id]
    floor.stand(ticket, Stage.LEFT, None, why)
    floor.note(what, ticket.entry.id, detail=why)
