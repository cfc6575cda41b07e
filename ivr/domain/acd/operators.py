"""What operators do: they come and go, pause, are ready again, wrap up; their devices come and go."""

from ivr.domain.acd.events import (
    DeviceBack,
    DeviceLost,
    Engaged,
    Failure,
    OperatorLoggedIn,
    OperatorLoggedOut,
    Paused,
    Ready,
    WrapUpEnded,
    WrapUpExtended,
)
from ivr.domain.acd.floor import Floor, Seat
from ivr.domain.acd.model import OperatorId, State
from ivr.domain.acd.moves import after_work, free, log_out, pass_on, pause, unreachable, withdraw
from ivr.domain.acd.records import What


def logged_in(floor: Floor, event: OperatorLoggedIn) -> None:
    operator = event.operator
    if operator.id in floor.seats:
        return _changed(floor, floor.seats[operator.id], event)
    seat = Seat(operator, 0, event.until, State.PAUSED, floor.now, reason="not_ready")
    floor.take_seat(seat)
    if event.ready:
        free(floor, seat)
    else:
        floor.sit(seat, State.PAUSED, reason="not_ready")


def _changed(floor: Floor, seat: Seat, event: OperatorLoggedIn) -> None:
    """Other queues or skills, a longer or shorter shift; what he does goes on."""
    ready = seat.state is State.READY
    if ready:
        # He is out of those idle first, so that he can be offered what he may take now.
        floor.sit(seat, State.PAUSED)
    floor.leave_seat(seat)
    seat.operator, seat.shift_until, seat.leaving = event.operator, event.until, False
    floor.take_seat(seat)
    if ready:
        free(floor, seat, seat.idle_since)
    else:
        floor.arm(seat)


def _seat(floor: Floor, operator: OperatorId, what: str, *states: State) -> Seat | None:
    """The operator, if he is in one of these states; else what happened is ignored."""
    seat = floor.seats.get(operator)
    if seat and seat.state in states:
        return seat
    floor.note(What.IGNORED, operator=operator, detail=what)
    return None


def logged_out(floor: Floor, event: OperatorLoggedOut) -> None:
    if seat := _seat(floor, event.operator, "logged out", *State):
        go(floor, seat)


def go(floor: Floor, seat: Seat) -> None:
    """At once, or when his talk ends."""
    if seat.state is State.TALKING:
        seat.leaving = True
        floor.arm(seat)
    else:
        log_out(floor, seat)


AWAY = (State.WRAP_UP, State.PAUSED, State.MISSED, State.SET_ASIDE, State.UNREACHABLE)


def ready(floor: Floor, event: Ready) -> None:
    """Takes back a pause that was to begin after the talk; ends any state of not working."""
    if seat := _seat(floor, event.operator, "ready", State.TALKING, *AWAY):
        seat.pending = None
        if seat.state is not State.TALKING:
            seat.misses = 0
            after_work(floor, seat)


def paused(floor: Floor, event: Paused) -> None:
    if not (seat := _seat(floor, event.operator, "paused", State.READY, State.RINGING, State.TALKING, *AWAY)):
        return
    ticket = seat.ticket
    if seat.state is State.TALKING:
        seat.pending = event
    elif ticket:
        withdraw(floor, seat, ticket, "paused")
        pause(floor, seat, event)
        pass_on(floor, ticket)
    else:
        pause(floor, seat, event)


def engaged(floor: Floor, event: Engaged) -> None:
    states = State.READY, State.RINGING, State.MISSED, State.UNREACHABLE
    if not (seat := _seat(floor, event.operator, "engaged", *states)):
        return
    ticket = seat.ticket
    if ticket:
        withdraw(floor, seat, ticket, "engaged")
    floor.sit(seat, State.TALKING, floor.now + floor.rules.others.talk_check_s, "engaged")
    if ticket:
        pass_on(floor, ticket)


def device_lost(floor: Floor, event: DeviceLost) -> None:
    if not (seat := _seat(floor, event.operator, "device lost", State.READY, State.RINGING, State.MISSED)):
        return
    ticket = seat.ticket
    if ticket:
        withdraw(floor, seat, ticket, Failure.UNREACHABLE)
    unreachable(floor, seat, Failure.UNREACHABLE)
    if ticket:
        pass_on(floor, ticket)


def device_back(floor: Floor, event: DeviceBack) -> None:
    if seat := _seat(floor, event.operator, "device back", State.UNREACHABLE):
        after_work(floor, seat)


def wrap_up_extended(floor: Floor, event: WrapUpExtended) -> None:
    if not (seat := _seat(floor, event.operator, "wrap-up extended", State.WRAP_UP)):
        return
    more = min(event.seconds, seat.extension_s)
    if more <= 0:
        return floor.note(What.IGNORED, operator=event.operator, detail="wrap-up extended, no more")
    seat.extension_s -= more
    floor.sit(seat, State.WRAP_UP, seat.until + more)


def wrap_up_ended(floor: Floor, event: WrapUpEnded) -> None:
    if seat := _seat(floor, event.operator, "wrap-up ended", State.WRAP_UP):
        after_work(floor, seat)
