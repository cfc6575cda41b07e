import json
import math
from typing import Any

import pytest

from ivr.adapters.speech.recognition import results
from ivr.dialogue.listening.heard import Hypothesis, Word
from ivr.domain.errors import RecognitionFailed


def said(*words: str, start: float = 0.0) -> list[dict[str, Any]]:
    return [{"word": word, "start": start + at, "end": start + at + 0.5} for at, word in enumerate(words)]


def alternative(confidence: float, *words: str, start: float = 0.0) -> dict[str, Any]:
    return {"confidence": confidence, "result": said(*words, start=start), "text": " ".join(words)}


def test_shares_of_the_likelihoods_are_the_confidences() -> None:
    told = {"alternatives": [alternative(-238.0, "двенадцать", "сорок"), alternative(-240.0, "тринадцать", "сорок")]}
    first, second = results.hypotheses(told)
    share = 1 / (1 + math.exp(-2))
    assert (first.confidence, second.confidence) == (pytest.approx(share), pytest.approx(1 - share))
    assert [word.confidence for word in first.words] == pytest.approx([share, 1.0])
    assert first.words[1] == Word("сорок", 1.0, 1.5, pytest.approx(1.0))


def test_the_same_words_in_other_times_are_one_way_to_hear_them() -> None:
    told = {"alternatives": [alternative(-5.0, "да"), alternative(-5.0, "да", start=0.03), alternative(-5.0, "нет")]}
    first, second = results.hypotheses(told)
    assert (first.known, first.confidence) == (("да",), pytest.approx(2 / 3))
    assert second.known == ("нет",)


def test_a_word_elsewhere_in_the_phrase_is_another_word() -> None:
    told = {"alternatives": [alternative(-1.0, "пять"), alternative(-1.0, "семь", "пять")]}
    [one] = [found for found in results.hypotheses(told) if found.known == ("пять",)]
    assert one.words[0].confidence == pytest.approx(0.5)


@pytest.mark.parametrize("told", [{}, {"alternatives": []}, {"text": ""}, {"alternatives": [{"confidence": 1}]}])
def test_nothing_heard_is_no_hypothesis(told: dict[str, Any]) -> None:
    assert results.hypotheses(told) == ()


def test_an_engine_that_gives_one_way_only_is_understood() -> None:
    told = {"text": "да нет", "result": [one | {"conf": 0.5} for one in said("да", "нет")]}
    assert results.hypotheses(told) == (Hypothesis((Word("да", 0, 0.5, 0.5), Word("нет", 1, 1.5, 0.5)), 0.25),)
    [plain] = results.hypotheses({"text": "да нет"})
    assert plain.known == ("да", "нет")


@pytest.mark.parametrize(
    "told", [{"alternatives": [{"result": []}]}, {"alternatives": 5}, {"result": [{"word": "да"}]}]
)
def test_an_answer_of_another_shape_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(RecognitionFailed, match="not understood"):
        results.hypotheses(told)


@pytest.mark.parametrize("text", ["", "{", "[]", "5"])
def test_what_is_no_answer_is_refused(text: str) -> None:
    with pytest.raises(RecognitionFailed):
        results.read(text)


def test_parts_of_a_phrase_are_put_together_the_likeliest_first() -> None:
    def one(text: str, confidence: float) -> Hypothesis:
        return Hypothesis((Word(text, 0, 1, confidence),), confidence)

    parts = [[one("сорок", 0.9), one("сто", 0.1)], [], [one("пять", 0.6), one("девять", 0.4)]]
    whole = results.joined(parts)
    assert [found.known for found in whole] == [
        ("сорок", "пять"),
        ("сорок", "девять"),
        ("сто", "пять"),
        ("сто", "девять"),
    ]
    assert whole[0].confidence == pytest.approx(0.54)
    assert results.joined([]) == ()
    many = [[one(f"{at}", 1 / 9) for at in range(9)] for _ in range(3)]
    assert len(results.joined(many)) == results.ALTERNATIVES


def test_words_of_a_partial_result() -> None:
    assert results.partial(json.loads('{"partial": "сорок пять"}')) == ("сорок", "пять")
    assert results.partial({"partial": ""}) == results.partial({"text": "да"}) == ()
