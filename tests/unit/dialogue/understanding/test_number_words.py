import pytest
from num2words import num2words

from ivr.dialogue.understanding import number_words
from ivr.dialogue.understanding.blocks import ways
from ivr.dialogue.understanding.heard import plain
from ivr.dialogue.understanding.number_words import Part, Symbol, symbols
from ivr.dialogue.understanding.wordlist import all_forms


def read(text: str) -> str:
    return ways([symbol for word in text.split() for symbol in symbols(plain(word))])[0].digits


@pytest.mark.parametrize("case", ["n", "g"])
def test_every_number_below_a_thousand_is_known_as_num2words_says_it(case: str) -> None:
    for number in range(1, 1000):
        words = num2words(number, lang="ru", case=case)
        assert read(words) == str(number), words


@pytest.mark.parametrize(("word", "proper"), sorted(number_words.COLLOQUIAL.items()))
def test_hurried_speech_means_what_the_proper_word_means(word: str, proper: str) -> None:
    assert symbols(word) == tuple(symbol for each in proper.split() for symbol in symbols(plain(each)))


def test_no_word_means_two_things() -> None:
    tables = [number_words.UNITS, number_words.TEENS, number_words.TENS, number_words.HUNDREDS, number_words.NOUNS]
    forms = [form for table in [*tables, number_words.COUNTED] for each in table.values() for form in all_forms(each)]
    forms += all_forms(f"{number_words.THOUSANDS} {number_words.MILLIONS} {number_words.ZEROS}")
    forms += [*number_words.JOINED, *number_words.COLLOQUIAL]
    assert sorted(forms) == sorted(set(forms))


def test_words_that_are_no_numbers_mean_nothing() -> None:
    assert symbols("кошка") == ()
    assert symbols("²") == ()  # a digit to str.isdigit


def test_figures_that_a_recogniser_writes_itself() -> None:
    assert symbols("0123") == (Symbol(Part.FIGURE, "0123"),)
