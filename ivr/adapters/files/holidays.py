"""Dates on which operators work differently: Russia's public holidays, the government's moved days, the owner's own.

Holidays and moved days are the library's (it cites each decree); `own.yaml` beside the flows holds the rest, and goes
before it.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import holidays
import yaml

from ivr.dialogue.week import parse_plan
from ivr.domain.errors import ConfigurationError
from ivr.domain.hours import Calendar, DayPlan

YEARS = 6
"""How many years ahead are known, so that an engine left running for long still closes on New Year's Day."""
FRIDAY = 4
_MOVED_FROM = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})")
HOLIDAY = "holiday"


def read_calendar(path: Path, first_year: int) -> Calendar:
    """The dates of the years from `first_year` on. `path` may be missing. Raises ConfigurationError with every mistake:
    file, line, date, what is wrong."""
    russia = holidays.country_holidays("RU", years=range(first_year, first_year + YEARS), language="ru")
    public = set(russia)
    plans = {day: DayPlan(like=weekday) for day, weekday in _working_days_off(russia)}
    own: dict[str, dict[date, DayPlan]] = {}
    mistakes: list[str] = []
    for day, line, given in _dates(path, mistakes):
        for queue, written in (given if isinstance(given, dict) else {"": given}).items():
            if written == HOLIDAY and not queue:
                public.add(day)
                plans.pop(day, None)
                continue
            try:
                plan = parse_plan(str(written))
            except ValueError as error:
                mistakes.append(f"{path}:{line}: {day}: {error}" + ("" if queue else f", or {HOLIDAY}"))
                continue
            (own.setdefault(str(queue), {}) if queue else plans)[day] = plan
    if mistakes:
        raise ConfigurationError(mistakes)
    return Calendar(frozenset(public), plans, own)


def _working_days_off(russia: holidays.HolidayBase) -> Iterator[tuple[date, int]]:
    """Saturdays and Sundays made working days, and the weekday each stands in for: the one that is free instead."""
    free = {}
    for day, name in russia.items():
        if found := _MOVED_FROM.search(name):
            free[date(int(found[3]), int(found[2]), int(found[1]))] = day
    for day in russia.weekend_workdays:
        yield day, free[day].weekday() if day in free else FRIDAY


def _dates(path: Path, mistakes: list[str]) -> Iterator[tuple[date, int, object]]:
    """Dates of the file with their lines. Mistakes of its form are added to `mistakes`."""
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        raw = yaml.load(text, Loader=yaml.BaseLoader)
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        mistakes.append(f"{path}: cannot be read: {error}")
        return
    except yaml.YAMLError as error:
        mistakes.append(f"{path}: not YAML: {error}")
        return
    if root is None:
        return
    if not isinstance(root, yaml.MappingNode):
        mistakes.append(f"{path}:1: must be dates with what they are like; see its first lines")
        return
    seen: set[date] = set()
    for key, _ in root.value:
        line = key.start_mark.line + 1
        first, _, last = str(key.value).partition(" - ")
        try:
            days = _days(first, last)
        except ValueError:
            mistakes.append(f"{path}:{line}: '{key.value}' is no date; write 2026-12-31, or 2026-12-28 - 2026-12-31")
            continue
        for day in days:
            if day in seen:
                mistakes.append(f"{path}:{line}: {day} is given twice; keep one of them")
            seen.add(day)
            yield day, line, raw[key.value]


def _days(first: str, last: str) -> list[date]:
    """Raises ValueError."""
    begins = datetime.strptime(first, "%Y-%m-%d").date()
    ends = datetime.strptime(last or first, "%Y-%m-%d").date()
    if not 0 <= (ends - begins).days < 366:
        raise ValueError
    return [begins + timedelta(days=number) for number in range((ends - begins).days + 1)]
