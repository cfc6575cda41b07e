"""The question that ends every entry: one for yes, two to key it again."""

from collections.abc import Mapping

from ivr.dialogue.asks import YesNo
from ivr.dialogue.flow import Texts
from ivr.dialogue.model import Choice, Fact
from ivr.dialogue.turn import Question, Turn

YES = "1"
AGAIN = "2"
CHOICE = Choice(frozenset({YES, AGAIN}))


def confirmation(turn: Turn, texts: Texts, local: Mapping[str, Fact], asks: YesNo | None = None) -> Question:
    """Nobody can confirm in advance what he has not heard: keys pressed before it do not count."""
    words = turn.words(texts, local)
    return Question(words, turn.words(turn.flow.silence) + words, CHOICE, fresh=True, asks=asks)
