import numpy as np
import pytest

from ivr.adapters.speech.recognition.voice_activity import FRAME_BYTES, VoiceActivity

RATE = 8000


def share(samples: np.ndarray) -> float:
    """Share of the frames that are voice."""
    detector = VoiceActivity()
    sound = np.clip(samples, -32768, 32767).astype("<i2").tobytes()
    frames = [sound[start : start + FRAME_BYTES] for start in range(0, len(sound) - FRAME_BYTES + 1, FRAME_BYTES)]
    return sum(detector.voiced(frame) for frame in frames) / len(frames)


def vowel(level: float, seconds: float = 1.0) -> np.ndarray:
    """Harmonics of a low voice through the formants of «а», trembling as voices do."""
    t = np.arange(round(RATE * seconds)) / RATE
    tremble = 1 + 0.02 * np.sin(2 * np.pi * 5 * t)
    waves = [
        np.sin(2 * np.pi * 120 * k * t * tremble) / (1 + ((120 * k - 750) / 300) ** 2)
        + np.sin(2 * np.pi * 120 * k * t * tremble) / (1 + ((120 * k - 1250) / 300) ** 2)
        for k in range(1, 25)
    ]
    sound = np.sum(waves, axis=0) * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * t))
    return np.asarray(sound / sound.std() * level)


def test_a_voice_is_voice() -> None:
    assert share(vowel(2000)) > 0.8


@pytest.mark.parametrize("level", [0, 5, 60, 300, 1000])
def test_noise_of_a_line_is_not(level: float) -> None:
    noise = np.random.default_rng(1).normal(0, 1, 5 * RATE) * level
    assert share(noise) < 0.05


def test_what_is_too_soft_to_be_meant_for_us_is_not() -> None:
    assert share(vowel(40)) == 0


def test_a_frame_of_another_length_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="320 bytes"):
        VoiceActivity().voiced(bytes(160))
