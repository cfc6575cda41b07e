"""The words of a hypothesis by what they do in an answer that is a number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from ivr.dialogue.understanding.asides import (
    AND,
    BUT,
    DENIAL_KEYS,
    EARLIER_KEYS,
    FILLER_KEYS,
    HALF,
    INTERRUPTION_KEYS,
    MEASURE_KEYS,
    NOT,
    NOW_KEYS,
    OR,
    PAIR_KEYS,
    PARTS_OF_ONE,
    POINT_KEYS,
)
from ivr.dialogue.understanding.date_words import ORDINAL_ENDS
from ivr.dialogue.understanding.heard import UNKNOWN, Word, plain
from ivr.dialogue.understanding.number_words import (
    COUNTED_HUNDREDS,
    HALF_AGAIN_KEYS,
    HUNDREDS,
    LIKE_THOUSAND,
    ONCE,
    Part,
    Symbol,
    symbols,
)


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
    OR = auto()  # what comes after it may be meant instead
    BUT = auto()
    EARLIER = auto()  # the reading before this one
    NOW = auto()
    UNKNOWN = auto()  # sounds, no word, or a word that hides a digit
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
    (EARLIER_KEYS, Kind.EARLIER),
    (NOW_KEYS, Kind.NOW),
    (frozenset({HALF}), Kind.HALF),
    (frozenset({AND}), Kind.AND),
    (frozenset({NOT}), Kind.NOT),
    (frozenset({OR}), Kind.OR),
    (frozenset({BUT}), Kind.BUT),
    (ORDINAL_ENDS, Kind.UNKNOWN),
    (frozenset({UNKNOWN}), Kind.UNKNOWN),
)
_KIND_OF = {word: kind for words, kind in _KINDS for word in words}


def tokens(words: Iterable[Word]) -> list[Token]:
    """The words in order. Pairs that correct («то есть») are one token; «полторы тысячи» is one number word, and so
    is LIKE_THOUSAND where a number begins with it."""
    found: list[Token] = []
    for word in words:
        before = found[-1].word if found else ""
        if (before, word.text) in PAIR_KEYS:
            found[-1] = Token(Kind.DENIAL, f"{before} {word.text}")
            continue
        if word.text in COUNTED_HUNDREDS:
            found[-1:] = _hundreds(found[-2:], word)
            continue
        meant = symbols(word.text)
        if before == ONCE and meant == symbols("два") and not (len(found) > 1 and found[-2].word == "еще"):
            found[-1] = _number("один", found[-1].confidence)
        if before in HALF_AGAIN_KEYS and meant and meant[0].part is Part.THOUSAND:
            continue
        if meant and tuple(token.word for token in found[-2:]) == LIKE_THOUSAND and _no_number(found[:-2]):
            found[-2:] = [_number("тысяча", min(token.confidence for token in found[-2:]))]
        kind = Kind.NUMBER if meant else _KIND_OF.get(word.text, Kind.OTHER)
        found.append(Token(kind, word.text, meant, word.confidence))
    return found


def _no_number(tokens: Sequence[Token]) -> bool:
    return all(token.kind is not Kind.NUMBER for token in tokens)


def _hundreds(last: Sequence[Token], word: Word) -> list[Token]:
    """The last word and «сотен»: «пять сотен» is 500, a lone «сотня» 100; «двадцать две сотни» are not understood."""
    counted = last[-1].symbols[-1:] if last else ()
    if not counted or counted[0].part in (Part.THOUSAND, Part.MILLION):
        return [*last[-1:], _number("сто", word.confidence)]
    ten = len(last) > 1 and bool(last[-2].symbols) and last[-2].symbols[-1].part is Part.TEN
    if counted[0].part is not Part.UNIT or ten:
        return [Token(Kind.UNKNOWN, word.text, (), word.confidence)]
    proper = plain(HUNDREDS[100 * counted[0].value].split()[0])
    return [_number(proper, min(last[-1].confidence, word.confidence))]


def _number(word: str, confidence: float) -> Token:
    return Token(Kind.NUMBER, word, symbols(word), confidence)
