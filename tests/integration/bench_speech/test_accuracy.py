"""The bench's own machinery on the real recogniser and the recorded voice, a few phrases of it."""

from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio

from ivr.adapters.speech.recognition.vosk_local import VoskRecogniser
from ivr.dialogue.listening.commands import End
from ivr.dialogue.listening.heard import Hypothesis
from ivr.domain.errors import RecognitionFailed
from ivr.service.hearing import OnFailure, OnPartial
from ivr.simulate.bench_speech import cost
from ivr.simulate.bench_speech.accuracy import measured
from ivr.simulate.bench_speech.judging import question
from ivr.simulate.bench_speech.turns import take
from ivr.simulate.bench_speech.voices import human
from tests.integration.recognition.conftest import MODEL, SOUNDS

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def recogniser() -> AsyncIterator[VoskRecogniser]:
    one = await VoskRecogniser.load(MODEL)
    yield one
    await one.close()


async def test_most_readings_of_the_recorded_voice_are_heard(recogniser: VoskRecogniser) -> None:
    readings, numberless = human(SOUNDS, 4)
    counted = []
    tally = await measured(recogniser, readings, "alaw", numberless, lambda: counted.append(1))
    assert (tally.said, len(counted)) == (12, 12)
    assert tally.right >= 0.5
    assert set(tally.forms) == {"digits", "groups", "whole"}
    assert all(0 <= each < 3 for each in tally.beyond_s)


async def test_phrases_without_a_number_count_as_taken_when_one_is_made_of_them(recogniser: VoskRecogniser) -> None:
    _, numberless = human(SOUNDS, 1)
    honest = await measured(recogniser, numberless[:6], "clean", numberless, lambda: None)
    assert (honest.said, honest.right) == (6, 0)
    assert honest.taken <= 2


async def test_a_line_that_stays_silent_ends_as_silence(recogniser: VoskRecogniser) -> None:
    readings, _ = human(SOUNDS, 1)
    assert readings[0].saying is not None
    taken = await take(recogniser, question(readings[0].saying.context), bytes(16000))
    assert (taken.end, taken.hypotheses, taken.over_s) == (End.SILENCE, (), pytest.approx(8.0, abs=0.03))


async def test_hearing_has_a_cost(recogniser: VoskRecogniser) -> None:
    readings, _ = human(SOUNDS, 1)
    told = await cost.measured(recogniser, readings)
    assert (0 < told["rtf"] < 1 and told["turns_a_core"] == round(1 / told["rtf"], -1)) or told["turns_a_core"] > 0


class Deaf:
    """A recogniser that fails in the middle of a phrase."""

    name = "deaf"

    def hear(self, grammar: Sequence[str], partial: OnPartial, failure: OnFailure) -> "Deaf":
        self._failure = failure
        return self

    def feed(self, samples: bytes) -> None:
        self._failure(RecognitionFailed("out of order"))

    async def conclude(self) -> tuple[Hypothesis, ...]:
        raise RecognitionFailed("out of order")

    def close(self) -> None: ...


async def test_a_recogniser_that_fails_ends_the_bench_in_its_own_words() -> None:
    readings, numberless = human(SOUNDS, 1)
    with pytest.raises(RecognitionFailed, match="out of order"):
        await measured(Deaf(), readings, "clean", numberless, lambda: None)  # type: ignore[arg-type]
