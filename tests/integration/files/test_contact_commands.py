"""`ivr requests` and `ivr news` as they are typed."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from ivr.adapters.db.schema import upgrade
from ivr.adapters.pin import verifier
from ivr.cli import app
from ivr.config import load


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text("database: {url: 'sqlite+aiosqlite:///ivr.db'}\n")
    upgrade(load(path).database_url)
    return path


def ivr(*arguments: object, typed: str = "") -> tuple[int, str]:
    words = [str(argument) for argument in arguments]
    done = CliRunner().invoke(app, words, input=typed, env={"COLUMNS": "200"})
    return done.exit_code, done.output


def test_a_sound_file_is_published_listed_and_taken_back(tmp_path: Path, config: Path) -> None:
    sound = tmp_path / "news.wav"
    soundfile.write(sound, 0.3 * np.sin(np.arange(16000) / 5), 8000)
    assert ivr("news", "add", sound, "--title", "Ремонт", "--config", config) == (0, "published as number 1\n")
    code, told = ivr("news", "list", "--config", config)
    assert code == 0 and "Ремонт" in told
    assert ivr("news", "remove", 1, "--config", config) == (0, "")
    code, told = ivr("news", "remove", 1, "--config", config)
    assert code == 1 and "no recorded news" in told
    code, told = ivr("news", "list", "--config", config)
    assert code == 0 and "Ремонт" not in told


def test_what_is_no_sound_is_told(tmp_path: Path, config: Path) -> None:
    code, told = ivr("news", "add", config, "--first", "2999-03-01", "--last", "2999-03-02", "--config", config)
    assert code == 2 and "no sound file" in told


def test_requests_are_listed_and_counted(config: Path) -> None:
    code, told = ivr("requests", "list", "1000000001", "--topic", "balance", "--days", 1, "--config", config)
    assert code == 0 and "account" in told
    code, told = ivr("requests", "report", "--config", config)
    assert code == 0 and "topic" in told
    code, told = ivr("audit", "1000000001", "--days", 1, "--config", config)
    assert code == 0 and "about" in told


async def test_a_pin_is_asked_for_twice_and_becomes_a_line_of_the_secrets() -> None:
    code, told = ivr("news", "pin", typed="482913\n482913\n")
    assert code == 0 and "482913" not in told
    name, _, value = told.splitlines()[-1].partition("=")
    verify = verifier(value.strip("'"))
    assert name == "IVR_NEWS_PIN_HASH" and verify is not None and await verify("482913")


def test_a_pin_that_is_guessed_first_is_refused() -> None:
    code, told = ivr("news", "pin", "--pin", "111111")
    assert code == 2 and "guessed first" in told
