"""Nodes that tell one thing after another: all at once, or one at a time with the question whether to go on."""

from dataclasses import dataclass

from ivr.dialogue.flow import Texts
from ivr.dialogue.model import Choice, Prompt, Say
from ivr.dialogue.nodes.base import Node, Way
from ivr.dialogue.turn import Ask, Go, Move, Question, Turn

FURTHER, ENOUGH = "1", "2"


@dataclass(frozen=True, slots=True)
class Series(Node):
    """further: asked after each thing but the last: 1 the next one, 2 enough; left out: all are told at once."""

    item: Texts
    none: Texts
    intro: Texts
    most: int
    further: Texts
    further_silence: Texts
    next: str

    def thing(self, turn: Turn, number: int) -> Prompt:
        """The words of one thing, from what `turn.state` keeps of it."""
        raise NotImplementedError

    @property
    def wordings(self) -> tuple[Texts, ...]:
        """The words that one thing may be told in."""
        return (self.item,)

    @property
    def ways(self) -> tuple[Way, ...]:
        return self.told

    @property
    def told(self) -> tuple[Way, ...]:
        """The ways of who may hear it."""
        once = 1 if self.further else self.most
        return ((self.none, self.next), *((self.intro + words * once, self.next) for words in self.wordings))

    @property
    def questions(self) -> tuple[Texts, ...]:
        return tuple(self.intro + words + self.further for words in self.wordings) if self.further else ()

    @property
    def leaving(self) -> tuple[Way, ...]:
        return tuple((words, self.next) for words in self.wordings) if self.further else ()

    @property
    def silent_target(self) -> str:
        return self.next if self.further else ""

    def tell(self, turn: Turn, count: int) -> Move:
        """Tell so many things, or the first of them and ask."""
        turn.say(self.intro if count else self.none)
        if self.further and count > 1:
            turn.settle("done", "told")
            turn.state.update(at=1, of=count)
            return Ask()
        for number in range(1, count + 1):
            turn.effects.append(Say(self.thing(turn, number)))
        turn.settle("done", "told" if count else "nothing_to_tell")
        return Go(self.next)

    def question(self, turn: Turn) -> Question:
        words = self.thing(turn, turn.number("at")) + turn.words(self.further)
        return Question(words, turn.words(self.further_silence), Choice(frozenset({FURTHER, ENOUGH})))

    def answered(self, turn: Turn, value: str) -> Move:
        if value == ENOUGH:
            return Go(self.next)
        turn.state["at"] = turn.number("at") + 1
        if turn.number("at") < turn.number("of"):
            return Ask()
        turn.effects.append(Say(self.thing(turn, turn.number("at"))))
        return Go(self.next)
