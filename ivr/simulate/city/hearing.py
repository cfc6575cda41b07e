"""Listening while the call goes on: two growing recordings of one leg, and questions asked of them again and again.

The tap gives sound within 20 ms, but starts a moment after the answer. The recording misses nothing, but Asterisk
writes it about once a second. Both begin at the answer, so that a time in one is the same time in the other.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ivr.simulate.city.alaw import RATE, Sound, decode
from ivr.simulate.city.ear import Ear, Heard, Searched

_RTP_HEADER = 12
_STAMPS = 1 << 32
_LONGEST = RATE * 7200
_UNSETTLED_S = 1.5
"""The end of what was heard is judged anew: while little of a sound is there, a late packet makes it look wrong."""


def read_recording(path: Path) -> tuple[Sound, Sound]:
    """(heard, said) of a leg's recording: interleaved signed linear, left is what the leg heard. Raises OSError."""
    samples = np.fromfile(path, dtype="<i2")
    pairs = samples[: len(samples) // 2 * 2].reshape(-1, 2).astype(np.float32) / 32768
    return np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])


class GrowingRecording:
    """What a leg heard, out of its recording as far as it is written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._heard = np.zeros(0, dtype=np.float32)

    @property
    def sound(self) -> Sound:
        """Reads what is new since the last time; nothing while the file is not there."""
        try:
            new = np.fromfile(self._path, dtype="<i2", offset=len(self._heard) * 4)
        except OSError:
            return self._heard
        if len(new) >= 2:
            left = new[: len(new) // 2 * 2 : 2].astype(np.float32) / 32768
            self._heard = np.concatenate((self._heard, left))
        return self._heard


class Tap(asyncio.DatagramProtocol):
    """What a leg hears, packet by packet: Asterisk sends it here as RTP (A-law, 20 ms).

    The sound begins at the leg's answer: `answered_at`, on the clock `now`. The first packet is placed by the clock,
    all others by their own timestamps, so that it does not matter when we come to read them. What did not come is
    silence.
    """

    def __init__(self, answered_at: float, now: Callable[[], float]) -> None:
        self._answered_at, self._now = answered_at, now
        self._samples = np.zeros(RATE * 60, dtype=np.float32)
        self._count = 0
        self._zero: int | None = None

    @property
    def sound(self) -> Sound:
        return self._samples[: self._count]

    def datagram_received(self, data: bytes, addr: object) -> None:
        packet, stamp = decode(data[_RTP_HEADER:]), int.from_bytes(data[4:8], "big")
        if self._zero is None:
            self._zero = stamp - max(round((self._now() - self._answered_at) * RATE) - len(packet), 0)
        at = (stamp - self._zero) % _STAMPS
        if at > _LONGEST:
            return  # from before the first one, or of another stream
        while at + len(packet) > len(self._samples):
            self._samples = np.concatenate((self._samples, np.zeros_like(self._samples)))
        self._samples[at : at + len(packet)] = packet
        self._count = max(self._count, at + len(packet))


class Question:
    """Was the sound `name` heard from `since_s` on? Asked again as the recording grows, it searches what is new."""

    def __init__(self, ear: Ear, name: str, since_s: float = 0.0) -> None:
        if name not in ear.names:
            raise ValueError(f"the ear knows no sound '{name}'; it knows {', '.join(ear.names)}")
        self._ear, self._name = ear, name
        self._begin = max(round(since_s * RATE), 0)

    def ask(self, recording: Sound, *, ended: bool = False) -> Heard | None:
        """The sound, as soon as it is certain that it is this one and not another that begins in the same way. Where
        the recording has `ended`, nothing longer can come any more."""
        if len(recording) <= self._begin:
            return None
        undecided = settled = len(recording) - round(_UNSETTLED_S * RATE)
        for verdict in self._ear.judge(Searched(recording, self._begin), self._name, ended=ended):
            hit = verdict.hit
            if verdict.sure:
                whole = hit.heard_s >= self._ear.seconds(self._name) - 0.15
                return Heard(self._name, hit.start_s, hit.heard_s, whole)
            # What seems wrong while it goes on may be right: sounds that begin alike are told apart by their ends.
            if not verdict.wrong or (hit.start_s + hit.heard_s) * RATE > settled:
                undecided = min(undecided, round(hit.start_s * RATE))
        self._begin = max(self._begin, undecided)
        return None
