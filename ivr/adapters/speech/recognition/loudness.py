"""How loud the sound was that a recogniser was given, step by step."""

import numpy as np

from ivr.dialogue.listening.foreground import STEP_S
from ivr.service.hearing import RATE

_STEP = round(RATE * STEP_S)


class Loudness:
    """Kept for one phrase, portion by portion."""

    def __init__(self) -> None:
        self.levels_db: list[float] = []
        self._rest = b""

    def accept(self, portion: bytes) -> None:
        """More 16-bit samples."""
        told = np.frombuffer(self._rest + portion, dtype="<i2")
        whole = len(told) // _STEP * _STEP
        self._rest = told[whole:].tobytes()
        power = np.mean(told[:whole].astype(np.float64).reshape(-1, _STEP) ** 2, axis=1)
        self.levels_db += (10 * np.log10(power + 1)).tolist()
