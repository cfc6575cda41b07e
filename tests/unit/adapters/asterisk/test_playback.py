import array
import wave
from pathlib import Path

import pytest

from ivr.adapters.asterisk.playback import REWIND_FRAMES, SILENCE, Playback, read_sound
from ivr.domain.errors import PhoneFailed


def sound(number: int, frames: int) -> bytes:
    """Frames that can be told apart."""
    return b"".join(array.array("h", [1000 * number + at] * 160).tobytes() for at in range(frames))


def frames(playback: Playback, count: int) -> list[bytes]:
    return [playback.next_frame() for _ in range(count)]


def test_sounds_follow_each_other_without_a_pause_and_silence_follows_them() -> None:
    playback = Playback([sound(1, 2), sound(2, 1)])
    assert frames(playback, 2) == [sound(1, 2)[:320], sound(1, 2)[320:]]
    assert (playback.said, playback.ended) == (1, False)
    assert frames(playback, 3) == [sound(2, 1), SILENCE, SILENCE]
    assert (playback.said, playback.ended) == (2, True)


def test_a_sound_of_any_length_is_filled_up() -> None:
    playback = Playback([b"\1\2" * 100, b"\3\4" * 100])
    assert playback.next_frame() == b"\1\2" * 100 + b"\3\4" * 60
    assert playback.said == 1
    assert playback.next_frame() == b"\3\4" * 40 + bytes(240)
    assert (playback.said, playback.ended) == (2, True)


def test_no_sounds_are_said_at_once() -> None:
    playback = Playback([])
    assert playback.ended and playback.said == 0
    assert playback.next_frame() == SILENCE


def test_a_sound_that_is_late_is_waited_for_in_silence() -> None:
    playback = Playback([b"\1\2" * 200], more=1)
    assert frames(playback, 3) == [b"\1\2" * 160, SILENCE, SILENCE]
    assert (playback.said, playback.ended) == (0, False)
    playback.add(b"\3\4" * 120)
    assert frames(playback, 2) == [b"\1\2" * 40 + b"\3\4" * 120, SILENCE]
    assert (playback.said, playback.ended) == (2, True)


def test_a_stop_fades_out_within_one_frame() -> None:
    playback = Playback([sound(7, 100)])
    frames(playback, 10)
    playback.stop()
    fading, after = frames(playback, 2)
    samples = array.array("h", fading)
    assert samples[0] > 7000 and 0 <= samples[-1] < 100 and list(samples) == sorted(samples, reverse=True)
    assert after == SILENCE and not playback.ended
    playback.stop()
    assert playback.next_frame() == SILENCE


@pytest.mark.parametrize("again", [True, False])
def test_it_goes_on_where_it_stopped_or_a_little_before(again: bool) -> None:
    whole = sound(1, 100)
    playback = Playback([whole])
    frames(playback, 59)
    playback.stop()
    frames(playback, 20)
    playback.resume(again=again)
    at = 60 - REWIND_FRAMES if again else 60
    assert playback.next_frame() == whole[at * 320 : (at + 1) * 320]
    frames(playback, 100)
    assert playback.ended


def test_a_rewind_does_not_go_before_the_start() -> None:
    playback = Playback([sound(1, 30)])
    frames(playback, 3)
    playback.stop()
    playback.resume(again=True)
    assert playback.next_frame() == sound(1, 1)


def test_the_comfort_sound_goes_round_until_it_is_stopped() -> None:
    playback = Playback([sound(1, 1)])
    playback.next_frame()
    playback.comfort()
    first, second = frames(playback, 80), frames(playback, 80)
    assert first == second
    loudest = max(abs(sample) for frame in first for sample in array.array("h", frame))
    assert 500 < loudest < 1100
    playback.stop()
    assert frames(playback, 2) == [SILENCE, SILENCE]


def write(path: Path, rate: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(sound(1, 2))
    return path


def test_sounds_are_read_from_files(tmp_path: Path) -> None:
    assert read_sound(write(tmp_path / "one.wav", 8000)) == sound(1, 2)


def test_a_sound_that_cannot_be_said_is_named(tmp_path: Path) -> None:
    (tmp_path / "torn.wav").write_bytes(b"RIFF")
    for path, why in (
        (write(tmp_path / "wide.wav", 16000), r"wide\.wav is not 8 kHz"),
        (tmp_path / "none.wav", r"none\.wav cannot be read"),
        (tmp_path / "torn.wav", r"torn\.wav cannot be read"),
    ):
        with pytest.raises(PhoneFailed, match=why):
            read_sound(path)
