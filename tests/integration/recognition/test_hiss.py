"""A lone «да» over a hum and nothing else, by the voices that are there everywhere."""

from random import Random

import numpy as np
import pytest

from ivr.adapters.speech.recognition.hiss import Hiss
from ivr.adapters.speech.recognition.vosk_local import VoskRecogniser
from ivr.dialogue.listening.profile import YES_NO
from ivr.dialogue.understanding import grammar
from ivr.simulate.bench_speech.voices import testsets as known
from speech_training import voices

from .contract import heard

pytestmark = pytest.mark.asyncio(loop_scope="module")

VOICES = ("m1", "m3", "m5", "m7", "f2")
HUM_RMS = 40.0


async def yeses(local: VoskRecogniser, hiss: float) -> int:
    """Of ten, how many are heard."""
    count = 0
    for voice in VOICES:
        for speed in (140, 160):
            said = known().placed([voices.espeak("да", voice, speed, 50, 0)], Random(1), 0, 0, 1.5)
            at = np.arange(len(said)) / 8000
            hum = sum(np.sin(2 * np.pi * 50 * k * at + k) for k in (1, 3, 5, 7, 9, 11)) * HUM_RMS / np.sqrt(3)
            sound = np.clip(np.round(said + hum), -32768, 32767).astype("<i2").tobytes()
            count += (await heard(local, grammar.reply(), Hiss(hiss).under(sound))).best == ("да",)
    return count


async def test_the_hiss_of_yes_and_no_lets_a_lone_yes_be_heard_over_a_hum(local: VoskRecogniser) -> None:
    without, with_it = await yeses(local, 0), await yeses(local, YES_NO.hiss)
    print(f"a lone «да» over a hum, of ten: {without}, with the hiss {with_it}")
    assert with_it >= 8 and without <= 4
