"""Erlang B, C and A against published values, against each other, and against their own definitions."""

from itertools import pairwise
from math import exp, inf, isclose

import pytest

from ivr.domain.erlang import Line, Traffic, departures, erlang_b, erlang_c, waited_s

IMPATIENT = Traffic(600, 300, 180)
PATIENT = Traffic(600, 300)


@pytest.mark.parametrize(
    ("load", "operators", "blocked", "delayed"),
    [  # the usual printed tables
        (1, 1, 0.5, 1),
        (1, 2, 0.2, 1 / 3),
        (2, 3, 0.210526, 0.444444),
        (8, 10, 0.121661, 0.409180),
        (10, 10, 0.214582, 1),
        (100, 100, 0.075700, 1),
        (0, 5, 0, 0),
        (3, 0, 1, 1),
    ],
)
def test_tables_of_b_and_c(load: float, operators: int, blocked: float, delayed: float) -> None:
    assert erlang_b(load, operators) == pytest.approx(blocked, abs=1e-6)
    assert erlang_c(load, operators) == pytest.approx(delayed, abs=1e-6)


@pytest.mark.parametrize(("load", "operators"), [(-1, 3), (inf, 3), (float("nan"), 3), (3, -1)])
def test_what_is_no_load(load: float, operators: int) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        erlang_b(load, operators)


@pytest.mark.parametrize("wrong", [{"calls_per_hour": -1}, {"handling_s": 0}, {"patience_s": 0}, {"patience_s": inf}])
def test_what_is_no_traffic(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r", got "):
        Traffic(**{"calls_per_hour": 60, "handling_s": 300, "patience_s": 180, **wrong})


def test_a_line_needs_an_operator() -> None:
    with pytest.raises(ValueError, match="got 0"):
        Line(PATIENT, 0)


def chain(traffic: Traffic, operators: int, most: int) -> list[float]:
    """The steady state of the birth-death chain by its definition, from state 0 up; small systems only."""
    assert traffic.patience_s is not None
    came = traffic.calls_per_hour / 3600
    weights = [1.0]
    for state in range(1, most + 1):
        leaves = min(state, operators) / traffic.handling_s + max(0, state - operators) / traffic.patience_s
        weights.append(weights[-1] * came / leaves)
    return [weight / sum(weights) for weight in weights]


@pytest.mark.parametrize("operators", [1, 2, 5, 8, 12])
@pytest.mark.parametrize("patience", [20, 180, 2000])
def test_erlang_a_is_its_chain(operators: int, patience: float) -> None:
    traffic = Traffic(60, 300, patience)
    states = chain(traffic, operators, 400)
    line = Line(traffic, operators)
    length = sum((state - operators) * share for state, share in enumerate(states) if state > operators)
    assert line.delayed_share == pytest.approx(sum(states[operators:]))
    assert line.mean_wait_s == pytest.approx(length * 60)
    assert line.lost_share == pytest.approx(length / patience * 60)
    assert line.occupancy == pytest.approx(sum(min(k, operators) * share for k, share in enumerate(states)) / operators)


@pytest.mark.parametrize("operators", [8, 23, 52, 60])
def test_the_distribution_has_the_mean_of_the_chain(operators: int) -> None:
    """The mean is the integral of P(W > t): two ways that share no formula."""
    line = Line(IMPATIENT, operators)
    step, most = 0.5, 1500
    waits = [line.longer_than(number * step) for number in range(int(most / step) + 1)]
    assert step * (sum(waits) - (waits[0] + waits[-1]) / 2) == pytest.approx(line.mean_wait_s, rel=1e-4)
    assert all(late <= early for early, late in pairwise(waits))


