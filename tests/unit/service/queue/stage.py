"""A line with the real ACD, a clock that stands still and telephones that only remember what was asked of them."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ivr.dialogue.model import Prompt
from ivr.domain.acd import Acd, QueueRules, Rules
from ivr.domain.acd.events import Failure, OperatorLoggedIn, Tick
from ivr.domain.acd.model import Entry, EntryId, OfferId, Operator, OperatorId, State
from ivr.domain.acd.records import Decision, Note, Record, Waits
from ivr.domain.call import CallId
from ivr.domain.errors import LinkDown
from ivr.service.queue.callers import Waiting
from ivr.service.queue.duty import Duty, HandMade, Shifts, always
from ivr.service.queue.foresight import Foresight, Kept
from ivr.service.queue.line import LiveLine
from ivr.service.queue.telephones import Ring

Q = "persons"
ANNA, BORIS = OperatorId("101"), OperatorId("102")
BEGAN = 1_800_000_000.0


class Telephones:
    """`alive` are the legs that Asterisk would still know; `down`: the control link is gone."""

    def __init__(self) -> None:
        self.up = True
        self.down = False
        self.rung: list[Ring] = []
        self.hung_up: list[OfferId] = []
        self.out: dict[OperatorId, bool] = {}
        self.alive: set[OfferId] = set()
        self.unreached_told: list[OfferId] = []

    async def ring(self, ring: Ring) -> None:
        self._take()
        self.rung.append(ring)

    async def hang_up(self, offer: OfferId) -> None:
        self._take()
        self.hung_up.append(offer)

    async def set_out(self, operator: OperatorId, out: bool) -> None:
        self._take()
        self.out[operator] = out

    async def talks(self, offer: OfferId) -> bool:
        self._take()
        return offer in self.alive

    async def unreached(self, offer: OfferId, sound: str) -> None:
        self._take()
        self.unreached_told.append(offer)

    def _take(self) -> None:
        if self.down:
            raise LinkDown("away")


class KeyPhone:
    """An operator's telephone from which a code is dialled. `broken`: what saying anything raises."""

    call_id = CallId("centre-1.1")

    def __init__(self, code: str, caller: str = ANNA, broken: Exception | None = None) -> None:
        self.dialled, self.caller = code, caller
        self._broken = broken
        self.heard: list[str] = []

    async def say(self, prompt: Prompt, *, interruptible: bool) -> None:
        if self._broken is not None:
            raise self._broken
        self.heard += [phrase.name for phrase in prompt]


class Stage:
    """`operators` are on the roster and off duty until `on_duty`."""

    def __init__(
        self,
        rules: QueueRules | None = None,
        before: Mapping[str, HandMade] | None = None,
        shifts: Shifts = always,
        queues: Mapping[str, QueueRules] | None = None,
        guards: Mapping[OperatorId, frozenset[str]] | None = None,
    ) -> None:
        self.now = BEGAN
        self.telephones = Telephones()
        self.records: list[Record] = []
        self.kept: list[Kept] = []
        self.foresight = Foresight(self.clock, self.kept.extend)
        own = rules or QueueRules(wrap_up_s=0)
        self.acd = Acd(Rules(queues or {}, own), prefix="offer-")
        self.line = LiveLine(self.acd, self.telephones, self.clock, self.records.extend, self.foresight)
        more = guards or {}
        roster = {name: Operator(name, more.get(name, frozenset()) | {Q}, {}) for name in (ANNA, BORIS)}
        self.remembered: dict[OperatorId, HandMade] = {}
        remember = self.remembered.__setitem__
        self.duty = Duty(self.line, roster, self.clock, before or {}, remember, shifts, guards)

    def clock(self) -> float:
        return self.now

    def on_duty(self, *operators: OperatorId, queue: str = Q) -> None:
        for operator in operators:
            self.line.feed(OperatorLoggedIn(Operator(operator, frozenset({Q, queue}), {}), BEGAN * 2))

    async def passes(self, seconds: float) -> None:
        self.now += seconds
        self.line.feed(Tick())
        await turn()

    async def caller(self, call_id: str, **more: Any) -> Waiting:
        entry = Entry(EntryId(call_id), Q, self.now)
        waiting = replace(Waiting(entry, CallId(call_id), "+79991234567"), **more)
        self.line.callers.join(waiting)
        await turn()
        return waiting

    async def answers(self, ring: Ring) -> None:
        self.telephones.alive.add(ring.offer)
        self.line.rang(ring.offer, None)
        await turn()

    async def fails(self, ring: Ring, failure: Failure) -> None:
        self.line.rang(ring.offer, failure)
        await turn()

    @property
    def last(self) -> Ring:
        return self.telephones.rung[-1]

    def state(self, operator: OperatorId) -> str:
        return self.line.operators[operator].state

    def told(self, entry: str) -> list[str]:
        """What was recorded of an entry, in order."""
        names = {Decision: "offered", Waits: "waits"}
        mine = [record for record in self.records if record.entry == entry]
        return [str(record.what) if isinstance(record, Note) else names[type(record)] for record in mine]


async def turn() -> None:
    """Let everything run that was started."""
    for _ in range(5):
        await asyncio.sleep(0)


async def until(condition: Callable[[], bool], within_s: float = 5.0) -> None:
    """Poll until it is true."""
    deadline = asyncio.get_running_loop().time() + within_s
    while not condition():
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.01)


READY, TALKING, OUT = State.READY, State.TALKING, State.LOGGED_OUT
