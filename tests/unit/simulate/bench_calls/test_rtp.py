import struct

from ivr.simulate.bench_calls.rtp import TONE, VOICE, Sender, audible, stream


def fields(packet: bytes) -> tuple[int, bool, int, int]:
    """Payload type, marker, sequence, timestamp."""
    _, kind, sequence, timestamp, _ = struct.unpack("!BBHII", packet[:12])
    return kind & 0x7F, bool(kind & 0x80), sequence, timestamp


def test_a_tone_keeps_its_beginning_and_ends_three_times() -> None:
    *tone, end = Sender(1).tone("7")

    assert [len(packets) for packets in tone] == [1] * 5
    heads = [fields(packet) for packets in (*tone, end) for packet in packets]
    assert {kind for kind, *_ in heads} == {TONE}
    assert [marker for _, marker, *_ in heads] == [True] + [False] * 7
    assert [sequence for _, _, sequence, _ in heads] == list(range(8))
    assert {timestamp for *_, timestamp in heads} == {0}
    bodies = [struct.unpack("!BBH", packet[12:]) for packets in (*tone, end) for packet in packets]
    assert [body[0] for body in bodies] == [7] * 8
    assert [bool(body[1] & 0x80) for body in bodies] == [False] * 5 + [True] * 3
    assert [body[2] for body in bodies] == [160, 320, 480, 640, 800, 800, 800, 800]


def test_a_stream_has_every_tick_and_its_tones_in_time() -> None:
    ticks = stream([(0.1, "1"), (0.4, "#")], 1.0, ssrc=5)

    assert len(ticks) == 50
    kinds = [fields(packets[0])[0] for packets in ticks]
    assert [tick for tick, kind in enumerate(kinds) if kind == TONE] == [*range(5, 11), *range(20, 26)]
    # Voice goes on at the time that is right for its tick, also after a tone.
    assert [fields(packets[0])[3] for packets in ticks if fields(packets[0])[0] == VOICE] == [
        160 * tick for tick, kind in enumerate(kinds) if kind == VOICE
    ]


def test_a_stream_may_end_within_a_tone() -> None:
    assert [fields(packets[0])[0] for packets in stream([(0.04, "1")], 0.08, ssrc=5)] == [VOICE, VOICE, TONE, TONE]


def test_breath_and_tones_are_not_heard_but_speech_is() -> None:
    sender = Sender(1)
    (breath,) = sender.voice()
    loud = breath[:12] + b"\x2a" * 160
    quarter = breath[:12] + b"\x2a" * 2 + b"\xd5" * 158  # one loud sample in eighty

    assert not audible(breath)
    assert audible(loud)
    assert audible(quarter)
    assert not audible(breath[:12] + b"\xd5" * 160)
    assert not any(audible(packet) for packets in sender.tone("1") for packet in packets)
    assert not audible(b"")
