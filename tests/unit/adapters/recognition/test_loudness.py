import numpy as np
import pytest

from ivr.adapters.speech.recognition.loudness import Loudness


def test_levels_are_those_of_the_sound_however_it_comes() -> None:
    sound = np.concatenate([np.zeros(800), np.full(800, 1000), np.full(40, 1000)]).astype("<i2").tobytes()
    whole, parts = Loudness(), Loudness()
    whole.accept(sound)
    for start in range(0, len(sound), 98):
        parts.accept(sound[start : start + 98])
    assert whole.levels_db == parts.levels_db
    assert whole.levels_db == [0.0] * 10 + [pytest.approx(60.0, abs=1e-4)] * 10


def test_no_sound_has_no_level() -> None:
    loudness = Loudness()
    loudness.accept(b"")
    assert loudness.levels_db == []
