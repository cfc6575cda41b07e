"""The few SIP messages of a caller whom the centre hangs up on (RFC 3261), as text. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ivr.simulate.bench_calls.rtp import TONE, VOICE

_MEDIA = re.compile(r"^m=audio (\d{1,5}) ", re.MULTILINE)
_ADDRESS = re.compile(r"<(sip:[^>]+)>")


@dataclass(frozen=True, slots=True)
class Message:
    """status: 0 in a request. headers: names in small letters, the first of each name."""

    method: str
    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def media_port(self) -> int:
        """Where the other side wants its sound; 0 when it does not say."""
        found = _MEDIA.search(self.body)
        return int(found[1]) if found else 0

    @property
    def contact(self) -> str:
        found = _ADDRESS.search(self.headers.get("contact", ""))
        return found[1] if found else ""


def parse(text: str) -> Message | None:
    """None for what is no SIP message. A response carries the method of its request."""
    head, _, body = text.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    words = first.split(" ")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    if len(words) < 3:
        return None
    if words[0] == "SIP/2.0" and words[1].isdigit():
        return Message(headers.get("cseq", "").rpartition(" ")[2], int(words[1]), headers, body)
    return Message(words[0], 0, headers, body) if words[2] == "SIP/2.0" else None


@dataclass(frozen=True, slots=True)
class Caller:
    """One call's identity. Addresses are `host:port`."""

    call_id: str
    number: str
    centre: str
    own: str
    media_port: int

    def invite(self) -> str:
        host = self.own.partition(":")[0]
        lines = (
            *("v=0", f"o=- 1 1 IN IP4 {host}", "s=-", f"c=IN IP4 {host}", "t=0 0"),
            f"m=audio {self.media_port} RTP/AVP {VOICE} {TONE}",
            *(f"a=rtpmap:{VOICE} PCMA/8000", f"a=rtpmap:{TONE} telephone-event/8000", f"a=fmtp:{TONE} 0-16"),
            *("a=ptime:20", "a=sendrecv", ""),
        )
        body = "\r\n".join(lines)
        target = f"sip:{self.number}@{self.centre}"
        more = (f"Contact: <sip:probe@{self.own}>", "Content-Type: application/sdp")
        return self._request("INVITE", target, f"<{target}>", 1, more, body)

    def ack(self, answer: Message) -> str:
        return self._request("ACK", answer.contact, answer.headers.get("to", ""), 1)

    def bye(self, answer: Message) -> str:
        return self._request("BYE", answer.contact, answer.headers.get("to", ""), 2)

    def _request(
        self, method: str, target: str, to: str, number: int, more: tuple[str, ...] = (), body: str = ""
    ) -> str:
        lines = (
            f"{method} {target} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.own};branch=z9hG4bK{self.call_id}{method.lower()}",
            f"From: <sip:probe@{self.own}>;tag={self.call_id}",
            f"To: {to}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {number} {method}",
            "Max-Forwards: 70",
            *more,
            f"Content-Length: {len(body)}",
        )
        return "\r\n".join((*lines, "", body))


def ok(request: Message) -> str:
    """200 to a request of the other side."""
    names = ("Via", "From", "To", "Call-ID", "CSeq")
    lines = (f"{name}: {request.headers.get(name.lower(), '')}" for name in names)
    return "\r\n".join(("SIP/2.0 200 OK", *lines, "Content-Length: 0", "", ""))
