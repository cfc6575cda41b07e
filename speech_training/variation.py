"""What training does anew to an utterance each time it is used: pace, tract, level, holes, noise, absolute silence, and
the while before and after a reply.

All of it on log-mel features of 16-bit samples, so it costs next to nothing; sounds add as powers (phases unknown).
"""

import random
from collections.abc import Callable

import numpy as np

from speech_training.features import BINS, log_mel, stretched
from speech_training.network import STRIDE
from speech_training.shards import Utterance, steps_needed

NOTHING = -15.9
"""A bin of digital silence: the logarithm of Kaldi's smallest number."""
_HISS_S = 60
_EDGE = 3
"""Frames at either end that are surely before and after the words."""
_REPLY = 400
"""Frames; only what is shorter gets a while around it."""
_REPLY_PHONES = 8
"""Of «да», «правильно»: said before and after silence more often than anything else."""
Others = Callable[[], np.ndarray]
"""Features of any utterance, to talk in the background."""


def hiss(r: random.Random) -> np.ndarray:
    """A minute of white noise of deviation 1: the floor of a line, to be laid under speech at any level."""
    return log_mel(np.random.default_rng(r.getrandbits(32)).standard_normal(_HISS_S * 8000))


def varied(one: Utterance, floor: np.ndarray, others: Others, r: random.Random) -> np.ndarray:
    """(frames, BINS) of the same words, said otherwise over another line."""
    features = _paced(one.features.astype(np.float32), steps_needed(one), r)
    reply = len(features) < _REPLY and len(one.phones) <= _REPLY_PHONES
    if len(features) < _REPLY and r.random() < (0.6 if reply else 0.4):
        features = _waited(features, r)
    if r.random() < 0.5:
        warped = np.clip(np.arange(BINS) * float(np.exp(r.uniform(-0.12, 0.12))), 0, BINS - 1)
        features = stretched(features.T, warped).T.copy()
    tilt = np.interp(np.arange(BINS), np.linspace(0, BINS, 4), [r.uniform(-0.7, 0.7) for _ in range(4)])
    features = features + tilt + r.uniform(-1.5, 1.5)
    muted = r.random() < (0.3 if reply else 0.12)  # a line that carries the caller's voice and nothing else
    if muted or r.random() < 0.15:
        features = _cut(features, r)
    if not muted and r.random() < 0.65:
        features = _among(features, others, r)
    if not muted and r.random() < 0.55:
        start = r.randrange(len(floor) - len(features))
        features = np.logaddexp(features, floor[start : start + len(features)] + 2 * r.uniform(0.5, 4.5))
    _holed(features, r)
    return features.astype(np.float32)


def _paced(features: np.ndarray, needed: int, r: random.Random) -> np.ndarray:
    pace = float(np.exp(r.uniform(-0.12, 0.12))) if r.random() < 0.5 else 1.0
    length = round(len(features) * pace)
    if pace == 1.0 or length // STRIDE < needed or length <= 2:
        return features
    return stretched(features, np.linspace(0, len(features) - 1, length))


def _waited(features: np.ndarray, r: random.Random) -> np.ndarray:
    """A while before and after the words in which nobody talks: absolute silence, or the line as it is there."""
    before, after = (_while(edge, r) for edge in (features[:_EDGE], features[-_EDGE:]))
    return np.concatenate([before, features, after]).astype(np.float32)


def _while(edge: np.ndarray, r: random.Random) -> np.ndarray:
    count = round(100 * r.choice([0, 0.3, 1]) * r.uniform(0.3, 1.5))
    return np.full((count, BINS), NOTHING) if r.random() < 0.5 else edge[[r.randrange(_EDGE) for _ in range(count)]]


def _cut(features: np.ndarray, r: random.Random) -> np.ndarray:
    """Digital silence where there is little sound: a line that sends no noise, a splice of recordings."""
    loud = features.mean(axis=1)
    reach = r.choice([1, 3, 7])
    near = np.lib.stride_tricks.sliding_window_view(np.pad(loud, reach, mode="edge"), 2 * reach + 1).max(axis=1)
    return np.where((near < loud.max() - r.uniform(6, 12))[:, None], NOTHING, features)


def _among(features: np.ndarray, others: Others, r: random.Random) -> np.ndarray:
    """Other people talk in the room, 7 to 25 dB below."""
    babble = np.full_like(features, NOTHING)
    for _ in range(r.randint(1, 4)):
        other = others().astype(np.float32)
        start = r.randrange(len(other))
        rows = np.arange(start, start + len(features)) % len(other)
        babble = np.logaddexp(babble, other[rows] - _level(other))
    return np.logaddexp(features, babble + _level(features) - _level(babble) - r.uniform(7, 25) * np.log(10) / 10)


def _level(features: np.ndarray) -> float:
    """Of the loud parts, in nats of power."""
    return float(np.percentile(np.logaddexp.reduce(features, axis=1), 85))


def _holed(features: np.ndarray, r: random.Random) -> None:
    mean = features.mean()
    for _ in range(2):
        if r.random() < 0.5:
            start = r.randrange(max(1, len(features) - 8))
            features[start : start + r.randint(1, 8)] = mean
        if r.random() < 0.5:
            low = r.randrange(BINS - 4)
            features[:, low : low + r.randint(1, 4)] = mean
