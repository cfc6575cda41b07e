"""Offer keys and go where the pressed one leads. A menu is a level: `back` returns to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ivr.dialogue.fields import Fields
from ivr.dialogue.flow import Texts
from ivr.dialogue.model import Choice
from ivr.dialogue.nodes.base import Node
from ivr.dialogue.turn import Ask, Go, Move, Question, Turn
from ivr.dialogue.understanding.menus import ways, wish


@dataclass(frozen=True, slots=True)
class Menu(Node):
    """silence:     the help said when nothing was pressed: other words than `say`, for the newcomer.
    ask:         said instead of `say` where words are understood: an open question, and the keys in short.
    unclear:     said where words were not understood the first time: examples; the second time `say` tells the keys.
    silent_next: where a caller goes who keeps silent; left out: to the operator (a telephone without tones).
    queue:       the operators' queue for whoever asks from this menu or below it; left out: the operator node's.
    """

    say: Texts
    silence: Texts
    mistake: Texts
    ask: Texts
    unclear: Texts
    keys: Mapping[str, str]
    silent_next: str
    queue: str
    kind = "menu"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(
            fields.node,
            say=fields.texts("say"),
            silence=fields.silence("silence", "say"),
            mistake=fields.texts("mistake", required=False),
            ask=fields.texts("ask", required=False),
            unclear=fields.texts("unclear", required=False),
            keys=fields.choices("keys"),
            silent_next=fields.target("silent_next", required=False, asked=True),
            queue=fields.queue("queue", required=False),
        )

    @property
    def leads_on(self) -> bool:
        """The items of a menu with operators of its own are heard there alone: they are for other people."""
        return not self.queue

    @property
    def nothing_left(self) -> bool:
        return bool(self.silent_next)

    @property
    def silent_target(self) -> str:
        return self.silent_next

    def enter(self, turn: Turn) -> Move:
        """A caller who has said what he wants is led on; what cannot be reached from here is forgotten."""
        wanted, turn.wanted = turn.wanted, ""
        key = ways(turn.flow, self.name, self.keys).get(wanted) if wanted else None
        if key is None:
            return Ask()
        turn.wanted = wanted
        return Go(self.keys[key])

    def question(self, turn: Turn) -> Question:
        said, asks = self.say, None
        if turn.hears:
            tries = (self.ask, self.unclear)
            said = next(iter(tries[turn.number("mistakes") :]), ()) or self.say
            asks = wish(turn.flow, self.name, self.keys)
        grammar = Choice(frozenset(self.keys))
        return Question(turn.words(said), turn.words(self.silence), grammar, mistake=self.mistake, asks=asks)

    def answered(self, turn: Turn, value: str) -> Move:
        return Go(self.keys[value])
