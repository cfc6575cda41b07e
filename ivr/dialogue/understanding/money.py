"""Sums of money: «тысяча двести рублей пятьдесят копеек», «полторы тысячи», «двести с половиной»."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest

from ivr.dialogue.understanding.asides import HALF, PARTS_OF_ONE, POINT_KEYS
from ivr.dialogue.understanding.heard import Heard, plain
from ivr.dialogue.understanding.partial import Label, Partial, Piece, Vocabulary, partials
from ivr.dialogue.understanding.wordlist import all_forms

ROUBLES = "рубль рубля рублей | рублём руб"
KOPECKS = "копейка копейки копейку копеек | коп"
WITH_KOPECKS = "копейками"
ONE_AND_A_HALF = "полтора"
UNNAMED = 1.0
"""Cost of kopecks that are not called so: «двести рублей пятьдесят»."""
TENTH_AS_KOPECKS = 1.0
"""Cost of «двадцать пять запятая пять» for 25.05: plainly it is 25.50."""


@dataclass(frozen=True, slots=True)
class MoneyCandidate:
    """A sum in kopecks that may have been meant; `cost` in nats, 0 the plainest."""

    kopecks: int
    cost: float = 0.0
    confidence: float = 1.0


def sums(heard: Heard) -> list[MoneyCandidate]:
    """Every sum that may have been meant, the cheapest first."""
    found: dict[int, MoneyCandidate] = {}
    for partial in partials(heard, _VOCABULARY, _parts):
        # «полтора рубля» are 1.5 roubles
        kopecks = int(Decimal(partial.parts.get("roubles", "0")) * 100) + int(partial.parts.get("kopecks", "0"))
        found.setdefault(kopecks, MoneyCandidate(kopecks, partial.cost, partial.confidence))
    return list(found.values())


_VOCABULARY = Vocabulary(
    {
        **{plain(word): Label("roubles") for word in all_forms(ROUBLES)},
        **{word: Label("kopecks") for word in all_forms(KOPECKS)},
        **{word: Label("point") for word in POINT_KEYS},
        **{word: Label("parts", str(places)) for word, places in PARTS_OF_ONE.items()},
        HALF: Label("half"),
        WITH_KOPECKS: Label("some"),
        ONE_AND_A_HALF: Label("one and a half"),
    },
    {},
)


def _parts(pieces: Sequence[Piece]) -> Iterator[Partial]:
    parts: dict[str, str] = {}
    number, pointed = "", False
    for piece in _one_and_a_half(pieces):
        if not isinstance(piece, Label):
            if number:
                return
            number = "".join(piece)
        elif piece.name == "half":
            parts["kopecks"] = "50"
        elif piece.name == "parts" and number:  # «пять десятых» are fifty kopecks
            if len(number) > int(piece.value) or int(piece.value) > 2:
                return
            parts["kopecks"] = number.zfill(int(piece.value)).ljust(2, "0")
            number = ""
        elif piece.name in ("roubles", "kopecks", "point") and number:
            decimal = pointed and piece.name == "roubles"  # «двадцать пять запятая пять рублей»
            if not decimal:
                parts["kopecks" if piece.name == "kopecks" else "roubles"] = number
                number = ""
            pointed = decimal or piece.name == "point"
    for last, cost in _last(number, pointed, "roubles" in parts):
        whole = {**parts, **last}
        if whole and int(whole.get("kopecks", "0")) < 100:
            yield Partial(whole, cost)


def _last(number: str, pointed: bool, roubles: bool) -> Iterator[tuple[dict[str, str], float]]:
    """What the number at the end may be, which nothing names."""
    if not number:
        yield {}, 0.0
    elif not roubles:
        yield {"roubles": number}, 0.0
    elif not pointed:
        yield {"kopecks": number}, UNNAMED
    elif len(number) <= 2:
        yield {"kopecks": number.ljust(2, "0")}, 0.0
        if len(number) == 1:
            yield {"kopecks": number}, TENTH_AS_KOPECKS


def _one_and_a_half(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """«Полтора рубля» are a rouble and fifty kopecks, «полтора» alone is fifteen hundred."""
    for piece, after in zip_longest(pieces, pieces[1:]):
        if piece != Label("one and a half"):
            yield piece
        elif isinstance(after, Label) and after.name == "roubles":
            yield ("1.5",)
        else:
            yield ("1500",)
