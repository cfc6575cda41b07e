import pytest

from ivr.adapters.asterisk import ami_events as events
from ivr.protocols.ami import AmiDecoder, Message

CHANNEL = "Channel: PJSIP/carrier-00000001\r\nUniqueid: n-1.1\r\nLinkedid: n-1.0\r\n"


def message(text: str) -> Message:
    decoder = AmiDecoder()
    decoder.receive_data(b"Asterisk Call Manager/1\r\n")
    (only,) = decoder.receive_data(text.encode() + b"\r\n")
    return only


# As Asterisk 22 writes them.
EXAMPLES: list[tuple[str, events.Event]] = [
    ("Event: FullyBooted\r\nPrivilege: system,all\r\nStatus: Fully Booted\r\n", events.FullyBooted()),
    ("Event: Shutdown\r\nShutdown: Uncleanly\r\nRestart: True\r\n", events.Shutdown(restarting=True)),
    ("Event: Shutdown\r\nShutdown: Cleanly\r\nRestart: False\r\n", events.Shutdown(restarting=False)),
    (f"Event: Newchannel\r\n{CHANNEL}", events.Newchannel("PJSIP/carrier-00000001", "n-1.1", "n-1.0")),
    (
        f"Event: Hangup\r\n{CHANNEL}Cause: 16\r\nCause-txt: Normal Clearing\r\n",
        events.Hangup("PJSIP/carrier-00000001", "n-1.1", "n-1.0", 16),
    ),
    (
        f"Event: DTMFEnd\r\n{CHANNEL}Digit: #\r\nDurationMs: 100\r\nDirection: Received\r\n",
        events.DtmfEnd("PJSIP/carrier-00000001", "n-1.1", "#", received=True),
    ),
    (
        f"Event: DTMFEnd\r\n{CHANNEL}Digit: 5\r\nDurationMs: 100\r\nDirection: Sent\r\n",
        events.DtmfEnd("PJSIP/carrier-00000001", "n-1.1", "5", received=False),
    ),
    (
        "Event: OriginateResponse\r\nActionID: a/1\r\nResponse: Success\r\nChannel: PJSIP/101-1\r\nReason: 4\r\n"
        "Uniqueid: n-2.1\r\n",
        events.OriginateResponse("a/1", "PJSIP/101-1", "n-2.1", answered=True, reason=4),
    ),
    (
        "Event: OriginateResponse\r\nActionID: a/1\r\nResponse: Failure\r\nChannel: PJSIP/101\r\nReason: 3\r\n"
        "Uniqueid: <unknown>\r\n",
        events.OriginateResponse("a/1", "PJSIP/101", "<unknown>", answered=False, reason=3),
    ),
    (
        "Event: ContactStatus\r\nURI: sip:101@127.0.0.1:5062\r\nContactStatus: Reachable\r\nAOR: 101\r\n"
        "EndpointName: 101\r\n",
        events.ContactStatus("101", "Reachable", "sip:101@127.0.0.1:5062"),
    ),
    (
        "Event: DeviceStateChange\r\nDevice: PJSIP/101\r\nState: INUSE\r\n",
        events.DeviceStateChange("PJSIP/101", "INUSE"),
    ),
    (
        f"Event: QueueCallerJoin\r\n{CHANNEL}Queue: fallback\r\nPosition: 2\r\nCount: 2\r\n",
        events.QueueCallerJoin("fallback", "PJSIP/carrier-00000001", "n-1.1", 2),
    ),
    (
        f"Event: QueueCallerLeave\r\n{CHANNEL}Queue: fallback\r\nPosition: 2\r\nCount: 1\r\n",
        events.QueueCallerLeave("fallback", "PJSIP/carrier-00000001", "n-1.1"),
    ),
    (
        f"Event: QueueCallerAbandon\r\n{CHANNEL}Queue: fallback\r\nPosition: 1\r\nHoldTime: 7\r\n",
        events.QueueCallerAbandon("fallback", "PJSIP/carrier-00000001", "n-1.1", 7),
    ),
    (
        f"Event: AgentConnect\r\n{CHANNEL}Queue: fallback\r\nInterface: PJSIP/101\r\nMemberName: op\r\nHoldTime: 7\r\n"
        "RingTime: 2\r\n",
        events.AgentConnect("fallback", "n-1.1", "PJSIP/101", 7),
    ),
    (
        f"Event: AgentComplete\r\n{CHANNEL}Queue: fallback\r\nInterface: PJSIP/101\r\nHoldTime: 7\r\nTalkTime: 60\r\n"
        "Reason: caller\r\n",
        events.AgentComplete("fallback", "n-1.1", "PJSIP/101", 7, 60, "caller"),
    ),
]


@pytest.mark.parametrize(("text", "event"), EXAMPLES)
def test_an_event_of_asterisk(text: str, event: events.Event) -> None:
    assert events.parse(message(text)) == event


def test_every_wanted_event_has_an_example() -> None:
    assert {message(text).event for text, _ in EXAMPLES} == set(events.WANTED_EVENTS)


def test_what_asterisk_left_out_is_empty() -> None:
    assert events.parse(message("Event: Hangup\r\nCause: ²\r\n")) == events.Hangup("", "", "", 0)
    assert events.parse(message("Event: Hangup\r\nCause: -5\r\n")) == events.Hangup("", "", "", 0)


def test_other_messages_are_no_events() -> None:
    assert events.parse(message("Event: VarSet\r\nVariable: X\r\n")) is None
    assert events.parse(message("Response: Success\r\n")) is None


def test_filter_lines_for_manager_conf() -> None:
    lines = events.filter_lines()
    assert len(lines) == len(events.WANTED_EVENTS)
    assert lines[0] == "eventfilter(action(include),name(FullyBooted)) ="
    assert events.filter_lines(("DTMFEnd",)) == ["eventfilter(action(include),name(DTMFEnd)) ="]
