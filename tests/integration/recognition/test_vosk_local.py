"""The shipped model over vosk in this process."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivr.adapters.speech.recognition.vosk_local import VoskRecogniser
from ivr.domain.errors import ConfigurationError, RecognitionFailed
from ivr.service.hearing import Recogniser

from .conftest import MODEL, NUMBERS, YES_NO, quiet, someone_behind, spoken
from .contract import heard

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_number_is_heard_while_it_is_said(local: VoskRecogniser) -> None:
    result = await heard(local, NUMBERS, spoken("6", "0", "7"))
    assert result.best == ("шесть", "ноль", "семь")
    assert ("шесть",) in result.partials
    assert result.hypotheses[0].confidence == pytest.approx(1, abs=0.5)
    assert sum(one.confidence for one in result.hypotheses) <= 1.001
    words = result.hypotheses[0].words
    assert [word.start_s for word in words] == sorted(word.start_s for word in words)
    assert 0.3 < words[0].start_s < words[0].end_s < 1.2


async def test_what_is_not_in_the_grammar_is_not_forced_into_it(local: VoskRecogniser) -> None:
    result = await heard(local, YES_NO, spoken("7", "60", "40"))
    assert not result.hypotheses or result.hypotheses[0].known == ()


async def test_a_long_pause_does_not_break_a_phrase(local: VoskRecogniser) -> None:
    result = await heard(local, NUMBERS, spoken("6", "0") + quiet(2.0) + spoken("7"))
    assert result.best == ("шесть", "ноль", "семь")


async def test_a_word_after_a_long_silence_is_heard(local: VoskRecogniser) -> None:
    """With phones determinised the silence alone took a minute: the answer then came after every deadline."""
    result = await heard(local, NUMBERS, quiet(15.0) + spoken("6", "0"))
    assert result.best == ("шесть", "ноль")
    assert 15.5 < result.hypotheses[0].words[0].start_s < 16.1


async def test_a_word_said_behind_the_caller_is_probably_not_his(local: VoskRecogniser) -> None:
    result = await heard(local, NUMBERS, someone_behind())
    own = ("восемь", "ноль", "четыре")
    assert [one.known for one in result.hypotheses[:2]] == [own, (*own, "восемь")]


async def test_silence_is_nothing(local: VoskRecogniser) -> None:
    assert (await heard(local, NUMBERS, quiet(1.0))).hypotheses == ()
    assert (await heard(local, NUMBERS, b"")).hypotheses == ()


async def test_many_phrases_at_once_do_not_mix(local: VoskRecogniser) -> None:
    many = await asyncio.gather(*(heard(local, NUMBERS, spoken(str(digit), "40")) for digit in (6, 7, 8, 9) * 3))
    assert [one.best for one in many] == [(word, "сорок") for word in ("шесть", "семь", "восемь", "девять") * 3]


async def test_phrases_with_unknown_words_are_left_out_and_named_once(local: VoskRecogniser) -> None:
    grammar = (*NUMBERS, "пять гиппопотамов")
    with capture_logs() as logs:
        first = await heard(local, grammar, spoken("7"))
        await heard(local, grammar, spoken("7"))
    assert first.best == ("семь",)
    assert [(log["event"], log["some"]) for log in logs] == [("speech_words_not_in_model", ["пять гиппопотамов"])]


async def test_a_closed_phrase_says_nothing_more(local: VoskRecogniser) -> None:
    partials: list[tuple[str, ...]] = []
    hearing = local.hear(NUMBERS, partials.append, lambda error: None)
    hearing.feed(spoken("6", "0", "7"))
    hearing.close()
    hearing.feed(quiet(1.0))
    await heard(local, NUMBERS, spoken("7"))
    assert partials == []


async def test_a_recogniser_that_is_closed_fails_the_phrase() -> None:
    one = await VoskRecogniser.load(MODEL, threads=1)
    failed: list[Exception] = []
    hearing = one.hear(NUMBERS, lambda words: None, failed.append)
    await one.close()
    with pytest.raises(RecognitionFailed):
        await hearing.conclude()


async def test_a_model_of_a_wider_band_gets_sound_of_its_rate(tmp_path: Path) -> None:
    """The shipped acoustics know no band above 4 kHz: what they hear of it does not matter here, but that they do."""
    folder = tmp_path / "wide"
    shutil.copytree(MODEL, folder)
    features = folder / "conf/fbank.conf"
    features.write_text(features.read_text().replace("8000", "16000"))
    one = await VoskRecogniser.load(folder)
    result = await heard(one, NUMBERS, spoken("6", "0", "7"))
    await one.close()
    assert result.hypotheses[0].words[-1].end_s < len(spoken("6", "0", "7")) / 16000


def broken(change: Callable[[Path], object]) -> Callable[[Path], Path]:
    def make(place: Path) -> Path:
        folder = place / "broken"
        shutil.copytree(MODEL, folder)
        change(folder)
        return folder

    return make


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda place: place / "none", "the folder is not there"),
        (broken(lambda folder: (folder / "am/final.mdl").unlink()), "lacks its acoustics"),
        (broken(lambda folder: (folder / "graph/HCLr.fst").unlink()), "lacks its graph"),
        (broken(lambda folder: (folder / "am/final.mdl").write_bytes(b"no model")), r"does not load \(code 1\)"),
        (broken(lambda folder: (folder / "graph/HCLr.fst").write_bytes(bytes(5000))), r"does not load \(signal 11\)"),
        (broken(lambda folder: shutil.rmtree(folder / "conf")), r"does not load \(code 1\)"),
    ],
)
async def test_a_broken_model_is_named_and_does_no_harm(
    make: Callable[[Path], Path], told: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=told) as refused:
        await VoskRecogniser.load(make(tmp_path))
    assert str(tmp_path) in str(refused.value)


async def test_it_is_a_recogniser(local: VoskRecogniser) -> None:
    port: Recogniser = local
    assert port.name == "ivr-ru-phone-8k"
