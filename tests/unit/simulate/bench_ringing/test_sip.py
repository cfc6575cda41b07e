"""An operator's telephone of the bench: let in by its secret, rung, answered, hung up."""

from ivr.simulate.bench_calls.sip import parse
from ivr.simulate.bench_ringing.sip import Telephone, challenge_of

PHONE = Telephone("201", "secret", "127.0.0.1:5060", "127.0.0.1:40000", 40002)
REFUSED = (
    "SIP/2.0 401 Unauthorized\r\nCSeq: 1 REGISTER\r\n"
    'WWW-Authenticate: Digest realm="asterisk",nonce="17/ab",opaque="5c",algorithm=MD5,qop="auth"\r\n\r\n'
)
INVITE = (
    "INVITE sip:201@127.0.0.1:40000 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKx\r\n"
    'From: "+79990000001" <sip:+79990000001@127.0.0.1>;tag=centre\r\nTo: <sip:201@127.0.0.1>\r\n'
    "Contact: <sip:asterisk@127.0.0.1:5060>\r\nCall-ID: call-1\r\nCSeq: 7 INVITE\r\n\r\n"
)


def test_it_is_let_in_by_its_secret() -> None:
    first = parse(PHONE.register(1))
    assert first is not None and "authorization" not in first.headers
    refused = parse(REFUSED)
    assert refused is not None
    challenge = challenge_of(refused)
    assert challenge == {"realm": "asterisk", "nonce": "17/ab", "opaque": "5c", "algorithm": "MD5", "qop": "auth"}
    second = parse(PHONE.register(2, challenge))
    assert second is not None and second.headers["cseq"] == "2 REGISTER"
    proof = second.headers["authorization"]
    # echo -n 201:asterisk:secret | md5sum … put together by hand as RFC 2617, 3.2.2.1 says
    assert 'response="f38696cac19cb27bbe5f7d18a32f36f9"' in proof
    assert 'nonce="17/ab"' in proof and 'uri="sip:127.0.0.1"' in proof


def test_it_takes_a_call_and_hangs_up_in_the_same_dialogue() -> None:
    invite = parse(INVITE)
    assert invite is not None
    taken = parse(PHONE.takes(invite))
    assert taken is not None
    assert (taken.status, taken.media_port, taken.headers["cseq"]) == (200, 40002, "7 INVITE")
    assert taken.headers["via"] == invite.headers["via"] and taken.headers["from"] == invite.headers["from"]
    bye = parse(PHONE.bye(invite))
    assert bye is not None
    assert (bye.headers["from"], bye.headers["to"]) == (taken.headers["to"], invite.headers["from"])
    assert PHONE.bye(invite).startswith("BYE sip:asterisk@127.0.0.1:5060 SIP/2.0\r\n")
    assert bye.headers["call-id"] == "call-1"
