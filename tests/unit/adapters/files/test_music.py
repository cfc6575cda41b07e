"""Waiting callers hear something, and the owner's own files are left alone."""

import array
import wave
from pathlib import Path

from ivr.adapters.files import music


def test_a_tune_is_made_once(tmp_path: Path) -> None:
    music.make(tmp_path / "music")
    (path,) = (tmp_path / "music").iterdir()
    with wave.open(str(path)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8000, 1, 2)
        samples = array.array("h", sound.readframes(sound.getnframes()))
    second = [max(map(abs, samples[start : start + 8000])) for start in range(0, len(samples) - 8000, 8000)]
    assert min(second) > 200  # never a second of silence
    assert max(second) <= 6000
    before = path.read_bytes()
    music.make(tmp_path / "music")
    assert path.read_bytes() == before


def test_own_music_stays_alone(tmp_path: Path) -> None:
    (tmp_path / "ours.wav").write_bytes(b"sound")
    music.make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["ours.wav"]
