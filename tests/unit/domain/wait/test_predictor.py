"""The predictor against its formula, against simulated lines, and where nothing can be foretold."""

import random
from itertools import pairwise
from math import sqrt

import pytest

from ivr.domain.wait.measured import Measured
from ivr.domain.wait.predictor import LONGEST_S, Foretold, Situation, foretell, qlm_s

HANDLING_S = 240.0


def steady(leaving_per_s: float = 0.0) -> Measured:
    """A centre with exponential talks and, unless 0, exponential patience: then QLm is exact."""
    chance = random.Random(3)
    measured = Measured()
    for _ in range(20_000):
        measured.handled(chance.expovariate(1 / HANDLING_S))
        waited = chance.expovariate(1 / 60)
        if leaving_per_s and (patience := chance.expovariate(leaving_per_s)) < waited:
            measured.gave_up(patience)
        else:
            measured.answered(waited)
    return measured


PATIENT = steady()
IMPATIENT = steady(1 / 180)


def means(situation: Situation, measured: Measured = PATIENT) -> list[float]:
    found = [one.mean_s for one in foretell(situation, measured) if one is not None]
    assert len(found) == len(situation.waiting)
    return found


def test_qlm_is_its_formula() -> None:
    assert qlm_s(0, 10, 240, 0) == pytest.approx(24)
    assert qlm_s(2, 10, 240, 1 / 180) == pytest.approx(1 / (1 / 24) + 1 / (1 / 24 + 1 / 180) + 1 / (1 / 24 + 2 / 180))


def test_without_impatience_each_place_is_one_stage() -> None:
    found = foretell(Situation([50, 30, 20, 0], 10), PATIENT)
    stage = PATIENT.handling_s / 10
    assert [one.mean_s for one in found if one] == pytest.approx([stage, 2 * stage, 3 * stage, 4 * stage])
    assert [one.deviation_s for one in found if one] == pytest.approx([stage * sqrt(k) for k in (1, 2, 3, 4)])


@pytest.mark.parametrize("ahead", [0, 1, 5, 20])
def test_exponential_patience_is_qlm_of_the_answered(ahead: int) -> None:
    """Of the answered each stage is shorter by one's own impatience: Σ 1/(nμ + jθ) for j = 1 … k + 1."""
    found = means(Situation([0.0] * (ahead + 1), 10), IMPATIENT)[-1]
    theta = IMPATIENT.leaving_per_s
    exact = sum(1 / (10 / IMPATIENT.handling_s + number * theta) for number in range(1, ahead + 2))
    assert found == pytest.approx(exact, rel=0.06)


def simulated(ahead: int, operators: int, seed: int) -> list[float]:
    """Waits of those answered behind `ahead` callers who came just before: exponential talks and patience."""
    chance, waits = random.Random(seed), []
    for _ in range(4000):
        line = [chance.expovariate(1 / 180) for _ in range(ahead + 1)]
        now, place = 0.0, 0
        while True:
            now += chance.expovariate(operators / HANDLING_S)
            while place < ahead and line[place] < now:
                place += 1
            if place == ahead:
                break
            place += 1
        if line[ahead] >= now:
            waits.append(now)
    return waits


@pytest.mark.parametrize(("ahead", "operators"), [(0, 4), (3, 10), (12, 10), (20, 40)])
def test_a_simulated_line(ahead: int, operators: int) -> None:
    waits = simulated(ahead, operators, seed=ahead + 1)
    found = foretell(Situation([0.0] * (ahead + 1), operators), IMPATIENT)[-1]
    assert found is not None
    mean = sum(waits) / len(waits)
    assert found.mean_s == pytest.approx(mean, rel=0.06)
    late = sum(wait > found.quantile_s(1.2816) for wait in waits) / len(waits)
    soon = sum(wait < found.quantile_s(-0.8416) for wait in waits) / len(waits)
    assert (soon, late) == pytest.approx((0.2, 0.1), abs=0.035)


def test_ages_of_exponential_talks_tell_nothing() -> None:
    known = means(Situation([0.0] * 12, 10, talks=[5, 60, 100, 300, 301, 302, 700, 900, 2500, 30]))
    assert known == pytest.approx(means(Situation([0.0] * 12, 10)), rel=0.1)


def test_ages_of_equal_talks_tell_all() -> None:
    """Every talk takes some 300 s: those who have talked for 290 s are soon free, those who began are not."""
    measured = Measured()
    for number in range(5000):
        measured.handled(290 + number % 20)
    old, young = (means(Situation([0.0], 5, talks=[age] * 5), measured)[0] for age in (285, 5))
    assert old < 30 < young


def test_operators_who_come_and_go() -> None:
    line = [0.0] * 30
    stage = PATIENT.handling_s / 5
    always, back, gone = (
        means(Situation(line, 5, talks=[100] * 5, changes=changes)) for changes in ([], [(120.0, 5)], [(120.0, -3)])
    )
    sooner = [number for number, wait in enumerate(always) if wait < 110]
    for waits in (back, gone):
        assert waits[: len(sooner)] == pytest.approx(always[: len(sooner)])
    # Five come back and take a call each at once.
    assert back[len(sooner) + 4] == pytest.approx(120, abs=stage / 2)
    assert back[-1] < always[-1] < gone[-1]
    assert all(earlier <= later for waits in (always, back, gone) for earlier, later in pairwise(waits))


def test_everybody_goes_and_some_come_back() -> None:
    found = foretell(Situation([0.0] * 40, 4, talks=[0] * 4, changes=[(60.0, -4), (600.0, 2)]), PATIENT)
    waits = [one.mean_s for one in found if one]
    assert not any(60 < wait < 600 for wait in waits)
    assert waits.count(600.0) == 2


def test_who_is_back_at_once_answers_at_once() -> None:
    first, second = foretell(Situation([10.0, 0.0], 0, changes=[(0.0, 1)]), PATIENT)
    assert first == Foretold(0, 0) and first.quantile_s(1.28) == 0
    assert second is not None and second.mean_s == pytest.approx(PATIENT.handling_s)


def test_half_of_an_operator() -> None:
    assert means(Situation([0.0], 0.5))[0] == pytest.approx(2 * PATIENT.handling_s)


def test_when_nothing_is_foretold() -> None:
    assert foretell(Situation([5.0, 0.0], 10), Measured()) == [None, None]
    assert foretell(Situation([5.0, 0.0], 0, talks=[30]), PATIENT) == [None, None]
    assert foretell(Situation([5.0, 0.0], 0, changes=[(60, -1)]), PATIENT) == [None, None]
    assert foretell(Situation([], 10), PATIENT) == []
    found = foretell(Situation([0.0] * 100, 1), PATIENT)
    assert found[10] is not None and found[-1] is None
    assert all(one.mean_s <= LONGEST_S for one in found if one)


def test_a_very_long_line_of_impatient_callers() -> None:
    """Almost nobody of those ahead stays: no stage is divided by nothing."""
    measured = steady(1.0)
    waits = means(Situation([0.0] * 3000, 2), measured)
    assert all(earlier <= later for earlier, later in pairwise(waits)) and waits[-1] < LONGEST_S
