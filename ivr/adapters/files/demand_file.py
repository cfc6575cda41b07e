"""Calls by half hour, as a spreadsheet gives them: columns `time` and `calls`, if wanted `date` and `aht`."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from math import isfinite
from pathlib import Path
from typing import Any

from ivr.adapters.files import customer_file_cells as cells
from ivr.adapters.files.sheet import Sheet
from ivr.domain.errors import ConfigurationError

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "time": ("время", "начало", "получас", "интервал", "half hour"),
    "calls": ("вызовы", "звонки", "количество вызовов", "количество звонков"),
    "date": ("дата", "день", "day"),
    "aht": ("handling", "длительность", "обработка", "средняя длительность"),
}
"""Columns, and the headings they are known by besides their own names."""
NEEDED = ("time", "calls")
MOST_CALLS = 1_000_000

_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::00)?(?:\s*[-–—].*)?\Z")
_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,6})?\Z")


@dataclass(frozen=True, slots=True)
class HalfHour:
    """Calls that ask for an operator in the half hour from `begins`; None: in any. handling_s: their own mean, if the
    file says."""

    day: date | None
    begins: time | None
    calls: float
    handling_s: float | None = None


def read_demand(path: Path) -> list[HalfHour]:
    """The half hours in the file's order. CSV in UTF-8 or cp1251, or XLSX. Raises ConfigurationError with every
    mistake: file, line, column, what is wrong, and the remedy."""
    sheet = Sheet(path, lambda headings: sum(name is not None for name in _known(headings)))
    try:
        names = _known(sheet.headings)
        wrong = [
            f"{path}:1: there is no column '{name}' ({HEADINGS[name][0]}); add it"
            for name in NEEDED
            if name not in names
        ]
        wrong += [f"{path}:1: two columns are '{name}'; keep one" for name in HEADINGS if names.count(name) > 1]
        if wrong:
            raise ConfigurationError(wrong)
        found = _rows(path, sheet, names)
    finally:
        sheet.close()
    return found


def _rows(path: Path, sheet: Sheet, names: Sequence[str | None]) -> list[HalfHour]:
    found: list[HalfHour] = []
    mistakes: list[str] = []
    lines: dict[tuple[date | None, time | None], int] = {}
    for number, given in sheet.rows():
        values, wrong = _row(dict(zip(names, given, strict=False)))
        mistakes += [f"{path}:{number}: {mistake}" for mistake in wrong]
        if wrong:
            continue
        row = HalfHour(**values)
        if earlier := lines.setdefault((row.day, row.begins), number) - number:
            mistakes.append(f"{path}:{number}: time: is on line {number + earlier} too; keep one of them")
        found.append(row)
    if not found and not mistakes:
        mistakes.append(f"{path}:2: there is no row; write one a half hour, as 08:00 and 25")
    if mistakes:
        raise ConfigurationError(mistakes)
    return found


def _row(given: Mapping[str | None, Any]) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {"day": None}
    wrong = []
    for name, read in READ.items():
        cell = given.get(name)
        if cell is None or cell == "":
            if name in NEEDED:
                wrong.append(f"{name}: is empty; fill it in")
            continue
        try:
            values |= read(cell)
        except ValueError as error:
            what, remedy = error.args
            wrong.append(f"{name}: '{cells.text(cell)[:40]}' {what}; {remedy}")
    return values, wrong


def _begins(cell: Any) -> dict[str, Any]:
    """`08:30`, `08:30-09:00`, or with the date before it; a time, or a date and time, of XLSX."""
    if isinstance(cell, datetime):
        return {"day": cell.date(), "begins": _half(cell.hour, cell.minute)}
    if isinstance(cell, time):
        return {"begins": _half(cell.hour, cell.minute)}
    written = cells.text(cell)
    day, _, clock = written.rpartition(" ") if re.match(r"\S+[.-]\S+[.-]\S+ ", written) else ("", "", written)
    match = _TIME.match(clock)
    if match is None:
        raise ValueError("is no time", "write when the half hour begins, as 08:30")
    begins = {"begins": _half(int(match[1]), int(match[2]))}
    return {"day": cells.day(day), **begins} if day else begins


def _half(hour: int, minute: int) -> time:
    if hour > 23 or minute not in (0, 30):
        raise ValueError("begins no half hour", "write hours 00 to 23 and minutes 00 or 30")
    return time(hour, minute)


def _number(cell: Any, unit: str) -> float:
    """0 or more."""
    value = float(cell) if isinstance(cell, int | float) else None
    if value is None and _NUMBER.match(written := cells.text(cell).replace(" ", "")):
        value = float(written.replace(",", "."))
    if value is None or not isfinite(value) or value < 0:
        raise ValueError(f"is no number of {unit}", "write it in digits, 0 or more")
    return value


def _calls(cell: Any) -> dict[str, Any]:
    calls = _number(cell, "calls")
    if calls > MOST_CALLS:
        raise ValueError("are more calls than a half hour can have", f"give {MOST_CALLS} at most")
    return {"calls": calls}


def _aht(cell: Any) -> dict[str, Any]:
    seconds = _number(cell, "seconds")
    if not 1 <= seconds <= 36_000:
        raise ValueError("is no handling time", "give seconds, 1 to 36000")
    return {"handling_s": seconds}


READ: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    # A date of its own column goes before one written with the time.
    "time": _begins,
    "date": lambda cell: {"day": cells.day(cell)},
    "calls": _calls,
    "aht": _aht,
}


def _known(headings: Sequence[Any]) -> list[str | None]:
    by_heading = {word: name for name, words in HEADINGS.items() for word in (name, *words)}
    return [by_heading.get(_bare(str(heading))) if heading is not None else None for heading in headings]


def _bare(heading: str) -> str:
    return re.sub(r"[\W_]+", " ", heading.casefold().replace("ё", "е")).strip()
