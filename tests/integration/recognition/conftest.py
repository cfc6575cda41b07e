"""The shipped model, and phrases of the recorded Russian voice that Asterisk's sounds bring."""

import os
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest_asyncio

from ivr.adapters.speech.recognition.vosk_local import VoskRecogniser

REPOSITORY = Path(__file__).parents[3]
SOUNDS = Path(os.environ.get("IVR_TEST_ASTERISK_ROOT", REPOSITORY / "var/asterisk")) / "usr/share/asterisk/sounds/ru"
MODEL = REPOSITORY / "asr_models/ivr-ru-phone-8k"
_WORDS = """
ноль один одна два две три четыре пять шесть семь восемь девять десять одиннадцать двенадцать двадцать тридцать сорок
пятьдесят шестьдесят сто тысяча тысячи тысяч [unk]
"""
NUMBERS = tuple(_WORDS.split())
YES_NO = ("да", "нет", "[unk]")
FRAME = 320


def recorded(name: str) -> bytes:
    """Samples of one of Asterisk's recorded sounds."""
    with wave.open(str(SOUNDS / f"{name}.wav")) as sound:
        return sound.readframes(sound.getnframes())


def quiet(seconds: float) -> bytes:
    return bytes(round(8000 * seconds) * 2)


def spoken(*names: str) -> bytes:
    """The recorded words with silence around them."""
    return quiet(0.5) + b"".join(recorded(f"digits/{name}") for name in names) + quiet(0.8)


def someone_behind() -> bytes:
    """Eight, nought and four in the noise of a room, and then somebody there says eight, 10 dB below."""
    near = np.frombuffer(spoken("8", "0", "4"), "<i2").astype(float)
    far = np.frombuffer(recorded("digits/8") + quiet(0.8), "<i2") * 0.3
    room = np.random.default_rng(0).normal(0, 0.15 * near[near != 0].std(), len(near) + len(far))
    return bytes((np.concatenate([near, far]) + room).round().astype("<i2").tobytes())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def local() -> AsyncIterator[VoskRecogniser]:
    one = await VoskRecogniser.load(MODEL)
    yield one
    await one.close()
