import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.protocols.agi import AgiDecoder, AgiEvent, AgiReply, Environment, HungUp, command
from ivr.protocols.errors import ProtocolError

HEADER = (
    "agi_network: yes\nagi_network_script: inbound\nagi_channel: PJSIP/carrier-00000001\nagi_callerid: 79990000001\n"
    "agi_calleridname: Ёжик: из тумана\nagi_accountcode: \nagi_arg_1: а\n\n"
).encode()
STREAM = (
    HEADER
    + (
        "100 result=0 Trying...\n200 result=0\n200 result=1 (за (скобками) endpos=7)\n200 result=49 endpos=8000\n"
        "200 result= (timeout)\n200 result=0123\n200 result=-1 endpos=0\n510 Invalid or unknown command\n"
        "520-Invalid command syntax.  Proper usage follows:\n Usage: ANSWER\n\n\tОтветить.\n520 End of proper usage.\n"
        "511 Command Not Permitted on a dead channel or intercept routine\nHANGUP\n"
    ).encode()
)
EVENTS: list[AgiEvent] = [
    Environment(
        {
            "agi_network": "yes",
            "agi_network_script": "inbound",
            "agi_channel": "PJSIP/carrier-00000001",
            "agi_callerid": "79990000001",
            "agi_calleridname": "Ёжик: из тумана",
            "agi_accountcode": "",
            "agi_arg_1": "а",
        }
    ),
    AgiReply(100, 0),
    AgiReply(200, 0),
    AgiReply(200, 1, "за (скобками) endpos=7"),
    AgiReply(200, 49, endpos=8000),
    AgiReply(200, "", "timeout"),
    AgiReply(200, "0123"),
    AgiReply(200, -1, endpos=0),
    AgiReply(510, data="Invalid or unknown command"),
    AgiReply(520, data=" Usage: ANSWER\n\n\tОтветить."),
    AgiReply(511, data="Command Not Permitted on a dead channel or intercept routine"),
    HungUp(),
]


def decoded(chunks: list[bytes]) -> list[AgiEvent]:
    decoder = AgiDecoder()
    return [event for chunk in chunks for event in decoder.receive_data(chunk)]


def after_header(**limits: int) -> AgiDecoder:
    decoder = AgiDecoder(**limits)
    assert decoder.receive_data(b"agi_network: yes\n\n")
    return decoder


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, len(STREAM)])
def test_chunks_of_any_size_give_the_same_events(size: int) -> None:
    assert decoded([STREAM[at : at + size] for at in range(0, len(STREAM), size)]) == EVENTS


def test_a_cut_at_every_byte_loses_nothing() -> None:
    for cut in range(len(STREAM) + 1):
        assert decoded([STREAM[:cut], STREAM[cut:]]) == EVENTS, f"cut at byte {cut}"


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("200 result=1 ()", AgiReply(200, 1)),
        ("200 result=1 (a) (b)", AgiReply(200, 1, "a) (b")),
        ("200 result=-1 (hangup) endpos=160", AgiReply(200, -1, "hangup", 160)),
        ("200 result=1 (speech) endpos=5 results=0 ", AgiReply(200, 1, "speech", 5)),
        ("200 result=1 (digit) digit=5 endpos=9", AgiReply(200, 1, "digit", 9)),
        ("200 result=-0", AgiReply(200, "-0")),
        ("200 result=99999999999999999999", AgiReply(200, "9" * 20)),
        ("520 Invalid command syntax.  Proper usage not available.",
         AgiReply(520, data="Invalid command syntax.  Proper usage not available.")),
    ],
)  # fmt: skip
def test_replies_of_asterisk(line: str, reply: AgiReply) -> None:
    assert after_header().receive_data(line.encode() + b"\n") == [reply]


@pytest.mark.parametrize("line", [b"", b"200 OK", b"200 result=1 (no end", b"200 result=1 (a)b", b"hangup", b"404 no"])
def test_what_is_not_a_reply_is_refused(line: bytes) -> None:
    with pytest.raises(ProtocolError, match="not an AGI reply"):
        after_header().receive_data(line + b"\n")


@pytest.mark.parametrize("line", [b"GET / HTTP/1.1\r", b"agi_network", b"host: x", b"\r"])
def test_what_is_not_a_header_is_refused(line: bytes) -> None:
    with pytest.raises(ProtocolError, match="not an AGI header"):
        AgiDecoder().receive_data(line + b"\n")


