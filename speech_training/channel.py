"""From a voice to a telephone call: vocal tract, room, handset, noise, level, codec, lost packets.

Samples are at 8 kHz in the scale of 16 bits. Everything is drawn from the generator that is passed in.
"""

import io
import random
from collections.abc import Callable

import numpy as np
import soundfile
from scipy.signal import fftconvolve, resample_poly

from speech_training.voices import RATE

FULL = 32767
PACKET = 160
Babble = Callable[[int], np.ndarray]
"""Makes so many samples of people who talk elsewhere."""


def coded(samples: np.ndarray, codec: str) -> np.ndarray:
    """Through `ALAW`, `ULAW` or `GSM610` and back."""
    buffer = io.BytesIO()
    soundfile.write(buffer, np.clip(samples, -FULL, FULL).astype(np.int16), RATE, format="WAV", subtype=codec)
    buffer.seek(0)
    return soundfile.read(buffer, dtype="int16")[0][: len(samples)].astype(np.float32)


def loudness(samples: np.ndarray) -> float:
    """Root mean square of the parts that are not silent."""
    size = np.abs(samples)
    loud = samples[size > 0.1 * size.max(initial=0.0)]
    return float(np.sqrt(np.mean((loud if len(loud) else samples) ** 2) + 1e-6))


def tract(samples: np.ndarray, r: random.Random, amount: float) -> np.ndarray:
    """Another length of the vocal tract, and with it another pitch and speed, by up to e^±amount."""
    percent = round(100 * float(np.exp(r.uniform(-amount, amount))))
    return samples if percent == 100 else resample_poly(samples, 100, percent).astype(np.float32)


def noise(count: int, r: random.Random) -> np.ndarray:
    """White, pink, brown or a moving band, mains hum, or a chord that stands for music."""
    kind = r.choice(["white", "pink", "brown", "band", "hum", "music"])
    if kind in ("hum", "music"):
        return _tones(count, r, kind)
    frequencies = np.fft.rfftfreq(count, 1 / RATE)
    spectrum = np.fft.rfft(_white(count, r))
    if kind == "pink":
        spectrum = spectrum / np.sqrt(np.maximum(frequencies, 30))
    elif kind == "brown":
        spectrum = spectrum / np.maximum(frequencies, 40)
    elif kind == "band":
        centre, width = r.uniform(150, 3000), r.uniform(100, 1200)
        spectrum = spectrum * np.exp(-(((frequencies - centre) / width) ** 2))
    made = np.fft.irfft(spectrum, count)
    if r.random() < 0.3:
        made = made * _wander(count, 8, r, -1.2, 1.2)
    return made


def _tones(count: int, r: random.Random, kind: str) -> np.ndarray:
    time_s = np.arange(count) / RATE
    if kind == "hum":
        made = sum(r.random() * np.sin(2 * np.pi * 50 * n * time_s + r.uniform(0, 6)) for n in range(1, 9))
        return made + 0.05 * np.std(made) * _white(count, r)
    made = np.zeros(count)
    step = int(r.uniform(0.15, 0.5) * RATE)
    for start in range(0, count, step):
        part = time_s[start : start + step]
        for _ in range(r.randint(1, 3)):
            pitch = 110 * 2 ** (r.randint(0, 36) / 12)
            made[start : start + step] += sum(np.sin(2 * np.pi * pitch * n * part) / n for n in range(1, 5)) * np.exp(
                -3 * (part - part[0])
            )
    return made + 1e-3 * _white(count, r)


def _white(count: int, r: random.Random) -> np.ndarray:
    return np.random.default_rng(r.getrandbits(32)).standard_normal(count)


def _wander(count: int, points: int, r: random.Random, low: float, high: float) -> np.ndarray:
    """A slow change of level between e^low and e^high."""
    knots = np.exp([r.uniform(low, high) for _ in range(points)])
    return np.interp(np.arange(count), np.linspace(0, count, points), knots)


