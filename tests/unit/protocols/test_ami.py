from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.protocols.ami import AmiDecoder, Message, encode
from ivr.protocols.errors import ProtocolError

STREAM = (
    "Asterisk Call Manager/11.0.0\r\n"
    "Response: Success\r\nActionID: a/1\r\nMessage: Authentication accepted\r\n\r\n"
    "Event: VarSet\r\nChannel: PJSIP/carrier-00000001\r\nVariable: НАЗВАНИЕ\r\nValue: Ёлки: 5 кВт·ч ⚡\r\n\r\n"
    "\r\n"
    "Event: Hangup\r\nUniqueid: 1.1\r\nChanVariable: A=1\r\nChanVariable: B=\r\nChanVariable: C=ж\r\nCause-txt:\r\n"
    "no colon here\r\n\r\n"
).encode()
MESSAGES = [
    Message({"response": "Success", "actionid": "a/1", "message": "Authentication accepted"}),
    Message(
        {
            "event": "VarSet",
            "channel": "PJSIP/carrier-00000001",
            "variable": "НАЗВАНИЕ",
            "value": "Ёлки: 5 кВт·ч ⚡",
        }
    ),
    Message({"event": "Hangup", "uniqueid": "1.1", "chanvariable": ["A=1", "B=", "C=ж"], "cause-txt": ""}),
]


def decoded(chunks: list[bytes]) -> list[Message]:
    decoder = AmiDecoder()
    return [message for chunk in chunks for message in decoder.receive_data(chunk)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, len(STREAM)])
def test_chunks_of_any_size_give_the_same_messages(size: int) -> None:
    assert decoded([STREAM[at : at + size] for at in range(0, len(STREAM), size)]) == MESSAGES


def test_a_cut_at_every_byte_loses_nothing() -> None:
    for cut in range(len(STREAM) + 1):
        assert decoded([STREAM[:cut], STREAM[cut:]]) == MESSAGES, f"cut at byte {cut}"


