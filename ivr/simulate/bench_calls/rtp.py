"""Sound as a caller's telephone sends and hears it: RTP (RFC 3550) with A-law, and tones by RFC 4733. Pure."""

import random
import struct
from collections.abc import Iterable, Iterator
from itertools import islice

TICK_S = 0.02
"""One packet's worth of sound."""
VOICE, TONE = 8, 101
"""Payload types: A-law's own, and the one our SDP gives to tones."""
TONE_TICKS = 5
_SAMPLES = 160
_EVENTS = "0123456789*#"
_VOLUME = 10  # dBm0 below zero, as telephones send it
_END = 0x80
_END_COPIES = 3  # RFC 4733, 2.5.1.4: the end is sent three times
_AUDIBLE = 1.0
"""Mean magnitude, in 1/256 of full scale, from which a packet is heard: -48 dBFS."""


def _alaw(code: int) -> int:
    """Magnitude of an A-law byte, 0…32256 (ITU-T G.711)."""
    code ^= 0x55
    segment, step = code >> 4 & 7, code & 15
    return (step << 4) + 8 if segment == 0 else (step << 4) + 0x108 << segment - 1


_MAGNITUDES = bytes(_alaw(code) >> 7 for code in range(256))
_dice = random.Random(1)
_BREATH = bytes(_dice.choice(b"\xd5\x55\xd4\x54\xd7\x57") for _ in range(_SAMPLES))
"""What an open microphone gives: noise that nobody hears."""


class Sender:
    """Gives the packets of one stream, a list for each tick."""

    def __init__(self, ssrc: int) -> None:
        self._ssrc = ssrc
        self._sequence = 0
        self._timestamp = 0

    def voice(self, payload: bytes = _BREATH) -> list[bytes]:
        """20 ms of sound, as A-law."""
        packet = self._packet(VOICE, payload)
        self._timestamp += _SAMPLES
        return [packet]

    def silence(self) -> list[bytes]:
        """20 ms in which a telephone with silence suppression sends nothing (RFC 3551, 4.1)."""
        self._timestamp += _SAMPLES
        return []

    def tone(self, key: str) -> Iterator[list[bytes]]:
        """The key's ticks: five of the tone, then its end."""
        event = _EVENTS.index(key)
        for tick in range(1, TONE_TICKS + 1):
            yield [self._packet(TONE, struct.pack("!BBH", event, _VOLUME, tick * _SAMPLES), marker=tick == 1)]
        end = struct.pack("!BBH", event, _END | _VOLUME, TONE_TICKS * _SAMPLES)
        packets = [self._packet(TONE, end) for _ in range(_END_COPIES)]
        # All packets of a tone carry the time of its beginning.
        self._timestamp += (TONE_TICKS + 1) * _SAMPLES
        yield packets

    def _packet(self, payload_type: int, payload: bytes, *, marker: bool = False) -> bytes:
        kind = payload_type | (0x80 if marker else 0)
        head = struct.pack("!BBHII", 0x80, kind, self._sequence & 0xFFFF, self._timestamp & 0xFFFFFFFF, self._ssrc)
        self._sequence += 1
        return head + payload


def stream(keys: Iterable[tuple[float, str]], seconds: float, ssrc: int) -> list[list[bytes]]:
    """Packets of a whole call by tick: breath, and each key's tone beginning at its time (seconds, ascending)."""
    return list(islice(_ticks(keys, Sender(ssrc)), round(seconds / TICK_S)))


def _ticks(keys: Iterable[tuple[float, str]], sender: Sender) -> Iterator[list[bytes]]:
    tick = 0
    for at, key in keys:
        while tick < round(at / TICK_S):
            yield sender.voice()
            tick += 1
        yield from sender.tone(key)
        tick += TONE_TICKS + 1
    while True:
        yield sender.voice()


def audible(packet: bytes) -> bool:
    """Is there sound in this RTP packet? False for anything that is not A-law."""
    if len(packet) <= 12 or packet[1] & 0x7F != VOICE:
        return False
    payload = packet[12:]
    return sum(payload.translate(_MAGNITUDES)) >= _AUDIBLE * len(payload)
