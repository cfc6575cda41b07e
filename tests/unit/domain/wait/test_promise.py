"""What is told of a foretold wait, when it is told anew, and what came true."""

from math import inf

import pytest

from ivr.domain.wait.predictor import Foretold
from ivr.domain.wait.promise import Change, Minutes, Promise


@pytest.mark.parametrize(
    ("mean_s", "deviation_s", "told"),
    [
        (10, 10, "0-1"),
        (30, 15, "0-1"),
        (50, 50, "0-2"),
        (60, 10, "1-1"),
        (60, 40, "0-2"),
        (180, 15, "3-3"),
        (180, 60, "2-5"),
        (185, 40, "2-4"),
        (600, 10, "10-10"),
        (630, 10, "10-15"),
        (900, 100, "10-20"),
        (1700, 100, "25-40"),
        (2400, 500, "30-60"),
        (3000, 900, "30-"),
        (3000, 400, "40-60"),
        (3400, 300, "50-"),
        (4200, 100, "60-"),
        (300, 250, "1-15"),
        (2000, 1700, "10-"),
        (0, 0, "0-1"),
    ],
)
def test_the_range_that_is_told(mean_s: float, deviation_s: float, told: str) -> None:
    assert str(Minutes.of(Foretold(mean_s, deviation_s))) == told


def test_the_range_holds_what_was_foretold() -> None:
    for mean in range(0, 4000, 7):
        for share in (0.05, 0.3, 1):
            foretold = Foretold(mean, mean * share)
            told = Minutes.of(foretold)
            assert told.low >= 0 and (told.high is None or told.high >= max(1, told.low))
            if told.low != told.high:
                assert told.low * 60 <= foretold.quantile_s(-0.84) + 60
                assert told.high is None or foretold.quantile_s(1.28) <= told.high * 60


@pytest.mark.parametrize(
    ("told", "yes", "no"),
    [
        (Minutes(2, 4), (120, 200, 240), (119, 241)),
        (Minutes(0, 1), (0, 60), (61,)),
        (Minutes(3, 3), (150, 210), (149, 211)),
        (Minutes(60, None), (3600, 1e6), (3599,)),
    ],
)
def test_whether_it_held(told: Minutes, yes: tuple[float, ...], no: tuple[float, ...]) -> None:
    assert all(told.holds(wait) for wait in yes)
    assert not any(told.holds(wait) for wait in no)


TOLD = Promise.of("a7", 1000.0, 5, Foretold(300, 60))
"""Five minutes; nine in ten are answered within some 380 s."""


def test_a_promise() -> None:
    assert (TOLD.entry, TOLD.at, TOLD.place, TOLD.predicted_s, str(TOLD.minutes)) == ("a7", 1000, 5, 300, "4-7")
    assert TOLD.low_s == pytest.approx(249, abs=1)
    assert TOLD.high_s == pytest.approx(379, abs=1)


@pytest.mark.parametrize(
    ("now", "foretold", "change"),
    [
        (1020, Foretold(1, 1), None),  # only just told
        (1100, Foretold(200, 40), None),  # as told
        (1100, Foretold(170, 30), None),  # a little better
        (1100, Foretold(100, 30), Change.IMPROVED),
        (1100, Foretold(300, 60), Change.BROKE),
        (1375, Foretold(1, 1), None),
        (1380, Foretold(1, 1), Change.BROKE),
        (1100, None, None),
    ],
)
def test_when_it_is_told_anew(now: float, foretold: Foretold | None, change: Change | None) -> None:
    assert TOLD.change(now, foretold) is change


def test_a_long_wait_must_be_much_better() -> None:
    long = Promise.of("a7", 0.0, 50, Foretold(2400, 100))
    assert long.change(300, Foretold(1950, 90)) is None
    assert long.change(300, Foretold(1200, 90)) is Change.IMPROVED


def test_what_came_true() -> None:
    answered = TOLD.came_true(1350.0, answered=True)
    assert (answered.waited_s, answered.error_s, answered.held, answered.answered) == (350, 50, True, True)
    assert not TOLD.came_true(1600.0, answered=True).held
    assert not TOLD.came_true(1010.0, answered=False).answered
    assert TOLD.came_true(inf, answered=False).error_s == inf