@given(st.lists(st.integers(0, len(STREAM))))
def test_many_cuts_lose_nothing(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    assert decoded([STREAM[a:b] for a, b in pairwise(edges)]) == MESSAGES


def test_the_banner_is_kept() -> None:
    decoder = AmiDecoder()
    assert decoder.receive_data(b"Asterisk Call") == []
    assert decoder.banner == ""
    assert decoder.receive_data(b" Manager/11.0.0\r\n") == []
    assert decoder.banner == "11.0.0"
    assert AmiDecoder().receive_data(b"Asterisk Call Manager/\r\nEvent: X\r\n\r\n") == [Message({"event": "X"})]


@pytest.mark.parametrize("start", [b"HTTP/1.1 400", b"Asterisk\r\n", b"\r\n", b"Asterisk Call Manager/" + b"9" * 300])
def test_another_protocol_is_refused(start: bytes) -> None:
    with pytest.raises(ProtocolError, match="banner"):
        AmiDecoder().receive_data(start)


def test_values_by_key() -> None:
    first, second, third = MESSAGES
    assert (first.response, first.event, first.action_id) == ("Success", "", "a/1")
    assert second.get("VARIABLE") == "НАЗВАНИЕ"
    assert second.get("absent", "—") == "—"
    assert third.event == "Hangup"
    assert third.get("ChanVariable") == "A=1"
    assert third.all("ChanVariable") == ["A=1", "B=", "C=ж"]
    assert third.all("Uniqueid") == ["1.1"]
    assert third.all("absent") == []


def test_invalid_letters_are_replaced_and_counted() -> None:
    decoder = AmiDecoder()
    messages = decoder.receive_data(
        b"Asterisk Call Manager/1\r\nEvent: X\r\nName: \xd0\xd0\x98\xff\r\n\r\nEvent: Y\r\n\r\n"
    )
    assert [message.get("name") for message in messages] == ["\ufffdИ\ufffd", ""]
    assert decoder.invalid_letters == 1


def test_a_message_without_an_end_is_limited() -> None:
    decoder = AmiDecoder(max_message=100)
    decoder.receive_data(b"Asterisk Call Manager/1\r\n" + b"x" * 100)
    with pytest.raises(ProtocolError, match="longer than 100"):
        decoder.receive_data(b"x")


def test_a_whole_message_is_limited() -> None:
    decoder = AmiDecoder(max_message=100)
    with pytest.raises(ProtocolError, match="longer than 100"):
        decoder.receive_data(b"Asterisk Call Manager/1\r\nEvent: " + b"x" * 100 + b"\r\n\r\n")


def test_the_beginning_of_a_message_after_whole_ones_is_limited() -> None:
    decoder = AmiDecoder(max_message=100)
    with pytest.raises(ProtocolError, match="longer than 100"):
        decoder.receive_data(b"Asterisk Call Manager/1\r\nEvent: X\r\n\r\n" + b"x" * 101)


def test_a_line_is_limited() -> None:
    decoder = AmiDecoder(max_line=100)
    many = b"".join(b"Output: %d\r\n" % number for number in range(50))
    (message,) = decoder.receive_data(b"Asterisk Call Manager/1\r\n" + many + b"\r\n")
    assert len(message.all("Output")) == 50
    with pytest.raises(ProtocolError, match="longer than 100"):
        decoder.receive_data(b"Output: " + b"x" * 100 + b"\r\n\r\n")


@given(st.lists(st.binary(max_size=200)))
def test_noise_gives_messages_or_a_protocol_error(chunks: list[bytes]) -> None:
    decoder = AmiDecoder(max_line=64, max_message=256)
    decoder.receive_data(b"Asterisk Call Manager/1\r\n")
    try:
        for chunk in chunks:
            for message in decoder.receive_data(chunk + b"\r\n\r\n"):
                assert all(key == key.lower() for key in message.fields)
    except ProtocolError as error:
        assert "longer" in str(error)


def test_an_action_as_bytes() -> None:
    fields = {"Channel": "PJSIP/op", "Variable": ["A=1", "B=Ж"], "Empty": ""}
    assert encode("Originate", "a/7", fields).decode().split("\r\n") == [
        "Action: Originate",
        "ActionID: a/7",
        "Channel: PJSIP/op",
        "Variable: A=1",
        "Variable: B=Ж",
        "Empty: ",
        "",
        "",
    ]


@given(
    st.dictionaries(
        st.from_regex(r"[A-Z][a-z]{3,9}", fullmatch=True),
        st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=50),
    )
)
def test_what_is_encoded_is_decoded(fields: dict[str, str]) -> None:
    fields = {key: value for key, value in fields.items() if key not in ("Action",)}
    decoder = AmiDecoder()
    decoder.receive_data(b"Asterisk Call Manager/1\r\n")
    (message,) = decoder.receive_data(encode("X", "1", fields))
    assert {key: message.get(key) for key in fields} == fields


@pytest.mark.parametrize("letter", ["\r", "\n", "\0", "\r\nAction: Logoff"])
def test_control_letters_are_refused_anywhere(letter: str) -> None:
    for fields in ({"Key": f"a{letter}b"}, {f"Key{letter}": "a"}, {"Variable": ["a", f"b{letter}"]}):
        with pytest.raises(ValueError, match="AMI key"):
            encode("X", "1", fields)
    with pytest.raises(ValueError, match="AMI key"):
        encode(f"X{letter}", "1", {})
    with pytest.raises(ValueError, match="AMI key"):
        encode("X", f"1{letter}", {})


@pytest.mark.parametrize("key", ["", "A:", "A: b"])
def test_a_key_that_would_be_read_as_another_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="cannot be an AMI key"):
        encode("X", "1", {key: "a"})


def test_what_asterisk_would_discard_is_refused() -> None:
    assert len(encode("X", "1", {"Data": "x" * 1016})) > 1022
    with pytest.raises(ValueError, match="longer than 1022") as caught:
        encode("X", "1", {"Data": "s" * 1017})
    assert "sss" not in str(caught.value)
    with pytest.raises(ValueError, match="at most 128 lines"):
        encode("X", "1", {"Variable": ["a=b"] * 127})
