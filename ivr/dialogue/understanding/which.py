"""The answer to «A или B?» by its place: «первое», «второе», «ни то ни другое»."""

from enum import StrEnum

from ivr.dialogue.understanding.heard import Heard, split
from ivr.dialogue.understanding.replies import reply
from ivr.dialogue.understanding.reply_words import Polarity
from ivr.dialogue.understanding.wordlist import keys

FIRST = "первое первый первая | первого первую"
SECOND = "второе второй вторая | второго вторую последнее последний последняя последнюю"
_FIRST, _SECOND = keys(FIRST), keys(SECOND)


class Place(StrEnum):
    FIRST = "first"
    SECOND = "second"
    NEITHER = "neither"
    UNNAMED = "unnamed"  # answered in other words, or not at all


def place(heard: Heard) -> Place:
    """Which place the best hypothesis names; both at once name none."""
    words = {word.text for word in split(heard[0])} if heard else set()
    first, second = bool(words & _FIRST), bool(words & _SECOND)
    if first != second:
        return Place.FIRST if first else Place.SECOND
    answer = reply(heard)
    return Place.NEITHER if answer.polarity is Polarity.NO and not answer.number else Place.UNNAMED
