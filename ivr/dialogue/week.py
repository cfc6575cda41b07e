"""Working hours as they are written: `mon-fri: "08:00-20:00"`. Several spans are parted by commas.

`holidays` says what public holidays are like: `closed`, `open` (as their weekday), `sun` (as a Sunday), or hours.
"""

import re
from collections.abc import Mapping
from itertools import groupby

from ivr.domain.hours import CLOSED, DAY_MINUTES, DayPlan, Span, Week

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})\Z")


HOLIDAYS = "holidays"
ROUND_THE_CLOCK = (Span(0, DAY_MINUTES),)


def parse_week(written: Mapping[str, str]) -> Week:
    """The week of days (`sat`, `mon-fri`) with spans. Days not named are closed. Unless `holidays` says otherwise, it
    is closed on public holidays, and open when it is round the clock. Raises ValueError with the remedy."""
    days: list[tuple[Span, ...]] = [()] * 7
    for name, spans in written.items():
        if name == HOLIDAYS:
            continue
        for day in _days(name):
            if days[day]:
                raise ValueError(f"{DAYS[day]} is given twice; name every day once")
            days[day] = _spans(spans)
    always = all(spans == ROUND_THE_CLOCK for spans in days)
    on_holidays = written.get(HOLIDAYS, "open" if always else "closed")
    return Week(tuple(days), None if on_holidays == "open" else parse_plan(on_holidays))


def written(week: Week) -> dict[str, str]:
    """The week as it is written, neighbouring days that are alike together. Single dates are not told."""
    found: dict[str, str] = {}
    for spans, group in groupby(range(7), key=lambda day: week.days[day]):
        days = list(group)
        if spans:
            name = DAYS[days[0]] if len(days) == 1 else f"{DAYS[days[0]]}-{DAYS[days[-1]]}"
            found[name] = _written(spans)
    if week.on_holidays != parse_week(found).on_holidays:
        found[HOLIDAYS] = "open" if week.on_holidays is None else _plan(week.on_holidays)
    return found


def in_words(week: Week) -> str:
    """The week on one line."""
    return ", ".join(f"{days} {spans}" for days, spans in written(week).items())


def _plan(plan: DayPlan) -> str:
    if plan.like is not None:
        return DAYS[plan.like]
    return _written(plan.spans) if plan.spans else "closed"


def _written(spans: tuple[Span, ...]) -> str:
    return ", ".join(f"{_clock(span.opens_min)}-{_clock(span.closes_min)}" for span in spans)


def _clock(minutes: int) -> str:
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}"


def parse_plan(written: str) -> DayPlan:
    """How one date differs: `closed`, a weekday it is like (`mon`), or its hours. Raises ValueError with the remedy."""
    if written == "closed":
        return CLOSED
    if written in DAYS:
        return DayPlan(like=DAYS.index(written))
    try:
        return DayPlan(_spans(written))
    except ValueError as error:
        raise ValueError(f"{error}, or closed, or a weekday as mon") from error


def _spans(written: str) -> tuple[Span, ...]:
    return tuple(_span(span.strip()) for span in written.split(","))


def _days(name: str) -> range:
    first, dash, last = name.partition("-")
    if first not in DAYS or (dash and last not in DAYS):
        raise ValueError(f"'{name}' is no day; write mon, tue, wed, thu, fri, sat, sun, or two of them as mon-fri")
    start, end = DAYS.index(first), DAYS.index(last or first)
    if end < start:
        raise ValueError(f"'{name}' runs backwards; begin with the earlier day")
    return range(start, end + 1)


def _span(text: str) -> Span:
    match = _SPAN.match(text)
    if match is None:
        raise ValueError(f"'{text}' are no hours; write them as 08:00-20:00")
    hours_from, minutes_from, hours_to, minutes_to = (int(part) for part in match.groups())
    if minutes_from > 59 or minutes_to > 59:
        raise ValueError(f"'{text}' are no hours; write them as 08:00-20:00")
    if (hours_to, minutes_to) < (hours_from, minutes_from):
        before, _, after = text.partition("-")
        raise ValueError(
            f"'{text}' goes past midnight; write two spans: {before}-24:00, and 00:00-{after} on the next day"
        )
    return Span(hours_from * 60 + minutes_from, hours_to * 60 + minutes_to)
