"""The reserve: called in for a while when the promise is too long or by hand; sent away when that while is over."""

from ivr.domain.acd.choice import first_entry
from ivr.domain.acd.commands import CallInReserve, Subject, Tell
from ivr.domain.acd.events import ReserveNeeded, WaitPredicted
from ivr.domain.acd.floor import Floor, Queue
from ivr.domain.acd.moves import free
from ivr.domain.acd.records import What


def predicted(floor: Floor, event: WaitPredicted) -> None:
    """A promise within the target sends nobody away: the while runs out, so the reserve does not come and go."""
    queue = floor.queue(event.queue)
    if event.seconds > queue.rules.target_s:
        until = floor.now + queue.rules.reserve_s
        _call_in(floor, queue, max(until, queue.reserve_until or until), f"predicted {event.seconds:.0f} s")


def needed(floor: Floor, event: ReserveNeeded) -> None:
    queue = floor.queue(event.queue)
    if event.until > floor.now:
        _call_in(floor, queue, event.until, "by hand")
    elif queue.reserve_until is not None:
        send_away(floor, queue)


def _call_in(floor: Floor, queue: Queue, until: float, why: str) -> None:
    already = queue.reserve_until is not None
    queue.reserve_until = until
    floor.deadlines.set((Subject.QUEUE, queue.name), until)
    if already:
        return
    floor.command(CallInReserve(queue.name, until))
    floor.command(Tell(Subject.QUEUE, queue.name, "reserve", until, why))
    floor.note(What.RESERVE_CALLED, detail=f"{queue.name}: {why}")
    offer_reserve(floor, queue)


def offer_reserve(floor: Floor, queue: Queue) -> None:
    """Those in reserve who sit ready get what waits."""
    for crew in floor.crews.values():
        if not crew.reserve or queue.name not in crew.queues:
            continue
        for _, operator in list(crew.idle):
            seat = floor.seats[operator]
            if not first_entry(floor, seat):
                break
            free(floor, seat, seat.idle_since)


def send_away(floor: Floor, queue: Queue) -> None:
    """They end what they are in, and get no more."""
    queue.reserve_until = None
    floor.deadlines.drop((Subject.QUEUE, queue.name))
    floor.command(Tell(Subject.QUEUE, queue.name, "usual", None))
    floor.note(What.RESERVE_SENT_AWAY, detail=queue.name)
