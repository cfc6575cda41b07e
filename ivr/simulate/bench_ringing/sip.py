"""The few SIP messages of an operator's telephone (RFC 3261; digest by RFC 2617), as text. Pure."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ivr.simulate.bench_calls.rtp import VOICE
from ivr.simulate.bench_calls.sip import Message

_PARTS = re.compile(r'(\w+)="?([^",]*)"?')
_COUNT = "00000001"  # each challenge is answered once
_CNONCE = "telephone"
LASTS_S = 600
ECHOED = ("Via", "From", "To", "Call-ID", "CSeq")
"""What an answer repeats of its request."""


@dataclass(frozen=True, slots=True)
class Telephone:
    """An operator's telephone. Addresses are `host:port`."""

    extension: str
    secret: str
    centre: str
    own: str
    media_port: int

    @property
    def _contact(self) -> str:
        return f"Contact: <sip:{self.extension}@{self.own}>"

    def register(self, number: int, challenge: Mapping[str, str] | None = None) -> str:
        """The `number`th try; `challenge` are the parts of what the centre asked for after the last one."""
        target = f"sip:{self.centre.partition(':')[0]}"
        proof = [self._proof("REGISTER", target, challenge)] if challenge else []
        me = f"<sip:{self.extension}@{self.centre}>"
        lines = (
            *self._head("REGISTER", f"sip:{self.centre}", f"register-{number}"),
            f"From: {me};tag=register",
            f"To: {me}",
            f"Call-ID: register-{self.extension}-{self.media_port}",
            f"CSeq: {number} REGISTER",
            self._contact,
            f"Expires: {LASTS_S}",
            *proof,
        )
        return _text(*lines)

    def _proof(self, method: str, target: str, challenge: Mapping[str, str]) -> str:
        realm, nonce = challenge["realm"], challenge["nonce"]
        who = _md5(f"{self.extension}:{realm}:{self.secret}")
        proof = _md5(f"{who}:{nonce}:{_COUNT}:{_CNONCE}:auth:{_md5(f'{method}:{target}')}")
        parts = {"username": self.extension, "realm": realm, "nonce": nonce, "uri": target, "response": proof}
        parts |= {"cnonce": _CNONCE, "opaque": challenge.get("opaque", "")}
        quoted = ", ".join(f'{name}="{value}"' for name, value in parts.items())
        return f"Authorization: Digest {quoted}, algorithm=MD5, qop=auth, nc={_COUNT}"

    def answer(self, request: Message, status: str, body: str = "") -> str:
        """To a request of the centre: `180 Ringing`, `200 OK` …"""
        lines = [f"{name}: {request.headers.get(name.lower(), '')}" for name in ECHOED]
        lines[ECHOED.index("To")] = f"To: {self._to(request)}"
        more = ("Content-Type: application/sdp",) if body else ()
        return _text(f"SIP/2.0 {status}", *lines, self._contact, *more, body=body)

    def takes(self, invite: Message) -> str:
        """The answer with which he takes the call."""
        host = self.own.partition(":")[0]
        lines = (
            *("v=0", f"o=- 1 1 IN IP4 {host}", "s=-", f"c=IN IP4 {host}", "t=0 0"),
            *(f"m=audio {self.media_port} RTP/AVP {VOICE}", f"a=rtpmap:{VOICE} PCMA/8000", ""),
        )
        return self.answer(invite, "200 OK", "\r\n".join(lines))

    def bye(self, invite: Message) -> str:
        """He hangs up."""
        return _text(
            *self._head("BYE", invite.contact, "bye-" + invite.headers.get("call-id", "")),
            f"From: {self._to(invite)}",
            f"To: {invite.headers.get('from', '')}",
            f"Call-ID: {invite.headers.get('call-id', '')}",
            "CSeq: 1 BYE",
        )

    def _to(self, request: Message) -> str:
        to = request.headers.get("to", "")
        return to if ";tag=" in to else f"{to};tag={self.extension}"

    def _head(self, method: str, target: str, branch: str) -> tuple[str, ...]:
        return (
            f"{method} {target} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.own};rport;branch=z9hG4bK{self.extension}{branch}",
            "Max-Forwards: 70",
        )


def challenge_of(message: Message) -> dict[str, str]:
    """The parts of what a 401 asks for."""
    return dict(_PARTS.findall(message.headers.get("www-authenticate", "").removeprefix("Digest ")))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _text(*lines: str, body: str = "") -> str:
    return "\r\n".join((*lines, f"Content-Length: {len(body)}", "", body))
