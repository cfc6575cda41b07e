"""`ivr speech evaluate`, `phrases` and `figures`, on the model that ships."""

import asyncio
import json
import wave
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.adapters.db.calls import SqlCallLog
from ivr.adapters.db.engine import Database
from ivr.adapters.db.schema import upgrade
from ivr.adapters.files.phrases import PhraseFolder
from ivr.cli import app
from ivr.domain.call import Began, Call, CallId, Ended, Outcome, Step, Stepped
from ivr.service.phrases import HeardPhrase, Why
from speech_training import voices

from .conftest import spoken

NOW = datetime.now(UTC)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text("sample: false\n")
    return path


def ivr(config: Path, *words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["speech", *words, "--config", str(config)])
    return done.exit_code, done.stdout, done.stderr


def sound(path: Path, samples: bytes, rate: int = 8000) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(samples)


def test_a_model_is_measured_and_bad_rows_are_named(config: Path, tmp_path: Path) -> None:
    folder = tmp_path / "labelled"
    folder.mkdir()
    sound(folder / "seven.wav", spoken("7", "8"))
    (folder / "broken.wav").write_bytes(b"no sound")
    rows = [
        {"file": "seven.wav", "question": "reading", "said": "семь восемь", "number": "78", "noise": "none"},
        {"file": "seven.wav", "question": "reading", "said": "семь девять", "number": "79", "noise": "street"},
        {"file": "broken.wav", "question": "reading", "said": "сорок"},
        {"file": "seven.wav", "question": "reading"},
        {"file": "gone.wav", "question": "reading", "said": "сорок"},
    ]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "labels.jsonl").write_text(lines, encoding="utf-8")
    code, out, errors = ivr(config, "evaluate", str(folder), "--json")
    told = json.loads(out)
    assert (code, told["all"]["phrases"], told["all"]["whole"], told["all"]["understood"]) == (0, 2, 1, 1)
    assert set(told["noises"]) == {"none", "street"}
    assert told["misheard"] == [["девять", "восемь", 1]]
    assert told["unlabelled"] == 1 and len(told["mistakes"]) == 2
    assert "gone.wav" in errors and "broken.wav: cannot be heard" in errors
    code, out, _ = ivr(config, "evaluate", str(folder))
    assert code == 0 and "question reading" in out and "девять → восемь" in out


def test_a_sound_that_is_cut_at_the_word_is_heard(config: Path, tmp_path: Path) -> None:
    samples = voices.trimmed(voices.espeak("да", "m3", 140, 50, 0))
    sound(tmp_path / "cut.wav", samples.astype("<i2").tobytes())
    (tmp_path / "labels.jsonl").write_text(json.dumps({"file": "cut.wav", "question": "reply", "said": "да"}))
    code, out, _ = ivr(config, "evaluate", str(tmp_path), "--json")
    assert (code, json.loads(out)["all"]["whole"]) == (0, 1)


def test_a_folder_with_nothing_in_it_is_a_mistake(config: Path, tmp_path: Path) -> None:
    assert ivr(config, "evaluate", str(tmp_path / "none"))[0] == 2
    (tmp_path / "empty").mkdir()
    code, _, errors = ivr(config, "evaluate", str(tmp_path / "empty"))
    assert code == 2 and "nothing to evaluate" in errors


def test_sounds_without_a_sound_are_named_and_measure_nothing(config: Path, tmp_path: Path) -> None:
    sound(tmp_path / "empty.wav", b"")
    (tmp_path / "broken.wav").write_bytes(b"no sound")
    rows = [{"file": name, "question": "reading", "said": "сорок"} for name in ("empty.wav", "broken.wav")]
    (tmp_path / "labels.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    code, out, errors = ivr(config, "evaluate", str(tmp_path), "--json")
    assert (code, out) == (2, "")
    assert "nothing to evaluate" in errors
    assert "empty.wav: cannot be heard" in errors and "broken.wav: cannot be heard" in errors


def test_kept_phrases_are_listed_labelled_and_forgotten_and_every_look_is_seen(config: Path, tmp_path: Path) -> None:
    upgrade(f"sqlite+aiosqlite:///{tmp_path}/var/ivr.db")
    folder = PhraseFolder(tmp_path / "var/phrases")
    for days in (0, 40):
        at = NOW - timedelta(days=days)
        folder.keep(HeardPhrase("call-1", at, "reading", "n", spoken("7"), "семь", "7", 0.5, Why.UNCERTAIN))
    code, out, _ = ivr(config, "phrases", "list")
    [one] = folder.all()
    assert code == 0 and f"{one.file}  " in out and "uncertain: heard «семь», taken for 7 (0.50 sure)" in out
    assert ivr(config, "phrases", "label", one.file, "--said", "семь", "--number", "7")[0] == 0
    assert ivr(config, "phrases", "label", one.file)[0] == 2
    assert ivr(config, "phrases", "label", "no.wav", "--said", "семь")[0] == 1
    assert ivr(config, "phrases", "label", one.file, "--number", "8")[0] == 0
    assert (folder.all()[0].said, folder.all()[0].number) == ("семь", "8")
    assert ivr(config, "phrases", "list", "--unlabelled")[1].startswith("no phrase without a label is kept")
    seen = CliRunner().invoke(app, ["audit", "--config", str(config)], env={"COLUMNS": "250"}).stdout
    assert seen.count("phrase_listed") == 1 and seen.count("phrase_labelled") == 2
    assert ivr(config, "phrases", "purge")[1] == "0 forgotten\n"
    folder.delete(one.file)
    assert ivr(config, "phrases", "list")[1] == "no phrase is kept: hearing.keep in config.yaml is off\n"
    config.write_text(config.read_text(encoding="utf-8") + "hearing: {keep: true}\n", encoding="utf-8")
    assert ivr(config, "phrases", "list")[1] == "no phrase is kept yet\n"


def test_figures_of_questions_come_from_the_calls(config: Path, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/var/ivr.db"
    upgrade(url)

    async def store() -> None:
        database = Database(url, 10)
        log = SqlCallLog(database)
        for name, days in (("new", 0), ("old", 60)):
            began = NOW - timedelta(days=days)
            call = Call(CallId(name), "", "", began, outcome=Outcome.OPERATOR, ended_at=began)
            await log.write([Began(call), Ended(call)])
            for number, event in enumerate(("entered", "no_match", "by_keys", "no_input")):
                step = Step(number, began + timedelta(seconds=2 * number), "reading", event)
                await log.write([Stepped(CallId(name), step)])
        await database.close()

    asyncio.run(store())
    code, out, _ = ivr(config, "figures", "--days", "30", "--json")
    assert code == 0, out
    reading = json.loads(out)["questions"]["reading"]
    assert {name: reading[name] for name in ("visits", "no_match", "no_input", "by_keys", "operator", "seconds")} == {
        "visits": 1, "no_match": 1, "no_input": 1, "by_keys": 1, "operator": 1, "seconds": 6.0,
    }  # fmt: skip
    assert "reading" in ivr(config, "figures")[1]


def test_without_calls_or_a_database_there_are_no_figures_and_this_is_told(config: Path, tmp_path: Path) -> None:
    code, _, errors = ivr(config, "figures")
    assert code == 2 and "there is no database yet" in errors
    upgrade(f"sqlite+aiosqlite:///{tmp_path}/var/ivr.db")
    assert ivr(config, "figures") == (0, "no question was asked in the last 30 days\n", "")
