"""Music for waiting callers, made by ourselves: no rights to clear, never silence. Own files in the folder win."""

import math
import random
import struct
import wave
from pathlib import Path

RATE_HZ = 8000
NAME = "waiting.wav"
_NOTES_HZ = (261.63, 293.66, 329.63, 392.00, 440.00, 523.25)  # C major without fourth and seventh: nothing clashes
_STEP_S = 0.6
_STEPS = 64
_RING_S = 2.4
_PEAK = 6000


def make(folder: Path) -> None:
    """Write a quiet tune of struck notes into `folder` unless there is a sound already."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(path.suffix in (".wav", ".sln", ".gsm", ".alaw", ".ulaw") for path in folder.iterdir()):
        return
    part = folder / f".{NAME}.part"
    with wave.open(str(part), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE_HZ)
        sound.writeframes(_tune())
    part.rename(folder / NAME)


def _tune() -> bytes:
    chance = random.Random(1)  # the same tune everywhere
    length = int(RATE_HZ * _STEP_S * _STEPS)
    samples = [0.0] * length
    for step in range(_STEPS):
        if step % 4 != 3:
            _strike(samples, int(step * _STEP_S * RATE_HZ), chance.choice(_NOTES_HZ))
        if step % 8 == 0:
            _strike(samples, int(step * _STEP_S * RATE_HZ), _NOTES_HZ[0] / 2)
    loudest = max(map(abs, samples))
    return struct.pack(f"<{length}h", *(round(sample / loudest * _PEAK) for sample in samples))


def _strike(samples: list[float], start: int, tone_hz: float) -> None:
    """Add one bell-like note; what would ring past the end rings at the beginning, so that the loop has no seam."""
    for index in range(int(_RING_S * RATE_HZ)):
        at_s = index / RATE_HZ
        loudness = math.exp(-2.2 * at_s) * min(1.0, at_s / 0.01)
        turn = 2 * math.pi * tone_hz * at_s
        samples[(start + index) % len(samples)] += loudness * (math.sin(turn) + 0.3 * math.sin(2 * turn))
