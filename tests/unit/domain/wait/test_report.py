"""The error of promises."""

import pytest

from ivr.domain.wait import Errors, Foretold, Promise, Report


def test_errors() -> None:
    errors = Errors.of([30, -30, 29, 60])
    assert errors.number == 4
    assert errors.rmse_s == pytest.approx(39.5, abs=0.1)
    assert errors.bias_s == pytest.approx(22.25)
    assert errors.too_little_share == 0.5
    assert Errors.of([]) == Errors(0, None, None, None)


def test_a_report_judges_the_answered_only() -> None:
    promise = Promise.of("a", 0.0, 1, Foretold(120, 30))
    report = Report.of(
        [promise.came_true(130, answered=True), promise.came_true(400, answered=True)]
        + [promise.came_true(5, answered=False)] * 3
    )
    assert (report.errors.number, report.held_share, report.gave_up) == (2, 0.5, 3)
    assert report.errors.bias_s == pytest.approx(145)
    assert Report.of([]) == Report(Errors.of([]), None, 0)
