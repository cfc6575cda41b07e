"""Numbers as people dictate them, for a recogniser to expect.

vosk counts in the phrases of a grammar which word follows which: «девять семь» is likelier than «девять семьдесят», so
what people say behind the caller does not so easily make «семьдесят» of his «семь». Nothing is ruled out: any word may
follow any other, at a cost. No number is likelier than others: these are spread over all there are.
"""

from collections.abc import Callable
from functools import cache

from ivr.dialogue.understanding.asides import FILLER_PHRASES, FILLERS
from ivr.dialogue.understanding.heard import UNKNOWN
from ivr.dialogue.understanding.wordlist import common_forms
from ivr.dialogue.wording.numbers import cardinal, spelt

EACH = 30
"""Numbers, each in every form: 25 are as good as 250."""
_LENGTHS = (3, 4, 5, 5, 6)
_GOLDEN = 0.6180339887498949
"""Its multiples, without the whole part, lie evenly between 0 and 1 (Knuth, The Art of Computer Programming, 6.4)."""
_SOUNDS = (1, 2, 3)
"""Of a caller who says something else before or after his number, so many `[unk]`."""
_BEFORE = (*common_forms(FILLERS), *FILLER_PHRASES)
_EVERY = 5
"""One of so many numbers comes after sounds, one before them, one after a filler."""


def whole(digits: str) -> str:
    """«двенадцать тысяч триста сорок пять»; a single thousand without «одна»."""
    return cardinal(int(digits)).removeprefix("одна ")


def pairs(digits: str) -> str:
    """«двенадцать тридцать четыре пять», from the left."""
    return _groups(digits, 2)


def triples(digits: str) -> str:
    """«двенадцать триста сорок пять», from the right."""
    first = len(digits) % 3
    return f"{_groups(digits[:first], 3)} {_groups(digits[first:], 3)}".strip()


FORMS: tuple[Callable[[str], str], ...] = (whole, spelt, pairs, triples)


@cache
def dictated() -> tuple[str, ...]:
    """Some numbers in every form; before and after some of them fillers and something else is said."""
    said: list[str] = []
    for place in range(EACH):
        length = _LENGTHS[place % len(_LENGTHS)]
        number = int((1 + 9 * ((place + 1) * _GOLDEN % 1)) * 10 ** (length - 1))
        for form in FORMS:
            said.append(_amid(form(str(number)), len(said)))
    return tuple(said)


def _groups(digits: str, size: int) -> str:
    return " ".join(_group(digits[place : place + size]) for place in range(0, len(digits), size))


def _group(digits: str) -> str:
    """A group as a number, its leading noughts said one by one."""
    rest = digits.lstrip("0")
    noughts = [cardinal(0)] * (len(digits) - len(rest))
    return " ".join([*noughts, *([cardinal(int(rest))] if rest else [])])


def _amid(said: str, place: int) -> str:
    turn, kind = divmod(place, _EVERY)
    sounds = " ".join([UNKNOWN] * _SOUNDS[turn % len(_SOUNDS)])
    match kind:
        case 0:
            return f"{sounds} {said}"
        case 1:
            return f"{said} {sounds}"
        case 2:
            return f"{_BEFORE[turn % len(_BEFORE)]} {said}"
    return said
