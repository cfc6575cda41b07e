"""What every kind of node has in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from ivr.dialogue.fields import Fields
from ivr.dialogue.flow import Texts
from ivr.dialogue.model import Fact, Taken
from ivr.dialogue.turn import Go, Move, Question, Turn

Way = tuple[Texts, str]
"""What is said, and the node that comes then; without a name: the menu above."""


@dataclass(frozen=True, slots=True)
class Node:
    """A place in a flow. The engine calls `enter` once, then `answered`, `replied` or `failed` for what came.

    Keys that work from anywhere, silence and mistakes never reach a node: the engine deals with them.
    """

    name: str
    kind: ClassVar[str]
    breaths: ClassVar[tuple[Texts, ...]] = ()
    """Slots of words that the caller hears one right after another: together they may not be too long either."""

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Make the node of what the file says; mistakes are collected by `fields`."""
        raise NotImplementedError

    def enter(self, turn: Turn) -> Move:
        raise NotImplementedError

    def question(self, turn: Turn) -> Question:
        """The question asked at this moment of the node's own small dialogue."""
        raise NotImplementedError

    def answered(self, turn: Turn, value: str) -> Move:
        """The caller answered the present question within its grammar."""
        raise NotImplementedError

    def replied(self, turn: Turn, facts: Mapping[str, Fact]) -> Move:
        """The service answered; its facts have already joined the turn's."""
        raise NotImplementedError

    def recorded(self, turn: Turn, taken: Taken) -> Move:
        """What the caller said was recorded."""
        raise NotImplementedError

    def failed(self, turn: Turn, code: str) -> Move:
        """The service could not answer: an apology, then the operator."""
        turn.say(self.apology or turn.flow.failure)
        return Go(turn.flow.operator, code)

    @property
    def apology(self) -> Texts:
        """The node's own words for a failed service; empty: the flow's."""
        return ()

    @property
    def ways(self) -> tuple[Way, ...]:
        """Where callers go from here without being asked anything, and what they hear before."""
        return ()

    @property
    def questions(self) -> tuple[Texts, ...]:
        """What a caller who comes here is asked first, with all that is said before it."""
        return ()

    @property
    def confirmations(self) -> tuple[Texts, ...]:
        """Questions that are put over again to a caller who keeps silent."""
        return ()

    @property
    def leaving(self) -> tuple[Way, ...]:
        """Where callers go from here who have answered a question, and what they hear before."""
        return ()

    @property
    def leads_on(self) -> bool:
        """A caller who has said what he wants is led through here to it."""
        return False

    @property
    def silent_target(self) -> str:
        """Where a caller goes who keeps silent; empty: to the operator."""
        return ""
