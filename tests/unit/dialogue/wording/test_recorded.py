"""Recorded words stand for a phrase only when they say all of it."""

from ivr.dialogue.wording.numbers import cardinal
from ivr.dialogue.wording.recorded import WORDS, recorded


def test_numbers_below_two_hundred_are_recorded_word_by_word():
    names = {name: word for word, name in WORDS.items()}
    for number in range(200):
        text = cardinal(number)
        assert [names[name] for name in recorded(text)] == text.split()


def test_one_missing_word_leaves_the_whole_phrase_to_synthesis():
    assert recorded("двести один") == ()
    assert recorded("одна") == ()
    assert recorded("") == ()


def test_punctuation_and_capitals_do_not_hide_a_word():
    assert recorded("Один два, три.") == ("digits/1", "digits/2", "digits/3")


def test_no_two_words_share_a_sound():
    assert len(set(WORDS.values())) == len(WORDS)
    assert WORDS["воскресенье"] == "digits/day-0" and WORDS["понедельник"] == "digits/day-1"
