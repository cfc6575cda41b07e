"""Is this frame voice? WebRTC's detector on 8 kHz, for what is louder than the background of the line."""

from dataclasses import dataclass

import numpy as np
import webrtcvad

from ivr.service.hearing import RATE

FRAME_BYTES = RATE * 2 // 50
"""20 ms."""
MODE = 3
"""The strictest of 0…3. Measured on recorded Russian at 8 kHz: 97 % of the frames of speech are voice (94 % of it 20 dB
softer), of loud white noise none; mode 2 takes that noise for voice. Other people talking are voice in any mode."""
_FLOOR = 150.0
"""Root mean square below which a frame is silence, of 32768 (-47 dB): line noise, comfort noise, a far room."""
_ABOVE = 2.5
"""A caller is so many times (8 dB) louder than what goes on behind him all the time."""
_RISE = 1.007
"""How fast the background may grow, a frame: 3 dB a second. It falls at once: speech has gaps, it has none."""
_WINDOW = np.hanning(FRAME_BYTES) / np.sqrt(3 / 8)
"""Over this frame and the one before, so that a low voice's pulses do not make it tremble; it keeps the hum's lines out
of the others, and is scaled so that noise has the level that it has without."""
_NOTHING = 30.0**2 * FRAME_BYTES / 2
"""Energy of a frame below which its spectrum need not be looked at: no part of it reaches the floor. Most frames are
so, and the spectrum is the dearest thing done with a frame."""
_LOWEST = 300 // (RATE // len(_WINDOW))
"""Lowest line of the spectrum that counts: 300 Hz, where the telephone's band begins."""
_HANG = 6
"""Frames after a loud one in which a voice is still the caller's: the soft ends of his words."""


@dataclass(frozen=True, slots=True)
class Frame:
    """loud: above the background. voiced: of the sounds that voices make, and loud or right after what was."""

    loud: bool
    voiced: bool


class VoiceActivity:
    """One line's detector. It learns the line's background: keep it for the whole call."""

    def __init__(self) -> None:
        self._detector = webrtcvad.Vad(MODE)
        self._background: float | None = None
        self._before = np.zeros(FRAME_BYTES // 2)
        self._energy = 0.0
        self._soft = _HANG
        """Frames since the last loud one."""

    def hear(self, frame: bytes) -> Frame:
        """`frame`: 20 ms. Raises ValueError for any other length."""
        if len(frame) != FRAME_BYTES:
            raise ValueError(f"a frame has {FRAME_BYTES} bytes, this one {len(frame)}")
        level = self._level(frame)
        behind = level if self._background is None else self._background
        self._background = behind + (level - behind) / 2 if level < behind else max(1.0, behind * _RISE)
        loud = level >= max(_FLOOR, _ABOVE * behind)
        self._soft = 0 if loud else self._soft + 1
        voice = bool(self._detector.is_speech(frame, RATE))  # it learns from every frame
        return Frame(loud, voice and self._soft <= _HANG)

    def _level(self, frame: bytes) -> float:
        """Root mean square of what a telephone is meant to carry. Mains hum and rumble lie below: they may be as loud
        as the caller, and say nothing of how loud he is."""
        now = np.frombuffer(frame, dtype="<i2").astype(np.float64)
        before, self._before = self._before, now
        energy_before, self._energy = self._energy, float(np.vdot(now, now))
        if max(self._energy, energy_before) < _NOTHING:
            return float(np.sqrt(self._energy / len(now)))
        spectrum = np.fft.rfft(np.concatenate((before, now)) * _WINDOW)[_LOWEST:]
        return float(np.sqrt(2 * np.vdot(spectrum, spectrum).real) / len(_WINDOW))
