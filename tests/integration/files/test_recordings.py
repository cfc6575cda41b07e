"""A raw recording becomes a WAV file without a moment in which it could be lost."""

import os
import wave
from pathlib import Path

import numpy as np
import pytest

from ivr.adapters.files import recordings

CALL = "centre-1763677000.12"


def raw(root: Path, call_id: str, frames: int) -> np.ndarray:
    """A stereo ramp: left counts up, right counts down."""
    recordings.incoming(root).mkdir(parents=True, exist_ok=True)
    left = np.arange(frames, dtype="<i2")
    sound = np.stack([left, -left], axis=1)
    (recordings.incoming(root) / f"{call_id}.raw").write_bytes(sound.tobytes())
    return sound


def test_both_sides_arrive_whole(tmp_path: Path) -> None:
    sound = raw(tmp_path, CALL, 16000)
    path = recordings.finish(tmp_path, CALL)
    assert path == tmp_path / "2025/11/20" / f"{CALL}.wav"
    with wave.open(str(path)) as finished:
        assert (finished.getnchannels(), finished.getsampwidth(), finished.getframerate()) == (2, 2, 8000)
        assert np.frombuffer(finished.readframes(99999), "<i2").reshape(-1, 2).tolist() == sound.tolist()
    assert recordings.seconds(path) == 2.0
    assert not list(recordings.incoming(tmp_path).iterdir())


def test_finishing_twice_is_finishing_once(tmp_path: Path) -> None:
    raw(tmp_path, CALL, 8000)
    assert recordings.finish(tmp_path, CALL) is not None
    assert recordings.finish(tmp_path, CALL) is None


def test_a_call_with_no_sound_gives_an_empty_recording(tmp_path: Path) -> None:
    raw(tmp_path, CALL, 0)
    path = recordings.finish(tmp_path, CALL)
    assert path is not None and recordings.seconds(path) == 0


def test_a_full_disk_leaves_the_raw_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw(tmp_path, CALL, 8000)

    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError):
        recordings.finish(tmp_path, CALL)
    monkeypatch.undo()
    assert (recordings.incoming(tmp_path) / f"{CALL}.raw").exists()
    assert recordings.finish(tmp_path, CALL) is not None


def test_left_over_names_settled_ended_calls_oldest_first(tmp_path: Path) -> None:
    rung_back = "c-1.2-1-1763677000"
    for age, call_id in ((30, "c-1.2"), (20, "c-1.3"), (10, "c-1.1"), (0, "c-1.4"), (40, "notes"), (5, rung_back)):
        raw(tmp_path, call_id, 8)
        path = recordings.incoming(tmp_path) / f"{call_id}.raw"
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime - age))
    assert recordings.left_over(tmp_path, {"c-1.3"}) == ["c-1.2", "c-1.1", rung_back]
