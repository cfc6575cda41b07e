"""Choose the way by facts."""

from dataclasses import dataclass
from typing import Self

from ivr.dialogue.fields import Case, Fields
from ivr.dialogue.nodes.base import Node
from ivr.dialogue.turn import Go, Move, Turn


@dataclass(frozen=True, slots=True)
class GoNode(Node):
    """The first case whose fact has the wanted value decides; `to` when none has."""

    cases: tuple[Case, ...]
    to: str
    kind = "go"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(fields.node, cases=fields.cases("when"), to=fields.target("to"))

    @property
    def leads_on(self) -> bool:
        return True

    def enter(self, turn: Turn) -> Move:
        for case in self.cases:
            value = turn.facts.get(case.fact)
            # True is no 1 here: `is: 1` must not be met by a yes.
            if value == case.value and type(value) is type(case.value):
                return Go(case.target)
        return Go(self.to)
