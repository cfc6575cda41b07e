"""Say something and go on."""

from dataclasses import dataclass
from typing import Self

from ivr.dialogue.fields import Fields
from ivr.dialogue.flow import Texts
from ivr.dialogue.nodes.base import Node, Way
from ivr.dialogue.turn import Go, Move, Turn


@dataclass(frozen=True, slots=True)
class SayNode(Node):
    """interruptible: a key stops the words. Keys pressed meanwhile count for the next question either way."""

    say: Texts
    interruptible: bool
    next: str
    kind = "say"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(
            fields.node,
            say=fields.texts("say"),
            interruptible=fields.boolean("interruptible", True),
            next=fields.target("next"),
        )

    @property
    def ways(self) -> tuple[Way, ...]:
        return ((self.say, self.next),)

    def enter(self, turn: Turn) -> Move:
        turn.say(self.say, interruptible=self.interruptible)
        return Go(self.next)
