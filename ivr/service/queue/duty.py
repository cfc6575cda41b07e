"""Who is on duty: operators come with their telephones, go, pause, are ready again; what they key on their telephones.

A softphone that registers brings its operator on duty, unless he has logged out by hand or his shift is another; one
that is gone takes him off. So an operator who does nothing but start his softphone gets calls, as he would from any
queue. Who keys that he is on duty is so, whatever his shifts say.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf

from ivr.domain.acd.events import (
    DeviceBack,
    Engaged,
    OperatorLoggedIn,
    OperatorLoggedOut,
    Paused,
    Ready,
    TalkEnded,
    WrapUpEnded,
    WrapUpExtended,
)
from ivr.domain.acd.model import Operator, OperatorId, State
from ivr.service.queue.line import LiveLine

MINUTE = 60.0
LOOK_S = 20.0
"""So late a shift may begin."""


@dataclass(frozen=True, slots=True)
class Break:
    """A reason for a pause, and how long it is meant to last, in seconds."""

    reason: str
    seconds: float


BREAKS: Mapping[str, Break] = {
    "1": Break("rest", 10 * MINUTE),
    "2": Break("lunch", 60 * MINUTE),
    "3": Break("meeting", 30 * MINUTE),
    "4": Break("training", 60 * MINUTE),
    "5": Break("other_work", 30 * MINUTE),
}
"""By the digit after the code of a pause."""

EXTENSION_S = 60.0
"""By how much one key lengthens the work after a talk."""


@dataclass(frozen=True, slots=True)
class HandMade:
    """What an operator has set by hand: that he is out, or pauses until then (Unix time)."""

    out: bool = False
    pause: str = ""
    until: float = 0.0


class Extended(StrEnum):
    """What became of the wish for more time after a talk."""

    MORE = "more"
    NO_MORE = "no_more"  # he has had all that the rules give
    NOTHING = "nothing"  # he does none


Shifts = Callable[[OperatorId, float], float | None]
"""(operator, Unix time) → when the shift that he works now ends, infinite when he has none; None: he works another."""


def always(operator: OperatorId, now: float) -> float | None:
    """Nobody has shifts."""
    return inf


class Duty:
    """`operators` are those of the roster; `clock` gives Unix time; `before` is what they had set by hand in an engine
    that is gone, `remember` keeps it for the next. `guards`: operators who in a storm serve these queues alone."""

    def __init__(
        self,
        line: LiveLine,
        operators: Mapping[OperatorId, Operator],
        clock: Callable[[], float],
        before: Mapping[str, HandMade],
        remember: Callable[[OperatorId, HandMade], None],
        shifts: Shifts = always,
        guards: Mapping[OperatorId, frozenset[str]] | None = None,
    ) -> None:
        self._line = line
        self._operators = operators
        self._clock = clock
        self._hand_made = {operator: before.get(operator, HandMade()) for operator in operators}
        self._remember = remember
        self._shifts = shifts
        self._guards = guards or {}
        self._guarded = False
        self._until: dict[OperatorId, float] = {}  # on duty so long, as the line was told
        self._reachable: set[OperatorId] = set()

    def knows(self, operator: OperatorId) -> bool:
        return operator in self._operators

    def state(self, operator: OperatorId) -> State:
        told = self._line.operators.get(operator)
        return State(told.state) if told else State.LOGGED_OUT

    def reachable(self, operator: OperatorId) -> bool:
        """Whether his telephone is registered, as far as it is known here."""
        return operator in self._reachable

    def device(self, operator: OperatorId, reachable: bool, engaged: bool) -> None:
        """What Asterisk sees of his telephone. `engaged`: it is in a call."""
        if operator not in self._operators:
            return
        if not reachable:
            self._reachable.discard(operator)
            if self.state(operator) is not State.LOGGED_OUT:
                self._line.feed(OperatorLoggedOut(operator))
            return
        if operator not in self._reachable:
            self._reachable.add(operator)
            self._begin(operator)
        if self._line.busy(operator):
            return
        if engaged and self.state(operator) in (State.READY, State.MISSED):
            self._line.feed(Engaged(operator))
        elif not engaged and self.state(operator) is State.TALKING:
            self._line.feed(TalkEnded(operator))

    def back(self, operator: OperatorId) -> None:
        """His telephone, which had died, has shown that it lives."""
        if self.state(operator) is State.UNREACHABLE:
            self._line.feed(DeviceBack(operator))

    def log_in(self, operator: OperatorId) -> None:
        """Come on duty; end a pause, the work after a talk, being set aside."""
        self._set(operator, HandMade())
        until = self._shifts(operator, self._clock()) or inf
        if self.state(operator) is State.LOGGED_OUT:
            return self._come(operator, until)
        self._until[operator] = until  # he may have been about to go
        self._line.feed(OperatorLoggedIn(self._served(operator), until))
        self._line.feed(Ready(operator))

    def log_out(self, operator: OperatorId) -> None:
        self._set(operator, HandMade(out=True))
        self._line.feed(OperatorLoggedOut(operator))

    def pause(self, operator: OperatorId, taken: Break) -> bool:
        """Whether he is on duty, so that he can pause; a talk is ended first."""
        if self.state(operator) is State.LOGGED_OUT:
            return False
        until = self._clock() + taken.seconds
        self._set(operator, HandMade(pause=taken.reason, until=until))
        self._line.feed(Paused(operator, taken.reason, until))
        return True

    def extend(self, operator: OperatorId) -> Extended:
        if self.state(operator) is not State.WRAP_UP:
            return Extended.NOTHING
        before = self._line.operators[operator].until
        self._line.feed(WrapUpExtended(operator, EXTENSION_S))
        return Extended.NO_MORE if self._line.operators[operator].until == before else Extended.MORE

    def finish(self, operator: OperatorId) -> None:
        """His work after the talk is done."""
        self._line.feed(WrapUpEnded(operator))

    def guard(self, storm: bool) -> None:
        """In a storm those who guard a queue take no other's calls. Who is about to go is left to go."""
        if storm == self._guarded:
            return
        self._guarded, now = storm, self._clock()
        for operator in self._guards.keys() & self._reachable:
            goes = self._hand_made[operator].out or self._until.get(operator, 0.0) <= now
            if not goes and self.state(operator) is not State.LOGGED_OUT:
                self._line.feed(OperatorLoggedIn(self._served(operator), self._until[operator]))

    def _served(self, operator: OperatorId) -> Operator:
        """Him, with the queues that he serves now."""
        usual = self._operators[operator]
        return replace(usual, queues=self._guards[operator]) if self._guarded and operator in self._guards else usual

    async def run(self) -> None:
        """Let shifts begin, until cancelled; the ACD ends them."""
        while True:
            self.begin_shifts()
            await asyncio.sleep(LOOK_S)

    def begin_shifts(self) -> None:
        """Those whose telephones are there and whose time has come."""
        for operator in self._reachable:
            if self.state(operator) is State.LOGGED_OUT:
                self._begin(operator)

    def _begin(self, operator: OperatorId) -> None:
        until = self._shifts(operator, self._clock())
        if until is not None and not self._hand_made[operator].out:
            self._come(operator, until)

    def _come(self, operator: OperatorId, until: float) -> None:
        made = self._hand_made[operator]
        pauses = made.until > self._clock()
        self._until[operator] = until
        self._line.feed(OperatorLoggedIn(self._served(operator), until=until, ready=not pauses))
        if pauses:
            self._line.feed(Paused(operator, made.pause, made.until))

    def _set(self, operator: OperatorId, made: HandMade) -> None:
        if made != self._hand_made[operator]:
            self._hand_made[operator] = made
            self._remember(operator, made)
