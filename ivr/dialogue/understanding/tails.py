"""The end of a number that somebody else may have said: people in the room talk on when the caller is done.

The number without it costs more than the whole one, and counts only where what is known of it speaks for it.
"""

from collections.abc import Iterator, Sequence

from ivr.dialogue.understanding.blocks import GOES_ON, SCALES, SMALL
from ivr.dialogue.understanding.number_words import Part
from ivr.dialogue.understanding.tokens import Kind, Token

LAST = 4.5  # the last word was not the caller's
MORE = 0.5  # each one more
LONGEST = 3
_LEAST = 2
"""Words that must be left."""
_FOLLOWERS = GOES_ON | dict.fromkeys(SCALES, SMALL)
_COUNTING = (*SCALES, Part.COUNTED)
"""What belongs to the word before it."""


def without_tail(tokens: Sequence[Token]) -> Iterator[tuple[Sequence[Token], float]]:
    """The tokens without one, two, three number words at their very end, and what it costs that these were not meant. A
    number is not cut in two: not «двадцать» of «двадцать три»."""
    for more in range(LONGEST):
        left, tail = tokens[: -1 - more], tokens[-1 - more :]
        if len(left) < _LEAST or any(token.kind is not Kind.NUMBER for token in (left[-1], *tail)):
            return
        if not _one_number(left[-1], tail[0]):
            yield left, LAST + MORE * more


def _one_number(word: Token, after: Token) -> bool:
    then = after.symbols[0].part
    return then in _COUNTING or then in _FOLLOWERS.get(word.symbols[-1].part, ())
