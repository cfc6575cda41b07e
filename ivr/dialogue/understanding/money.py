"""Sums of money: «тысяча двести рублей пятьдесят копеек», «полторы тысячи», «двести с половиной»."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ivr.dialogue.understanding.asides import HALF, PARTS_OF_ONE, POINT_KEYS
from ivr.dialogue.understanding.heard import Heard, plain
from ivr.dialogue.understanding.partial import Label, Partial, Piece, Vocabulary, partials
from ivr.dialogue.understanding.wordlist import all_forms

ROUBLES = "рубль рубля рублей | рублём руб"
KOPECKS = "копейка копейки копейку копеек | коп"
WITH_KOPECKS = "копейками"
UNNAMED = 1.0
"""Cost of kopecks that are not called so: «двести рублей пятьдесят»."""


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
        kopecks = int(partial.parts.get("roubles", "0")) * 100 + int(partial.parts.get("kopecks", "0"))
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
    },
    {},
)


def _parts(pieces: Sequence[Piece]) -> Iterator[Partial]:
    parts: dict[str, str] = {}
    cost, number = 0.0, ""
    for piece in pieces:
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
            parts["kopecks" if piece.name == "kopecks" else "roubles"] = number
            number = ""
    if number and "roubles" in parts:
        parts["kopecks"] = number
        cost = UNNAMED
    elif number:
        parts["roubles"] = number
    if parts and int(parts.get("kopecks", "0")) < 100:
        yield Partial(parts, cost)
