"""Tell when operators work."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ivr.dialogue.fields import Fields
from ivr.dialogue.flow import Texts
from ivr.dialogue.model import Fact, Request
from ivr.dialogue.nodes.base import Node, Way
from ivr.dialogue.turn import Go, Move, Turn


@dataclass(frozen=True, slots=True)
class Hours(Node):
    """`open` or `closed` is said, on a public holiday `holiday`; all may use {timetable:text}, all but `open` also
    {next_open:text}."""

    queue: str
    open: Texts
    closed: Texts
    holiday: Texts
    failure: Texts
    next: str
    kind = "hours"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(
            fields.node,
            queue=fields.queue("queue"),
            open=fields.texts("open"),
            closed=fields.texts("closed"),
            holiday=fields.texts("holiday", required=False),
            failure=fields.texts("failure", required=False),
            next=fields.target("next"),
        )

    @property
    def apology(self) -> Texts:
        return self.failure

    @property
    def ways(self) -> tuple[Way, ...]:
        return tuple((words, self.next) for words in (self.open, self.closed, self.holiday))

    def enter(self, turn: Turn) -> Move:
        return Request("hours", {"queue": self.queue})

    def replied(self, turn: Turn, facts: Mapping[str, Fact]) -> Move:
        if facts.get("open") is True:
            turn.say(self.open)
        else:
            turn.say(self.holiday if self.holiday and facts.get("holiday") is True else self.closed)
        turn.settle("done", "told")
        return Go(self.next)
