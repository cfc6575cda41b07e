"""Hours as they are written."""

import pytest

from ivr.dialogue.week import parse_plan, parse_week, written
from ivr.domain.hours import CLOSED, DayPlan, Span, Week


def test_ranges_single_days_and_breaks() -> None:
    work = (Span(480, 720), Span(780, 1200))
    week = parse_week({"mon-thu": "08:00-12:00, 13:00-20:00", "sat": "9:30-24:00"})
    assert week == Week((work, work, work, work, (), (Span(570, 1440),), ()))


@pytest.mark.parametrize(
    "given",
    [
        {"mon-thu": "08:00-12:00, 13:00-20:00", "sat": "09:30-24:00"},
        {"mon-sun": "00:00-24:00"},
        {"mon": "08:00-09:00", "tue": "08:00-10:00"},
        {},
        {"mon-sun": "00:00-24:00", "holidays": "closed"},
        {"mon": "08:00-20:00", "holidays": "open"},
        {"mon": "08:00-20:00", "holidays": "sun"},
        {"mon": "08:00-20:00", "holidays": "09:00-12:00, 13:00-15:00"},
    ],
)
def test_a_week_is_written_as_it_was_read(given: dict[str, str]) -> None:
    assert written(parse_week(given)) == given


@pytest.mark.parametrize(
    ("given", "plan"),
    [
        ({"mon": "08:00-20:00"}, CLOSED),
        ({"mon": "08:00-20:00", "holidays": "closed"}, CLOSED),
        ({"mon": "08:00-20:00", "holidays": "open"}, None),
        ({"mon": "08:00-20:00", "holidays": "sun"}, DayPlan(like=6)),
        ({"mon": "08:00-20:00", "holidays": "09:00-12:00, 13:00-15:00"}, DayPlan((Span(540, 720), Span(780, 900)))),
        ({"mon-sun": "00:00-24:00"}, None),
        ({"mon-sun": "00:00-24:00", "holidays": "closed"}, CLOSED),
    ],
)
def test_what_holidays_are_like(given: dict[str, str], plan: DayPlan | None) -> None:
    assert parse_week(given).on_holidays == plan


def test_a_plan_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match=r"'shut' are no hours; .*, or closed, or a weekday as mon"):
        parse_plan("shut")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"monday": "08:00-20:00"}, "'monday' is no day"),
        ({"mon-": "08:00-20:00"}, "'mon-' is no day"),
        ({"fri-mon": "08:00-20:00"}, "runs backwards"),
        ({"mon-wed": "08:00-20:00", "tue": "09:00-10:00"}, "tue is given twice"),
        ({"mon": "8-20"}, "'8-20' are no hours"),
        ({"mon": "08:60-20:00"}, "are no hours"),
        ({"mon": "20:00-08:00"}, "goes past midnight; write two spans: 20:00-24:00, and 00:00-08:00 on the next day"),
        ({"mon": "08:00-08:00"}, "0 <= opens < closes"),
        ({"mon": "08:00-12:00, 11:00-13:00"}, "in order and apart"),
        ({"mon": "08:00-12:00", "holidays": "never"}, "'never' are no hours"),
    ],
)
def test_mistakes_are_named(given: dict[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_week(given)
