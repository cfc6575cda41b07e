"""A voice over the real espeak-ng in real worker processes, and files made by the real ffmpeg."""

import subprocess
import wave
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ivr.adapters.speech import SystemVoice, VoiceSettings
from ivr.adapters.speech.sound import Samples

NewVoice = Callable[..., SystemVoice]


@pytest.fixture
async def new_voice(tmp_path: Path) -> AsyncIterator[NewVoice]:
    """Makes voices over one cache; they are closed after the test."""
    voices: list[SystemVoice] = []
    plain = VoiceSettings(cache=tmp_path / "cache", studio=tmp_path / "studio", engine="espeak", deadline_s=60)

    def make(**changes: object) -> SystemVoice:
        voices.append(SystemVoice(replace(plain, **changes)))
        return voices[-1]

    yield make
    for voice in voices:
        await voice.close()


def read_sound(path: Path) -> Samples:
    """Samples of a sound of ours; fails unless it is 8 kHz, mono, 16 bit with the plain header."""
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        frames = file.readframes(file.getnframes())
    assert path.stat().st_size == 44 + len(frames)
    return np.frombuffer(frames, "<i2") / 32768.0


def run_ffmpeg(*arguments: str | Path) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, arguments)], check=True)


def tone(path: Path, hertz: int = 1000, seconds: float = 2.0) -> None:
    """A studio recording: stereo, 44.1 kHz, a tone with a second of silence at both ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    source = f"sine=frequency={hertz}:duration={seconds}:sample_rate=44100"
    run_ffmpeg("-f", "lavfi", "-i", source, "-af", "adelay=1000:all=1,apad=pad_dur=1", "-ac", "2", path)


def pitch(samples: Samples) -> float:
    """The strongest frequency, hertz."""
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * 8000 / len(samples))
