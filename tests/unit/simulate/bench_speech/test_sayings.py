from random import Random

import pytest

from ivr.dialogue.listening.commands import End
from ivr.dialogue.listening.heard import Hypothesis, Word
from ivr.dialogue.understanding.ranking import ReadingContext
from ivr.simulate.bench_speech.judging import Verdict, judged
from ivr.simulate.bench_speech.sayings import FORMS, anyone, drawn, few_words, whole


def heard(*words: str, confidence: float = 0.9) -> tuple[Hypothesis, ...]:
    return (Hypothesis(tuple(Word(word, 0.0, 0.0, confidence) for word in words), 1.0),)


@pytest.mark.parametrize("digits", [anyone, few_words])
@pytest.mark.parametrize("form", FORMS)
def test_what_is_said_is_understood_when_it_is_heard_perfectly(form: str, digits: object) -> None:
    r = Random(5)
    sayings = [drawn(form, r, digits) for _ in range(200)]  # type: ignore[arg-type]
    verdicts = [judged(End.HEARD, heard(*one.words), one.digits, one.context)[0] for one in sayings]
    assert verdicts.count(Verdict.RIGHT) >= 198


def test_a_speaker_of_few_words_says_no_others() -> None:
    r = Random(5)
    said = {word for form in FORMS for _ in range(100) for word in drawn(form, r, few_words).words}
    assert not said & {"одна", "двести", "тысячи", "тысяч"}
    assert {"сто", "тысяча"} <= said


def test_the_thousand_is_a_breath_of_its_own() -> None:
    assert whole("12345") == (("двенадцать", "тысяч"), ("триста", "сорок", "пять"))
    assert whole("1000") == (("тысяча",),)


CONTEXT = ReadingContext(5, 12000, 300, 900)


@pytest.mark.parametrize(
    ("words", "digits", "verdict"),
    [
        ("двенадцать тысяч триста сорок пять", "12345", Verdict.RIGHT),
        ("двенадцать тысяч триста сорок пять", "12346", Verdict.WRONG),
        ("двенадцать тысяч триста сорок пять", "", Verdict.WRONG),
        ("[unk]", "12345", Verdict.AGAIN),
        ("[unk]", "", Verdict.AGAIN),
        ("оператор", "", Verdict.AGAIN),
    ],
)
def test_verdicts(words: str, digits: str, verdict: Verdict) -> None:
    assert judged(End.HEARD, heard(*words.split()), digits, CONTEXT)[0] is verdict


def test_two_that_are_offered_hold_the_right_one_or_they_do_not() -> None:
    context = ReadingContext(6, None)
    either = heard("двадцать", "пять", "сто")
    verdict, _ = judged(End.HEARD, either, "25100", context)
    assert verdict in (Verdict.RIGHT, Verdict.OFFERED)
    assert judged(End.HEARD, either, "777", context)[0] is Verdict.WRONG


def test_who_was_not_heard_to_speak_was_silent() -> None:
    assert judged(End.SILENCE, (), "12345", CONTEXT) == (Verdict.SILENT, 0.0)


def test_the_confidence_is_that_of_the_reading() -> None:
    assert judged(End.HEARD, heard("двенадцать", "тысяч", "триста", confidence=0.4), "12300", CONTEXT)[1] == 0.4
