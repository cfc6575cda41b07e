"""The calendar: what the library knows, and what the owner's file adds to it."""

from datetime import date
from pathlib import Path

import pytest

from ivr.adapters.files.holidays import YEARS, read_calendar
from ivr.dialogue.week import parse_week
from ivr.domain.errors import ConfigurationError
from ivr.domain.hours import Calendar, DayPlan, Span

ROOT = Path(__file__).parents[3]
WEEK = parse_week({"mon-fri": "08:00-20:00", "sat": "09:00-15:00"})


def calendar(folder: Path, text: str) -> Calendar:
    path = folder / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return read_calendar(path, 2026)


def test_public_holidays_and_moved_days_of_2026_and_2027() -> None:
    week = read_calendar(ROOT / "dialplans/holidays/own.yaml", 2026).of("persons", WEEK)
    closed = ["2026-01-09", "2026-03-09", "2026-05-11", "2026-11-04", "2026-12-31", "2027-02-22", "2027-11-05"]
    assert [day for day in closed if week.spans(date.fromisoformat(day))] == []
    assert all(date.fromisoformat(day) in week.holidays for day in closed)
    # Saturday 20 February 2027 works instead of Monday the 22nd, and like it.
    assert week.spans(date(2027, 2, 20)) == WEEK.days[0]
    assert week.spans(date(2026, 11, 3)) == WEEK.days[1]


def test_fixed_holidays_are_known_for_years_ahead() -> None:
    known = read_calendar(Path("missing.yaml"), 2026).holidays
    assert date(2026 + YEARS - 1, 1, 1) in known and date(2025, 1, 1) not in known


def test_the_file_goes_before_the_library(tmp_path: Path) -> None:
    given = calendar(
        tmp_path,
        """
2026-11-04: mon
2027-02-20: holiday
2026-12-30: closed
2026-12-29: "08:00-12:00, 13:00-15:00"
2026-12-24 - 2026-12-25: sat
2026-12-23: {persons: closed, claims: "10:00-11:00"}
""",
    )
    week = given.of("persons", WEEK)
    assert week.spans(date(2026, 11, 4)) == WEEK.days[0]
    assert week.spans(date(2027, 2, 20)) == () and date(2027, 2, 20) in week.holidays
    assert week.spans(date(2026, 12, 30)) == () and date(2026, 12, 30) not in week.holidays
    assert week.spans(date(2026, 12, 29)) == (Span(480, 720), Span(780, 900))
    assert [week.spans(date(2026, 12, day)) for day in (24, 25)] == [WEEK.days[5]] * 2
    assert given.own == {
        "persons": {date(2026, 12, 23): DayPlan()},
        "claims": {date(2026, 12, 23): DayPlan((Span(600, 660),))},
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-02-30: closed", ":1: '2026-02-30' is no date"),
        ("2026-05-10 - 2026-05-01: closed", "is no date"),
        ("\n2026-12-30: shut", ":2: 2026-12-30: 'shut' are no hours; .* or holiday"),
        ("2026-12-30: {persons: holiday}", "'holiday' are no hours; .*as mon$"),
        ("2026-12-30: closed\n2026-12-30: mon", ":2: 2026-12-30 is given twice"),
        ("- 2026-12-30", ":1: must be dates"),
        ("a: [", "not YAML"),
    ],
)
def test_mistakes_are_named_with_their_lines(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        calendar(tmp_path, text)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_calendar(tmp_path, 2026)
    (tmp_path / "own.yaml").write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_calendar(tmp_path / "own.yaml", 2026)
