"""`ivr speech models`."""

import asyncio
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr import hearing
from ivr.cli import app
from ivr.config import load
from ivr.domain.errors import ConfigurationError

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


def told(config: Path, *words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["speech", *words, "--config", str(config)])
    return done.exit_code, done.stdout, done.stderr


def test_a_folder_of_models_that_is_not_there_is_named(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("sample: true\nhearing: {engine: off, models: nowhere}\n")  # YAML reads this off as false
    code, out, errors = told(config, "models")
    assert (code, "loads" in out) == (1, True), out
    assert f"hearing.models: there is no folder {tmp_path}/nowhere" in errors


@pytest.mark.parametrize(
    ("wanted", "code", "said"),
    [
        ("{}", 0, f"callers are heard by {MODEL.name}"),
        ("{model: good}", 0, "callers are heard by good"),
        ('{engine: "off"}', 0, "hearing.engine is off: callers answer by keys alone"),
        ("{model: godo}", 1, f"hearing.model: no speech model godo; there are: good, {MODEL.name}"),
        ("{engine: server, server: 'ws://127.0.0.1:9/'}", 1, "ws://127.0.0.1:9/ does not recognise"),
    ],
)
def test_who_hears_is_told(tmp_path: Path, wanted: str, code: int, said: str) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(f"sample: true\nhearing: {wanted}\n")
    shutil.copytree(MODEL, tmp_path / "asr_models/good")
    (tmp_path / "asr_models/good/README.md").unlink()  # the smaller of the two
    got, out, errors = told(config, "models")
    assert got == code and said in (errors if code else out), (out, errors)
    assert ("callers are heard by" in out) is ("server" not in wanted and "off" not in wanted), out


def test_without_any_model_callers_answer_by_keys_and_this_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "SHIPPED", tmp_path / "none")
    config = tmp_path / "config.yaml"
    config.write_text("sample: true\n")
    code, out, errors = told(config, "models")
    assert (code, out) == (1, "no model loads: callers answer by keys alone\n")
    assert "there is no speech model; the product has its own in asr_models" in errors


def test_who_hears_instead_of_a_broken_model_is_told(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("sample: true\nhearing: {model: bad}\n")
    shutil.copytree(MODEL, tmp_path / "asr_models/bad")
    (tmp_path / "asr_models/bad/graph/HCLr.fst").write_bytes(b"")
    with pytest.raises(ConfigurationError) as wrong:
        asyncio.run(hearing.checked(load(config)))
    broken, instead = wrong.value.mistakes
    assert "asr_models/bad: the model does not load" in broken and "VoskAPI" not in broken
    assert instead == f"callers are heard by {hearing.SHIPPED / MODEL.name} until this is mended"


def test_a_centre_in_a_folder_of_its_own_compiles_the_shipped_model(tmp_path: Path) -> None:
    (tmp_path / "dialplans").symlink_to(MODEL.parent.parent / "dialplans")
    config = tmp_path / "config.yaml"
    config.write_text("sample: true\n")
    code, out, errors = told(config, "compile")
    assert code == 0 and out.startswith(f"{tmp_path}/var/asr_models/{MODEL.name}: "), errors


def test_only_a_model_of_ours_is_compiled(tmp_path: Path) -> None:
    (tmp_path / "asr_models").mkdir()
    (tmp_path / "asr_models/words.txt").write_text("да\n")
    (tmp_path / "dialplans").symlink_to(MODEL.parent.parent / "dialplans")
    config = tmp_path / "config.yaml"
    config.write_text("sample: true\n")
    assert "there is no such folder" in told(config, "compile", "--model", "asr_models/none")[2]
    shutil.copytree(MODEL, tmp_path / "asr_models/half")
    (tmp_path / "asr_models/half/am/final.mdl").unlink()
    code, _, errors = told(config, "compile", "--model", "asr_models/half")
    assert code == 2 and "the folder lacks am/final.mdl" in errors
    assert not (tmp_path / "var/asr_models").exists()
