"""Arithmetic on one sound. Nothing here touches a file; imported by whoever makes sounds, not by the engine.

The order for speech: `telephone` (8 kHz, band-limited), `trim`, `level`.
"""

from functools import cache
from math import gcd
from typing import Any

import numpy as np
from pyloudnorm import Meter
from scipy.ndimage import maximum_filter1d, uniform_filter1d
from scipy.signal import butter, firwin, resample_poly, sosfiltfilt

from ivr.adapters.speech.sound import RATE, Samples

_KEPT_S = 0.06
"""Silence left at both ends of a trimmed sound."""
_FRAME = RATE // 100
_SILENCE_BELOW_LOUDEST_DB = 45.0
_SILENCE_DBFS = -65.0
_PEAK = 10 ** (-1 / 20)
"""-1 dBFS: A-law and resamplers behind us need the room."""
_LEAST_MEASURED_S = 1.2
"""Loudness is measured over blocks of 0.4 s; shorter sounds are repeated up to this length."""


def telephone(samples: Samples, rate: int) -> Samples:
    """Resampled to 8 kHz by a polyphase low-pass, then limited to 200…3500 Hz."""
    if rate != RATE:
        common = gcd(rate, RATE)
        up, down = RATE // common, rate // common
        samples = np.asarray(resample_poly(samples, up, down, window=_low_pass(up, down)), dtype=np.float64)
    # Zero phase: consonants keep their edges. Too short a sound for the padding is not filtered.
    return np.asarray(sosfiltfilt(_band(), samples), dtype=np.float64) if len(samples) > RATE // 50 else samples


@cache
def _band() -> Any:
    """Designed once a process: it would take a sixth of the time of a phrase that a caller waits for."""
    return butter(4, [200, 3500], btype="bandpass", fs=RATE, output="sos")


@cache
def _low_pass(up: int, down: int) -> Any:
    """The filter that scipy's resample_poly would design at every call."""
    longest = max(up, down)
    return firwin(20 * longest + 1, 1 / longest, window=("kaiser", 5.0))


def trim(samples: Samples) -> Samples:
    """Without the silence at both ends but for 60 ms; empty when all of it is silence."""
    frames = len(samples) // _FRAME
    if not frames:
        return samples[:0]
    power = np.mean(samples[: frames * _FRAME].reshape(frames, _FRAME) ** 2, axis=1)
    threshold = max(power.max() * 10 ** (-_SILENCE_BELOW_LOUDEST_DB / 10), 10 ** (_SILENCE_DBFS / 10))
    loud = np.flatnonzero(power > threshold)
    if not len(loud):
        return samples[:0]
    kept = round(_KEPT_S * RATE)
    first = loud[0] * _FRAME - kept
    last = (loud[-1] + 1) * _FRAME + kept
    inside = samples[max(first, 0) : last]
    return np.pad(inside, (max(-first, 0), max(last - len(samples), 0)))


def loudness(samples: Samples) -> float:
    """Integrated loudness, LUFS (EBU R128); minus infinity for silence."""
    if not len(samples):
        return -np.inf
    least = round(_LEAST_MEASURED_S * RATE)
    if len(samples) < least:
        samples = np.tile(samples, -(-least // len(samples)))
    return float(Meter(RATE).integrated_loudness(samples))


def level(samples: Samples, target_lufs: float) -> Samples:
    """At one loudness, peaks at most -1 dBFS. Raises ValueError for silence."""
    for _ in range(4):
        measured = loudness(samples)
        if not np.isfinite(measured):
            raise ValueError("there is no sound in it")
        if abs(target_lufs - measured) < 0.1:
            break
        # The limiter takes a little loudness away; the next round gives it back.
        samples = _limit(samples * 10 ** ((target_lufs - measured) / 20))
    return samples


def _limit(samples: Samples) -> Samples:
    """A look-ahead limiter: the gain bends within 5 ms around a peak, so nothing clips and nothing clicks."""
    over = np.maximum(np.abs(samples) / _PEAK, 1.0)
    if over.max() <= 1.0:
        return samples
    reach = RATE // 200
    # The mean of a window inside the maximum's own window is never below the peak it must cover.
    envelope = uniform_filter1d(maximum_filter1d(over, 2 * reach + 1), reach + 1)
    return np.asarray(samples / envelope, dtype=np.float64)


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE))


def fade(samples: Samples, seconds: float = 0.005) -> Samples:
    """Both ends brought to zero, so that sounds join without a click."""
    count = min(round(seconds * RATE), len(samples) // 2)
    ramp = np.linspace(0.0, 1.0, count, endpoint=False)
    faded = samples.copy()
    faded[:count] *= ramp
    faded[len(faded) - count :] *= ramp[::-1]
    return faded
