import pytest

from ivr.domain.errors import ConfigurationError
from ivr.simulate.bench_speech.accuracy import LINES
from ivr.simulate.bench_speech.voices import Speaker, human, through
from tests.integration.recognition.conftest import REPOSITORY, SOUNDS


def test_every_line_carries_the_whole_phrase() -> None:
    readings, numberless = human(SOUNDS, 1)
    assert [one.saying.form for one in readings if one.saying] == ["digits", "groups", "whole"]
    samples = readings[0].samples
    heard = {how: through(samples, how, 1, numberless) for how in LINES}
    assert {len(sound) for sound in heard.values()} == {2 * len(samples)}
    assert len(set(heard.values())) == len(LINES)
    assert heard["babble5"] == through(samples, "babble5", 1, numberless), "the same again"


def test_voices_that_are_not_there_are_named() -> None:
    with pytest.raises(ConfigurationError, match="do not speak"):
        Speaker(REPOSITORY / "nowhere", REPOSITORY / "dialplans")
