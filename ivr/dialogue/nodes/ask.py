"""Ask for a number and keep it as a fact."""

from dataclasses import dataclass
from typing import Self

from ivr.dialogue.fields import Fields
from ivr.dialogue.flow import Texts
from ivr.dialogue.model import Digits
from ivr.dialogue.nodes.base import Node, Way
from ivr.dialogue.turn import Ask, Go, Move, Question, Turn


@dataclass(frozen=True, slots=True)
class AskNode(Node):
    """The number is kept as it was keyed, leading zeros included, in the fact `fact`."""

    say: Texts
    silence: Texts
    mistake: Texts
    at_least: int
    at_most: int
    fact: str
    next: str
    kind = "ask"
    breaths = (("mistake", "say"),)

    @classmethod
    def read(cls, fields: Fields) -> Self:
        at_least, at_most = fields.length("digits")
        return cls(
            fields.node,
            say=fields.texts("say"),
            silence=fields.silence("silence", "say"),
            mistake=fields.texts("mistake", required=False),
            at_least=at_least,
            at_most=at_most,
            fact=fields.own_fact("fact"),
            next=fields.target("next", asked=True),
        )

    @property
    def questions(self) -> tuple[Texts, ...]:
        return (self.say,)

    @property
    def leaving(self) -> tuple[Way, ...]:
        return (((), self.next),)

    def enter(self, turn: Turn) -> Move:
        return Ask()

    def question(self, turn: Turn) -> Question:
        return Question(
            turn.words(self.say),
            turn.words(self.silence),
            Digits(self.at_least, self.at_most),
            mistake=self.mistake,
        )

    def answered(self, turn: Turn, value: str) -> Move:
        turn.facts[self.fact] = value
        return Go(self.next)
