"""The cells of a customers' file: how each is written, and what it means. Raises ValueError(wrong, remedy)."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from ivr.adapters.phone_numbers import e164
from ivr.domain.customer import CustomerKind

Cell = Any
"""A text from CSV; a text, number, date or time from XLSX."""

Named = TypeVar("Named")

MOST_KOPECKS = 10**14

_ROUBLES = re.compile(r"(?:₽|руб\.?|р\.)\Z", re.IGNORECASE)
_MONEY = re.compile(r"([+−-]?)(\d{1,40}|\d{1,3}(?: \d{3})+)(?:[.,](\d{1,2}))?\Z", re.ASCII)
_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?: 0?0:00(?::00)?)?\Z")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ][\d:.]+)?\Z")
_PHONE_BORDER = re.compile(r"[,;/\n]+")
_WHOLE = re.compile(r"\d{1,12}(?:[.,]0+)?\Z")

_KINDS = {
    **dict.fromkeys(("person", "физлицо", "физическое лицо", "фл", "население", "гражданин"), CustomerKind.PERSON),
    **dict.fromkeys(
        ("company", "юрлицо", "юридическое лицо", "юл", "организация", "предприятие", "ип", "прочие"),
        CustomerKind.COMPANY,
    ),
}
_TARIFFS = {
    **dict.fromkeys(("single", "единый", "одноставочный", "однотарифный", "сутки", "круглосуточный"), "single"),
    **dict.fromkeys(("day", "день", "дневной", "дневная"), "day"),
    **dict.fromkeys(("night", "ночь", "ночной", "ночная"), "night"),
    **dict.fromkeys(("peak", "пик", "пиковый", "пиковая"), "peak"),
    **dict.fromkeys(("half_peak", "полупик", "полупиковый", "полупиковая"), "half_peak"),
}


def text(cell: Cell) -> str:
    """The cell as a text with single spaces. A whole number of XLSX is written without its point."""
    if isinstance(cell, str):
        return cell if cell.isalnum() else " ".join(cell.split())
    if isinstance(cell, float) and cell.is_integer():
        if abs(cell) >= 1e15:
            raise ValueError("the number is too long for a cell of numbers", "format the column as text")
        return str(int(cell))
    return str(cell)


def limited(most: int) -> Callable[[Cell], str]:
    def read(cell: Cell) -> str:
        value = text(cell)
        if len(value) > most:
            raise ValueError(f"is longer than {most} characters", "shorten it")
        if not value.isprintable():
            raise ValueError("has characters that cannot be shown", "remove them")
        return value

    return read


def account(cell: Cell) -> str:
    value = text(cell).replace(" ", "").replace("-", "")
    if not (value.isascii() and value.isdecimal() and len(value) <= 32):
        raise ValueError("is no account number", "give 1 to 32 digits: callers key it in")
    return value


def kind(cell: Cell) -> CustomerKind:
    return _of(_KINDS, cell, "is no kind of customer", "give person or company (физлицо, юрлицо)")


def tariff(cell: Cell) -> str:
    return _of(
        _TARIFFS, cell, "is no tariff of a register", "give single, day, night, peak or half_peak (день, ночь …)"
    )


def _of(known: Mapping[str, Named], cell: Cell, wrong: str, remedy: str) -> Named:
    found = known.get(text(cell).casefold())
    if found is None:
        raise ValueError(wrong, remedy)
    return found


def money(cell: Cell) -> int:
    """Roubles, as `1 234,56`, `1234.56` or a number, in kopecks."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _kopecks(cell)
    match = _MONEY.match(_ROUBLES.sub("", text(cell)).rstrip()) if isinstance(cell, str) else None
    if match is None:
        raise ValueError("is no sum of money", "write roubles as 1234,56 or 1 234.56")
    sign, roubles, part = match.groups()
    kopecks = int(roubles.replace(" ", "")) * 100 + (int(part.ljust(2, "0")) if part else 0)
    return _bounded(-kopecks if sign in ("-", "−") else kopecks)


def _kopecks(roubles: float) -> int:
    exact = Decimal(str(roubles)) * 100
    if not exact.is_finite():
        raise ValueError("is no sum of money", "write roubles as 1234,56 or 1 234.56")
    kopecks = round(exact)
    if abs(exact - kopecks) > Decimal("0.001"):  # a spreadsheet's 0.1 + 0.2 is 0.30000000000000004
        raise ValueError("has a part of a kopeck", "round it to kopecks")
    return _bounded(kopecks)


def _bounded(kopecks: int) -> int:
    if abs(kopecks) > MOST_KOPECKS:
        raise ValueError("is too large a sum", "give roubles")
    return kopecks


def price(cell: Cell) -> int:
    kopecks = money(cell)
    if not 0 <= kopecks <= 100_000_00:
        raise ValueError("is no price of a kilowatt-hour", "give roubles, as 6,43")
    return kopecks


def day(cell: Cell) -> date:
    """`31.12.2026`, `2026-12-31`, or a date of XLSX."""
    if isinstance(cell, date):
        found = cell.date() if isinstance(cell, datetime) else cell
    else:
        written = text(cell)
        try:
            if match := _DAY.match(written):
                found = date(int(match[3]), int(match[2]), int(match[1]))
            elif match := _ISO_DAY.match(written):
                found = date(int(match[1]), int(match[2]), int(match[3]))
            else:
                raise ValueError
        except ValueError:
            raise ValueError("is no date", "write it as 31.12.2026 or 2026-12-31") from None
    if not 1950 <= found.year <= 2150:
        raise ValueError("is a date of another age", "check the year")
    return found


def phones(cell: Cell) -> tuple[str, ...]:
    written = [part.strip() for part in _PHONE_BORDER.split(cell if isinstance(cell, str) else text(cell))]
    found = {part: e164(part) for part in written if part}
    if None in found.values():
        raise ValueError("has what is no telephone number", "write each with its code, parted by commas")
    return tuple(sorted(number for number in set(found.values()) if number))


def whole(least: int, most: int) -> Callable[[Cell], int]:
    def read(cell: Cell) -> int:
        written = text(cell).replace(" ", "")
        value = int(re.split("[.,]", written)[0]) if _WHOLE.match(written) else -1
        if not least <= value <= most:
            raise ValueError("is no whole number that may stand here", f"give a whole number from {least} to {most}")
        return value

    return read
