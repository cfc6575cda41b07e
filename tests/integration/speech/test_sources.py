"""Studio files, then recorded words, then synthesis."""

import asyncio

import numpy as np
import pytest

from ivr.adapters.speech.samples import loudness
from ivr.dialogue.model import Phrase
from ivr.dialogue.wording import phrase
from tests.integration.speech.conftest import pitch, read_sound, run_ffmpeg, tone

WELCOME = Phrase("Здравствуйте!", "welcome")


@pytest.mark.parametrize("suffix", ["wav", "mp3", "ogg", "flac", "m4a"])
async def test_a_studio_file_replaces_its_text(new_voice, tmp_path, suffix):
    tone(tmp_path / "studio" / f"welcome.{suffix}")
    voice = new_voice()
    samples = read_sound(await voice.sound(WELCOME))
    assert pitch(samples) == pytest.approx(1000, abs=10)
    assert loudness(samples) == pytest.approx(-23.0, abs=1.0)
    assert len(samples) / 8000 == pytest.approx(2.12, abs=0.1), "the silence around it is trimmed"
    assert pitch(read_sound(await voice.sound(Phrase("Здравствуйте!", "goodbye")))) != pytest.approx(1000, abs=10)


async def test_a_new_studio_file_is_taken_without_a_restart(new_voice, tmp_path):
    voice = new_voice()

    async def other_than(*known):
        for _ in range(100):  # what was found is believed for a second
            if (sound := await voice.sound(WELCOME)) not in known:
                return sound
            await asyncio.sleep(0.1)
        raise AssertionError("the same sound for ten seconds")

    spoken = await voice.sound(WELCOME)
    file = tmp_path / "studio" / "welcome.wav"
    tone(file)
    first = await other_than(spoken)
    tone(file, hertz=600, seconds=1.0)
    second = await other_than(spoken, first)
    assert pitch(read_sound(second)) == pytest.approx(600, abs=10)
    file.unlink()
    assert await other_than(first, second) == spoken


async def test_a_broken_studio_file_leaves_the_synthesised_text(new_voice, tmp_path):
    voice = new_voice()
    spoken = await voice.sound(WELCOME)
    (tmp_path / "studio").mkdir()
    (tmp_path / "studio" / "welcome.mp3").write_bytes(b"this is no sound" * 100)
    assert await voice.sound(WELCOME) == spoken
    assert await voice.sound(WELCOME) == spoken


async def test_a_silent_studio_file_leaves_the_synthesised_text(new_voice, tmp_path):
    voice = new_voice()
    spoken = await voice.sound(WELCOME)
    (tmp_path / "studio").mkdir()
    run_ffmpeg("-f", "lavfi", "-i", "anullsrc=r=44100", "-t", "1", tmp_path / "studio" / "welcome.wav")
    assert await voice.sound(WELCOME) == spoken


async def test_a_name_is_never_a_path(new_voice, tmp_path):
    tone(tmp_path / "secret.wav")
    (tmp_path / "studio").mkdir()
    voice = new_voice()
    assert await voice.sound(Phrase("Здравствуйте!", "../secret")) == await voice.sound(WELCOME)


@pytest.fixture
def recorded(tmp_path):
    """Recorded words: each a tone of its own pitch and level, with silence around, as a speaker would leave."""
    folder = tmp_path / "recorded"
    for number in (1, 2, 3):
        loud, word = tmp_path / f"{number}.wav", folder / "digits" / f"{number}.wav"
        word.parent.mkdir(parents=True, exist_ok=True)
        tone(loud, hertz=500 * number, seconds=0.4)
        run_ffmpeg("-i", loud, "-af", f"volume={-6 * number}dB", "-ar", "8000", "-ac", "1", word)
    return folder


async def test_recorded_words_are_joined_evenly_with_the_pauses_of_the_text(new_voice, recorded):
    voice = new_voice(recorded=recorded)
    samples = read_sound(await voice.sound(phrase("{n:digits}", {"n": "123"})))
    thirds = np.array_split(samples, 3)
    assert [round(pitch(third), -1) for third in thirds] == [500, 1000, 1500]
    levels = [loudness(third) for third in thirds]
    assert max(levels) - min(levels) < 2, "the quiet word was brought up"
    assert loudness(samples) == pytest.approx(-23.0, abs=1.0)
    plain = await voice.seconds(Phrase("один два", recorded=("digits/1", "digits/2")))
    paused = await voice.seconds(Phrase("один, два", recorded=("digits/1", "digits/2")))
    assert paused == pytest.approx(plain + 0.3, abs=0.01)


async def test_one_missing_word_leaves_the_whole_phrase_to_synthesis(new_voice, recorded):
    said = phrase("{n:digits}", {"n": "124"})
    assert said.recorded
    assert await new_voice(recorded=recorded).sound(said) == await new_voice().sound(said)


async def test_a_broken_word_leaves_the_whole_phrase_to_synthesis(new_voice, recorded):
    (recorded / "digits" / "3.wav").write_bytes(b"RIFF")
    said = phrase("{n:digits}", {"n": "123"})
    assert await new_voice(recorded=recorded).sound(said) == await new_voice().sound(said)
