"""Keep facts, and go on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ivr.dialogue.fields import Fields
from ivr.dialogue.model import Fact
from ivr.dialogue.nodes.base import Node
from ivr.dialogue.turn import Go, Move, Turn


@dataclass(frozen=True, slots=True)
class SetNode(Node):
    """Facts that the services own cannot be set, except that an identity may be forgotten."""

    facts: Mapping[str, Fact]
    next: str
    kind = "set"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(fields.node, facts=fields.facts("facts"), next=fields.target("next"))

    @property
    def leads_on(self) -> bool:
        return True

    def enter(self, turn: Turn) -> Move:
        turn.facts.update(self.facts)
        return Go(self.next)
