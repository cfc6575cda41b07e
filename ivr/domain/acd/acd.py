"""The ACD itself: an event and the moment go in, commands and records come out. See the package's docstring."""

from collections.abc import Callable, Mapping
from math import inf
from typing import Any, NamedTuple

from ivr.domain.acd import callers, clock, events, operators, reserve, snapshot, talks
from ivr.domain.acd.commands import Command
from ivr.domain.acd.floor import Floor
from ivr.domain.acd.model import EntryId, Stage, State
from ivr.domain.acd.records import Record
from ivr.domain.acd.rules import Rules

HANDLERS: Mapping[type, Callable[[Floor, Any], None]] = {
    events.CallerQueued: callers.queued,
    events.CallbackDue: callers.callback_due,
    events.CallbackAsked: callers.callback_asked,
    events.CallerLeft: callers.left,
    events.Moved: callers.moved,
    events.Handed: callers.handed,
    events.OfferAnswered: talks.answered,
    events.OfferFailed: talks.failed,
    events.CallbackAnswered: talks.callback_answered,
    events.CallbackFailed: talks.callback_failed,
    events.TalkEnded: talks.talk_ended,
    events.TalkAlive: talks.talk_alive,
    events.Engaged: operators.engaged,
    events.WrapUpExtended: operators.wrap_up_extended,
    events.WrapUpEnded: operators.wrap_up_ended,
    events.OperatorLoggedIn: operators.logged_in,
    events.OperatorLoggedOut: operators.logged_out,
    events.Ready: operators.ready,
    events.Paused: operators.paused,
    events.DeviceLost: operators.device_lost,
    events.DeviceBack: operators.device_back,
    events.WaitPredicted: reserve.predicted,
    events.ReserveNeeded: reserve.needed,
    events.Tick: clock.ticked,
}


class Outcome(NamedTuple):
    commands: list[Command]
    records: list[Record]


class Acd:
    """Single-writer: one task feeds it. `prefix` begins every offer's id, and is never used twice by a centre."""

    def __init__(self, rules: Rules, prefix: str = "") -> None:
        self._floor = Floor(rules, prefix)

    @classmethod
    def restore(cls, rules: Rules, state: snapshot.Snapshot, now: float, prefix: str = "") -> tuple["Acd", "Outcome"]:
        """From a snapshot; what has become due meanwhile ends at the next Tick. The outcome: who waits beside a ready
        operator is offered to him. Raises ValueError when the snapshot contradicts itself."""
        acd = cls(rules, prefix)
        acd._floor.now = now
        snapshot.put_back(acd._floor, state)
        return acd, Outcome(*acd._floor.take())

    def snapshot(self) -> snapshot.Snapshot:
        return snapshot.take(self._floor)

    @property
    def rules(self) -> Rules:
        return self._floor.rules

    def handle(self, event: events.Event, now: float) -> Outcome:
        """`now`: seconds; a moment before the last one is taken for the last one."""
        self._floor.now = max(self._floor.now, now)
        HANDLERS[type(event)](self._floor, event)
        return Outcome(*self._floor.take())

    def next_deadline(self) -> float | None:
        """When something ends by itself: give it a Tick then. It may be past, when much ends at once."""
        return self._floor.deadlines.next()

    def place(self, entry: EntryId) -> int | None:
        """How many wait before it in its queue; None: it does not wait."""
        ticket = self._floor.tickets.get(entry)
        if not ticket or ticket.stage is not Stage.WAITING:
            return None
        return self._floor.queue(ticket.entry.queue).waiting.before(ticket.key)

    def waiting(self, queue: str) -> int:
        """How many wait in the queue."""
        return len(self._floor.queue(queue).waiting)

    def staff(self, queue: str) -> dict[State, int]:
        """How many who serve the queue are in which state; the reserve only while it is called in."""
        staff = self._floor.staff
        serving = staff.serving(queue)
        if self._floor.queue(queue).reserve_until is None:
            serving &= ~staff.reserve
        return staff.by_state(serving)

    def back_s(self, queue: str, now: float) -> float:
        """In how many seconds the first of those who serve the queue and are on a pause, or set aside, is to be back;
        infinite: nobody is, or none has told when."""
        called = self._floor.queue(queue).reserve_until is not None
        back = (
            seat.until - now
            for seat in self._floor.seats.values()
            if seat.state in (State.PAUSED, State.SET_ASIDE)
            and queue in seat.operator.queues
            and seat.until < seat.shift_until
            and (called or not seat.operator.reserve)
        )
        return min(back, default=inf)
