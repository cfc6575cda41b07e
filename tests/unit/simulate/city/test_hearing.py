"""Recordings that grow, and questions asked of them."""

from pathlib import Path

import numpy as np
import pytest

from ivr.simulate.city.alaw import RATE, Sound, encode, through_line
from ivr.simulate.city.ear import Ear, Hit, Searched, Verdict
from ivr.simulate.city.hearing import GrowingRecording, Question, Tap, read_recording

PACKET = 160


def melody(seed: int, seconds: float) -> Sound:
    """A sound that is like no other: noise of its own, band-limited, in syllables."""
    random = np.random.default_rng(seed)
    noise = np.convolve(random.normal(0, 0.3, round(seconds * RATE)), np.ones(4) / 4, "same")
    syllables = np.repeat(random.uniform(0.3, 1, len(noise) // 800 + 1), 800)[: len(noise)]
    return np.clip(noise * syllables, -1, 1).astype(np.float32)


BEGINNING = melody(1, 1.0)
SHORT = BEGINNING
LONG = np.concatenate((BEGINNING, melody(2, 1.0)))
OTHER = melody(3, 1.5)
QUIET = np.zeros(RATE, dtype=np.float32)


@pytest.fixture(scope="module")
def ear() -> Ear:
    return Ear({"short": SHORT, "long": LONG, "other": OTHER})


def grown(question: Question, recording: Sound, step: int = 800) -> tuple[str, float] | None:
    """What the question says first while `recording` grows, and after how many seconds."""
    for end in range(0, len(recording) + step, step):
        if heard := question.ask(recording[:end]):
            return heard.name, end / RATE
    return None


def test_a_sound_is_recognised_before_its_end(ear: Ear) -> None:
    recording = through_line(np.concatenate((QUIET, OTHER, QUIET)))
    answer = grown(Question(ear, "other"), recording)
    assert answer is not None
    assert 1.4 <= answer[1] <= 1.7


def test_of_two_with_the_same_beginning_the_longer_shows_itself_when_it_goes_on(ear: Ear) -> None:
    recording = through_line(np.concatenate((LONG, QUIET)))
    answer = grown(Question(ear, "long"), recording)
    assert answer is not None
    assert 1.0 < answer[1] <= 1.4
    assert grown(Question(ear, "short"), recording) is None


def test_of_two_with_the_same_beginning_the_shorter_is_sure_when_it_is_over(ear: Ear) -> None:
    recording = through_line(np.concatenate((SHORT, QUIET)))
    answer = grown(Question(ear, "short"), recording)
    assert answer is not None
    assert 1.3 < answer[1] <= 1.6
    assert grown(Question(ear, "long"), recording) is None


def test_of_two_with_the_same_beginning_the_shorter_is_sure_when_the_line_is_gone(ear: Ear) -> None:
    recording = through_line(np.concatenate((QUIET, SHORT)))
    assert Question(ear, "short").ask(recording) is None
    heard = Question(ear, "short").ask(recording, ended=True)
    assert heard is not None and heard.whole
    assert Question(ear, "long").ask(recording, ended=True) is None


def test_only_what_comes_after_the_given_time_counts(ear: Ear) -> None:
    recording = through_line(np.concatenate((OTHER, QUIET, OTHER, QUIET)))
    heard = Question(ear, "other", since_s=0.5).ask(recording)
    assert heard is not None
    assert heard.start_s == pytest.approx(2.5, abs=0.01)
    assert heard.whole


def test_a_sound_that_the_ear_does_not_know_is_refused(ear: Ear) -> None:
    with pytest.raises(ValueError, match="no sound 'menu'; it knows short, long, other"):
        Question(ear, "menu")


def test_a_growing_recording_is_read_as_far_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "call.raw"
    recording = GrowingRecording(path)
    assert len(recording.sound) == 0
    pairs = np.array([[1, -1], [2, -2], [3, -3]], dtype="<i2")
    path.write_bytes(pairs[:2].tobytes() + b"\x03")
    assert list(recording.sound * 32768) == [1, 2]
    path.write_bytes(pairs.tobytes())
    assert list(recording.sound * 32768) == [1, 2, 3]
    heard, said = read_recording(path)
    assert (list(heard * 32768), list(said * 32768)) == ([1, 2, 3], [-1, -2, -3])


def packet(stamp: int, value: float = 0.5) -> bytes:
    return bytes(4) + stamp.to_bytes(4, "big") + bytes(4) + encode(np.full(PACKET, value, dtype=np.float32))


@pytest.mark.parametrize("begin", [160, (1 << 32) - 200])
def test_the_tap_puts_packets_where_they_belong_in_time(begin: int) -> None:
    now = 100.120  # of the first 0.1 s nothing was heard
    tap = Tap(answered_at=100.0, now=lambda: now)
    tap.datagram_received(packet(begin), None)
    now = 103.0  # read much too late, and in the wrong order
    for stamp in (begin + 7040, begin + 160, begin - 1600):
        tap.datagram_received(packet(stamp % (1 << 32)), None)
    sound = tap.sound
    assert len(sound) == RATE
    assert list(np.flatnonzero(sound > 0.4)) == [*range(800, 1120), *range(RATE - PACKET, RATE)]


def test_the_tap_takes_long_calls() -> None:
    tap = Tap(answered_at=0.0, now=lambda: 0.02)
    for number in range(61 * 50):
        tap.datagram_received(packet(number * PACKET), None)
    assert len(tap.sound) == 61 * RATE
    assert (tap.sound > 0.4).all()


def test_what_seems_another_sound_while_it_goes_on_is_judged_anew() -> None:
    """Sounds that begin alike: for a moment the other one may go on longer in the recording so far."""

    class Undecided(Ear):
        def judge(self, searched: Searched, name: str, *, ended: bool = False) -> list[Verdict]:
            begins = searched.blocks[0][0] / RATE
            goes_on = len(searched.recording) / RATE < 5
            hit = Hit(1.0, 0.9, min(len(searched.recording) / RATE, 6.0) - 1.0)
            return [Verdict(hit, sure=not goes_on, wrong=goes_on)] if begins <= hit.start_s else []

    noise = np.random.default_rng(0).normal(0, 0.1, RATE * 8).astype(np.float32)
    question = Question(Undecided({"one": noise[: RATE * 5]}), "one")
    assert question.ask(noise[: RATE * 4]) is None
    heard = question.ask(noise[: RATE * 6])
    assert heard is not None and heard.start_s == 1.0
