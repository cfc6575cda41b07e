"""Working hours of a week, in the supplier's local time."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

DAY_MINUTES = 1440
HORIZON_DAYS = 366  # how far ahead an opening is looked for; beyond it there is none worth announcing


@dataclass(frozen=True, slots=True)
class Span:
    """Open from `opens_min` up to, not including, `closes_min`: minutes of the local day, 0..1440.

    Raises ValueError when it is empty, reversed or outside the day. A night shift is two spans of two days.
    """

    opens_min: int
    closes_min: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens_min < self.closes_min <= DAY_MINUTES:
            raise ValueError(f"a span needs 0 <= opens < closes <= 1440, got {self.opens_min}..{self.closes_min}")


@dataclass(frozen=True, slots=True)
class Week:
    """The spans of seven days, Monday first, and the dates that are closed whatever the weekday.

    Raises ValueError when there are not seven days, or when a day's spans overlap or are out of order.
    """

    days: tuple[tuple[Span, ...], ...]
    closed: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.days) != 7:
            raise ValueError(f"a week has 7 days, got {len(self.days)}")
        for spans in self.days:
            for earlier, later in pairwise(spans):
                if later.opens_min < earlier.closes_min:
                    raise ValueError("a day's spans must be in order and apart")

    def spans(self, day: date) -> tuple[Span, ...]:
        """The spans of a date: none when it is a closed one."""
        return () if day in self.closed else self.days[day.weekday()]

    def is_open(self, local: datetime) -> bool:
        """Is it open at this local time?"""
        minute = local.hour * 60 + local.minute
        return any(span.opens_min <= minute < span.closes_min for span in self.spans(local.date()))

    def next_opening(self, local: datetime) -> datetime | None:
        """The first local moment, not before `local`, when it is open: `local` itself when it is open now.

        None when nothing opens within a year. The answer keeps the zone of `local`.
        """
        if self.is_open(local):
            return local
        minute = local.hour * 60 + local.minute
        for ahead in range(HORIZON_DAYS + 1):
            day = local.date() + timedelta(days=ahead)
            for span in self.spans(day):
                if ahead or span.opens_min > minute:
                    return datetime.combine(day, time(*divmod(span.opens_min, 60)), tzinfo=local.tzinfo)
        return None


def every_day(opens_min: int, closes_min: int) -> Week:
    """A week whose seven days are alike."""
    return Week(days=((Span(opens_min, closes_min),),) * 7)
