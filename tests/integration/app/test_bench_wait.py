"""`ivr bench wait` as it is typed, and the simulated centre it measures in."""

import json

import pytest
from typer.testing import CliRunner

from ivr.cli import app
from ivr.simulate.bench_wait import ASTERISK, OURS, QLM, TEACHING_H, Centre


def test_it_gives_its_figures_beside_asterisks() -> None:
    words = ["bench", "wait", "--operators", "10", "--operators", "12", "--seeds", "1", "--hours", "3", "--json"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0
    figures = json.loads(done.stdout)
    assert [(run["operators"], run["staff_vanish"]) for run in figures["runs"]] == [
        (10, False),
        (10, True),
        (12, False),
        (12, True),
    ]
    for run in figures["runs"]:
        ours, asterisk = (run["told_every_30_s"][name] for name in (OURS, ASTERISK))
        assert ours["waits"] == asterisk["waits"] > 50
        assert run["gain"] == pytest.approx(1 - ours["rmse_s"] / asterisk["rmse_s"], abs=0.005)
        assert ours["rmse_s"] < asterisk["rmse_s"]
        assert 0.7 < run["range_held_share"] <= 1
        assert 1 <= run["told_per_caller"] < 3


def test_a_seed_is_a_day() -> None:
    first, again, other = (Centre(10, vanish=True, seed=seed, judged_h=2).run() for seed in (1, 1, 2))
    assert first.looking == again.looking != other.looking


def test_waits_come_from_what_is_simulated() -> None:
    """Every judged caller waited, was answered after the teaching, and was told by each of the forecasters."""
    told = Centre(20, vanish=False, seed=3, judged_h=4).run()
    assert told.callers == len(told.outcomes) == len(told.entering[OURS]) == len(told.entering[QLM]) > 100
    assert len(told.looking[OURS]) >= len(told.entering[OURS])
    assert all(outcome.promise.at >= TEACHING_H * 3600 and outcome.waited_s > 0 for outcome in told.outcomes)
