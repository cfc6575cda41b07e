"""`ivr bench flow` as it is typed: it measures, and says what of."""

import json

from typer.testing import CliRunner

from ivr.cli import app


def test_it_gives_its_figures_beside_the_target() -> None:
    done = CliRunner().invoke(app, ["bench", "flow", "--calls", "20", "--json"])
    assert done.exit_code == 0
    figures = json.loads(done.output)
    assert figures["steps_per_s"] > 0 and figures["target_calls_per_s"] == 20_000 and figures["calls"] == 20
