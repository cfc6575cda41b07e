"""Codec of FastAGI, the server's side: bytes from Asterisk in, events out; commands out as bytes; no I/O.

Asterisk opens with `agi_key: value` lines and an empty line. Then each of our command lines is answered by one reply;
the line HANGUP may come at any time. Source: Asterisk 22, res/res_agi.c.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ivr.protocols.errors import ProtocolError

MOST_WORDS = 120  # res_agi.c: MAX_ARGS is 128, the last for NULL
LONGEST_COMMAND = 2000  # bytes; res_agi.c runs what is above its line buffer (2 KiB in older ones) as a second command

_PLAIN = re.compile(r"[A-Za-z0-9_./+-]+")
_REPLY = re.compile(r"(?P<code>100|200) result=(?P<result>\S*)(?: \((?P<data>.*)\))?(?P<tail>(?: (?!\().*)?)", re.S)
_END_POSITION = re.compile(r" endpos=(\d{1,18})(?!\S)")
_REFUSAL = re.compile(r"(?P<code>510|511|520) (?P<data>.*)", re.S)
_USAGE_BEGINS = "520-"
_USAGE_ENDS = "520 "
_WHOLE_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class Environment:
    """The header block: the call as Asterisk presents it (agi_uniqueid, agi_channel, agi_callerid, agi_arg_1 …)."""

    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AgiReply:
    """The answer to one command.

    code:   200 done, 100 trying, 510 unknown command, 511 not on a dead channel, 520 wrong usage.
    result: a whole number, or text where it is not exactly one ("0123" keyed in, an empty timeout).
    data:   what stands in parentheses (a variable's value, `timeout`); for 510 to 520 the explanation.
    endpos: where playing or recording ended, in samples (CONTROL STREAM FILE: milliseconds); None when not told.
    """

    code: int
    result: int | str = ""
    data: str = ""
    endpos: int | None = None


@dataclass(frozen=True, slots=True)
class HungUp:
    """The line HANGUP: the channel is gone."""


AgiEvent = Environment | AgiReply | HungUp


class AgiDecoder:
    """Collects bytes, cut anywhere, into events. Limits are in bytes; beyond them receive_data raises ProtocolError.

    invalid_letters: lines that held bytes which are not UTF-8; those bytes were replaced by U+FFFD.
    """

    def __init__(
        self,
        *,
        max_header_line: int = 4_096,
        max_headers: int = 200,
        max_header_block: int = 65_536,
        max_reply: int = 65_536,
    ) -> None:
        self.invalid_letters = 0
        self._max_header_line = max_header_line
        self._max_headers = max_headers
        self._max_header_block = max_header_block
        self._max_reply = max_reply
        self._buffer = bytearray()
        self._headers: dict[str, str] = {}
        self._header_lines = 0
        self._header_bytes = 0
        self._in_header = True
        self._usage: list[str] | None = None
        self._usage_bytes = 0

    def receive_data(self, data: bytes) -> list[AgiEvent]:
        self._buffer += data
        *lines, rest = bytes(self._buffer).split(b"\n")
        self._buffer = bytearray(rest)
        events = [event for line in lines if (event := self._line(line))]
        self._check_line(len(rest))
        return events

    def _check_line(self, size: int) -> None:
        limit = self._max_header_line if self._in_header else self._max_reply
        if size > limit:
            raise ProtocolError(f"an AGI line is longer than {limit} bytes")

    def _line(self, raw: bytes) -> AgiEvent | None:
        self._check_line(len(raw))
        try:
            line = raw.decode()
        except UnicodeDecodeError:
            line = raw.decode(errors="replace")
            self.invalid_letters += 1
        if self._in_header:
            return self._header(line, len(raw))
        if self._usage is not None:
            return self._usage_line(line, len(raw))
        return self._reply(line)

    def _header(self, line: str, size: int) -> Environment | None:
        if not line:
            self._in_header = False
            return Environment(MappingProxyType(self._headers))
        self._header_lines += 1
        self._header_bytes += size
        if self._header_lines > self._max_headers or self._header_bytes > self._max_header_block:
            raise ProtocolError("the AGI header is too long")
        key, colon, value = line.partition(":")
        if not colon or not key.startswith("agi_"):
            raise ProtocolError("this is not an AGI header")
        # The first value stands: one smuggled in by a later line (a caller's display name) cannot replace it.
        self._headers.setdefault(key, value.removeprefix(" "))
        return None

    def _usage_line(self, line: str, size: int) -> AgiReply | None:
        assert self._usage is not None
        if line.startswith(_USAGE_ENDS):
            data = "\n".join(self._usage)
            self._usage = None
            return AgiReply(520, data=data)
        self._usage.append(line)
        self._usage_bytes += size + 1
        if self._usage_bytes > self._max_reply:
            raise ProtocolError("an AGI usage reply is too long")
        return None

    def _reply(self, line: str) -> AgiReply | HungUp | None:
        if line == "HANGUP":
            return HungUp()
        if line.startswith(_USAGE_BEGINS):
            self._usage = []
            self._usage_bytes = 0
            return None
        if match := _REPLY.fullmatch(line):
            result, endpos = match["result"], _END_POSITION.search(match["tail"])
            return AgiReply(
                code=int(match["code"]),
                result=int(result) if _WHOLE_NUMBER.fullmatch(result) else result,
                data=match["data"] or "",
                endpos=int(endpos[1]) if endpos else None,
            )
        if match := _REFUSAL.fullmatch(line):
            return AgiReply(int(match["code"]), data=match["data"])
        raise ProtocolError("this is not an AGI reply")


def command(*words: str) -> bytes:
    """One command line, each word quoted as res_agi.c's parse_args reads it.

    Raises ValueError for CR, LF or NUL in a word, and for a command too long for Asterisk.
    """
    if not 0 < len(words) <= MOST_WORDS:
        raise ValueError(f"an AGI command has 1 to {MOST_WORDS} words, this one {len(words)}")
    line = " ".join(_quoted(word) for word in words).encode()
    if len(line) > LONGEST_COMMAND:
        raise ValueError(f"an AGI command has at most {LONGEST_COMMAND} bytes, this one {len(line)}")
    return line + b"\n"


def _quoted(word: str) -> str:
    if any(letter in word for letter in "\r\n\0"):
        raise ValueError("a word of an AGI command has a CR, LF or NUL")
    if _PLAIN.fullmatch(word):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
