import numpy as np
import pytest

from ivr.adapters.speech.recognition.voice_activity import FRAME_BYTES, Frame, VoiceActivity

RATE = 8000


def heard(samples: np.ndarray) -> list[Frame]:
    detector = VoiceActivity()
    sound = np.clip(samples, -32768, 32767).astype("<i2").tobytes()
    starts = range(0, len(sound) - FRAME_BYTES + 1, FRAME_BYTES)
    return [detector.hear(sound[start : start + FRAME_BYTES]) for start in starts]


def voiced(frames: list[Frame]) -> float:
    """Share of the frames that are voice."""
    return sum(frame.voiced for frame in frames) / len(frames)


def share(samples: np.ndarray) -> float:
    return voiced(heard(samples))


def vowel(level: float, seconds: float = 1.0, swell: float = 0.4) -> np.ndarray:
    """Harmonics of a low voice through the formants of «а», trembling as voices do, and swelling."""
    t = np.arange(round(RATE * seconds)) / RATE
    tremble = 1 + 0.02 * np.sin(2 * np.pi * 5 * t)
    waves = [
        np.sin(2 * np.pi * 120 * k * t * tremble) / (1 + ((120 * k - 750) / 300) ** 2)
        + np.sin(2 * np.pi * 120 * k * t * tremble) / (1 + ((120 * k - 1250) / 300) ** 2)
        for k in range(1, 25)
    ]
    sound = np.sum(waves, axis=0) * (0.6 + swell * np.sin(2 * np.pi * 3 * t))
    return np.asarray(sound / sound.std() * level)


def words(level: float, seconds: float) -> np.ndarray:
    """A voice with the gaps that speech has."""
    word = np.concatenate([vowel(level, 0.3), np.zeros(round(RATE * 0.1))])
    return np.resize(word, round(RATE * seconds))


def lasting(level: float, seconds: float) -> np.ndarray:
    """A voice without gaps."""
    return np.resize(vowel(level, 1.0, swell=0.1), round(RATE * seconds))


def test_a_voice_is_voice() -> None:
    assert voiced(heard(np.concatenate([np.zeros(RATE // 10), vowel(2000)]))[5:]) > 0.8


@pytest.mark.parametrize("level", [400, 2000, 8000])
def test_a_caller_is_voice_however_long_he_speaks(level: float) -> None:
    assert voiced(heard(words(level, 20))[-200:]) > 0.3


def test_a_voice_that_is_there_all_the_time_is_the_background_of_the_line() -> None:
    frames = heard(lasting(600, 10))
    assert voiced(frames[-250:]) < 0.05
    assert not any(frame.loud for frame in frames[-250:])


def test_a_caller_before_such_a_background_is_heard_and_it_is_not() -> None:
    sound = lasting(300, 10)
    sound[-2 * RATE :] += words(3000, 2)
    frames = heard(sound)
    assert voiced(frames[250:400]) < 0.05
    assert voiced(frames[400:]) > 0.6


def hum(level: float, seconds: float) -> np.ndarray:
    """The mains at 50 Hz with the overtones that transformers give it."""
    t = np.arange(round(RATE * seconds)) / RATE
    sound = np.sum([np.sin(2 * np.pi * 50 * k * t + k) / k for k in range(1, 12)], axis=0)
    return np.asarray(sound / sound.std() * level)


@pytest.mark.parametrize("below", [10.0, 5.0, 0.0])
def test_a_loud_hum_does_not_hide_the_caller(below: float) -> None:
    """dB that the hum lies below him."""
    sound = hum(2000 * 10 ** (-below / 20), 8)
    sound[4 * RATE :] += words(2000, 4)
    frames = heard(sound)
    assert voiced(frames[25:200]) < 0.05
    assert sum(frame.loud for frame in frames[200:]) / 200 > 0.4
    assert voiced(frames[200:]) > 0.4


def test_the_soft_end_of_a_word_belongs_to_it() -> None:
    sound = np.concatenate([np.random.default_rng(1).normal(0, 100, RATE), vowel(4000, 0.4), vowel(180, 0.4)])
    sound[RATE:] += np.random.default_rng(2).normal(0, 100, len(sound) - RATE)
    frames = heard(sound)[70:]
    softly = [frame for frame in frames if frame.voiced and not frame.loud]
    assert 1 <= len(softly) <= 6


def test_what_a_line_is_like_is_forgotten_when_it_grows_quiet() -> None:
    sound = np.concatenate([vowel(3000, 6), np.random.default_rng(1).normal(0, 5, RATE), words(1000, 2)])
    assert voiced(heard(sound)[-100:]) > 0.6


@pytest.mark.parametrize("level", [0, 5, 60, 300, 1000])
def test_noise_of_a_line_is_not(level: float) -> None:
    noise = np.random.default_rng(1).normal(0, 1, 5 * RATE) * level
    assert share(noise) < 0.05


def test_what_is_too_soft_to_be_meant_for_us_is_not() -> None:
    assert share(vowel(40)) == 0


def test_a_frame_of_another_length_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="320 bytes"):
        VoiceActivity().hear(bytes(160))
