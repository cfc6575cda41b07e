"""What is measured on line: hazards by age, their sums, and forgetting."""

import random
from math import exp

import pytest

from ivr.domain.wait.measured import MEMORY, THIN, Hazard, Measured, Sample


def test_a_hazard_sums_its_bands() -> None:
    hazard = Hazard((0, 10, 30), (0.1, 0.02, 0.005))
    assert [hazard.total(age) for age in (0, 5, 10, 20, 30, 130)] == pytest.approx([0, 0.5, 1, 1.2, 1.4, 1.9])


def test_an_exponential_life_is_alike_at_all_ages() -> None:
    chance = random.Random(1)
    sample = Sample((0, 60, 180))
    for _ in range(4000):
        sample.add(chance.expovariate(1 / 120), ended=True)
    assert sample.rate == pytest.approx(1 / 120, rel=0.05)
    assert sample.hazard.rates == pytest.approx([1 / 120] * 3, rel=0.1)


def test_impatient_and_patient_callers_are_told_apart() -> None:
    """Half give up after 60 s on average, half after 540 s, and those answered first are seen only until then."""
    chance = random.Random(2)
    sample = Sample((0, 20, 60, 120, 240, 480))
    for _ in range(MEMORY):
        gives_up = chance.expovariate(1 / chance.choice((60, 540)))
        answered = chance.expovariate(1 / 150)
        sample.add(min(gives_up, answered), ended=gives_up < answered)
    assert sample.hazard.rates[0] == pytest.approx((1 / 60 + 1 / 540) / 2, rel=0.15)
    assert sample.hazard.rates[0] > 2 * sample.hazard.rates[3]
    reached = (exp(-100 / 60) + exp(-100 / 540)) / 2
    assert exp(-sample.hazard.total(100)) == pytest.approx(reached, abs=0.03)


def test_what_is_old_fades() -> None:
    sample = Sample((0,))
    for _ in range(2 * MEMORY):
        sample.add(100, ended=True)
    for _ in range(3 * MEMORY):
        sample.add(300, ended=True)
    assert 1 / sample.rate == pytest.approx(290, abs=2)
    assert sample.ends == pytest.approx(MEMORY, rel=0.02)


def test_a_band_nobody_reached_is_like_the_others() -> None:
    sample = Sample((0, 600))
    for _ in range(50):
        sample.add(100, ended=True)
    assert sample.hazard.rates[1] == pytest.approx(0.01, rel=0.02)


def test_nothing_ended_yet() -> None:
    sample = Sample((0, 60))
    assert (sample.rate, sample.ends, sample.hazard.total(100)) == (0, 0, 0)
    sample.add(30, ended=False)
    assert (sample.rate, sample.hazard.total(100)) == (0, 0)


def test_a_centre_measures_itself() -> None:
    measured = Measured()
    for number in range(THIN + 1):
        assert measured.thin == (number < THIN + 1)
        measured.handled(240)
    assert not measured.thin
    assert measured.handling_s == pytest.approx(240)
    assert measured.leaving_per_s == 0
    measured.answered(0)
    measured.answered(30)
    measured.gave_up(70)
    assert measured.leaving_per_s == pytest.approx(0.01, rel=0.01)
    assert measured.patience.total(60) > 0
    assert measured.talks.total(240) > measured.talks.total(100)


def test_a_talk_of_no_length_is_a_talk() -> None:
    measured = Measured()
    for _ in range(2 * THIN):
        measured.handled(0)
    assert not measured.thin
    assert measured.handling_s == pytest.approx(0.1)
