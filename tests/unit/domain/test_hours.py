"""The working week: edges of spans, dates that differ, holidays by queue, the next opening."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from ivr.domain.hours import CLOSED, Calendar, DayPlan, Span, Week, every_day

MOSCOW = ZoneInfo("Europe/Moscow")
WORKDAY = (Span(480, 1200),)
WEEK = Week(days=(WORKDAY,) * 5 + ((Span(540, 1020),), ()))
# 2026-07-06 is a Monday.


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 7, day, hour, minute, tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at(6, 7, 59), False),
        (at(6, 8), True),
        (at(6, 19, 59), True),
        (at(6, 20), False),
        (at(11, 8, 30), False),
        (at(11, 9), True),
        (at(12, 12), False),
    ],
)
def test_a_span_is_open_from_its_first_minute_up_to_its_last(moment: datetime, expected: bool) -> None:
    assert WEEK.is_open(moment) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at(6, 7), at(6, 8)),
        (at(6, 12, 30), at(6, 12, 30)),
        (at(6, 20), at(7, 8)),
        (at(11, 17), at(13, 8)),
        (at(12, 0), at(13, 8)),
    ],
)
def test_the_next_opening_is_now_or_the_first_span_to_come(moment: datetime, expected: datetime) -> None:
    assert WEEK.next_opening(moment) == expected


def test_a_closed_date_is_skipped() -> None:
    week = Week(days=WEEK.days, dates={date(2026, 7, 6): CLOSED, date(2026, 7, 7): CLOSED})
    assert not week.is_open(at(6, 12))
    assert week.next_opening(at(6, 12)) == at(8, 8)


def test_a_date_works_like_another_weekday_or_by_hours_of_its_own() -> None:
    week = Week(
        days=WEEK.days, dates={date(2026, 7, 12): DayPlan(like=0), date(2026, 7, 13): DayPlan((Span(600, 660),))}
    )
    assert week.spans(date(2026, 7, 12)) == WORKDAY
    assert week.spans(date(2026, 7, 13)) == (Span(600, 660),)
    assert [day for day in range(6, 20) if week.differs(date(2026, 7, day))] == [12, 13]


HOLIDAY, MOVED, SHORT = date(2026, 7, 6), date(2026, 7, 7), date(2026, 7, 8)
CALENDAR = Calendar(
    holidays=frozenset({HOLIDAY, MOVED}),
    plans={MOVED: DayPlan(like=5), SHORT: DayPlan((Span(600, 660),))},
    own={"claims": {SHORT: CLOSED, HOLIDAY: DayPlan(WORKDAY)}},
)


def test_holidays_are_closed_unless_the_date_says_otherwise_of_itself_and_of_the_queue() -> None:
    persons, claims = CALENDAR.of("persons", WEEK), CALENDAR.of("claims", WEEK)
    assert [persons.spans(day) for day in (HOLIDAY, MOVED, SHORT)] == [(), WEEK.days[5], (Span(600, 660),)]
    assert [claims.spans(day) for day in (HOLIDAY, MOVED, SHORT)] == [WORKDAY, WEEK.days[5], ()]
    assert persons.holidays == {HOLIDAY, MOVED}


def test_a_holiday_may_have_hours_of_its_own() -> None:
    week = Week(days=WEEK.days, on_holidays=DayPlan(like=5))
    assert CALENDAR.of("persons", week).spans(HOLIDAY) == WEEK.days[5]


def test_a_week_that_goes_on_through_holidays_is_changed_only_by_its_own_name() -> None:
    always = Week(days=WEEK.days, on_holidays=None)
    assert CALENDAR.of("persons", always) == always
    claims = CALENDAR.of("claims", always)
    assert claims.spans(SHORT) == () and claims.spans(MOVED) == WORKDAY
    assert claims.holidays == {HOLIDAY}


def test_a_week_covers_another_when_it_is_open_whenever_that_is() -> None:
    longer = Week(days=((Span(420, 1260),),) * 7)
    assert longer.covers(WEEK) and WEEK.covers(WEEK) and not WEEK.covers(longer)
    assert not Week(days=((Span(480, 720), Span(780, 1200)),) * 7).covers(WEEK)


def test_a_break_in_the_day_is_closed_and_opens_again() -> None:
    week = Week(days=((Span(480, 720), Span(780, 1020)),) * 7)
    assert not week.is_open(at(6, 12, 30))
    assert week.next_opening(at(6, 12, 30)) == at(6, 13)


def test_a_week_that_never_opens_has_no_next_opening() -> None:
    assert Week(days=((),) * 7).next_opening(at(6, 12)) is None


def test_round_the_clock_is_always_open() -> None:
    week = every_day(0, 1440)
    assert week.is_open(at(6, 0)) and week.is_open(at(6, 23, 59))


@pytest.mark.parametrize(("opens", "closes"), [(-1, 10), (10, 10), (20, 10), (0, 1441)])
def test_a_span_outside_the_day_or_reversed_is_refused(opens: int, closes: int) -> None:
    with pytest.raises(ValueError, match=f"got {opens}..{closes}"):
        Span(opens, closes)


def test_a_week_of_six_days_is_refused() -> None:
    with pytest.raises(ValueError, match="got 6"):
        Week(days=((),) * 6)


def test_overlapping_spans_are_refused() -> None:
    with pytest.raises(ValueError, match="apart"):
        Week(days=((Span(480, 720), Span(700, 1020)),) + ((),) * 6)
    with pytest.raises(ValueError, match="apart"):
        DayPlan((Span(480, 720), Span(700, 1020)))


def test_when_it_closes() -> None:
    nights = Week(((Span(0, 60), Span(1320, 1440)), (Span(0, 360),), (), (), (), (), ()))
    monday = datetime(2026, 3, 2, 22, 30)
    assert nights.open_until(monday) == datetime(2026, 3, 3, 6, 0)
    assert nights.open_until(monday.replace(hour=0)) == datetime(2026, 3, 2, 1, 0)
    assert nights.open_until(monday.replace(hour=12)) is None
    until_midnight = Week(((Span(600, 1440),), (), (), (), (), (), ()))
    assert until_midnight.open_until(monday) == datetime(2026, 3, 3, 0, 0)
    assert every_day(0, 1440).open_until(monday) is None
