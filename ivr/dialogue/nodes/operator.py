"""Give the caller to the operators: in hours to their queue, out of hours it is told when they work."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ivr.dialogue.fields import Fields
from ivr.dialogue.flow import Texts
from ivr.dialogue.model import Ending, EndingKind, Fact, Request
from ivr.dialogue.nodes.base import Node
from ivr.dialogue.nodes.menu import Menu
from ivr.dialogue.turn import Back, Go, Move, Turn, text_of

CALLBACK = "callback"
"""The reason of an ending: he wants to be rung back."""


@dataclass(frozen=True, slots=True)
class Operator(Node):
    """queue: the operators' queue, unless a menu the caller came through names its own.

    callback:    he wants to be rung back: the number is asked for at once, at any hour.
    holiday:     said instead of `closed` on a public holiday.
    closed_next: where a caller goes out of hours, to serve himself; left out: the menu above. Who keeps silent (a
    telephone without tones) can do nothing there, so the call ends after the timetable.
    """

    queue: str
    connecting: Texts
    closed: Texts
    holiday: Texts
    closed_next: str
    callback: bool = False
    kind = "operator"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        callback = fields.boolean("callback", False)
        return cls(
            fields.node,
            callback=callback,
            queue=fields.queue("queue"),
            connecting=fields.texts("connecting"),
            closed=fields.texts("closed", required=not callback),
            holiday=fields.texts("holiday", required=False),
            closed_next=fields.target("closed_next", required=False),
        )

    def enter(self, turn: Turn) -> Move:
        if self.callback:
            return self._connect(turn)
        return Request("hours", {"queue": self.queue_of(turn)})

    def replied(self, turn: Turn, facts: Mapping[str, Fact]) -> Move:
        if facts.get("open") is not False:
            return self._connect(turn)
        turn.say(self.holiday if self.holiday and facts.get("holiday") is True else self.closed)
        if turn.state.get("reason") == "silence":
            return Ending(EndingKind.HANG_UP, "closed")
        return Go(self.closed_next) if self.closed_next else Back()

    def failed(self, turn: Turn, code: str) -> Move:
        """Nobody knows the hours: better an operator too many than a caller left alone."""
        return self._connect(turn)

    def queue_of(self, turn: Turn) -> str:
        """The queue of the nearest menu on the caller's way that names one."""
        for name in reversed(turn.path):
            menu = turn.flow.nodes[name]
            if isinstance(menu, Menu) and menu.queue:
                return menu.queue
        return self.queue

    def _connect(self, turn: Turn) -> Ending:
        turn.say(self.connecting)
        reason = CALLBACK if self.callback else text_of(turn.state, "reason") or "asked"
        if turn.facts.get("identity_locked") is True:
            reason = "identity_locked"  # whatever he asks for: the operator must know that somebody has been guessing
        return Ending(EndingKind.OPERATOR, reason, self.queue_of(turn))
