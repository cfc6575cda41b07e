"""Sounds under fixed names, the music on hold, and what is missing on a machine."""

import numpy as np
import pytest

from ivr.adapters.speech import missing, render_fixed
from ivr.adapters.speech.music import SECONDS, write_music
from ivr.adapters.speech.samples import loudness
from ivr.dialogue.model import Phrase
from tests.integration.speech.conftest import pitch, read_sound, tone

TEXTS = {"apology": "Извините, произошла ошибка.", "wait": "Оставайтесь на линии."}


async def test_fixed_sounds_are_those_of_the_voice(new_voice, tmp_path):
    voice, folder, told = new_voice(), tmp_path / "sounds" / "fixed", []
    placed = await render_fixed(voice, TEXTS, folder, lambda done, of: told.append((done, of)))
    assert placed == [folder / "apology.wav", folder / "wait.wav"]
    for name, text in TEXTS.items():
        assert (folder / f"{name}.wav").read_bytes() == (await voice.sound(Phrase(text))).read_bytes()
    assert told == [(1, 2), (2, 2)]
    assert sorted(path.name for path in folder.iterdir()) == ["apology.wav", "wait.wav"]


async def test_a_second_time_leaves_what_is_there_and_takes_what_is_new(new_voice, tmp_path):
    voice, folder = new_voice(), tmp_path / "fixed"
    await render_fixed(voice, TEXTS, folder)
    kept = tmp_path / "kept"
    kept.mkdir()
    for path in folder.iterdir():
        (kept / path.name).hardlink_to(path)  # so that no inode is used again
    tone(tmp_path / "studio" / "wait.wav")
    await render_fixed(voice, TEXTS, folder)
    apology, wait = folder / "apology.wav", folder / "wait.wav"
    assert apology.samefile(kept / "apology.wav")
    assert not wait.samefile(kept / "wait.wav")
    assert pitch(read_sound(wait)) == pytest.approx(1000, abs=10)


def test_the_music_is_a_quiet_minute_that_loops(tmp_path):
    assert write_music(tmp_path / "music" / "hold.wav") == SECONDS
    samples = read_sound(tmp_path / "music" / "hold.wav")
    assert len(samples) == SECONDS * 8000
    assert loudness(samples) == pytest.approx(-30, abs=1)
    assert np.abs(samples).max() < 0.5
    steps = np.abs(np.diff(samples))
    assert abs(samples[0] - samples[-1]) <= steps.max(), "no click where it starts again"
    seconds = np.sqrt(np.mean(samples.reshape(SECONDS, 8000) ** 2, axis=1))
    assert seconds.min() > seconds.max() / 8, "never silent: a silent line sounds cut off"


def test_nothing_is_missing_here():
    assert missing() == []


def test_what_is_missing_comes_with_its_command(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    ffmpeg, rhvoice = missing("rhvoice")
    assert "apt-get install ffmpeg" in ffmpeg
    assert "apt-get install rhvoice rhvoice-russian" in rhvoice
    assert missing("espeak") == [ffmpeg]
