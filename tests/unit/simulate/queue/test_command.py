"""`ivr simulate queue`: words, JSON, CSV and a picture."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.cli import app

SMALL = ["simulate", "queue", "--calls", "200", "--operators", "4"]


def test_json_has_the_day_its_half_hours_and_the_verdicts(tmp_path: Path) -> None:
    table, picture = tmp_path / "day.csv", tmp_path / "day.png"
    result = CliRunner().invoke(app, [*SMALL, "--json", "--csv", str(table), "--plot", str(picture)])
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document["total"]["calls"] == document["total"]["answered"] + document["total"]["lost"]
    assert [verdict["limit"] for verdict in document["verdicts"]] == [100.0, 300.0, 0.05]
    assert document["kept"] is all(verdict["kept"] for verdict in document["verdicts"])
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert [row["begins"] for row in rows] == [each["begins"] for each in document["half_hours"]]
    assert sum(int(row["calls"]) for row in rows) == document["total"]["calls"]
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_words_name_the_clause_and_warn_of_a_great_loss() -> None:
    result = CliRunner().invoke(app, [*SMALL, "--standard", "gazprom_bryansk", "--storm", "30", "--even"])
    assert result.exit_code == 0, result.output
    assert "longest wait" in result.stdout and "NO" in result.stdout
    assert "hang up" in result.stdout


def test_impossible_hours_are_refused() -> None:
    for wrong in ("8-8", "8", "x-y", "8-25"):
        result = CliRunner().invoke(app, [*SMALL, "--hours", wrong])
        assert result.exit_code == 2 and "like 8-20" in result.stderr


def test_rules_of_a_file_rule_an_invented_day_too(tmp_path: Path) -> None:
    rules, lost = tmp_path / "rules.yaml", []
    for ring_s in (15, 2):
        rules.write_text(f"queue: {{ring_s: {ring_s}}}\n")
        result = CliRunner().invoke(app, [*SMALL, "--json", "--rules", str(rules)])
        assert result.exit_code == 0, result.output
        lost.append(json.loads(result.stdout)["missed_offers"])
    assert lost[1] > 10 * max(lost[0], 1)


@pytest.mark.parametrize("option", ["--plot", "--csv"])
def test_a_file_that_cannot_be_written_is_told_before_the_day_is_simulated(tmp_path: Path, option: str) -> None:
    result = CliRunner().invoke(app, [*SMALL, option, str(tmp_path / "nowhere" / "day")])
    assert result.exit_code == 2 and f"there is no folder {tmp_path / 'nowhere'}" in result.stderr.replace("\n", "")
    assert "calls" not in result.stderr
    result = CliRunner().invoke(app, [*SMALL, option, str(tmp_path)])
    assert result.exit_code == 2 and "this is a folder" in result.stderr.replace("\n", " ")
