"""Synthesis: what every sound must be, and that it is made once."""

import asyncio

import numpy as np
import pytest

from ivr.adapters.speech.samples import loudness
from ivr.adapters.speech.wavefile import write_wav
from ivr.dialogue.model import Phrase
from ivr.domain.errors import PhoneFailed
from tests.integration.speech.conftest import read_sound

TEXTS = [
    "да",
    "нет",
    "Здравствуйте!",
    "Ваш разговор записывается.",
    "К оплате сто двадцать один рубль одна копейка. Чтобы передать показания, нажмите один.",
]


async def test_every_sound_has_one_loudness_is_trimmed_and_does_not_clip(new_voice):
    voice = new_voice()
    for text in TEXTS:
        samples = read_sound(await voice.sound(Phrase(text)))
        assert loudness(samples) == pytest.approx(-23.0, abs=1.0), text
        assert np.abs(samples).max() < 0.95
        frames = np.abs(samples[: len(samples) // 80 * 80]).reshape(-1, 80).max(axis=1)
        loud = np.flatnonzero(frames > frames.max() / 100)
        assert loud[0] <= 10 and len(frames) - loud[-1] <= 10, text


async def test_a_sound_is_made_once_even_by_another_voice_later(new_voice):
    first = new_voice()
    path = await first.sound(Phrase("Добрый день."))
    assert await first.sound(Phrase("Добрый день.")) == path
    assert first.rendered == 1
    second = new_voice()
    assert await second.sound(Phrase("Добрый день.")) == path
    assert second.rendered == 0


async def test_a_sound_that_another_engine_made_meanwhile_stays(tmp_path):
    """Two engines that begin together over one cache make it both, and espeak-ng not quite alike."""
    sound = tmp_path / "sound.wav"
    write_wav(sound, np.full(8000, 0.1))
    first = sound.read_bytes()
    write_wav(sound, np.full(8000, 0.2))
    assert sound.read_bytes() == first
    assert list(tmp_path.iterdir()) == [sound]


async def test_fifty_callers_at_once_wait_for_one_rendering(new_voice):
    voice = new_voice(workers=2)
    paths = await asyncio.gather(*(voice.sound(Phrase("Оставайтесь на линии.")) for _ in range(50)))
    assert len(set(paths)) == 1 and voice.rendered == 1


async def test_a_caller_who_leaves_does_not_take_the_sound_from_the_others(new_voice):
    voice = new_voice()
    leaves, stays = (asyncio.create_task(voice.sound(Phrase("Минуту."))) for _ in range(2))
    await asyncio.sleep(0)
    leaves.cancel()
    assert read_sound(await stays).any()
    assert leaves.cancelled() and voice.rendered == 1


async def test_seconds_are_those_of_the_file(new_voice):
    voice = new_voice()
    phrase = Phrase("Повторите, пожалуйста.")
    assert await voice.seconds(phrase) == len(read_sound(await voice.sound(phrase))) / 8000


async def test_what_makes_a_sound_different_makes_another_file(new_voice):
    phrase = Phrase("Спасибо за показания, до свидания.")
    slow, fast, loud = new_voice(rate=120), new_voice(rate=240), new_voice(rate=120, loudness_lufs=-14.0)
    assert await slow.seconds(phrase) > 1.4 * await fast.seconds(phrase)
    samples = read_sound(await loud.sound(phrase))
    assert loudness(samples) == pytest.approx(-14.0, abs=1.0)
    assert np.abs(samples).max() < 0.95


async def test_marks_of_synthesisers_are_words_not_commands(new_voice):
    voice = new_voice()
    # As SSML the break would last five seconds; as phonemes the brackets would be one short sound.
    assert await voice.seconds(Phrase('<break time="5s"/> да')) < 5
    assert await voice.seconds(Phrase("[[da]] $(touch x); `id` | да")) > 1


@pytest.mark.parametrize("text", ["да\x00нет", "да\nнет", "да\u202eнет", "", " … "])
async def test_texts_that_are_not_speech_are_refused(new_voice, text):
    voice = new_voice()
    with pytest.raises(PhoneFailed, match="a text to be spoken has"):
        await voice.sound(Phrase(text))
    assert voice.rendered == 0


async def test_prerender_tells_its_progress_and_keeps_the_order(new_voice):
    voice = new_voice()
    phrases = [Phrase("один"), Phrase("два"), Phrase("один"), Phrase("три")]
    told = []
    paths = await voice.prerender(phrases, lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert paths == [await voice.sound(phrase) for phrase in dict.fromkeys(phrases)]
    assert voice.rendered == 3


async def test_prerender_stops_at_the_first_failure(new_voice):
    voice = new_voice(voice="no-such-voice")
    with pytest.raises(PhoneFailed, match="does not know the voice 'no-such-voice'"):
        await voice.prerender([Phrase("да")])


async def test_a_respelt_word_sounds_different(new_voice, tmp_path):
    table = tmp_path / "pronunciation.yaml"
    table.write_text("espeak: {дом*: небоскрёб}", encoding="utf-8")
    plain, respelt = new_voice(), new_voice(pronunciation=table)
    assert await respelt.sound(Phrase("домом")) == await plain.sound(Phrase("небоскрёбом"))
    assert await respelt.sound(Phrase("Садом")) == await plain.sound(Phrase("Садом"))
