"""Silent sounds: of whole seconds, in the telephone's own form."""

import wave
from pathlib import Path

from ivr.adapters.files import quiet


def test_ten_sounds_of_whole_seconds_without_a_sound(tmp_path: Path) -> None:
    quiet.make(tmp_path / "quiet")
    for seconds in range(1, 11):
        with wave.open(str(tmp_path / f"quiet/{seconds}.wav")) as sound:
            assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8000, 1, 2)
            frames = sound.readframes(sound.getnframes())
        assert frames == bytes(16000 * seconds)
    assert len(list((tmp_path / "quiet").iterdir())) == 10


def test_what_is_there_stays_and_what_is_missing_is_made(tmp_path: Path) -> None:
    quiet.make(tmp_path)
    (tmp_path / "3.wav").unlink()
    (tmp_path / "4.wav").write_bytes(b"mine")
    quiet.make(tmp_path)
    assert (tmp_path / "3.wav").exists() and (tmp_path / "4.wav").read_bytes() == b"mine"
