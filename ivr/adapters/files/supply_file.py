"""Spreadsheets of what a supplier can tell: planned outages, offices, requests, how to pay. Columns: docs/data.md.

A bad row is left out and told with its remedy; the good ones are kept.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from functools import partial
from pathlib import Path
from typing import Any

from ivr.adapters.files import customer_file_cells as cells
from ivr.adapters.files.sheet import Sheet
from ivr.dialogue.week import DAYS, parse_week
from ivr.domain.customer_row import Mistake, surplus
from ivr.domain.errors import ConfigurationError
from ivr.domain.supply import RequestStatus

_CLOCK = re.compile(r"(\d{1,2}[.]\d{1,2}[.]\d{4}|\d{4}-\d{2}-\d{2})[T ,]+(\d{1,2}):(\d{2})(?::\d{2})?\Z")
_DAY_NAMES = dict(zip(("пн", "вт", "ср", "чт", "пт", "сб", "вс"), DAYS, strict=True))
_STATUSES = {
    **{status.value: status for status in RequestStatus},
    "новая": RequestStatus.NEW,
    "в работе": RequestStatus.IN_PROGRESS,
    "выполнена": RequestStatus.DONE,
    "отказано": RequestStatus.REFUSED,
}


@dataclass(frozen=True, slots=True)
class Column:
    headings: tuple[str, ...]
    read: Callable[[Any, tzinfo], Any]
    needed: bool = False


def _plain(read: Callable[[Any], Any]) -> Callable[[Any, tzinfo], Any]:
    return lambda cell, zone: read(cell)


def _moment(cell: Any, zone: tzinfo) -> datetime:
    """`31.12.2026 09:00` of the supplier's zone, or a date and time of XLSX."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=zone)
    match = _CLOCK.match(cells.text(cell))
    if match is None or int(match[2]) > 23 or int(match[3]) > 59:
        raise ValueError("is no date and time", "write it as 31.12.2026 09:00")
    return datetime.combine(cells.day(match[1]), time(int(match[2]), int(match[3])), zone)


def _hours(cell: Any) -> dict[str, str]:
    """`пн-пт 08:00-17:00; сб 09:00-14:00`, or the same with mon, tue …"""
    found = {}
    for part in re.split(r"[;\n]+", cells.text(cell)):
        days, _, spans = part.strip().partition(" ")
        found["-".join(_DAY_NAMES.get(day, day) for day in days.rstrip(":").casefold().split("-"))] = spans.strip()
    try:
        parse_week(found)
    except ValueError as error:
        raise ValueError(f"is no timetable ({error})", "write it as пн-пт 08:00-17:00; сб 09:00-14:00") from None
    return found


def _status(cell: Any) -> str:
    found = _STATUSES.get(cells.text(cell).casefold())
    if found is None:
        raise ValueError("is no status of a request", f"give one of {', '.join(RequestStatus)}")
    return found.value


def _number(cell: Any) -> str:
    value = cells.text(cell)
    if not (value.isascii() and value.isdecimal() and len(value) <= 32):
        raise ValueError("is no number of a request", "give 1 to 32 digits: callers are told it")
    return value


_TEXT = _plain(cells.limited(500))
SHEETS: Mapping[str, Mapping[str, Column]] = {
    "outages": {
        "district": Column(("район",), _TEXT),
        "address": Column(("адрес",), _TEXT),
        "starts_at": Column(("начало", "from"), _moment, needed=True),
        "ends_at": Column(("окончание", "конец", "until"), _moment, needed=True),
        "text": Column(("причина", "работы", "why"), _TEXT),
    },
    "offices": {
        "name": Column(("название", "офис"), _TEXT, needed=True),
        "address": Column(("адрес",), _TEXT, needed=True),
        "district": Column(("район",), _TEXT),
        "hours": Column(("часы работы", "часы"), _plain(_hours), needed=True),
    },
    "requests": {
        "number": Column(("номер", "номер заявки"), _plain(_number), needed=True),
        "account": Column(("лицевой счет", "счет", "лс"), _plain(cells.account), needed=True),
        "topic": Column(("тема",), _TEXT, needed=True),
        "status": Column(("статус", "состояние"), _plain(_status), needed=True),
        "opened_on": Column(("дата", "дата обращения"), _plain(cells.day), needed=True),
        "due_on": Column(("срок",), _plain(cells.day)),
        "result": Column(("результат", "ответ"), _TEXT),
    },
    "payment": {
        "kind": Column(("тип", "вид"), _plain(cells.kind), needed=True),
        "text": Column(("текст", "как оплатить"), _plain(cells.limited(1000)), needed=True),
    },
}
"""The columns of each kind of file, and the headings they are known by besides their own names."""


