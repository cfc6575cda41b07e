"""WAV files: 16-bit PCM in and out. What we write is always mono, 8 kHz, with the plain 44-byte header."""

import os
import uuid
import wave
from pathlib import Path

import numpy as np

from ivr.adapters.speech.sound import RATE, Samples


def read_wav(path: Path | str) -> tuple[Samples, int]:
    """Mono samples and their rate. Raises ValueError when it is not 16-bit PCM, OSError, EOFError, wave.Error."""
    with wave.open(str(path), "rb") as file:
        if file.getsampwidth() != 2:
            raise ValueError("is not 16-bit PCM")
        frames = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return frames.reshape(-1, file.getnchannels()).mean(axis=1) / 32768.0, file.getframerate()


def write_wav(path: Path, samples: Samples) -> float:
    """Write `samples` at 8 kHz and give their length in seconds.

    The file appears whole or not at all: it is written beside and renamed. One that is there already stays: of two that
    make the same sound at once the second must not take it from under a caller who hears it. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.stem}-{uuid.uuid4().hex}.part")
    try:
        with beside.open("wb") as raw:
            with wave.open(raw, "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(RATE)
                file.writeframes(np.clip(np.round(samples * 32768), -32768, 32767).astype("<i2").tobytes())
            raw.flush()
            os.fsync(raw.fileno())
        beside.chmod(0o644)  # Asterisk may run as another user
        if not path.exists():
            beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return len(samples) / RATE
