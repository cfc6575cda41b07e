"""`ivr speech models`."""

import shutil
from pathlib import Path

from typer.testing import CliRunner

from ivr.cli import app

from .conftest import MODEL


def test_models_are_listed_and_a_broken_one_is_named(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("sample: true\n")
    shutil.copytree(MODEL, tmp_path / "asr_models/good")
    good = CliRunner().invoke(app, ["speech", "models", "--config", str(config)])
    assert (good.exit_code, good.output.count("loads")) == (0, 2), good.output  # and the one that ships
    assert "good for numbers" in good.output
    shutil.copytree(MODEL, tmp_path / "var/asr_models/bad")
    (tmp_path / "var/asr_models/bad/graph/HCLr.fst").write_bytes(b"")
    both = CliRunner().invoke(app, ["speech", "models", "--config", str(config)])
    assert both.exit_code == 1, both.output
    assert "bad" in both.output and "BROKEN" in both.output and "good for nothing" in both.output
    assert "compiled for this centre" in both.output
