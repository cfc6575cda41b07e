"""Readings, and the ways people say them, each on a register on which it is plausible. Pure."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from num2words import num2words

from ivr.dialogue.understanding.ranking import ReadingContext

Groups = tuple[tuple[str, ...], ...]
"""Words in groups, as they are said in one breath."""

_DIGITS = ("ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять")


@dataclass(frozen=True, slots=True)
class Saying:
    """`digits`: the reading, without leading noughts."""

    digits: str
    form: str
    groups: Groups
    context: ReadingContext

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word for group in self.groups for word in group)


def one_by_one(digits: str) -> Groups:
    """«один | два | три»."""
    return tuple((_DIGITS[int(digit)],) for digit in digits)


def pairs(digits: str) -> Groups:
    """«двенадцать | тридцать четыре | ноль пять», from the left."""
    return tuple(_pair(digits[place : place + 2]) for place in range(0, len(digits), 2))


def whole(digits: str) -> Groups:
    """«двенадцать тысяч | триста сорок пять»; a single thousand without «одна»."""
    words = str(num2words(int(digits), lang="ru")).split()
    if words[0] == "одна" and len(words) > 1:
        words = words[1:]
    cut = next((place for place, word in enumerate(words, 1) if word.startswith("тысяч")), 0)
    return tuple(tuple(part) for part in (words[:cut], words[cut:]) if part)


FORMS: dict[str, Callable[[str], Groups]] = {"digits": one_by_one, "groups": pairs, "whole": whole}


def anyone(form: str, r: Random) -> str:
    """The digits of a reading of three to six digits; by pairs of four or six."""
    length = r.choice((4, 6)) if form == "groups" else r.choice((3, 4, 5, 5, 6))
    return str(r.randrange(10 ** (length - 1), 10**length))


def few_words(form: str, r: Random) -> str:
    """The same for a speaker whose only words above a hundred are «сто» and «тысяча»."""
    return str(r.choice((r.randrange(10, 200), 1000 + r.randrange(1, 200)))) if form == "whole" else anyone(form, r)


def drawn(form: str, r: Random, digits: Callable[[str, Random], str] = anyone) -> Saying:
    reading = digits(form, r)
    return Saying(reading, form, FORMS[form](reading), register(int(reading), r))


def register(reading: int, r: Random) -> ReadingContext:
    """A register of five digits or more, used about as usual, whose next reading may well be this."""
    usual = round(min(1200.0, max(5.0, r.lognormvariate(math.log(150), 0.7))))
    used = min(reading, round(usual * r.lognormvariate(0.0, 0.4)))
    digits = max(len(str(reading)), r.choice((5, 6, 6)))
    return ReadingContext(digits, reading - used, usual, max(600, 2 * usual))


def _pair(digits: str) -> tuple[str, ...]:
    if len(digits) == 1 or digits[0] == "0":
        return tuple(_DIGITS[int(digit)] for digit in digits)
    return tuple(str(num2words(int(digits), lang="ru")).split())
