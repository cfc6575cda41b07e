"""The reserve: called in for a while when the promise is too long or by hand; sent away when that while is over."""

from ivr.domain.acd.choice import best_operator
from ivr.domain.acd.commands import CallInReserve, Subject, Tell
from ivr.domain.acd.events import ReserveNeeded, WaitPredicted
from ivr.domain.acd.floor import Floor, Queue
from ivr.domain.acd.moves import offer
from ivr.domain.acd.records import Because, What


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
    floor.command(Tell(Subject.QUEUE, queue.name, "reserve", until, why))
    if already:
        return
    floor.command(CallInReserve(queue.name, until))
    floor.note(What.RESERVE_CALLED, detail=f"{queue.name}: {why}")
    _offer(floor, queue)


def _offer(floor: Floor, queue: Queue) -> None:
    """What waits in the queue goes to those in reserve who sit ready, in order."""
    hopeless: set[int] = set()
    while lines := [each for each in floor.lines.values() if each.queue is queue and each.waiting]:
        hopeful = [each for each in lines if id(each) not in hopeless]
        if not hopeful:
            return
        line = min(hopeful, key=lambda each: each.waiting.first(1))
        if chosen := best_operator(floor, line):
            ticket = floor.tickets[line.waiting.first(1)[0][2]]
            offer(floor, ticket, chosen.seat, Because.BEST_OPERATOR, chosen.passed)
        else:
            hopeless.add(id(line))


def send_away(floor: Floor, queue: Queue) -> None:
    """They end what they are in, and get no more."""
    queue.reserve_until = None
    floor.deadlines.drop((Subject.QUEUE, queue.name))
    floor.command(Tell(Subject.QUEUE, queue.name, "usual", None))
    floor.note(What.RESERVE_SENT_AWAY, detail=queue.name)
