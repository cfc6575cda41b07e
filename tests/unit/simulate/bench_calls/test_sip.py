from ivr.simulate.bench_calls.sip import Caller, ok, parse

CALLER = Caller("c0ffee", "88005550100", "127.0.0.1:5060", "127.0.0.1:40000", 40002)
ANSWER = (
    "SIP/2.0 200 OK\r\n"
    "Via: SIP/2.0/UDP 127.0.0.1:40000;branch=z9hG4bKc0ffeeinvite\r\n"
    "To: <sip:88005550100@127.0.0.1>;tag=77\r\n"
    "CSeq: 1 INVITE\r\n"
    "Contact: <sip:127.0.0.1:5060>\r\n"
    "\r\n"
    "v=0\r\nm=audio 12344 RTP/AVP 8 101\r\n"
)


def test_an_invitation_offers_a_law_and_tones() -> None:
    message = parse(CALLER.invite())

    assert message is not None
    assert (message.method, message.status, message.media_port) == ("INVITE", 0, 40002)
    assert message.headers["content-length"] == str(len(message.body))
    assert "a=rtpmap:101 telephone-event/8000" in message.body


def test_an_answer_is_acknowledged_and_ended_where_it_says() -> None:
    answer = parse(ANSWER)

    assert answer is not None
    assert (answer.method, answer.status, answer.media_port) == ("INVITE", 200, 12344)
    for text, first in ((CALLER.ack(answer), "ACK"), (CALLER.bye(answer), "BYE")):
        assert text.startswith(f"{first} sip:127.0.0.1:5060 SIP/2.0\r\n")
        assert "To: <sip:88005550100@127.0.0.1>;tag=77\r\n" in text


def test_a_request_is_answered_with_its_own_headers() -> None:
    request = parse(CALLER.bye(parse(ANSWER)))  # type: ignore[arg-type]
    assert request is not None

    answer = parse(ok(request))

    assert answer is not None
    assert (answer.method, answer.status) == ("BYE", 200)
    assert answer.headers["call-id"] == "c0ffee"
    assert answer.headers["via"] == request.headers["via"]


def test_what_is_no_message_is_none() -> None:
    assert parse("") is None
    assert parse("GET / HTTP/1.1\r\n\r\n") is None
    assert parse("SIP/2.0 nonsense\r\n\r\n") is None


def test_a_message_without_sound_or_contact_says_so() -> None:
    message = parse("SIP/2.0 486 Busy Here\r\nCSeq: 1 INVITE\r\n\r\n")

    assert message is not None
    assert (message.media_port, message.contact) == (0, "")
