"""Hours as they are written."""

import pytest

from ivr.dialogue.week import parse_week
from ivr.domain.hours import Span, Week


def test_ranges_single_days_and_breaks() -> None:
    work = (Span(480, 720), Span(780, 1200))
    week = parse_week({"mon-thu": "08:00-12:00, 13:00-20:00", "sat": "9:30-24:00"})
    assert week == Week((work, work, work, work, (), (Span(570, 1440),), ()))


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ({"monday": "08:00-20:00"}, "'monday' is no day"),
        ({"mon-": "08:00-20:00"}, "'mon-' is no day"),
        ({"fri-mon": "08:00-20:00"}, "runs backwards"),
        ({"mon-wed": "08:00-20:00", "tue": "09:00-10:00"}, "tue is given twice"),
        ({"mon": "8-20"}, "'8-20' are no hours"),
        ({"mon": "08:60-20:00"}, "are no hours"),
        ({"mon": "20:00-08:00"}, "0 <= opens < closes"),
        ({"mon": "08:00-12:00, 11:00-13:00"}, "in order and apart"),
    ],
)
def test_mistakes_are_named(written: dict[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_week(written)
