"""A-law (ITU-T G.711), as arrays: what the telephone line does to sound."""

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]
"""Mono samples, 8000 a second, -1…1."""

RATE = 8000
"""Samples a second, everywhere in the city."""


def _decoded_values() -> Sound:
    """The 256 values of the line, by code."""
    code = np.arange(256, dtype=np.int32) ^ 0x55
    exponent = (code >> 4) & 7
    step = ((code & 0x0F) << 4) + 8
    value = np.where(exponent == 0, step, (step + 0x100) << np.maximum(exponent - 1, 0))
    return (np.where(code & 0x80, value, -value) / 32768).astype(np.float32)


_VALUES = _decoded_values()
_ORDER = np.argsort(_VALUES)
_SORTED = _VALUES[_ORDER]
_BORDERS = (_SORTED[1:] + _SORTED[:-1]) / 2


def decode(payload: bytes) -> Sound:
    """The sound of one packet's payload."""
    return _VALUES[np.frombuffer(payload, dtype=np.uint8)]


def encode(sound: Sound) -> bytes:
    """The nearest code of every sample."""
    return _ORDER[np.searchsorted(_BORDERS, sound)].astype(np.uint8).tobytes()


def through_line(sound: Sound) -> Sound:
    """The sound as it arrives at the other end of a call."""
    return decode(encode(sound))