@pytest.mark.parametrize("operators", [8, 23, 52, 60])
def test_who_is_answered_late_or_soon(operators: int) -> None:
    line = Line(IMPATIENT, operators)
    assert line.answered_within(0) == pytest.approx(1 - line.delayed_share)
    assert line.answered_within(1e5) == pytest.approx(1 - line.lost_share)
    step, most = 0.5, 1500
    unanswered = [1 - line.lost_share - line.answered_within(number * step) for number in range(int(most / step) + 1)]
    mean = step * (sum(unanswered) - (unanswered[0] + unanswered[-1]) / 2) / (1 - line.lost_share)
    assert mean == pytest.approx(line.mean_answer_s, rel=1e-4)


def test_very_patient_callers_are_erlang_c() -> None:
    slow, never = Line(Traffic(600, 300, 1e9), 53), Line(PATIENT, 53)
    assert slow.mean_wait_s == pytest.approx(never.mean_wait_s, rel=1e-4)
    assert slow.mean_answer_s == pytest.approx(never.mean_answer_s, rel=1e-4)
    assert slow.longer_than(100) == pytest.approx(never.longer_than(100), rel=1e-4)
    assert slow.answered_within(100) == pytest.approx(never.answered_within(100), rel=1e-4)
    assert slow.percentile_s(0.95) == pytest.approx(never.percentile_s(0.95), abs=0.01)


def test_a_line_that_grows_for_ever() -> None:
    line = Line(PATIENT, 50)
    assert (line.mean_wait_s, line.mean_answer_s, line.percentile_s(0.5)) == (inf, inf, inf)
    assert (line.delayed_share, line.longer_than(1e9), line.occupancy, line.lost_share) == (1, 1, 1, 0)


def test_nobody_calls() -> None:
    line = Line(Traffic(0, 300, 180), 3)
    assert (line.mean_wait_s, line.mean_answer_s, line.lost_share, line.occupancy) == (0, 0, 0, 0)
    assert (line.longer_than(0), line.answered_within(0), line.percentile_s(0.95)) == (0, 1, 0)


def test_a_percentile_is_exceeded_by_the_rest() -> None:
    line = Line(IMPATIENT, 45)
    assert line.longer_than(line.percentile_s(0.95)) == pytest.approx(0.05, abs=1e-4)
    assert line.percentile_s(0) == 0
    for wrong in (-0.1, 1):
        with pytest.raises(ValueError, match="percentile"):
            line.percentile_s(wrong)


@pytest.mark.parametrize(
    ("operators", "patience"),
    [(n, p) for n in (10, 4_000, 4_900, 5_000, 10_000) for p in (60, 180)] + [(10, 3600), (4_900, 86_400)],
)
def test_five_thousand_operators(operators: int, patience: float) -> None:
    """Far too few, too few, just enough and far too many: nothing overflows, and nobody is counted twice."""
    line = Line(Traffic(60_000, 300, patience), operators)
    assert line.lost_share + line.answered_within(1e7) == pytest.approx(1, abs=1e-9)
    assert line.occupancy <= 1 + 1e-9
    assert line.mean_wait_s <= patience
    # What cannot be served is lost: load 5,000 erlangs.
    assert line.lost_share >= 1 - operators / 5_000 - 1e-9
    assert line.longer_than(line.percentile_s(0.95)) <= 0.05 + 1e-9


def test_departures_of_two_stages() -> None:
    """One ahead, each answer at rate 1, each gives up at rate 0.5: P(V > t) = 3e^(−t) − 2e^(−1.5t)."""
    for seconds in (0.1, 1, 5):
        assert sum(departures(1, 0.5, seconds, 2)) == pytest.approx(3 * exp(-seconds) - 2 * exp(-1.5 * seconds))
    assert departures(1, 0.5, 0, 3) == (1, 0, 0)
    assert departures(2, 0, 1.5, 3) == pytest.approx((exp(-3), 3 * exp(-3), 4.5 * exp(-3)))


def test_waited() -> None:
    assert waited_s(lambda seconds: 0.2, 0.3) == 0
    assert isclose(waited_s(lambda seconds: exp(-seconds / 50), 0.05), 50 * 2.995732, abs_tol=0.001)
