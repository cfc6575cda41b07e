"""Dates: «пятнадцатое ноября», «пятнадцатого одиннадцатого две тысячи двадцать шестого», «вчера», «десятого числа»."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ivr.dialogue.understanding.asides import FILLER_KEYS
from ivr.dialogue.understanding.date_words import (
    AROUND,
    DIRECTIONS,
    MONTHS,
    MONTHS_FROM_NOW,
    ORDINAL_SYMBOLS,
    RELATIVE,
    SPANS,
)
from ivr.dialogue.understanding.heard import Heard
from ivr.dialogue.understanding.partial import Label, Partial, Piece, Vocabulary, partials

CENTURY = 2000
"""Of a year that is said with two digits."""
FURTHEST = 3660
"""Days from today: what is further is misheard."""
LEFT_OUT = 3.0
"""Cost of a number that is taken for no part of the date."""


@dataclass(frozen=True, slots=True)
class DateCandidate:
    """A date that may have been meant; `cost` in nats, 0 the plainest."""

    day: date
    cost: float = 0.0
    confidence: float = 1.0


def dates(heard: Heard, today: date, past: bool = True) -> list[DateCandidate]:
    """Every date that may have been meant, the cheapest first.

    past: a date without its year, or without its month, is the last such one, today included; else the next.
    """
    found: dict[date, DateCandidate] = {}
    for partial in partials(heard, _VOCABULARY, _parts):
        day = _resolved({name: int(value) for name, value in partial.parts.items()}, today, past)
        if day is not None:
            found.setdefault(day, DateCandidate(day, partial.cost, partial.confidence))
    return list(found.values())


def _vocabulary() -> Vocabulary:
    labels = {form: Label("month", str(number)) for number, forms in enumerate(MONTHS, 1) for form in forms.split()}
    labels |= {word: Label("relative", str(days)) for word, days in RELATIVE.items()}
    labels |= {word: Label("span", str(days)) for word, days in SPANS.items()}
    labels |= {word: Label("direction", str(sign)) for word, sign in DIRECTIONS.items()}
    labels |= {word: Label("shift", str(months)) for word, months in MONTHS_FROM_NOW.items()}
    return Vocabulary(labels, ORDINAL_SYMBOLS, FILLER_KEYS | frozenset(AROUND.split()))


_VOCABULARY = _vocabulary()


def _parts(pieces: Sequence[Piece]) -> Iterator[Partial]:
    """Numbers before the month are the day, after it the year; without a month's name: day, month, year. With it,
    «прошлого» is the year's."""
    labels = {piece.name: piece.value for piece in pieces if isinstance(piece, Label)}
    if "month" in labels:
        place = next(place for place, piece in enumerate(pieces) if isinstance(piece, Label) and piece.name == "month")
        before, after = _numbers(pieces[:place]), _numbers(pieces[place:])
        if not before:  # «ноября пятнадцатого»
            before, after = after[:1], after[1:]
        numbers, names = before[-1:] + after[:1], ["day"][: len(before)] + ["year"][: len(after)]
        spare = len(before) + len(after) - len(numbers)
    else:
        said = _numbers(pieces)
        numbers, names = said[:3], ["day", "month", "year"]
        spare = len(said) - len(numbers)
    parts = {**labels, **dict(zip(names, numbers, strict=False))}
    if parts:
        yield Partial(parts, LEFT_OUT * spare)


def _numbers(pieces: Sequence[Piece]) -> list[str]:
    """The groups one after another; a nought said before a digit belongs to it («ноль пятого»)."""
    numbers: list[str] = []
    for piece in pieces:
        for group in () if isinstance(piece, Label) else piece:
            if numbers and numbers[-1] == "0" and len(group) == 1:
                numbers[-1] += group
            else:
                numbers.append(group)
    return numbers


def _resolved(parts: dict[str, int], today: date, past: bool) -> date | None:
    """The day that the parts name. None: there is no such day."""
    if "relative" in parts:
        return today + timedelta(days=parts["relative"])
    if "direction" in parts and "span" in parts:
        days_from_now = parts["direction"] * parts["span"] * parts.get("day", 1)
        return today + timedelta(days_from_now) if abs(days_from_now) <= FURTHEST else None
    if "day" not in parts:
        return None
    if "year" in parts:
        year = parts["year"] + (CENTURY if parts["year"] < 100 else 0)
        return _day(year, parts.get("month", 0), parts["day"])
    if "month" in parts and "shift" in parts:
        return _day(today.year + parts["shift"], parts["month"], parts["day"])
    if "month" in parts:
        days = [_day(today.year + step, parts["month"], parts["day"]) for step in range(-8, 9)]  # 29 February
    elif "shift" in parts:
        return _in_month(today, parts["shift"], parts["day"])
    else:
        days = [_in_month(today, step, parts["day"]) for step in range(-2, 3)]
    if past:
        return max((day for day in days if day is not None and day <= today), default=None)
    return min((day for day in days if day is not None and day >= today), default=None)


def _in_month(today: date, step: int, day: int) -> date | None:
    years, month = divmod(today.month - 1 + step, 12)
    return _day(today.year + years, month + 1, day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
