"""The arithmetic of sounds, measured."""

import numpy as np
import pytest

from ivr.adapters.speech.samples import fade, level, loudness, telephone, trim
from ivr.adapters.speech.sound import RATE


def sine(hertz: float, seconds: float = 1.0, rate: int = RATE, amplitude: float = 0.5):
    return amplitude * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def decibels(samples) -> float:
    middle = samples[len(samples) // 4 : -len(samples) // 4]
    return float(10 * np.log10(np.mean(middle**2) + 1e-20))


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 24000, 44100, 48000])
def test_speech_passes_and_the_rest_is_stopped(rate):
    passed = [decibels(telephone(sine(hertz, rate=rate), rate)) for hertz in (300, 1000, 3000)]
    assert passed == pytest.approx([decibels(sine(1000))] * 3, abs=1.5)
    # Above 4 kHz would come back as a false tone below it; 50 Hz is mains hum.
    for hertz in (50, *(stopped for stopped in (4600, 6000, 7500, 10000) if stopped < rate / 2)):
        assert decibels(telephone(sine(hertz, rate=rate), rate)) < -50, hertz


def test_a_sound_too_short_to_filter_passes():
    assert len(telephone(np.ones(10), RATE)) == 10


def test_trim_keeps_sixty_milliseconds_at_both_ends():
    sound = np.concatenate([np.zeros(8000), sine(500), 0.001 * sine(500), np.zeros(4000)])
    assert len(trim(sound)) == 8000 + 2 * 480
    assert len(trim(sine(500))) == 8000 + 2 * 480, "silence is added where there was too little"
    assert len(trim(np.zeros(8000))) == 0
    assert len(trim(np.zeros(5))) == 0


@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.39, 0.41, 1.0, 30.0])
@pytest.mark.parametrize("target", [-23.0, -14.0])
def test_any_length_gets_the_loudness(seconds, target):
    assert loudness(level(sine(800, seconds), target)) == pytest.approx(target, abs=0.3)


def test_peaks_are_limited_without_losing_the_loudness():
    sound = sine(800, 3.0, amplitude=0.05)
    sound[::2000] = 0.9
    levelled = level(sound, -14.0)
    assert np.abs(levelled).max() <= 10 ** (-1 / 20) + 1e-9
    assert loudness(levelled) == pytest.approx(-14.0, abs=1.0)


@pytest.mark.parametrize("nothing", [np.zeros(8000), np.zeros(0)])
def test_silence_cannot_be_levelled(nothing):
    with pytest.raises(ValueError, match="no sound"):
        level(nothing, -23.0)


def test_a_fade_touches_the_ends_only():
    faded = fade(np.ones(800))
    assert faded[0] == faded[-1] == 0 and (faded[40:-40] == 1).all()
    assert len(fade(np.ones(1))) == 1
