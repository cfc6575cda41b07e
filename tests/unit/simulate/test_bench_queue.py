"""`ivr bench queue`: the figures it promises, of centres as large as asked for."""

import json

from typer.testing import CliRunner

from ivr.cli import app


def test_it_prints_one_run_for_each_size() -> None:
    result = CliRunner().invoke(
        app, ["bench", "queue", "--json", "--events", "300", "--operators", "5", "--operators", "12"]
    )
    assert result.exit_code == 0, result.output
    runs = json.loads(result.stdout)["runs"]
    assert [(run["operators"], run["waiting"]) for run in runs] == [(5, 5), (12, 12)]
    for run in runs:
        for figures in (run, run["idle"]):
            assert figures["events"] >= 300 and figures["events_per_s"] > 0
            assert 0 < figures["p50_ms"] <= figures["p99_ms"] <= figures["max_ms"]
