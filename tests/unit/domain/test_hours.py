"""The working week: edges of spans, closed dates, the next opening."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from ivr.domain.hours import Span, Week, every_day

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
    week = Week(days=WEEK.days, closed=frozenset({date(2026, 7, 6), date(2026, 7, 7)}))
    assert not week.is_open(at(6, 12))
    assert week.next_opening(at(6, 12)) == at(8, 8)


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