def levelled(samples: np.ndarray, r: random.Random) -> np.ndarray:
    """Words of one caller differ in level."""
    return (samples * _wander(len(samples), max(2, len(samples) // 3000), r, -0.9, 0.3)).astype(np.float32)


def handset(samples: np.ndarray, r: random.Random) -> np.ndarray:
    """Tilt and ripples of a microphone and a line, and the band of a telephone in half of the cases."""
    frequencies = np.fft.rfftfreq(len(samples), 1 / RATE)
    octaves = np.log2(np.maximum(frequencies, 60) / 60) / 6.1
    gain = r.uniform(-7, 7) * (octaves - 0.5)
    for ripple in range(1, 4):
        gain = gain + r.uniform(-4, 4) * np.cos(np.pi * ripple * octaves + r.uniform(0, 6.28))
    if r.random() < 0.5:
        low, high = r.uniform(120, 320), r.uniform(3000, 3800)
        gain = gain - 12 * np.clip(np.log2(low / np.maximum(frequencies, 20)), 0, 3)
        gain = gain - 60 * np.clip(np.log2(np.maximum(frequencies, 20) / high), 0, 1)
    return np.fft.irfft(np.fft.rfft(samples) * 10 ** (gain / 20), len(samples)).astype(np.float32)


def room(samples: np.ndarray, r: random.Random) -> np.ndarray:
    length = int(r.uniform(0.08, 0.45) * RATE)
    echo = _white(length, r) * 10 ** (-3 * np.arange(length) / length)
    echo[: int(r.uniform(8, 60))] = 0
    echo *= r.uniform(0.15, 0.7) / np.sqrt((echo**2).sum() + 1e-9)
    echo[0] = 1
    return fftconvolve(samples, echo)[: len(samples) + length // 2].astype(np.float32)


def lossy(samples: np.ndarray, r: random.Random, share: float, conceal: bool) -> np.ndarray:
    """With this share of 20 ms packets lost: silent, or the one before repeated more quietly."""
    out = samples.copy()
    for start in range(PACKET, len(out) - PACKET, PACKET):
        if r.random() < share:
            out[start : start + PACKET] = out[start - PACKET : start] * 0.7 if conceal else 0
    return out


def with_noise(samples: np.ndarray, added: np.ndarray, ratio_db: float) -> np.ndarray:
    """`added` laid under the speech, so many decibels below its loud parts."""
    return samples + added / (np.std(added) + 1e-9) * loudness(samples) * 10 ** (-ratio_db / 20)


def call(samples: np.ndarray, r: random.Random, babble: Babble) -> np.ndarray:
    """One way in which this speech may arrive over the telephone, with quiet before and after it."""
    heard = samples / loudness(samples)
    if r.random() < 0.3:
        heard = room(heard, r)
    before, after = (np.zeros(int(r.uniform(0.05, most) * RATE)) for most in (0.8, 0.9))
    heard = np.concatenate([before, heard, after]).astype(np.float32)
    if r.random() < 0.8:
        heard = handset(heard, r)
    if r.random() < 0.8:
        others = r.random() < 0.4
        added = babble(len(heard)) if others else noise(len(heard), r)
        heard = with_noise(heard, added, r.uniform(4, 30) if others else r.uniform(3, 32))
    elif r.random() < 0.25:
        heard = gated(heard, r)
    if r.random() < 0.15:
        heard = _clicked(heard, r)
    heard = heard * (FULL * 10 ** (r.uniform(-40, -11) / 20))
    if r.random() < 0.06:
        heard = heard * r.uniform(2, 5)
    heard = np.clip(heard, -FULL, FULL)
    if r.random() < 0.15:
        heard = lossy(heard, r, r.uniform(0.005, 0.05), r.random() < 0.5)
    codec = r.choices(["ALAW", "ULAW", "GSM610", ""], [60, 10, 17, 13])[0]
    return _hushed(coded(heard, codec) if codec else np.round(heard).astype(np.float32), r)


def gated(samples: np.ndarray, r: random.Random) -> np.ndarray:
    """Nothing at all where there is little: a handset that cuts its own noise, a splice of recordings."""
    size = PACKET * 3
    level = np.abs(np.pad(samples, (size // 2, size - 1 - size // 2)))
    near = np.lib.stride_tricks.sliding_window_view(level, size).max(axis=1)
    return np.where(near > 10 ** (-r.uniform(35, 55) / 20), samples, 0).astype(np.float32)


def _hushed(samples: np.ndarray, r: random.Random) -> np.ndarray:
    """An A-law line never says zero; in some calls its quietest values arrive as absolute silence."""
    return np.where(np.abs(samples) <= 8, 0, samples).astype(np.float32) if r.random() < 0.2 else samples


def _clicked(samples: np.ndarray, r: random.Random) -> np.ndarray:
    out = samples.copy()
    for _ in range(r.randint(1, 4)):
        start = r.randrange(max(1, len(out) - 40))
        part = out[start : start + 40]
        part += _white(len(part), r) * r.uniform(0.5, 3) * np.exp(-np.arange(len(part)) / 10)
    return out
