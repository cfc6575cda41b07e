import pytest

from ivr.dialogue.understanding import grammar
from ivr.dialogue.understanding.dictation import FORMS, dictated, pairs, triples, whole
from ivr.dialogue.understanding.heard import UNKNOWN, hypothesis
from ivr.dialogue.understanding.numbers import candidates
from ivr.dialogue.wording.numbers import spelt


def test_the_forms() -> None:
    assert whole("12345") == "двенадцать тысяч триста сорок пять"
    assert whole("1005") == "тысяча пять"
    assert spelt("1205") == "один два ноль пять"
    assert pairs("12045") == "двенадцать ноль четыре пять"
    assert triples("12045") == "двенадцать ноль сорок пять"
    assert triples("120000") == "сто двадцать ноль ноль ноль"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("digits", ["100", "1005", "12045", "700001"])
def test_what_is_dictated_is_understood(digits: str, form: object) -> None:
    assert callable(form)
    assert digits in [one.digits for one in candidates([hypothesis(form(digits))])]


def test_the_question_for_a_number_expects_them() -> None:
    said = dictated()
    assert len(said) > 100
    assert set(said) <= set(grammar.account())
    assert set(said) <= set(grammar.reading())
    assert not set(said) & set(grammar.date())


def test_no_number_is_likelier_than_another() -> None:
    """Nothing is known of it before it is said: the figures that come first are spread evenly."""
    by_digits = [said.split() for said in dictated() if set(said.split()) <= set(spelt("0123456789").split())]
    firsts = [words[0] for words in by_digits]
    assert len(set(firsts)) >= 8
    assert max(map(firsts.count, firsts)) <= 3


def test_some_come_after_a_filler() -> None:
    said = dictated()
    for filler in ("ну", "значит", "показания", "у меня"):
        assert any(one.startswith(f"{filler} ") for one in said), filler


def test_some_are_amid_other_sounds() -> None:
    amid = [said for said in dictated() if UNKNOWN in said]
    assert 0.3 < len(amid) / len(dictated()) < 0.5
    assert any(said.startswith(f"{UNKNOWN} {UNKNOWN} {UNKNOWN} ") for said in amid)
    assert any(said.endswith(f" {UNKNOWN} {UNKNOWN}") for said in amid)
