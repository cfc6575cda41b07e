"""Folders of phrases: WAV files, and lines of JSON or CSV that tell what was said in them.

A line names its `file`, the kind of `question` (reading, account, reply, date, money, address), what was `said`, and
may name the `number` and the `noise`; of a reading also the register's `digits`, `last` reading, `usual` and `most`
consumption. A centre that keeps phrases writes such a folder: a file of lines for each day.
"""

import csv
import fcntl
import json
import os
import wave
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from ivr.dialogue.understanding import grammar
from ivr.service.evaluating import Label, Register
from ivr.service.hearing import RATE
from ivr.service.phrases import HeardPhrase, KeptPhrase, UnknownPhrase

LINES = ("*.jsonl", "*.csv")
_REGISTER = ("digits", "last", "usual", "most")
_PRIVATE = 0o640
_FOLDER = 0o750


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled phrase: its sound, and what a person says of it."""

    sound: Path
    label: Label


@dataclass
class Labelled:
    """What a folder holds. `mistakes` name file and line; `unlabelled` rows nobody has listened to yet."""

    rows: list[Row] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    unlabelled: int = 0


def read_labelled(folder: Path) -> Labelled:
    """Every row of the folder; bad ones are named and left out. Raises OSError."""
    found = Labelled()
    for path in sorted(path for pattern in LINES for path in folder.glob(pattern)):
        for where, row in _rows(path, found):
            try:
                label = _label(row)
                sound = _sound(folder, row)
            except ValueError as mistake:
                found.mistakes.append(f"{where}: {mistake}")
                continue
            if label is None:
                found.unlabelled += 1
            else:
                found.rows.append(Row(sound, label))
    return found


def _rows(path: Path, found: Labelled) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        if path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as lines:
                dialect = csv.Sniffer().sniff(lines.readline() or ",", ",;\t")
                lines.seek(0)
                for row in (rows := csv.DictReader(lines, dialect=dialect)):
                    yield f"{path.name}, line {rows.line_num}", row
            return
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                where = f"{path.name}, line {number}"
                if (told := _object(line)) is not None:
                    yield where, told
                else:
                    found.mistakes.append(f"{where}: is no JSON object")
    except UnicodeDecodeError:
        found.mistakes.append(f"{path.name}: is not UTF-8; save it as UTF-8")
    except csv.Error as error:
        found.mistakes.append(f"{path.name}: cannot be read: {error}")


def _object(line: str) -> dict[str, Any] | None:
    try:
        told = json.loads(line)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value).strip()


def _label(row: dict[str, Any]) -> Label | None:
    """None: not labelled. Raises ValueError telling what is wrong."""
    question, number = _text(row, "question"), _text(row, "number")
    if question not in grammar.ALL:
        raise ValueError(f"question {question!r} is none of {', '.join(grammar.ALL)}")
    if number and not (number.isascii() and number.isdigit()):
        raise ValueError(f"number {number!r} is not digits alone")
    if not (number or _text(row, "said")):
        return None
    try:
        known = Register(*(int(_text(row, name)) if _text(row, name) else None for name in _REGISTER))
    except ValueError:
        raise ValueError(f"{', '.join(_REGISTER)} are whole numbers") from None
    if any(value is not None and value < 0 for value in astuple(known)) or known.digits == 0:
        raise ValueError(f"{', '.join(_REGISTER)} are not below 0, digits at least 1")
    return Label(question, _text(row, "said"), number, _text(row, "noise"), known)


def _sound(folder: Path, row: dict[str, Any]) -> Path:
    name = _text(row, "file")
    if not name:
        raise ValueError("names no file")
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"file {name!r} lies outside the folder")
    if not path.is_file():
        raise ValueError(f"file {name!r} is not there")
    return path


class PhraseFolder:
    """A PhraseStore. Sounds and lines are for the centre's user and his group alone. Raises OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, phrase: HeardPhrase) -> None:
        """See PhraseStore. The line is written last: a sound without a line is swept up by `purge`."""
        self._folder.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
        name = f"{phrase.at:%Y%m%dT%H%M%S}-{uuid4().hex[:12]}.wav"
        _write_sound(self._folder / name, phrase.sound)
        row = {
            "file": name,
            "call": phrase.call_id,
            "at": phrase.at.isoformat(),
            "question": phrase.question,
            "node": phrase.node,
            "heard": phrase.heard,
            "understood": phrase.understood,
            "confidence": round(phrase.confidence, 4),
            "why": phrase.why.value,
            **_known(phrase.register),
            "said": "",
            "number": "",
        }
        lines = self._folder / f"{phrase.at:%Y-%m-%d}.jsonl"
        with self._alone(), open(lines, "ab", opener=_private) as file:
            file.write((json.dumps(row, ensure_ascii=False) + "\n").encode())

    def all(self) -> list[KeptPhrase]:
        """See PhraseStore."""
        rows = [row for path in self._days() for row in _read(path)]
        return [_kept(row) for row in rows if (self._folder / row["file"]).is_file()]

    def label(self, file: str, said: str | None, number: str | None) -> KeptPhrase:
        """See PhraseStore."""
        with self._alone():
            for path in self._days():
                rows = _read(path)
                for row in rows:
                    if row["file"] == file:
                        told = {"said": said, "number": number}
                        row.update({name: text for name, text in told.items() if text is not None})
                        _replace(path, rows)
                        return _kept(row)
        raise UnknownPhrase(file)

    def sound(self, file: str) -> bytes:
        """See PhraseStore."""
        if not any(phrase.file == file for phrase in self.all()) or Path(file).name != file:
            raise UnknownPhrase(file)
        return (self._folder / file).read_bytes()

    def delete(self, file: str) -> None:
        """See PhraseStore."""
        with self._alone():
            for path in self._days():
                rows = _read(path)
                kept = [row for row in rows if row["file"] != file]
                if len(kept) < len(rows):
                    _replace(path, kept)
                    (self._folder / Path(file).name).unlink(missing_ok=True)
                    return
        raise UnknownPhrase(file)

    def purge(self, before: datetime) -> int:
        """See PhraseStore."""
        if not self._folder.is_dir():
            return 0
        gone = 0
        with self._alone():
            for path in self._days():
                rows = _read(path)
                fresh = [row for row in rows if datetime.fromisoformat(row["at"]) >= before]
                gone += len(rows) - len(fresh)
                if len(fresh) < len(rows):
                    _replace(path, fresh)
            named = {phrase.file for phrase in self.all()}
            for sound in self._folder.glob("*.wav"):
                # The names begin with the time; one of today without a line may be waiting for it.
                if sound.name not in named and sound.name < f"{before:%Y%m%dT%H%M%S}":
                    sound.unlink(missing_ok=True)
        return gone

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The engine and a person at the console never write the same file at once."""
        with open(self._folder / ".lock", "ab", opener=_private) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _days(self) -> list[Path]:
        return sorted(self._folder.glob("*.jsonl"))


def _known(register: Register | None) -> dict[str, int]:
    if register is None:
        return {}
    return {name: value for name in _REGISTER if (value := getattr(register, name)) is not None}


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, _PRIVATE)


def _write_sound(path: Path, sound: bytes) -> None:
    with open(path, "wb", opener=_private) as file, wave.open(file, "wb") as written:
        written.setparams((1, 2, RATE, 0, "NONE", ""))
        written.writeframes(sound)


def _read(path: Path) -> list[dict[str, Any]]:
    """Rows of a day; a line that a crash has cut is no row."""
    rows = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            row = json.loads(line)
            datetime.fromisoformat(row["at"])
            rows.append(row)
        except (ValueError, TypeError, KeyError):
            continue
    return rows


def _replace(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """The file appears whole; an empty one goes, and its sounds with what no line names."""
    kept = list(rows)
    if not kept:
        path.unlink()
        return
    beside = path.with_suffix(f".{uuid4().hex}.part")
    with open(beside, "wb", opener=_private) as file:
        file.write("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept).encode())
    beside.replace(path)


def _kept(row: dict[str, Any]) -> KeptPhrase:
    return KeptPhrase(
        file=str(row.get("file", "")),
        call_id=str(row.get("call", "")),
        at=datetime.fromisoformat(row["at"]),
        question=str(row.get("question", "")),
        node=str(row.get("node", "")),
        heard=str(row.get("heard", "")),
        understood=str(row.get("understood", "")),
        confidence=float(row.get("confidence", 0.0)),
        why=str(row.get("why", "")),
        said=str(row.get("said", "")),
        number=str(row.get("number", "")),
    )
