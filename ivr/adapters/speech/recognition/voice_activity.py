"""Is this frame voice? WebRTC's detector on 8 kHz, with a floor below which nothing is."""

import array
import sys

import webrtcvad

from ivr.service.hearing import RATE

FRAME_BYTES = RATE * 2 // 50
"""20 ms."""
MODE = 3
"""The strictest of 0…3. Measured on recorded Russian at 8 kHz: 97 % of the frames of speech are voice (94 % of it 20 dB
softer), of loud white noise none; mode 2 takes that noise for voice. Other people talking are voice in any mode."""
_FLOOR = 100.0
"""Root mean square below which a frame is silence, of 32768 (-50 dB): line noise, comfort noise."""


class VoiceActivity:
    """One line's detector; it learns the line's noise."""

    def __init__(self) -> None:
        self._detector = webrtcvad.Vad(MODE)

    def voiced(self, frame: bytes) -> bool:
        """`frame`: 20 ms. Raises ValueError for any other length."""
        if len(frame) != FRAME_BYTES:
            raise ValueError(f"a frame has {FRAME_BYTES} bytes, this one {len(frame)}")
        heard = bool(self._detector.is_speech(frame, RATE))  # it learns from every frame
        return heard and _level(frame) >= _FLOOR


def _level(frame: bytes) -> float:
    samples = array.array("h", frame)
    if sys.byteorder == "big":
        samples.byteswap()
    return float((sum(one * one for one in samples) / len(samples)) ** 0.5)
