"""Absolute silence becomes a quiet line; what is sound stays as it is."""

import numpy as np
import pytest

from ivr.adapters.speech.recognition.comfort_noise import ComfortNoise

SECOND = 8000


def of(samples: np.ndarray) -> bytes:
    return samples.astype("<i2").tobytes()


def level(sound: bytes) -> float:
    return float(np.frombuffer(sound, "<i2").astype(float).std())


@pytest.mark.parametrize("zero", [0, 8, -8])
def test_absolute_silence_sounds_like_a_quiet_line(zero: int) -> None:
    heard = ComfortNoise()(of(np.full(SECOND, zero)))
    assert len(heard) == 2 * SECOND
    assert level(heard) == pytest.approx(40, rel=0.1)


def test_sound_stays_as_it_is() -> None:
    tone = of(3000 * np.sin(np.arange(SECOND) / 5))
    soft = of(np.random.default_rng(1).normal(0, 60, SECOND))
    assert ComfortNoise()(tone) == tone
    assert ComfortNoise()(soft) == soft


def test_only_the_silent_frames_are_filled() -> None:
    tone = of(3000 * np.sin(np.arange(160) / 5))
    heard = ComfortNoise()(tone + bytes(320) + tone + bytes(10))
    assert heard[:320] == tone and heard[640:960] == tone and heard[960:] == bytes(10)
    assert level(heard[320:640]) > 20


def test_portions_are_filled_as_one_sound_is() -> None:
    whole, parts = ComfortNoise(), ComfortNoise()
    assert whole(bytes(3200)) == parts(bytes(1600)) + parts(bytes(1600))


def test_nothing_stays_nothing() -> None:
    assert ComfortNoise()(b"") == b""
