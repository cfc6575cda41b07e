"""Codec of Asterisk's Manager Interface (AMI): bytes in, messages out; no I/O.

A connection opens with a banner line; then come messages: `Key: value` lines ended by CRLF, closed by an empty line.
Source: Asterisk 22, main/manager.c.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ivr.protocols.errors import ProtocolError

Fields = Mapping[str, str | Sequence[str]]

_BANNER = b"Asterisk Call Manager/"
_LONGEST_BANNER = 256
_END_OF_LINE = b"\r\n"
_END_OF_MESSAGE = b"\r\n\r\n"
_LONGEST_ACTION_LINE = 1022  # manager.c: inbuf[1025] holds a line, its CRLF and a NUL; longer lines are discarded
_MOST_ACTION_LINES = 128  # manager.h: AST_MAX_MANHEADERS
_FORBIDDEN = ("\r", "\n", "\0")


@dataclass(frozen=True, slots=True)
class Message:
    """A response or an event. Keys are kept in lower case: Asterisk spells Uniqueid in several ways.

    A key sent more than once (Variable, Output, ChanVariable …) holds the list of its values in order of arrival.
    """

    fields: dict[str, str | list[str]]

    def get(self, key: str, default: str = "") -> str:
        """The value of `key`; of a repeated key the first, which a later forged one cannot replace."""
        value = self.fields.get(key.lower(), default)
        return value if isinstance(value, str) else value[0]

    def all(self, key: str) -> list[str]:
        """Every value of `key`, none to many."""
        value = self.fields.get(key.lower(), [])
        return [value] if isinstance(value, str) else list(value)

    @property
    def event(self) -> str:
        """Name of the event; empty in a response. OriginateResponse, an event, has both `Event` and `Response`."""
        return self.get("event")

    @property
    def response(self) -> str:
        return self.get("response")

    @property
    def action_id(self) -> str:
        return self.get("actionid")


class AmiDecoder:
    """Collects bytes, cut anywhere, into messages. Limits are in bytes; beyond them receive_data raises ProtocolError.

    banner:          what the peer calls itself, e.g. "11.0.0"; empty until it has come.
    invalid_letters: messages that held bytes which are not UTF-8; those bytes were replaced by U+FFFD.
    """

    def __init__(self, *, max_line: int = 65_536, max_message: int = 1_048_576) -> None:
        self.banner = ""
        self.invalid_letters = 0
        self._max_line = max_line
        self._max_message = max_message
        self._buffer = bytearray()

    def receive_data(self, data: bytes) -> list[Message]:
        searched = max(0, len(self._buffer) - len(_END_OF_MESSAGE) + 1)
        self._buffer += data
        if not self.banner:
            if not self._take_banner():
                return []
            searched = 0
        if self._buffer.find(_END_OF_MESSAGE, searched) < 0:
            self._check_size(len(self._buffer))
            return []
        whole, _, rest = bytes(self._buffer).rpartition(_END_OF_MESSAGE)
        self._check_size(len(rest))
        self._buffer = bytearray(rest)
        return [message for raw in whole.split(_END_OF_MESSAGE) if (message := self._message(raw))]

    def _take_banner(self) -> bool:
        line, end, rest = bytes(self._buffer).partition(_END_OF_LINE)
        if (
            not line.startswith(_BANNER[: len(line)])
            or len(line) > _LONGEST_BANNER
            or (end and len(line) < len(_BANNER))
        ):
            raise ProtocolError("this is not Asterisk's AMI: its banner is missing")
        if not end:
            return False
        self.banner = line[len(_BANNER) :].decode("ascii", "replace") or "unknown"
        self._buffer = bytearray(rest)
        return True

    def _check_size(self, size: int) -> None:
        if size > self._max_message:
            raise ProtocolError(f"an AMI message is longer than {self._max_message} bytes")

    def _message(self, raw: bytes) -> Message | None:
        self._check_size(len(raw))
        if len(raw) > self._max_line and any(len(line) > self._max_line for line in raw.split(_END_OF_LINE)):
            raise ProtocolError(f"an AMI line is longer than {self._max_line} bytes")
        # Only whole messages are decoded: a letter's bytes may come in two chunks.
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            text = raw.decode(errors="replace")
            self.invalid_letters += 1
        fields: dict[str, str | list[str]] = {}
        for line in text.split("\r\n"):
            key, colon, value = line.partition(":")
            if not colon:
                continue
            key = key.lower()
            value = value.removeprefix(" ")
            earlier = fields.get(key)
            if earlier is None:
                fields[key] = value
            elif isinstance(earlier, str):
                fields[key] = [earlier, value]
            else:
                earlier.append(value)
        return Message(fields) if fields else None


def encode(action: str, action_id: str, fields: Fields) -> bytes:
    """One action. A sequence gives its key once for each value.

    Raises ValueError for CR, LF or NUL anywhere, for a key that is empty or has a colon, and for what Asterisk would
    discard: a line above 1,022 bytes, more than 128 lines.
    """
    lines = [_line(key, value) for key, value in _pairs(action, action_id, fields)]
    if len(lines) > _MOST_ACTION_LINES:
        raise ValueError(f"an AMI action has at most {_MOST_ACTION_LINES} lines, this one {len(lines)}")
    return _END_OF_LINE.join(lines) + _END_OF_MESSAGE


def _pairs(action: str, action_id: str, fields: Fields) -> Iterator[tuple[str, str]]:
    yield "Action", action
    yield "ActionID", action_id
    for key, value in fields.items():
        for one in (value,) if isinstance(value, str) else value:
            yield key, one


def _line(key: str, value: str) -> bytes:
    # The value is never shown: it may be a secret or personal.
    if not key or ":" in key or any(letter in key for letter in _FORBIDDEN):
        raise ValueError(f"{key!r} cannot be an AMI key")
    if any(letter in value for letter in _FORBIDDEN):
        raise ValueError(f"the value of AMI key {key!r} has a CR, LF or NUL")
    line = f"{key}: {value}".encode()
    if len(line) > _LONGEST_ACTION_LINE:
        raise ValueError(f"the line of AMI key {key!r} is longer than {_LONGEST_ACTION_LINE} bytes")
    return line
