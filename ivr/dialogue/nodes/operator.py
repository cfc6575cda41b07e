"""Give the caller to the operators: in hours to their queue, out of hours it is told when they work."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ivr.dialogue.fields import Fields
from ivr.dialogue.flow import Texts
from ivr.dialogue.model import Ending, EndingKind, Fact, Request
from ivr.dialogue.nodes.base import Node, Way
from ivr.dialogue.nodes.menu import Menu
from ivr.dialogue.turn import Back, Go, Move, Turn, text_of

CALLBACK = "callback"
"""The reason of an ending: he wants to be rung back."""


@dataclass(frozen=True, slots=True)
class Operator(Node):
    """queue: the operators' queue. For the flow's operator a menu that the caller came through may name another; when
    an operator node of that queue is there, it takes the caller with its own words.

    callback:     he wants to be rung back: the number is asked for at once, at any hour. Where nobody can be rung back
                  the flow's operator takes him.
    holiday:      said instead of `closed` on a public holiday.
    closed_next:  where a caller goes out of hours, to serve himself; left out: the menu above.
    silent_next:  where a caller goes out of hours who keeps silent (perhaps his telephone has no tones: he can do
                  nothing in a menu), after `silent_closed`; left out: the call ends after the timetable.
    """

    queue: str
    connecting: Texts
    closed: Texts
    holiday: Texts
    closed_next: str
    silent_closed: Texts
    silent_next: str
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
            silent_closed=fields.texts("silent_closed", required=False),
            silent_next=fields.target("silent_next", required=False),
        )

    @property
    def ways(self) -> tuple[Way, ...]:
        away = tuple((words, self.closed_next) for words in (self.closed, self.holiday))
        return (*away, (self.silent_closed, self.silent_next)) if self.silent_next else away

    def enter(self, turn: Turn) -> Move:
        if self.callback:
            return Go(turn.flow.operator, "asked") if turn.facts.get("callbacks") is False else self._connect(turn)
        queue = self.queue_of(turn)
        if queue != self.queue and (own := _operator_of(turn, queue)):
            return Go(own, text_of(turn.state, "reason"))
        return Request("hours", {"queue": queue})

    def replied(self, turn: Turn, facts: Mapping[str, Fact]) -> Move:
        if facts.get("open") is not False:
            return self._connect(turn)
        silent = turn.state.get("reason") == "silence"
        if silent and self.silent_next:
            turn.say(self.silent_closed)
            return Go(self.silent_next, "silence")
        turn.say(self.holiday if self.holiday and facts.get("holiday") is True else self.closed)
        if silent:
            return Ending(EndingKind.HANG_UP, "closed")
        return Go(self.closed_next) if self.closed_next else Back()

    def failed(self, turn: Turn, code: str) -> Move:
        """Nobody knows the hours: better an operator too many than a caller left alone."""
        return self._connect(turn)

    def queue_of(self, turn: Turn) -> str:
        """Its own queue; for the flow's operator that of the nearest menu on the caller's way that names one."""
        for name in reversed(turn.path if self.name == turn.flow.operator else ()):
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


def _operator_of(turn: Turn, queue: str) -> str:
    """The operator node whose own queue it is; empty: none."""
    operators = ((name, node) for name, node in turn.flow.nodes.items() if isinstance(node, Operator))
    return next((name for name, node in operators if node.queue == queue and not node.callback), "")
