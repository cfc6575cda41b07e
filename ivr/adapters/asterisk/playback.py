"""What is said on a line, frame by frame: a prompt that can be stopped and resumed, silence, a comfort sound."""

import array
import math
import sys
import wave
from collections.abc import Sequence
from pathlib import Path

from ivr.domain.errors import PhoneFailed
from ivr.protocols.audiosocket import FRAME_BYTES, RATE

SILENCE = bytes(FRAME_BYTES)
REWIND_FRAMES = 25
"""Half a second: what was being said when it stopped is said again."""


def read_sound(path: Path) -> bytes:
    """Samples of a sound: 8 kHz, mono, 16 bits. Blocks. Raises PhoneFailed naming the sound that is not."""
    try:
        with wave.open(str(path), "rb") as sound:
            if (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) != (RATE, 1, 2):
                raise PhoneFailed(f"{path.name} is not 8 kHz, mono, 16 bits")
            return sound.readframes(sound.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise PhoneFailed(f"{path.name} cannot be read: {error}") from error


class Playback:
    """The prompt is `sounds` one after another, without a pause. After it, or when it is stopped, there is silence.

    more: so many sounds are still being made: they are to be added in their order. One that is late is waited for in
    silence.
    """

    def __init__(self, sounds: Sequence[bytes], more: int = 0) -> None:
        self._sound = b""
        self._ends: list[int] = []
        self._missing = len(sounds) + more
        for sound in sounds:
            self.add(sound)
        self._at = 0
        self._farthest = 0
        self._saying = True
        self._fading = False
        self._comfort: int | None = None

    @property
    def ended(self) -> bool:
        """The prompt has been said to its end."""
        return not self._missing and self._at >= self._frames

    @property
    def said(self) -> int:
        """How many of the sounds have been said whole, from the first."""
        return sum(end <= self._farthest for end in self._ends)

    def add(self, sound: bytes) -> None:
        """The next sound is there."""
        self._sound += sound
        self._missing -= 1
        self._ends.append(math.ceil(len(self._sound) / FRAME_BYTES))

    @property
    def _frames(self) -> int:
        """How many can be said so far: the last of them may be a part of one only when no more sound comes."""
        return len(self._sound) // FRAME_BYTES if self._missing else math.ceil(len(self._sound) / FRAME_BYTES)

    def next_frame(self) -> bytes:
        """20 ms."""
        if self._comfort is not None:
            self._comfort = (self._comfort + 1) % len(_COMFORT)
            return _COMFORT[self._comfort]
        if self._at >= self._frames or not (self._saying or self._fading):
            return SILENCE
        start = self._at * FRAME_BYTES
        frame = self._sound[start : start + FRAME_BYTES].ljust(FRAME_BYTES, b"\0")
        self._at += 1
        self._farthest = max(self._farthest, self._at)
        if self._fading:
            self._fading = False
            return _faded(frame)
        return frame

    def stop(self) -> None:
        """Silence at once, but for one frame that fades out: a cut wave clicks. The comfort sound ends too."""
        self._fading = self._saying
        self._saying = False
        self._comfort = None

    def resume(self, *, again: bool) -> None:
        """Go on where it stopped, or half a second before when `again`."""
        if again:
            self._at = max(0, self._at - REWIND_FRAMES)
        self._saying, self._fading = True, False

    def comfort(self) -> None:
        """Soft double beeps until `stop`: somebody is at work."""
        self._comfort = -1


def _samples(frame: bytes) -> "array.array[int]":
    samples = array.array("h", frame)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _bytes(samples: "array.array[int]") -> bytes:
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()


def _faded(frame: bytes) -> bytes:
    samples = _samples(frame)
    return _bytes(array.array("h", (one * (len(samples) - at) // len(samples) for at, one in enumerate(samples))))


def _comfort_sound() -> list[bytes]:
    """Two soft notes of 80 ms with round edges, then silence, 1.6 s in all; 30 dB below full scale."""
    note_s, period_s, level = 0.08, 1.6, 1000
    sound = array.array("h", bytes(round(RATE * period_s) * 2))
    for start_s, hertz in ((0.2, 660.0), (0.36, 880.0)):
        for at in range(round(RATE * note_s)):
            edge = math.sin(math.pi * at / (RATE * note_s)) ** 2
            sound[round(RATE * start_s) + at] = round(level * edge * math.sin(2 * math.pi * hertz * at / RATE))
    whole = _bytes(sound)
    return [whole[start : start + FRAME_BYTES] for start in range(0, len(whole), FRAME_BYTES)]


_COMFORT = _comfort_sound()
