"""Offer keys and go where the pressed one leads. A menu is a level: `back` returns to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ivr.dialogue.fields import Fields
from ivr.dialogue.flow import Texts
from ivr.dialogue.model import Choice
from ivr.dialogue.nodes.base import Node, Way
from ivr.dialogue.turn import Ask, Go, Move, Question, Turn
from ivr.dialogue.understanding.menus import ways, wish


@dataclass(frozen=True, slots=True)
class Menu(Node):
    """silence:     the help said when nothing was pressed: other words than `say`, for the newcomer.
    unclear:     said where words were not understood: examples; the second time, `say` as it is for keys.
    silent_next: where a caller goes who keeps silent; left out: to the operator (a telephone without tones).
    queue:       the operators' queue for whoever asks from this menu or below it; left out: the operator node's.
    """

    say: Texts
    silence: Texts
    mistake: Texts
    unclear: Texts
    keys: Mapping[str, str]
    silent_next: str
    queue: str
    kind = "menu"
    breaths = (("mistake", "say"),)

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(
            fields.node,
            say=fields.texts("say"),
            silence=fields.silence("silence", "say"),
            mistake=fields.texts("mistake", required=False),
            unclear=fields.texts("unclear", required=False),
            keys=fields.choices("keys"),
            silent_next=fields.target("silent_next", required=False, asked=True),
            queue=fields.queue("queue", required=False),
        )

    @property
    def answers(self) -> Mapping[str, str]:
        """Where each answer leads. What silence leads to may be asked for in words alone, «до свидания»: its key is
        empty."""
        return {**self.keys, "": self.silent_next} if self.silent_next else self.keys

    @property
    def leads_on(self) -> bool:
        """The items of a menu with operators of its own are heard there alone: they are for other people."""
        return not self.queue

    @property
    def silent_target(self) -> str:
        return self.silent_next

    @property
    def questions(self) -> tuple[Texts, ...]:
        return (self.say,)

    @property
    def leaving(self) -> tuple[Way, ...]:
        return tuple(((), target) for target in self.keys.values())

    def enter(self, turn: Turn) -> Move:
        """A caller who has said what he wants is led on; what cannot be reached from here is forgotten."""
        wanted, turn.wanted = turn.wanted, ""
        key = ways(turn.flow, self.name, self.answers).get(wanted) if wanted else None
        if key is None:
            return Ask()
        turn.wanted = wanted
        return Go(self.answers[key])

    def question(self, turn: Turn) -> Question:
        missed = turn.number("mistakes") if turn.hears else 0
        prompt = turn.words(self.unclear if self.unclear and missed == 1 else self.say, by_keys=missed > 1)
        asks = wish(turn.flow, self.name, self.answers) if turn.hears else None
        grammar = Choice(frozenset(self.keys))
        return Question(prompt, turn.words(self.silence), grammar, mistake=self.mistake, asks=asks)

    def answered(self, turn: Turn, value: str) -> Move:
        return Go(self.answers[value])
