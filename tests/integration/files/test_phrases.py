import json
import wave
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivr.adapters.files.phrases import PhraseFolder, Row, read_labelled
from ivr.service.evaluating import Label, Register
from ivr.service.phrases import HeardPhrase, UnknownPhrase, Why

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
SOUND = b"\x01\x00" * 800


def phrase(at: datetime = NOW, register: Register | None = None) -> HeardPhrase:
    return HeardPhrase("call-1", at, "reading", "node", SOUND, "сорок", "40", 0.61234, Why.UNCERTAIN, register)


def put(folder: Path, name: str, *lines: str, sounds: tuple[str, ...] = ("a.wav",)) -> None:
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    for sound in sounds:
        (folder / sound).write_bytes(b"RIFF")


def test_a_kept_phrase_can_be_labelled_and_then_evaluated(tmp_path: Path) -> None:
    folder = PhraseFolder(tmp_path / "phrases")
    folder.keep(phrase(register=Register(5, 12345, 210, 600)))
    [one] = folder.all()
    assert (one.question, one.node, one.heard, one.understood, one.confidence, one.why, one.labelled) == (
        "reading", "node", "сорок", "40", 0.6123, "uncertain", False,
    )  # fmt: skip
    with wave.open(str(tmp_path / "phrases" / one.file)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.readframes(9999)) == (8000, 1, SOUND)
    assert read_labelled(tmp_path / "phrases").unlabelled == 1
    assert folder.label(one.file, "сорок один", "41").labelled
    found = read_labelled(tmp_path / "phrases")
    label = Label("reading", "сорок один", "41", "", Register(5, 12345, 210, 600))
    assert (found.rows, found.unlabelled, found.mistakes) == ([Row(tmp_path / "phrases" / one.file, label)], 0, [])
    assert not {path.stat().st_mode & 0o007 for path in (tmp_path / "phrases").iterdir()} - {0}


def test_labelling_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    folder = PhraseFolder(tmp_path)
    for hours in (0, 1, 30):
        folder.keep(phrase(NOW + timedelta(hours=hours)))
    second = folder.all()[1]
    folder.label(second.file, "да", "")
    assert [one.said for one in folder.all()] == ["", "да", ""]
    with pytest.raises(UnknownPhrase):
        folder.label("no.wav", "да", "")


def test_old_phrases_go_with_their_sounds_and_so_do_sounds_without_a_line(tmp_path: Path) -> None:
    folder = PhraseFolder(tmp_path)
    for days in (0, 10, 20):
        folder.keep(phrase(NOW + timedelta(days=days)))
    (tmp_path / f"{NOW:%Y%m%dT%H%M%S}-lost.wav").write_bytes(b"")
    assert folder.purge(NOW + timedelta(days=5)) == 1
    assert sorted(path.name for path in tmp_path.glob("*.wav")) == [one.file for one in folder.all()]
    assert len(folder.all()) == 2
    assert folder.purge(NOW + timedelta(days=99)) == 2
    assert not [*tmp_path.glob("*.wav"), *tmp_path.glob("*.jsonl")]


def test_a_phrase_whose_sound_is_gone_is_not_shown(tmp_path: Path) -> None:
    folder = PhraseFolder(tmp_path)
    for hours in (0, 1):
        folder.keep(phrase(NOW + timedelta(hours=hours)))
    gone, left = folder.all()
    (tmp_path / gone.file).unlink()
    assert [one.file for one in folder.all()] == [left.file]
    with pytest.raises(UnknownPhrase):
        folder.sound(gone.file)


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    folder = PhraseFolder(tmp_path / "none")
    assert (folder.all(), folder.purge(NOW)) == ([], 0)


def test_a_line_that_a_crash_has_cut_is_overlooked(tmp_path: Path) -> None:
    folder = PhraseFolder(tmp_path)
    folder.keep(phrase())
    [day] = tmp_path.glob("*.jsonl")
    with day.open("a") as lines:
        lines.write('{"file": "x.wav", "at": "20\n{}\n')
    assert len(folder.all()) == 1


def test_lines_of_csv_say_the_same(tmp_path: Path) -> None:
    put(
        tmp_path,
        "labels.csv",
        "file;question;said;number;noise;digits;last",
        "a.wav;reading;сорок один;41;street;5;40",
        "a.wav;reply;да;;;;",
    )
    assert read_labelled(tmp_path).rows == [
        Row(tmp_path / "a.wav", Label("reading", "сорок один", "41", "street", Register(5, 40))),
        Row(tmp_path / "a.wav", Label("reply", "да")),
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"file": "a.wav", "question": "weather", "said": "да"}, "question 'weather' is none of account, reading"),
        ({"file": "b.wav", "question": "reply", "said": "да"}, "file 'b.wav' is not there"),
        ({"file": "../a.wav", "question": "reply", "said": "да"}, "lies outside the folder"),
        ({"question": "reply", "said": "да"}, "names no file"),
        ({"file": "a.wav", "question": "reading", "number": "12,5"}, "number '12,5' is not digits alone"),
        ({"file": "a.wav", "question": "reading", "number": "12", "last": "x"}, "digits, last, usual, most are whole"),
        ({"file": "a.wav", "question": "reading", "number": "12", "digits": -5}, "are not below 0, digits at least 1"),
        ({"file": "a.wav", "question": "reading", "number": "12", "digits": 0}, "are not below 0, digits at least 1"),
        ([1], "is no JSON object"),
    ],
)
def test_a_bad_row_is_named_and_the_good_ones_are_kept(tmp_path: Path, row: object, words: str) -> None:
    good = json.dumps({"file": "a.wav", "question": "reply", "said": "да"})
    put(tmp_path, "labels.jsonl", good, json.dumps(row), "", good)
    (tmp_path.parent / "a.wav").write_bytes(b"")
    found = read_labelled(tmp_path)
    assert len(found.rows) == 2
    [mistake] = found.mistakes
    assert mistake.startswith("labels.jsonl, line 2: ") and words in mistake


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_bytes(b"file,question\n\xff\xfe\x00")
    [mistake] = read_labelled(tmp_path).mistakes
    assert mistake == "labels.csv: is not UTF-8; save it as UTF-8"
