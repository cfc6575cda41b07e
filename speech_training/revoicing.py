"""The same words said by somebody else: another pitch and melody, other resonances, breath, effort and rhythm.

A handful of voices may train the model, callers are thousands. WORLD (Morise et al., 2016) takes speech apart into
pitch, spectral envelope and noise; each is changed on its own, which a change of speed cannot, and speech is made
of them again. Samples are at 8 kHz in the scale of 16 bits; everything is drawn from the generator passed in.
"""

import random

import numpy as np
import pyworld

from speech_training.features import stretched
from speech_training.voices import RATE

FRAME_MS = 5.0
_FFT = 512
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 300.0
"""Of a caller's middle pitch."""
_FURTHEST = 0.75
"""Of a caller's middle pitch from the voice's own, as a logarithm."""
_KNOTS_HZ = (0.0, 500.0, 1000.0, 1700.0, 2600.0, 4000.0)
"""Between these the resonances move each on its own: callers' mouths and throats differ in proportion, too."""
_PAD = 400


def revoiced(samples: np.ndarray, r: random.Random) -> np.ndarray:
    """`samples` as another person might say them; too short ones as they are."""
    if len(samples) < RATE // 10:
        return samples
    sound = np.pad(samples.astype(np.float64), _PAD)
    sound += np.random.default_rng(r.getrandbits(32)).standard_normal(len(sound))  # WORLD fails on absolute silence
    rough, times = pyworld.dio(sound, RATE, f0_floor=50.0, frame_period=FRAME_MS)
    pitch = pyworld.stonemask(sound, rough, times, RATE)
    power = pyworld.cheaptrick(sound, pitch, times, RATE, fft_size=_FFT)
    voiced = pitch > 0
    shift = _shift(pitch[voiced], r)
    pitch = _melody(pitch, shift, r)
    logarithm = np.log(power)
    logarithm = _resonances(logarithm, shift, r)
    logarithm = _clarity(logarithm, r)
    logarithm += np.where(voiced, 0.5, -0.5)[:, None] * r.uniform(-1.4, 1.4)
    logarithm += voiced[:, None] * _effort(r)
    places = _rhythm(len(pitch), r)
    made = pyworld.synthesize(
        np.ascontiguousarray(pitch[places]),
        np.ascontiguousarray(np.exp(logarithm[places])),
        np.ascontiguousarray(np.tile(_breath(r), (len(places), 1))),
        RATE,
        FRAME_MS,
    )
    return np.asarray(made[_PAD // 2 : -_PAD // 2], np.float32)


def _shift(pitch: np.ndarray, r: random.Random) -> float:
    """To another middle pitch, as a logarithm."""
    if not len(pitch):
        return 0.0
    wanted = r.uniform(np.log(_LOWEST_HZ), np.log(_HIGHEST_HZ))
    return float(np.clip(wanted - np.median(np.log(pitch)), -_FURTHEST, _FURTHEST))


def _melody(pitch: np.ndarray, shift: float, r: random.Random) -> np.ndarray:
    """A flatter or a livelier one; some voices creak at the end."""
    voiced = pitch > 0
    if not voiced.any():
        return pitch
    middle = np.median(np.log(pitch[voiced]))
    melody = np.zeros_like(pitch)
    melody[voiced] = np.exp(middle + shift + r.uniform(0.3, 1.7) * (np.log(pitch[voiced]) - middle))
    if r.random() < 0.5:
        trembling = np.random.default_rng(r.getrandbits(32)).standard_normal(len(pitch))
        melody *= np.exp(r.uniform(0, 0.03) * trembling)
    if r.random() < 0.2:
        melody[int(len(melody) * r.uniform(0.5, 0.95)) :] *= 0.5
    return np.where(voiced, np.clip(melody, 45, 500), 0.0)


def _resonances(logarithm: np.ndarray, shift: float, r: random.Random) -> np.ndarray:
    """Of a longer or a shorter vocal tract: low voices mostly have a long one."""
    length = np.clip(0.25 * shift + r.uniform(-0.14, 0.14), -0.26, 0.26)
    moved = [at / np.exp(length + r.uniform(-0.07, 0.07)) for at in _KNOTS_HZ]
    hertz = np.linspace(0, RATE / 2, logarithm.shape[1])
    read_at = np.minimum(np.interp(hertz, _KNOTS_HZ, moved) / (RATE / 2) * (len(hertz) - 1), len(hertz) - 1)
    return stretched(logarithm.T, read_at).T


def _clarity(logarithm: np.ndarray, r: random.Random) -> np.ndarray:
    """Sharper or duller resonances: how far the envelope departs from its own course over about 1 kHz."""
    size = 65
    kernel = np.hanning(size) / np.hanning(size).sum()
    padded = np.pad(logarithm, ((0, 0), (size // 2, size // 2)), mode="edge")
    course = np.apply_along_axis(np.convolve, 1, padded, kernel, mode="valid")
    return np.asarray(course + r.uniform(0.65, 1.3) * (logarithm - course))


def _effort(r: random.Random) -> np.ndarray:
    """Tilt of the voice itself, soft to pressed, in nats of power by frequency; breath and hisses do not share it."""
    octaves = np.log2(np.maximum(np.linspace(0, RATE / 2, _FFT // 2 + 1), 100) / 500)
    return np.asarray(r.uniform(-0.9, 0.6) * octaves)


def _breath(r: random.Random) -> np.ndarray:
    """Share of noise in the voice by frequency."""
    hertz = np.linspace(0, 1, _FFT // 2 + 1)
    return np.asarray(np.clip(r.uniform(0.0, 0.12) + r.uniform(0.1, 0.95) * hertz ** r.uniform(0.7, 3), 0.001, 0.999))


def _rhythm(frames: int, r: random.Random) -> np.ndarray:
    """Frames to say one after another: slower here, faster there."""
    knots = max(2, frames // 30)
    speed = np.exp(
        np.interp(np.arange(frames), np.linspace(0, frames, knots), [r.uniform(-0.3, 0.3) for _ in range(knots)])
    )
    ends = np.cumsum(1 / speed) * float(np.exp(r.uniform(-0.2, 0.2)))
    return np.minimum(np.searchsorted(ends, np.arange(int(ends[-1]))), frames - 1)
