"""Codec of AudioSocket: bytes in, events out; events out as bytes; no I/O. Both sides speak the same frames.

A frame is one byte of type, two of length (big-endian) and the payload. Asterisk connects, names the call by a UUID and
sends the caller's sound and keys; we send sound. Source: docs.asterisk.org, Configuration/Channel-Drivers/AudioSocket;
Asterisk 22, res/res_audiosocket.c and apps/app_audiosocket.c.
"""

from dataclasses import dataclass
from uuid import UUID

from ivr.protocols.errors import ProtocolError

RATE = 8000
"""Samples a second of the application AudioSocket: signed linear, 16 bits, little-endian, one channel."""
FRAME_S = 0.02
FRAME_BYTES = 320
"""One frame of sound as telephones send it: 20 ms."""
KEYS = frozenset("0123456789*#ABCD")

_HANG_UP, _UUID, _KEY, _AUDIO, _ERROR = 0x00, 0x01, 0x03, 0x10, 0xFF
_HEADER = 3
_UUID_BYTES = 16
_LONGEST = 0xFFFF


@dataclass(frozen=True, slots=True)
class Identified:
    """The call this connection belongs to, as the dialplan named it. The first frame."""

    uuid: UUID


@dataclass(frozen=True, slots=True)
class Audio:
    """Sound: 16-bit little-endian samples at 8 kHz. Usually 20 ms, but any whole number of samples is allowed."""

    samples: bytes


@dataclass(frozen=True, slots=True)
class Tone:
    """A key has been pressed and released."""

    key: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The peer says goodbye; closing the connection says the same."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The peer has an error; Asterisk's codes: 1 the caller hung up, 2 a frame could not be passed on, 4 memory."""

    code: bytes


AudioSocketEvent = Identified | Audio | Tone | Ended | Failed


class AudioSocketDecoder:
    """Collects bytes, cut anywhere, into events.

    receive_data raises ProtocolError for a frame of another type (sound of another rate among them), for sound of half
    a sample, and for a UUID or a key of a wrong length. Signals that are no keys (flash, fax) are left out.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    def receive_data(self, data: bytes) -> list[AudioSocketEvent]:
        self._buffer += data
        events: list[AudioSocketEvent] = []
        while len(self._buffer) >= _HEADER:
            kind, end = self._buffer[0], _HEADER + int.from_bytes(self._buffer[1:_HEADER], "big")
            if len(self._buffer) < end:
                break
            payload = bytes(self._buffer[_HEADER:end])
            del self._buffer[:end]
            if (event := _event(kind, payload)) is not None:
                events.append(event)
        return events


def _event(kind: int, payload: bytes) -> AudioSocketEvent | None:
    if kind == _AUDIO and len(payload) % 2 == 0:
        return Audio(payload)
    if kind == _KEY and len(payload) == 1:
        key = payload.decode("latin-1")
        return Tone(key) if key in KEYS else None
    if kind == _UUID and len(payload) == _UUID_BYTES:
        return Identified(UUID(bytes=payload))
    if kind == _HANG_UP:
        return Ended()
    if kind == _ERROR:
        return Failed(payload)
    raise ProtocolError(f"an AudioSocket frame of type 0x{kind:02x} with {len(payload)} bytes")


def encode(event: AudioSocketEvent) -> bytes:
    """One frame. Raises ValueError for sound of half a sample, an unknown key, or more than 65,535 bytes."""
    match event:
        case Audio(samples):
            if len(samples) % 2:
                raise ValueError("sound of half a sample")
            return _frame(_AUDIO, samples)
        case Tone(key):
            if key not in KEYS:
                raise ValueError(f"{key!r} is no key")
            return _frame(_KEY, key.encode())
        case Identified(uuid):
            return _frame(_UUID, uuid.bytes)
        case Failed(code):
            return _frame(_ERROR, code)
    return _frame(_HANG_UP, b"")


def _frame(kind: int, payload: bytes) -> bytes:
    if len(payload) > _LONGEST:
        raise ValueError(f"an AudioSocket frame holds at most {_LONGEST} bytes, this one {len(payload)}")
    return bytes((kind,)) + len(payload).to_bytes(2, "big") + payload
