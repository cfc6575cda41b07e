"""The clock of many telephones in one process.

A timer and a reader of asyncio for each telephone's every packet cost more than the packets themselves: at three
hundred calls the load would be measured, and not the centre. Here one loop serves all of them in turns; when a packet
came in is known by the kernel's time stamp, so that it may be read a little later.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field

from ivr.simulate.bench_calls.rtp import TICK_S

_SLOTS = 4
"""Telephones are served in turns 5 ms apart: hundreds of them do not send in one instant."""
_HEAR_EVERY = 4
"""Turns from hearing to hearing: 80 ms of sound is far less than a socket's buffer holds."""
_LONGEST_S = 180.0
_BEFORE_US = 10
"""Steps of niceness. A telephone keeps its time however busy the centre's machine is; only root may ask for it."""


@dataclass(slots=True)
class _Telephone:
    send: Callable[[], bool]
    hear: Callable[[], None]
    begun: float
    turns: int = 0
    ticks: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Pace:
    """Keeps time for telephones; `run` must be running."""

    def __init__(self) -> None:
        self._slots: list[list[_Telephone]] = [[] for _ in range(_SLOTS)]
        self._kept = 0

    async def keep(self, send: Callable[[], bool], hear: Callable[[], None]) -> None:
        """Call `send` for every 20 ms, and `hear` now and then, until `send` says False or 180 s are over."""
        telephone = _Telephone(send, hear, asyncio.get_running_loop().time())
        self._slots[self._kept % _SLOTS].append(telephone)
        self._kept += 1
        await telephone.over.wait()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        due, turn = loop.time(), 0
        while True:
            slot = turn % _SLOTS
            self._slots[slot] = [one for one in self._slots[slot] if self._serve(one, loop.time())]
            turn += 1
            due = max(due + TICK_S / _SLOTS, loop.time() - TICK_S)
            await asyncio.sleep(due - loop.time())

    def _serve(self, telephone: _Telephone, now: float) -> bool:
        """Whether it goes on."""
        if telephone.turns % _HEAR_EVERY == 0:
            telephone.hear()
        telephone.turns += 1
        goes_on = now - telephone.begun < _LONGEST_S
        while goes_on and telephone.begun + telephone.ticks * TICK_S <= now:
            goes_on = telephone.send()
            telephone.ticks += 1
        if not goes_on:
            telephone.over.set()
        return goes_on


@asynccontextmanager
async def pacing() -> AsyncIterator[Pace]:
    """A pace that runs, in a process that comes first meanwhile where it may."""
    pace = Pace()
    task = asyncio.create_task(pace.run())
    try:
        with _first():
            yield pace
    finally:
        task.cancel()


@contextmanager
def _first() -> Iterator[None]:
    before = os.getpriority(os.PRIO_PROCESS, 0)
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, before - _BEFORE_US)
    try:
        yield
    finally:
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, before)
