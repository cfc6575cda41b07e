"""An ONNX model through sherpa-onnx: real loading, real streaming."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from ivr.adapters.speech.recognition.sherpa import SherpaRecogniser, spoken_words
from ivr.dialogue.listening.heard import Word
from ivr.domain.errors import ConfigurationError
from ivr.service.hearing import Recogniser

from . import toy_onnx
from .contract import heard

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOFT, LOUD = 2000, 12000


def sound(*parts: tuple[int, float]) -> bytes:
    """Noise of these levels (mean of its size) and lengths, seconds."""
    noise = np.random.default_rng(1)
    return b"".join(
        (level * noise.choice([-1, 1], round(8000 * seconds))).astype("<i2").tobytes() for level, seconds in parts
    )


YES = sound((0, 0.3), (SOFT, 0.15), (LOUD, 0.15), (0, 0.3))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def toy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SherpaRecogniser]:
    one = await SherpaRecogniser.load(toy_onnx.make(tmp_path_factory.mktemp("models") / "toy"))
    yield one
    await one.close()


async def test_a_word_is_heard_while_it_is_said(toy: SherpaRecogniser) -> None:
    port: Recogniser = toy
    result = await heard(port, ("да", "[unk]"), YES)
    assert result.best == ("да",)
    assert ("да",) in result.partials
    [word] = result.hypotheses[0].words
    assert 0.2 <= word.start_s < word.end_s <= len(YES) / 16000 + 0.001
    assert 0 < word.confidence <= 1


async def test_what_is_not_in_the_question_is_unknown(toy: SherpaRecogniser) -> None:
    result = await heard(toy, ("нет", "[unk]"), YES)
    assert [word.text for word in result.hypotheses[0].words] == ["[unk]"]
    assert result.best == () and ("[unk]",) in result.partials
    assert (await heard(toy, (), YES)).best == ("да",)


async def test_silence_is_nothing(toy: SherpaRecogniser) -> None:
    assert (await heard(toy, ("да",), sound((0, 1.0)))).hypotheses == ()
    assert (await heard(toy, ("да",), b"")).hypotheses == ()


async def test_the_last_sound_before_the_end_is_heard(toy: SherpaRecogniser) -> None:
    assert (await heard(toy, ("да",), sound((0, 0.3), (SOFT, 0.06), (LOUD, 0.06)))).best == ("да",)


async def test_many_phrases_at_once_do_not_mix(toy: SherpaRecogniser) -> None:
    phrases = [YES, sound((0, 0.21), (LOUD, 0.3), (0, 0.2))] * 4
    many = await asyncio.gather(*(heard(toy, (), phrase) for phrase in phrases))
    assert [one.best for one in many] == [("да",), ("а",)] * 4


@pytest.mark.parametrize("damage", [b"", b"no model frame_length_ms"])
async def test_a_damaged_model_is_named_and_does_no_harm(tmp_path: Path, damage: bytes) -> None:
    folder = toy_onnx.make(tmp_path / "toy")
    (folder / "model.onnx").write_bytes(damage)
    with pytest.raises(ConfigurationError, match=r"toy: the model does not load .*; copy it anew") as refused:
        await SherpaRecogniser.load(folder)
    assert len(str(refused.value)) < len(str(folder)) + 300


async def test_letters_and_pieces_become_words() -> None:
    letters = spoken_words(["д", "а", " ", "н", "е", "т"], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [], 0.9)
    assert letters == (Word("да", 0.1, 0.3, 0.5), Word("нет", 0.4, 0.9, 0.5))
    pieces = spoken_words(["▁Со", "рок", "▁пять"], [0.0, 0.2, 0.5], [0.0, 0.0, -0.5], 1.0)
    assert [(word.text, word.start_s, word.end_s) for word in pieces] == [("сорок", 0.0, 0.5), ("пять", 0.5, 1.0)]
    assert [word.confidence for word in pieces] == pytest.approx([1.0, 0.6065], abs=0.001)
    assert spoken_words([" "], [0.0], [], 1.0) == ()
