"""Say goodbye and hang up."""

from dataclasses import dataclass
from typing import Self

from ivr.dialogue.fields import Fields
from ivr.dialogue.flow import Texts
from ivr.dialogue.model import Ending, EndingKind
from ivr.dialogue.nodes.base import Node
from ivr.dialogue.turn import Move, Turn


@dataclass(frozen=True, slots=True)
class HangUp(Node):
    say: Texts
    reason: str
    kind = "hang_up"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(fields.node, say=fields.texts("say"), reason=fields.word("reason", "served"))

    @property
    def nothing_left(self) -> bool:
        return True

    def enter(self, turn: Turn) -> Move:
        turn.say(self.say)
        return Ending(EndingKind.HANG_UP, self.reason)
