"""Who is in the line: callers and callbacks, in the order in which they will be served, and who talks."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ivr.domain.acd.events import CallbackAsked, CallbackDue, CallerLeft, CallerQueued, Event
from ivr.domain.acd.model import Entry, EntryId, OfferId
from ivr.domain.call import CallId
from ivr.service.queue.foresight import Foresight


@dataclass(slots=True)
class Waiting:
    """A caller on the line, or a callback.

    call_id: None: nobody is on the line, the customer is to be rung when an operator listens.
    offer:   by which an operator was joined to him. settled: he was, or he is gone. parted: that operator's leg is
             gone.
    here:    he is in the waiting room: whoever answered for him is told of him first, and they are not joined yet.
    lost:    his operator's telephone died in the talk. released: nobody will come.
    sent_by: the operator who has sent him on. returned: a specialist to whom he was sent was not reached.
    counted: the end of his wait is known to the figures. nobody_since: since then nobody works who could take him.
    """

    entry: Entry
    call_id: CallId | None
    number: str
    name: str = ""
    whisper: str = ""
    offer: OfferId | None = None
    here: bool = False
    released: bool = False
    lost: bool = False
    sent_by: str = ""
    returned: bool = False
    counted: bool = False
    nobody_since: float | None = None
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    parted: asyncio.Event = field(default_factory=asyncio.Event)


class CallersInLine:
    """`clock` gives Unix time; `feed` takes events for the ACD."""

    def __init__(self, clock: Callable[[], float], foresight: Foresight, feed: Callable[[Event], None]) -> None:
        self._clock = clock
        self._foresight = foresight
        self._feed = feed
        self._all: dict[EntryId, Waiting] = {}
        self._calls: dict[CallId, EntryId] = {}

    def join(self, waiting: Waiting) -> None:
        self.put(waiting)
        self._feed(CallerQueued(waiting.entry))

    def leave(self, entry: EntryId) -> None:
        """The caller has hung up, or goes elsewhere."""
        if (waiting := self.take(entry)) is not None:
            waiting.settled.set()
            if waiting.offer is None and not waiting.counted:
                self._foresight.over(entry, self.waited_s(waiting), answered=False)
        self._feed(CallerLeft(entry))

    def unanswered(self, waiting: Waiting) -> None:
        """Nobody came, or Asterisk's own queue takes him: he has not given up."""
        if self.of(waiting.entry.id) is not waiting:
            return
        if not waiting.counted:
            self._foresight.over(waiting.entry.id, self.waited_s(waiting), answered=False, patient=True)
        self.take(waiting.entry.id)
        self._feed(CallerLeft(waiting.entry.id, nobody_came=True))

    def forget(self, entry: EntryId) -> None:
        """The call is over, whatever it was."""
        if self.of(entry) is not None:
            self.leave(entry)

    def gone(self, call_id: CallId) -> None:
        """His channel is no more."""
        if (waiting := self.of_call(call_id)) is not None:
            self.leave(waiting.entry.id)

    def gives_way(self, waiting: Waiting) -> None:
        """He will hang up, for a callback of his stands in the line already."""
        self._count(waiting)
        self.leave(waiting.entry.id)

    def _count(self, waiting: Waiting) -> None:
        """His wait on the line is over, unanswered, though he has not given up."""
        if not waiting.counted:
            self._foresight.went(waiting.entry.id, self.waited_s(waiting))
        waiting.counted = True

    def becomes_callback(self, waiting: Waiting) -> None:
        """He will hang up, and keeps his place."""
        self._count(waiting)
        self.joins(waiting, None)
        if waiting.released:  # the ACD has let him go already
            waiting.released = False
            return self._feed(CallbackDue(waiting.entry))
        self._feed(CallbackAsked(waiting.entry.id))

    def join_callback(self, waiting: Waiting) -> None:
        """A callback joins the line, at the place its arrival gives it."""
        self.put(waiting)
        self._feed(CallbackDue(waiting.entry))

    def put(self, waiting: Waiting) -> None:
        self._all[waiting.entry.id] = waiting
        self.joins(waiting, waiting.call_id)

    def joins(self, waiting: Waiting, call_id: CallId | None) -> None:
        """This call is his now; None: nobody is on the line any more."""
        if waiting.call_id is not None:
            self._calls.pop(waiting.call_id, None)
        waiting.call_id = call_id
        if call_id is not None:
            self._calls[call_id] = waiting.entry.id

    def moved(self, entry: EntryId, queue: str) -> None:
        """The ACD has him wait in another queue."""
        if (waiting := self._all.get(entry)) is not None:
            waiting.entry = replace(waiting.entry, queue=queue)

    def of_call(self, call_id: CallId) -> Waiting | None:
        entry = self._calls.get(call_id)
        return self._all.get(entry) if entry is not None else None

    def of(self, entry: EntryId) -> Waiting | None:
        return self._all.get(entry)

    def take(self, entry: EntryId) -> Waiting | None:
        """Out of the line; None when he was not there."""
        waiting = self._all.pop(entry, None)
        if waiting is not None and waiting.call_id is not None and self._calls.get(waiting.call_id) == entry:
            del self._calls[waiting.call_id]
        return waiting

    def _listening(self) -> list[Waiting]:
        return [one for one in self._all.values() if one.offer is None and one.call_id is not None]

    @property
    def waiting(self) -> int:
        """Callers on the line whom no operator talks with."""
        return len(self._listening())

    @property
    def longest_s(self) -> int:
        """How long the one of them has waited who waits longest."""
        return round(max((self.waited_s(one) for one in self._listening()), default=0))

    def waits(self) -> dict[str, list[float]]:
        """How long each of those on the line has waited, by queue, in seconds."""
        found: dict[str, list[float]] = {}
        for one in self._listening():
            found.setdefault(one.entry.queue, []).append(self.waited_s(one))
        return found

    def standing(self, queue: str) -> list[EntryId]:
        """Who waits in the queue, the first first."""
        those = [one.entry for one in self._all.values() if one.offer is None and one.entry.queue == queue]
        return [entry.id for entry in sorted(those, key=lambda entry: (entry.priority, entry.arrived, entry.id))]

    def waits_s(self, queue: str) -> list[float]:
        """How long each of those standing has waited."""
        return [self.waited_s(self._all[entry]) for entry in self.standing(queue)]

    def waited_s(self, one: Waiting) -> float:
        return self._clock() - one.entry.arrived
