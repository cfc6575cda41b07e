from pathlib import Path

import pytest

from ivr.dialogue.understanding import grammar
from ivr.dialogue.understanding.commands import command
from ivr.dialogue.understanding.heard import UNKNOWN, hypothesis, split
from ivr.dialogue.understanding.replies import reply
from ivr.dialogue.understanding.reply_words import DECOYS, POLITE, Polarity
from ivr.dialogue.understanding.tokens import Kind, tokens

SHIPPED = Path("asr_models/ivr-ru-phone-8k/graph/words.txt")


def known() -> set[str]:
    return {line.split()[0] for line in SHIPPED.read_text(encoding="utf-8").splitlines()}


@pytest.mark.parametrize("question", sorted(grammar.ALL))
def test_every_grammar_can_reject_and_holds_a_word_once(question: str) -> None:
    words = grammar.ALL[question]()
    assert words[-1] == UNKNOWN
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("question", ["account", "reading"])
def test_every_word_that_may_be_heard_in_a_number_is_understood_there(question: str) -> None:
    for phrase in grammar.ALL[question]():
        kinds = {token.kind for token in tokens(split(hypothesis(phrase)))}
        assert Kind.OTHER not in kinds or command([hypothesis(phrase)]) or "час" in phrase or "ватт" in phrase, phrase


def test_every_reply_that_may_be_heard_is_a_reply_or_a_command_or_a_decoy() -> None:
    for phrase in grammar.reply()[:-1]:
        heard = [hypothesis(phrase)]
        answers = reply(heard).polarity is not Polarity.NONE or command(heard) is not None
        assert answers is not (phrase in (*DECOYS, *POLITE)), phrase


def test_a_decoy_beside_a_yes_makes_it_a_doubt() -> None:
    for decoy in DECOYS:
        assert decoy == "алло" or reply([hypothesis(f"{decoy} да")]).polarity is not Polarity.YES, decoy


def test_a_correction_may_follow_a_no() -> None:
    assert {"сорок", "то есть"} <= set(grammar.reply(numbers=True))
    assert "сорок" not in grammar.reply()


def test_questions_have_words_of_their_own() -> None:
    assert "киловатт" in grammar.reading()
    assert {"пятнадцатого", "ноября", "вчера"} <= set(grammar.date())
    assert {"рублей", "копеек"} <= set(grammar.money_sum())
    assert {"квартира", "дробь", "буква бэ", "вэ"} <= set(grammar.address())
    assert "оператор" in grammar.account()


def test_the_shipped_model_hears_every_number() -> None:
    assert grammar.unknown(grammar.digits(), known()) == []


def test_the_shipped_model_hears_yes_and_no() -> None:
    heard = grammar.heard_by(grammar.reply(), known())
    assert {"да", "нет", "верно", "неверно", "не", "не так", "да нет", UNKNOWN} <= set(heard)


def test_phrases_with_a_word_that_a_model_does_not_know_are_left_out_whole() -> None:
    assert grammar.unknown(("не знаю", "да", UNKNOWN), {"не", "да"}) == ["знаю"]
    assert grammar.heard_by(("не знаю", "да", UNKNOWN), {"не", "да"}) == ("да", UNKNOWN)


def test_the_vocabulary_is_every_word_of_every_grammar() -> None:
    words = grammar.vocabulary()
    assert UNKNOWN not in words
    assert not any(" " in word for word in words)
    assert {"ноября", "рублей", "знаю", "сорок", "дробь"} <= set(words)
