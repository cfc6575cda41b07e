"""Soft white noise under what the recogniser is given. Lines that send nothing between words, or a steady hum alone,
are sounds that it hardly knows, and a short «да» is lost in them."""

import numpy as np

from ivr.service.hearing import RATE

_SECOND = np.random.default_rng(1).standard_normal(RATE)
"""Said over and over: the same sound is always heard in the same way."""


class Hiss:
    """Kept for one phrase. `rms`: in steps of 16 bits; 0: the sound stays as it is."""

    def __init__(self, rms: float) -> None:
        self._noise = rms * _SECOND
        self._at = 0 if rms else None

    def under(self, samples: bytes) -> bytes:
        """The next 16-bit samples of the phrase, with the noise."""
        if self._at is None:
            return samples
        sound = np.frombuffer(samples, dtype="<i2")
        places = np.arange(self._at, self._at + len(sound)) % RATE
        self._at += len(sound)
        noisy = np.round(sound + self._noise[places])
        return bytes(np.clip(noisy, -32768, 32767).astype("<i2").tobytes())
