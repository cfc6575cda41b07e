from ivr.simulate.bench_calls.rtp import VOICE, Sender
from ivr.simulate.bench_speech.report import text, wire_targets
from ivr.simulate.bench_speech.wire import Talker, figures


def talker(stop_ms: float | None, answer_ms: float | None) -> Talker:
    made = Talker(("127.0.0.1", 5060), "1", (), stop_ms=stop_ms, answer_ms=answer_ms)
    made.seconds = 10.0
    return made


def test_times_are_of_the_calls_in_which_there_was_something_to_measure() -> None:
    talkers = [talker(200.0 + number, 300.0) for number in range(9)] + [talker(None, None)]
    told = figures(10, talkers, asterisk_s=1.0, engine_s=4.0)
    assert (told["calls"], told["stopped"], told["stop_p50_ms"], told["answer_p95_ms"]) == (10, 9, 204, 300)
    assert (told["turns_a_core"], told["turns_a_core_with_asterisk"]) == (25, 20)


def test_nothing_measured_is_no_figure() -> None:
    told = figures(1, [talker(None, None)], 0.0, 0.0)
    assert (told["stop_p50_ms"], told["turns_a_core"]) == (None, None)


def test_calls_alone_are_a_table() -> None:
    told = "\n".join(text({"wire": {"runs": [figures(1, [], 0, 0), figures(10, [], 0, 0)]}}))
    assert "| callers | 1 | 10 |" in told


def test_a_stream_carries_the_words_that_it_is_given() -> None:
    sender = Sender(1)
    [breath], [word] = sender.voice(), sender.voice(b"\x2a" * 160)
    assert word[12:] == b"\x2a" * 160 != breath[12:]
    assert word[1] & 0x7F == VOICE


def test_targets_stand_beside_what_was_measured() -> None:
    run = figures(20, [talker(300.0, 710.0), talker(300.0, 710.0)], 1.0, 1.0)
    assert [(one["is"], one["wanted"], one["met"]) for one in wire_targets([run])] == [
        (300, 450, True),
        (510, 500, False),
        (20, 20, True),
    ]
    assert {one["met"] for one in wire_targets([figures(1, [], 0, 0)])} == {None}
