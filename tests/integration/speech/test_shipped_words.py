"""The model that ships hears what callers of the five presets ask for, without `ivr speech compile`."""

from itertools import chain
from pathlib import Path

import pytest

from ivr.adapters.speech.recognition import models
from ivr.dialogue.understanding import grammar
from tests.flows.scenario import PRESETS, preset

WORDS = models.words(Path("asr_models/ivr-ru-phone-8k"))


@pytest.mark.parametrize("name", PRESETS)
def test_every_word_that_the_presets_menus_listen_for_is_known(name: str) -> None:
    phrases = chain.from_iterable(preset(name).phrases.values())
    lacking = grammar.unknown(grammar.wishes(phrases), WORDS)
    assert not lacking, "add them to asr_models/words.txt and make the graph anew: speech_training, step export"


def test_every_word_that_any_question_listens_for_is_known() -> None:
    assert grammar.unknown(grammar.vocabulary(), WORDS) == []
