"""The words of a hypothesis by what they do in an answer that is a number."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from ivr.dialogue.understanding.asides import (
    AND,
    BUT,
    DENIAL_KEYS,
    FILLER_KEYS,
    HALF,
    INTERRUPTION_KEYS,
    MEASURE_KEYS,
    NOT,
    PAIR_KEYS,
    PARTS_OF_ONE,
    POINT_KEYS,
)
from ivr.dialogue.understanding.heard import UNKNOWN, Word
from ivr.dialogue.understanding.number_words import HALF_AGAIN_KEYS, Part, Symbol, symbols


class Kind(Enum):
    NUMBER = auto()
    FILLER = auto()
    AND = auto()
    POINT = auto()  # a fraction begins
    PART = auto()  # «десятых»: a fraction ends
    HALF = auto()
    DENIAL = auto()  # what was said before it is wrong
    INTERRUPTION = auto()  # what was said before it may be wrong
    NOT = auto()
    BUT = auto()
    UNKNOWN = auto()  # sounds, no word
    OTHER = auto()  # a word that has no business in a number, and kilowatt-hours


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or a pair of words that mean one thing."""

    kind: Kind
    word: str
    symbols: tuple[Symbol, ...] = ()
    confidence: float = 1.0


_KINDS = (
    (FILLER_KEYS, Kind.FILLER),
    (DENIAL_KEYS, Kind.DENIAL),
    (INTERRUPTION_KEYS, Kind.INTERRUPTION),
    (POINT_KEYS, Kind.POINT),
    (frozenset(PARTS_OF_ONE), Kind.PART),
    (MEASURE_KEYS, Kind.OTHER),
    (frozenset({HALF}), Kind.HALF),
    (frozenset({AND}), Kind.AND),
    (frozenset({NOT}), Kind.NOT),
    (frozenset({BUT}), Kind.BUT),
    (frozenset({UNKNOWN}), Kind.UNKNOWN),
)
_KIND_OF = {word: kind for words, kind in _KINDS for word in words}


def tokens(words: Iterable[Word]) -> list[Token]:
    """The words in order. Pairs that correct («то есть») are one token; «полторы тысячи» is one number word."""
    found: list[Token] = []
    for word in words:
        before = found[-1].word if found else ""
        if (before, word.text) in PAIR_KEYS:
            found[-1] = Token(Kind.DENIAL, f"{before} {word.text}")
            continue
        meant = symbols(word.text)
        if before in HALF_AGAIN_KEYS and meant and meant[0].part is Part.THOUSAND:
            continue
        kind = Kind.NUMBER if meant else _KIND_OF.get(word.text, Kind.OTHER)
        found.append(Token(kind, word.text, meant, word.confidence))
    return found