@dataclass(frozen=True, slots=True)
class SupplyFile:
    """What was read. rows: one dictionary a good row. ignored: headings that mean nothing here. unknown: accounts of
    requests that are not known here."""

    rows: list[dict[str, Any]]
    mistakes: list[Mistake]
    ignored: tuple[str, ...]
    unknown: int = 0


def read_supply(kind: str, path: Path, zone: tzinfo) -> SupplyFile:
    """Read a file of `kind` (a key of SHEETS). Raises ConfigurationError when no row can be read."""
    columns = SHEETS[kind]
    by_heading = {_bare(word): name for name, column in columns.items() for word in (name, *column.headings)}
    known = partial(_known, by_heading)
    sheet = Sheet(path, lambda headings: sum(name is not None for name in known(headings)))
    try:
        found = known(sheet.headings)
        missing = [name for name, column in columns.items() if column.needed and name not in found]
        twice = sorted({name for name in found if name and found.count(name) > 1})
        wrong = [f"{path.name}: there is no column '{name}' ({columns[name].headings[0]}); add it" for name in missing]
        wrong += [f"{path.name}: two columns are '{name}'; keep one" for name in twice]
        if wrong:
            raise ConfigurationError(wrong)
        named = [(index, name, columns[name]) for index, name in enumerate(found) if name]
        rows, mistakes = [], []
        width = len(found)
        for number, given in sheet.rows():
            if any(cell not in (None, "") for cell in given[width:]):
                mistakes.append(surplus(number, len(given), width))
                continue
            values, bad = _row(number, given, named, zone)
            bad += _together(kind, number, values) if not bad else []
            mistakes += bad
            if not bad:
                rows.append(values)
        left = zip(sheet.headings, found, strict=True)
        return SupplyFile(rows, mistakes, tuple(str(heading) for heading, name in left if heading and not name))
    finally:
        sheet.close()


def _known(by_heading: Mapping[str, str], headings: Sequence[Any]) -> list[str | None]:
    return [by_heading.get(_bare(str(heading))) if heading is not None else None for heading in headings]


def _bare(heading: str) -> str:
    return re.sub(r"[\W_]+", " ", heading.casefold().replace("ё", "е")).strip()


def _row(
    number: int, given: Sequence[Any], named: Sequence[tuple[int, str, Column]], zone: tzinfo
) -> tuple[dict[str, Any], list[Mistake]]:
    values: dict[str, Any] = {}
    mistakes = []
    for index, name, column in named:
        cell = given[index] if index < len(given) else None
        if cell is None or cell == "":
            if column.needed:
                mistakes.append(Mistake(number, name, "", "is empty", "fill it in"))
            continue
        try:
            values[name] = column.read(cell, zone)
        except ValueError as error:
            wrong, remedy = error.args
            mistakes.append(Mistake(number, name, str(cell), wrong, remedy))
    return values, mistakes


def _together(kind: str, number: int, values: Mapping[str, Any]) -> list[Mistake]:
    """What is wrong with cells that are right one by one."""
    if kind == "outages" and values["ends_at"] <= values["starts_at"]:
        return [Mistake(number, "ends_at", str(values["ends_at"]), "is not after the beginning", "correct one of them")]
    if kind == "outages" and not (values.get("district") or values.get("address")):
        return [Mistake(number, "address", "", "is empty, and so is the district", "say where the light goes out")]
    return []
