from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.protocols.audiosocket import (
    FRAME_BYTES,
    FRAME_S,
    KEYS,
    RATE,
    Audio,
    AudioSocketDecoder,
    AudioSocketEvent,
    Ended,
    Failed,
    Identified,
    Tone,
    encode,
)
from ivr.protocols.errors import ProtocolError

CALL = UUID("40325ec2-5efd-4bd3-805f-53576e581d13")
QUIET = bytes(FRAME_BYTES)
STREAM = (
    bytes.fromhex("010010 40325ec25efd4bd3805f53576e581d13")
    + bytes.fromhex("100140")
    + QUIET
    + bytes.fromhex("030001 35  030001 2a  100000  ff0001 02  ff0000  000000")
)
EVENTS: list[AudioSocketEvent] = [
    Identified(CALL),
    Audio(QUIET),
    Tone("5"),
    Tone("*"),
    Audio(b""),
    Failed(b"\x02"),
    Failed(b""),
    Ended(),
]

events = st.one_of(
    st.builds(Identified, st.uuids()),
    st.binary(max_size=700).map(lambda data: Audio(data[: len(data) // 2 * 2])),
    st.sampled_from(sorted(KEYS)).map(Tone),
    st.binary(max_size=4).map(Failed),
    st.just(Ended()),
)


def decoded(chunks: list[bytes]) -> list[AudioSocketEvent]:
    decoder = AudioSocketDecoder()
    return [event for chunk in chunks for event in decoder.receive_data(chunk)]


def test_what_asterisk_sends_is_read_as_its_documentation_says() -> None:
    assert decoded([STREAM]) == EVENTS


def test_what_we_write_is_the_same_bytes() -> None:
    assert b"".join(encode(event) for event in EVENTS) == STREAM


@pytest.mark.parametrize("at", range(len(STREAM)))
def test_a_stream_cut_at_any_byte_gives_the_same_events(at: int) -> None:
    assert decoded([STREAM[:at], STREAM[at:]]) == EVENTS


@given(st.lists(events, max_size=12), st.data())
def test_any_events_in_any_chunks_come_back(sent: list[AudioSocketEvent], data: st.DataObject) -> None:
    wire = b"".join(encode(event) for event in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=20)))
    chunks = [wire[start:end] for start, end in zip([0, *cuts], [*cuts, len(wire)], strict=True)]
    assert decoded(chunks) == sent


@given(st.binary(max_size=2000))
def test_noise_is_read_or_refused(noise: bytes) -> None:
    try:
        decoded([noise])
    except ProtocolError as error:
        assert "AudioSocket frame of type" in str(error)


@pytest.mark.parametrize(
    "wire",
    [
        "100001 00",  # half a sample
        "010004 40325ec2",  # a short UUID
        "030002 3535",  # two keys in one
        "030000",
        "120002 0000",  # 16 kHz
        "020000",
    ],
)
def test_what_breaks_the_protocol_is_refused(wire: str) -> None:
    with pytest.raises(ProtocolError, match=f"type 0x{wire[:2]}"):
        decoded([bytes.fromhex(wire)])


def test_a_flash_or_a_fax_is_no_key() -> None:
    assert decoded([bytes.fromhex("030001 66  030001 ff  030001 39")]) == [Tone("9")]


@pytest.mark.parametrize("event", [Audio(b"\0"), Tone("x"), Tone(""), Audio(bytes(65536))])
def test_what_cannot_be_sent_is_refused(event: AudioSocketEvent) -> None:
    with pytest.raises(ValueError, match=r"half a sample|is no key|at most 65535"):
        encode(event)


def test_a_frame_is_twenty_milliseconds() -> None:
    assert FRAME_BYTES == RATE * FRAME_S * 2
