"""House and flat: «дом семнадцать дробь два корпус три квартира двенадцать а»."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ivr.dialogue.understanding.date_words import ORDINAL_SYMBOLS
from ivr.dialogue.understanding.heard import Heard
from ivr.dialogue.understanding.partial import UNNAMED, Label, Partial, Piece, Vocabulary, partials
from ivr.dialogue.understanding.wordlist import all_forms

PLACES = {
    "house": "дом | дома доме домик",
    "corpus": "корпус | корпуса корпусе",
    "building": "строение | строения",
    "flat": "квартира квартиру офис комната помещение | квартиры квартире",
}
"""What the parts are called."""
FRACTION = "дробь"
LETTER = "буква литера | букву литер"
LETTERS = {
    "а": "а", "б": "бэ | б", "в": "вэ | в", "г": "гэ | г", "д": "дэ | д", "е": "е", "ж": "жэ | ж", "з": "| з зэ",
    "и": "| и", "к": "ка | к", "л": "эль | л", "м": "эм | м", "н": "эн | н", "о": "| о", "п": "пэ | п", "р": "| р эр",
    "с": "| с эс",
}  # fmt: skip
"""How letters are named. They count right after a number or after «буква»: most are prepositions elsewhere."""
MARKS = {"corpus": "к", "building": "с"}
AFTER_HOUSE = 1.0
"""Cost of a second number taken for the flat though it is not called so: «семнадцать, двенадцать»."""


@dataclass(frozen=True, slots=True)
class AddressCandidate:
    """House and flat as they are written: 17/2к3, 12а; empty when not said. `cost` in nats, 0 the plainest."""

    house: str = ""
    flat: str = ""
    cost: float = 0.0
    confidence: float = 1.0

    @property
    def digits(self) -> str:
        """All digits of house and flat in a row, as they would be keyed."""
        return "".join(letter for letter in self.house + self.flat if letter.isdigit())


def addresses(heard: Heard, unnamed: str = "house") -> list[AddressCandidate]:
    """Every house and flat that may have been meant, the cheapest first.

    unnamed: what a number is that is called nothing, `house` or `flat`: what was asked for.
    """
    found: dict[tuple[str, str], AddressCandidate] = {}
    for partial in partials(heard, _VOCABULARY, _parts):
        parts = dict(partial.parts)
        if UNNAMED in parts:
            parts[unnamed] = parts.pop(UNNAMED)
        marked = [MARKS[name] + parts[name] for name in MARKS if name in parts]
        house, flat = "".join([parts.get("house", ""), *marked]), parts.get("flat", "")
        found.setdefault((house, flat), AddressCandidate(house, flat, partial.cost, partial.confidence))
    return list(found.values())


def _vocabulary() -> Vocabulary:
    labels = {form: Label("letter", letter) for letter, forms in LETTERS.items() for form in all_forms(forms)}
    labels |= {form: Label("place", name) for name, forms in PLACES.items() for form in all_forms(forms)}
    labels |= {form: Label("spell") for form in all_forms(LETTER)} | {FRACTION: Label("fraction")}
    return Vocabulary(labels, ORDINAL_SYMBOLS)


_VOCABULARY = _vocabulary()


def _parts(pieces: Sequence[Piece]) -> Iterator[Partial]:
    """«Семнадцать двенадцать» is one number or two: both are tried."""
    yield from _named(_values(pieces, apart=False))
    if any(not isinstance(piece, Label) and len(piece) == 2 for piece in pieces):
        yield from _named(_values(pieces, apart=True))


def _values(pieces: Sequence[Piece], apart: bool) -> list[str | Label]:
    """Numbers with their fractions and letters, and the names of parts."""
    values: list[str | Label] = []
    joining = lettered = False
    for piece in pieces:
        last = values[-1] if values else None
        if not isinstance(piece, Label):
            groups: tuple[str, ...] = piece if apart and len(piece) == 2 else ("".join(piece),)
            if joining and isinstance(last, str):
                values[-1] = f"{last}/{groups[0]}"
                groups = groups[1:]
            values += groups
        elif piece.name == "place":
            values.append(piece)
        elif piece.name == "letter" and lettered and isinstance(last, str):
            values[-1] = last + piece.value
        joining = isinstance(piece, Label) and piece.name == "fraction"
        lettered = not isinstance(piece, Label) or piece.name == "spell"
    return values


def _named(values: Sequence[str | Label]) -> Iterator[Partial]:
    """The name of a part stands before its number, or after it («семнадцатый дом, двенадцатая квартира»)."""
    if values and isinstance(values[-1], Label):
        values = [value for pair in zip(values[1::2], values[::2], strict=False) for value in pair]
    parts: dict[str, str] = {}
    name, cost = UNNAMED, 0.0
    for value in values:
        if isinstance(value, Label):
            name = value.value
            continue
        if name in parts:
            if name not in (UNNAMED, "house"):
                return
            parts["house"], name, cost = parts.pop(name), "flat", AFTER_HOUSE
        if name != UNNAMED and UNNAMED in parts:
            parts["house"] = parts.pop(UNNAMED)
        parts[name] = value
    if parts:
        yield Partial(parts, cost)
