"""Operators for a target: the published table, and what the target means."""

import pytest

from ivr.domain.erlang import Line, Traffic
from ivr.domain.staffing import ServiceTarget, on_the_roster, operators_needed

AHT_S = 300
PATIENCE_S = 180


@pytest.mark.parametrize(
    ("calls", "staff", "late_percent", "p95_s"),
    [(60, 7, 17, 280), (150, 15, 17, 250), (300, 27, 31, 373), (600, 53, 21, 245)],
)
def test_a_hundred_seconds_if_all_wait(calls: float, staff: int, late_percent: int, p95_s: int) -> None:
    traffic = Traffic(calls, AHT_S)
    assert operators_needed(traffic, ServiceTarget(100, 1)) == staff
    line = Line(traffic, staff)
    assert round(100 * line.longer_than(100)) == late_percent
    assert round(line.percentile_s(0.95)) == p95_s


@pytest.mark.parametrize(("calls", "staff", "lost_percent"), [(60, 3, 45), (150, 6, 53), (300, 12, 52), (600, 23, 54)])
def test_a_mean_alone_is_met_by_losing_half(calls: float, staff: int, lost_percent: int) -> None:
    traffic = Traffic(calls, AHT_S, PATIENCE_S)
    assert next(n for n in range(1, 100) if Line(traffic, n).mean_wait_s <= 100) == staff
    assert round(100 * Line(traffic, staff).lost_share) == lost_percent


@pytest.mark.parametrize(("calls", "staff"), [(60, 8), (150, 16), (300, 28), (600, 52)])
def test_a_hundred_seconds_and_one_in_twenty_lost(calls: float, staff: int) -> None:
    traffic = Traffic(calls, AHT_S, PATIENCE_S)
    assert operators_needed(traffic, ServiceTarget(100, 0.05)) == staff
    assert 5.5 <= Line(traffic, staff).mean_wait_s <= 8.5


def test_the_answered_must_not_wait_longer_either() -> None:
    """23 operators hold the mean of all callers under 100 s, but those who are answered wait 133 s."""
    line = Line(Traffic(600, AHT_S, PATIENCE_S), 23)
    assert line.mean_wait_s < 100 < line.mean_answer_s
    assert not ServiceTarget(100, 1).met(line)


def test_a_percentile_asks_for_more() -> None:
    traffic = Traffic(600, AHT_S, PATIENCE_S)
    staff = operators_needed(traffic, ServiceTarget(100, 0.05, p95_s=20))
    assert staff > 52
    assert Line(traffic, staff).percentile_s(0.95) <= 20 < Line(traffic, staff - 1).percentile_s(0.95)


@pytest.mark.parametrize("calls", [0.5, 7, 40, 333, 60_000])
def test_one_less_is_not_enough(calls: float) -> None:
    traffic, target = Traffic(calls, AHT_S, PATIENCE_S), ServiceTarget(100, 0.05, 200)
    staff = operators_needed(traffic, target)
    assert target.met(Line(traffic, staff))
    assert staff == 1 or not target.met(Line(traffic, staff - 1))


def test_nobody_calls() -> None:
    assert operators_needed(Traffic(0, AHT_S), ServiceTarget(100, 0.05)) == 0


def test_nobody_could_do_it() -> None:
    for calls in (238_000, 239_900):
        with pytest.raises(ValueError, match="20000"):
            operators_needed(Traffic(calls, AHT_S, PATIENCE_S), ServiceTarget(1, 0.0001))
    with pytest.raises(ValueError, match="20000"):
        operators_needed(Traffic(1e6, AHT_S, PATIENCE_S), ServiceTarget(100, 0.05))


@pytest.mark.parametrize("wrong", [(0, 0.05, None), (100, 0, None), (100, 1.1, None), (100, 0.05, 0)])
def test_what_is_no_target(wrong: tuple[float, float, float | None]) -> None:
    with pytest.raises(ValueError, match="aimed at"):
        ServiceTarget(*wrong)


def test_people_on_the_roster() -> None:
    assert [on_the_roster(7, share) for share in (0, 0.3, 0.31)] == [7, 10, 11]
    for wrong in (-0.1, 1):
        with pytest.raises(ValueError, match="shrinkage"):
            on_the_roster(7, wrong)
