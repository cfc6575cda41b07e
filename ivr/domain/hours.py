"""Working hours in the supplier's local time: a week, and the dates that are not like their weekday."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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


def _in_order(spans: tuple[Span, ...]) -> None:
    for earlier, later in pairwise(spans):
        if later.opens_min < earlier.closes_min:
            raise ValueError("a day's spans must be in order and apart")


@dataclass(frozen=True, slots=True)
class DayPlan:
    """How a date differs from its weekday: it works like the weekday `like` (0 is Monday), else in `spans` (none: not
    at all). Raises ValueError when `spans` overlap or are out of order."""

    spans: tuple[Span, ...] = ()
    like: int | None = None

    def __post_init__(self) -> None:
        _in_order(self.spans)


CLOSED = DayPlan()


@dataclass(frozen=True, slots=True)
class Week:
    """The spans of seven days, Monday first, and the dates that differ.

    on_holidays: what public holidays are like; None: the week goes on through them.
    dates:       how single dates differ; `holidays` are those of them that are public holidays.

    Raises ValueError when there are not seven days, or when a day's spans overlap or are out of order.
    """

    days: tuple[tuple[Span, ...], ...]
    on_holidays: DayPlan | None = CLOSED
    dates: Mapping[date, DayPlan] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.days) != 7:
            raise ValueError(f"a week has 7 days, got {len(self.days)}")
        for spans in self.days:
            _in_order(spans)

    def spans(self, day: date) -> tuple[Span, ...]:
        """The spans of a date: none when it is closed."""
        plan = self.dates.get(day)
        if plan is None:
            return self.days[day.weekday()]
        return plan.spans if plan.like is None else self.days[plan.like]

    def differs(self, day: date) -> bool:
        """Is the date not like its weekday?"""
        return self.spans(day) != self.days[day.weekday()]

    def covers(self, asked: "Week") -> bool:
        """Is it open whenever `asked` is, dates that differ apart?"""
        return all(
            any(own.opens_min <= span.opens_min and span.closes_min <= own.closes_min for own in self.days[day])
            for day, spans in enumerate(asked.days)
            for span in spans
        )

    def is_open(self, local: datetime) -> bool:
        """Is it open at this local time?"""
        minute = local.hour * 60 + local.minute
        return any(span.opens_min <= minute < span.closes_min for span in self.spans(local.date()))

    def open_until(self, local: datetime) -> datetime | None:
        """The local moment when it closes next, spans of neighbouring days taken together; None: it is closed now, or
        does not close within a year. The answer keeps the zone of `local`."""
        day, minute = local.date(), local.hour * 60 + local.minute
        for _ in range(HORIZON_DAYS):
            span = next((each for each in self.spans(day) if each.opens_min <= minute < each.closes_min), None)
            if span is None:
                return None if day == local.date() else datetime.combine(day, time(), tzinfo=local.tzinfo)
            if span.closes_min < DAY_MINUTES:
                return datetime.combine(day, time(*divmod(span.closes_min, 60)), tzinfo=local.tzinfo)
            day, minute = day + timedelta(days=1), 0
        return None

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


@dataclass(frozen=True, slots=True)
class Calendar:
    """Dates that are not like their weekday. `plans` are the owner's and the government's, `own` his for single queues.

    What a date says of itself goes before its being a holiday, and what it says of a queue before what it says of all.
    """

    holidays: frozenset[date] = frozenset()
    plans: Mapping[date, DayPlan] = field(default_factory=dict)
    own: Mapping[str, Mapping[date, DayPlan]] = field(default_factory=dict)

    def of(self, queue: str, week: Week) -> Week:
        """The week of a queue with its dates. A week that goes on through holidays (a dispatcher's) is changed by what
        names its queue only."""
        dates: dict[date, DayPlan] = {}
        if week.on_holidays is not None:
            dates = {day: week.on_holidays for day in self.holidays} | dict(self.plans)
        dates |= self.own.get(queue, {})
        return replace(week, dates=dates, holidays=self.holidays & frozenset(dates))


def every_day(opens_min: int, closes_min: int) -> Week:
    """A week whose seven days are alike."""
    return Week(days=((Span(opens_min, closes_min),),) * 7)
