"""What the voices say: numbers come back from their words, and a seed says the same again."""

import random
from itertools import pairwise
from pathlib import Path

import pytest
from num2words import num2words

from speech_training import texts


def test_a_thousand_may_lose_its_one() -> None:
    said = {" ".join(texts.whole(1345, random.Random(seed))) for seed in range(20)}
    assert said == {"одна тысяча триста сорок пять", "тысяча триста сорок пять"}
    assert texts.whole(21_000, random.Random(1)) == ["двадцать", "одна", "тысяча"]


@pytest.mark.parametrize("number", [0, 5, 11, 40, 100, 999, 1000, 2_002, 999_999])
def test_every_word_of_a_number_is_counted(number: int) -> None:
    assert set(num2words(number, lang="ru").split()) <= set(texts.COUNTED)


def test_the_dictionary_gives_words_that_can_be_said(tmp_path: Path) -> None:
    listed = tmp_path / "ru.dic"
    listed.write_text("5\nдорога/AB\nМосква/C\nтчк\nпол-литра\nёж\n", encoding="utf-8")
    assert texts.dictionary(listed) == ["дорога", "ёж"]


def test_phrases_of_flows_are_cut_at_their_marks_and_slots(tmp_path: Path) -> None:
    folder = tmp_path / "preset"
    folder.mkdir()
    flow = "greeting: Добрый день, {name} вас слушают. Да\n# и это не фраза\nhelp: Нажмите на клавишу"
    (folder / "main.yaml").write_text(flow, encoding="utf-8")
    assert texts.wordings(tmp_path) == [["добрый", "день"], ["вас", "слушают"], ["нажмите", "на", "клавишу"]]


def test_a_seed_says_the_same_sentences_and_half_of_them_are_numbers() -> None:
    speaker = texts.Speaker(["дорога", "ёж"], [["добрый", "день"]])
    drawn = [[speaker.sentence(random.Random(seed)) for seed in range(400)] for _ in range(2)]
    assert drawn[0] == drawn[1]
    counted = set(texts.COUNTED)
    numbers = sum(all(word in counted for group in sentence for word in group) for sentence in drawn[0])
    assert 140 < numbers < 240
    assert all(group for sentence in drawn[0] for group in sentence)


def test_seeds_differ() -> None:
    speaker = texts.Speaker(["дорога", "ёж"], [["добрый", "день"]])
    sentences = [speaker.sentence(random.Random(seed)) for seed in range(50)]
    assert sum(one == other for one, other in pairwise(sentences)) < 10