def test_a_later_header_line_cannot_replace_an_earlier_one() -> None:
    assert decoded([b"agi_uniqueid: 1.1\nagi_calleridname: x\nagi_uniqueid: 6.6\n\n"]) == [
        Environment({"agi_uniqueid": "1.1", "agi_calleridname": "x"})
    ]


def test_invalid_letters_are_replaced_and_counted() -> None:
    decoder = AgiDecoder()
    assert decoder.receive_data(b"agi_calleridname: \xff\xd0\x98\n\n") == [Environment({"agi_calleridname": "\ufffdИ"})]
    assert decoder.invalid_letters == 1


@pytest.mark.parametrize(
    ("limits", "data", "message"),
    [
        ({"max_header_line": 50}, b"agi_x: " + b"x" * 44, "longer than 50"),
        ({"max_header_line": 50}, b"agi_x: " + b"x" * 44 + b"\n", "longer than 50"),
        ({"max_headers": 3}, b"agi_x: \n" * 4, "header is too long"),
        ({"max_header_block": 100}, b"agi_x: " + b"x" * 30 + b"\nagi_y: " + b"y" * 60 + b"\n", "header is too long"),
    ],
)
def test_the_header_is_limited(limits: dict[str, int], data: bytes, message: str) -> None:
    with pytest.raises(ProtocolError, match=message):
        AgiDecoder(**limits).receive_data(data)


@pytest.mark.parametrize(
    "data",
    [b"200 result=1 (" + b"x" * 90, b"200 result=1 (" + b"x" * 90 + b")\n", b"520-x\n" + (b"y" * 48 + b"\n") * 3],
)
def test_a_reply_is_limited(data: bytes) -> None:
    with pytest.raises(ProtocolError, match=r"too long|longer than 100"):
        after_header(max_reply=100).receive_data(data)


# No noise of this length is a reply.
@given(st.lists(st.binary(max_size=80).filter(lambda noise: not noise.startswith((b"2", b"1", b"5", b"H")))))
def test_noise_gives_events_or_a_protocol_error(chunks: list[bytes]) -> None:
    decoder = AgiDecoder(max_reply=100)
    events = decoder.receive_data(HEADER)
    try:
        for chunk in chunks:
            events += decoder.receive_data(chunk)
    except ProtocolError as error:
        assert str(error) in ("this is not an AGI reply", "an AGI line is longer than 100 bytes")
    assert events == EVENTS[:1]


def test_words_are_quoted_as_asterisk_reads_them() -> None:
    assert command("STREAM", "FILE", "ru/hello", "") == b'STREAM FILE ru/hello ""\n'
    assert command("SET", "VARIABLE", "X", 'a "b" \\ ё') == 'SET VARIABLE X "a \\"b\\" \\\\ ё"\n'.encode()


def asterisk_reads(line: str) -> list[str]:
    """parse_args() of Asterisk 22, res/res_agi.c, in its own steps."""
    words: list[str] = []
    quoted = escaped = False
    blank = True
    for letter in line:
        if letter == '"' and not escaped:
            quoted = not quoted
            if quoted and blank:
                words.append("")
                blank = False
        elif letter in " \t" and not quoted and not escaped:
            blank = True
        elif letter == "\\" and not escaped:
            escaped = True
        else:
            if blank:
                words.append("")
                blank = False
            words[-1] += letter
            escaped = False
    return words


@given(
    st.lists(
        st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=10),
        min_size=1,
        max_size=9,
    )
)
def test_asterisk_reads_back_every_word(words: list[str]) -> None:
    assert asterisk_reads(command(*words).decode().removesuffix("\n")) == words


@pytest.mark.parametrize("letter", ["\r", "\n", "\0"])
def test_control_letters_are_refused(letter: str) -> None:
    with pytest.raises(ValueError, match="CR, LF or NUL"):
        command("VERBOSE", f"a{letter}EXEC System")


def test_a_command_too_long_for_asterisk_is_refused() -> None:
    assert len(command("x" * 2000)) == 2001
    for words in ([], ["x"] * 121, ["ж" * 1001]):
        with pytest.raises(ValueError, match="has"):
            command(*words)
