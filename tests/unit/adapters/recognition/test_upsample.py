from pathlib import Path

import numpy as np
import pytest

from ivr.adapters.speech.recognition.upsample import Upsampler, rate_of


def tone(hertz: float, rate: int, seconds: float = 1.0) -> np.ndarray:
    return 8000 * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)


@pytest.mark.parametrize("hertz", [300, 1000, 2500])
def test_a_tone_stays_the_tone_at_any_portions(hertz: float) -> None:
    sound = tone(hertz, 8000).astype("<i2").tobytes()
    raise_rate = Upsampler(2)
    raised = b"".join(raise_rate(sound[start : start + 322]) for start in range(0, len(sound), 322))
    assert raised == Upsampler(2)(sound)
    spectrum = np.abs(np.fft.rfft(np.frombuffer(raised, "<i2")[1000:-1000]))
    loudest = np.argmax(spectrum) * 16000 / (2 * (len(spectrum) - 1))
    assert loudest == pytest.approx(hertz, abs=2)
    above = spectrum[len(spectrum) * 9 // 16 :]
    assert above.max() < spectrum.max() / 200  # no image of it above the telephone's band


def test_a_model_for_telephones_gets_what_comes() -> None:
    assert Upsampler(1)(b"\1\2") == b"\1\2"
    assert Upsampler(2)(b"") == b""


@pytest.mark.parametrize(
    ("name", "text", "rate"),
    [
        ("conf/fbank.conf", "--frame-shift=10\n--sample-frequency=8000\n", 8000),
        ("conf/mfcc.conf", "--sample-frequency=16000.0\n", 16000),
        ("conf/mfcc.conf", "--num-mel-bins=40\n", 16000),
        ("README", "", 16000),
    ],
)
def test_the_rate_is_read_from_the_models_features(tmp_path: Path, name: str, text: str, rate: int) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / name).write_text(text)
    assert rate_of(tmp_path) == rate
