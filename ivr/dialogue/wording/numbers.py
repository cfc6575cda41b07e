"""Whole numbers as Russian words. num2words is the source; the tests parse every form back."""

from functools import lru_cache

from num2words import num2words

from ivr.dialogue.wording.plural import Case, Gender, Noun

LARGEST = 999_999_999_999
"""Beyond it a listener has lost the thread: the flow is wrong."""

KNOWN = 32_768
"""Groups of three digits kept as words: those below a million in every gender and most cases."""


def cardinal(number: int, gender: Gender = "m", case: Case = Case.NOMINATIVE) -> str:
    """«сто двадцать одна». Raises ValueError beyond ±LARGEST."""
    if abs(number) > LARGEST:
        raise ValueError("too large to be said")
    # num2words 0.5.14 lets the gender reach the millions («одна миллион»), so that only the last three digits get it;
    # and what is said by thousands, from a few hundred words that are soon all known, is said fast.
    parts = ["минус"] if number < 0 else []
    rest, unit, groups = abs(number), 1, []
    while rest:
        rest, group = divmod(rest, 1000)
        if group:
            groups.append(_words(group * unit, gender if unit == 1 else "m", case))
        unit *= 1000
    return " ".join([*parts, *(reversed(groups) if groups else (_words(0, gender, case),))])


@lru_cache(maxsize=KNOWN)
def _words(number: int, gender: Gender, case: Case) -> str:
    return str(num2words(number, lang="ru", gender=gender, case=case.value, animate=False))


def ordinal(number: int, gender: Gender = "m", case: Case = Case.NOMINATIVE) -> str:
    """«двадцать первый». Raises ValueError below zero and beyond LARGEST."""
    if not 0 <= number <= LARGEST:
        raise ValueError("no ordinal of such a number")
    return str(num2words(number, lang="ru", to="ordinal", gender=gender, case=case.value, animate=False))


def quantity(number: int, noun: Noun, case: Case = Case.NOMINATIVE) -> str:
    """A number with its noun: «двадцать одна минута», «двух часов»."""
    return f"{cardinal(number, noun.gender, case)} {noun.after(number, case)}"


def spelt(digits: str) -> str:
    """Digits one by one: «ноль четыре два». Raises ValueError when a character is not one of 0…9."""
    if not digits.isascii() or not digits.isdigit():
        raise ValueError("is not made of digits")
    return " ".join(cardinal(int(digit)) for digit in digits)
