import numpy as np

from ivr.adapters.speech.recognition.hiss import Hiss

SOUND = np.arange(-20000, 20000, 2, dtype="<i2")


def test_none_leaves_the_sound_as_it_is() -> None:
    assert Hiss(0).under(SOUND.tobytes()) == SOUND.tobytes()


def test_the_noise_is_as_loud_as_it_is_told_and_the_same_however_the_sound_is_cut() -> None:
    whole, parts = Hiss(8), Hiss(8)
    noisy = whole.under(SOUND.tobytes())
    assert noisy == b"".join(parts.under(SOUND[at : at + 160].tobytes()) for at in range(0, len(SOUND), 160))
    noise = np.frombuffer(noisy, "<i2").astype(float) - SOUND
    assert 7.5 < np.sqrt(np.mean(noise**2)) < 8.5 and abs(np.mean(noise)) < 0.5


def test_the_loudest_sound_stays_within_16_bits() -> None:
    loud = np.full(800, 32767, "<i2").tobytes()
    assert np.frombuffer(Hiss(100).under(loud), "<i2").min() > 32000
