"""Questions of a flow, answered in words: what the flow's engine gets, or what is said before it is asked again."""

from dataclasses import replace

import pytest

from ivr.dialogue.asks import Asks, KeyName, Number, RegisterValue, Wish, YesNo
from ivr.dialogue.flow import Keys
from ivr.dialogue.listening.heard import UNKNOWN, Hypothesis, Word
from ivr.dialogue.model import (
    Choice,
    Digits,
    Gather,
    Match,
    Mode,
    NoInput,
    NoMatch,
    Phrase,
    Prompt,
    Spoken,
    Unheard,
)
from ivr.dialogue.understanding.again import FRACTION, TEXTS, UNCLEAR, phrases
from ivr.dialogue.understanding.conversation import Conversation, Found
from ivr.dialogue.understanding.questions import listening

KEYS = Keys()
ALWAYS = frozenset({KEYS.operator, KEYS.back, KEYS.repeat, KEYS.root})
VALUE = RegisterValue(5, last=12345, usual=210, most=600)
ACCOUNT = Number(10, 10, "account")
PROMPT: Prompt = (Phrase("Вопрос."),)
DIGITS = Gather(PROMPT, Digits(1, 7), asks=VALUE)
CONFIRM = Gather(PROMPT, Choice(frozenset("12") | ALWAYS), fresh=True, asks=YesNo(VALUE))
PICK = Gather(PROMPT, Choice(frozenset("123") | ALWAYS), asks=KeyName())


def spoken(text: str, more: str = "", at_ms: int | None = None, confidence: float = 1.0) -> Spoken:
    return Spoken(_ways(text, confidence), _ways(more, 1.0), at_ms)


def _ways(text: str, confidence: float) -> tuple[Hypothesis, ...]:
    return (Hypothesis(tuple(Word(word, 0, 0, confidence) for word in text.split()), 1.0),) if text else ()


def number(asks: Asks) -> Gather:
    return Gather(PROMPT, Digits(3, 10), asks=asks)


def names(found: Found) -> list[str]:
    assert isinstance(found, tuple), found
    return [phrase.name or phrase.text for phrase in found]


@pytest.fixture
def conversation() -> Conversation:
    return Conversation(KEYS)


def test_a_number_is_an_answer_with_its_words_and_their_place(conversation: Conversation) -> None:
    assert conversation.opens("reading", DIGITS) == PROMPT
    found = conversation.heard(DIGITS, spoken("двенадцать тысяч пятьсот шестьдесят семь", at_ms=8200, confidence=0.9))
    assert found == Match("12567", Mode.SPEECH, 0.9, "двенадцать тысяч пятьсот шестьдесят семь", 8200)
    assert conversation.opens("reading", CONFIRM) == PROMPT
    assert conversation.heard(CONFIRM, spoken("да")) == Match("1", Mode.SPEECH, 1.0, "да")


def test_a_yes_after_a_voice_without_a_known_word_is_a_doubt(conversation: Conversation) -> None:
    """«Это не …», a pause, «правильно»."""
    conversation.opens("reading", DIGITS)
    conversation.heard(DIGITS, spoken("двенадцать тысяч пятьсот шестьдесят семь"))
    conversation.opens("reading", CONFIRM)
    assert isinstance(conversation.heard(CONFIRM, replace(spoken("правильно"), muttered=True)), tuple)
    assert conversation.heard(CONFIRM, spoken("правильно")) == Match("1", Mode.SPEECH, 1.0, "правильно")


def test_the_words_told_are_those_that_mean_the_number(conversation: Conversation) -> None:
    """The best hypothesis is lower than the last reading; the second is what was said."""
    ways = [("двенадцать тысяч сорок пять", 0.55), ("двенадцать тысяч пятьсот сорок пять", 0.45)]
    heard = Spoken(tuple(Hypothesis(_ways(text, 0.9)[0].words, share) for text, share in ways))
    conversation.opens("reading", DIGITS)
    found = conversation.heard(DIGITS, heard)
    assert isinstance(found, Match) and (found.value, found.words) == ("12545", ways[1][0])


def test_a_correction_answers_the_question_that_comes_next(conversation: Conversation) -> None:
    conversation.opens("reading", DIGITS)
    conversation.heard(DIGITS, spoken("двенадцать тысяч пятьсот шестьдесят семь"))
    conversation.opens("reading", CONFIRM)
    refuted = conversation.heard(CONFIRM, spoken(f"нет {UNKNOWN}", more="нет шестьдесят восемь", at_ms=15000))
    assert isinstance(refuted, Match) and refuted.value == "2"
    taken = conversation.opens("reading", DIGITS)
    assert taken == Match("12568", Mode.SPEECH, 1.0, "нет шестьдесят восемь", 15000)


def test_a_correction_of_what_was_keyed(conversation: Conversation) -> None:
    conversation.opens("reading", DIGITS)
    conversation.keyed(DIGITS, Match("12567"))
    conversation.opens("reading", CONFIRM)
    conversation.heard(CONFIRM, spoken(f"нет {UNKNOWN}", more="нет шестьдесят восемь"))
    taken = conversation.opens("reading", DIGITS)
    assert isinstance(taken, Match) and taken.value == "12568"


def test_two_plausible_numbers_are_put_to_the_caller(conversation: Conversation) -> None:
    conversation.opens("reading", DIGITS)
    found = conversation.heard(DIGITS, spoken("двенадцать тысяч пятьсот шестьдесят семь нет тринадцать тысяч", at_ms=1))
    assert isinstance(found, tuple)
    assert " ".join(phrase.text for phrase in found) == (
        "Уточню. Первое: тринадцать тысяч. Второе: тринадцать тысяч пятьсот шестьдесят семь. "
        "Скажите: первое или второе?"
    )
    assert "второе" in conversation.listen(DIGITS).words
    answer = conversation.heard(DIGITS, spoken("второе", at_ms=2))
    assert isinstance(answer, Match) and answer.value == "13567" and answer.at_ms == 1
    assert answer.words.endswith(" / второе")


def test_two_plausible_corrections_are_put_to_the_caller_instead_of_the_question(conversation: Conversation) -> None:
    conversation.opens("reading", DIGITS)
    conversation.heard(DIGITS, spoken("двенадцать тысяч пятьсот шестьдесят семь"))
    conversation.opens("reading", CONFIRM)
    conversation.heard(CONFIRM, spoken(f"нет {UNKNOWN}", more="нет тринадцать тысяч"))
    found = conversation.opens("reading", DIGITS)
    assert isinstance(found, tuple) and found[0].text.startswith("Уточню.")


def test_what_is_not_understood_is_asked_again_with_other_help_and_then_by_keys(conversation: Conversation) -> None:
    conversation.opens("reading", DIGITS)
    assert names(conversation.heard(DIGITS, spoken("", at_ms=1))) == ["voice_reading_unheard"]
    assert names(conversation.heard(DIGITS, spoken(UNKNOWN))) == ["voice_reading_slowly"]
    assert conversation.heard(DIGITS, spoken(UNKNOWN)) == Unheard("nothing")


def test_who_is_silent_is_helped_once(conversation: Conversation) -> None:
    conversation.opens("reading", DIGITS)
    assert names(conversation.silent(DIGITS)) == ["voice_reading_silence"]
    assert conversation.silent(DIGITS) == Unheard("silence")


def test_every_question_has_its_own_patience_with_silence(conversation: Conversation) -> None:
    conversation.opens("reading", DIGITS)
    conversation.silent(DIGITS)
    conversation.heard(DIGITS, spoken("двенадцать тысяч пятьсот шестьдесят семь"))
    conversation.opens("reading", CONFIRM)
    assert names(conversation.silent(CONFIRM))[-1] == "voice_reply_silence"
    assert conversation.silent(CONFIRM) == Unheard("silence")


def test_keys_make_what_was_not_understood_forgotten(conversation: Conversation) -> None:
    conversation.opens("reading", DIGITS)
    for _ in range(3):
        conversation.heard(DIGITS, spoken(UNKNOWN))
    conversation.keyed(DIGITS, Match("12567"))
    conversation.opens("reading", CONFIRM)
    assert names(conversation.heard(CONFIRM, spoken("да нет")))[-1] == "voice_reply_unheard"


def test_a_reading_that_cannot_be_true_is_asked_for_once_more(conversation: Conversation) -> None:
    conversation.opens("reading", DIGITS)
    assert names(conversation.heard(DIGITS, spoken("триста"))) == ["voice_reading_improbable"]
    found = conversation.heard(DIGITS, spoken("триста"))
    assert isinstance(found, Match) and found.value == "300"


def test_an_account_of_another_length_is_told_so_and_then_otherwise(conversation: Conversation) -> None:
    gather = number(ACCOUNT)
    conversation.opens("owner", gather)
    assert names(conversation.heard(gather, spoken("сорок сорок"))) == ["voice_account_never"]
    assert names(conversation.heard(gather, spoken("сорок сорок"))) == ["voice_account_slowly"]


def test_what_proves_is_asked_for_again_without_its_name(conversation: Conversation) -> None:
    gather = number(Number(4, 4, "contract"))
    conversation.opens("owner", gather)
    assert names(conversation.heard(gather, spoken(UNKNOWN))) == ["voice_number_unheard"]


def test_what_was_left_out_is_told_once_before_the_read_back(conversation: Conversation) -> None:
    conversation.opens("reading", DIGITS)
    conversation.heard(DIGITS, spoken("двенадцать тысяч пятьсот шестьдесят семь запятая три"))
    assert conversation.opens("reading", CONFIRM) == (FRACTION, *PROMPT)
    assert conversation.opens("reading", CONFIRM) == PROMPT


def test_a_doubtful_yes_puts_the_read_back_again(conversation: Conversation) -> None:
    conversation.opens("reading", DIGITS)
    conversation.heard(DIGITS, spoken("двенадцать тысяч пятьсот шестьдесят семь"))
    conversation.opens("reading", CONFIRM)
    assert conversation.heard(CONFIRM, spoken("да нет")) == (
        UNCLEAR,
        *PROMPT,
        Phrase(TEXTS["reply_unheard"], "voice_reply_unheard"),
    )


def test_an_offer_knows_of_no_number(conversation: Conversation) -> None:
    offer = Gather(PROMPT, Choice(frozenset("12") | ALWAYS), asks=YesNo())
    conversation.opens("owner", offer)
    assert conversation.listen(offer).more == ()
    assert names(conversation.heard(offer, spoken("сорок")))[-1] == "voice_reply_unheard"
    assert conversation.heard(offer, spoken("нет")) == Match("2", Mode.SPEECH, 1.0, "нет")


def test_a_number_that_was_refused_by_a_key_gives_way_to_another(conversation: Conversation) -> None:
    said = "двенадцать тысяч пятьсот шестьдесят семь нет тринадцать тысяч"
    conversation.opens("reading", DIGITS)
    conversation.keyed(DIGITS, Match("13000"))
    conversation.keyed(CONFIRM, Match("2"))
    conversation.opens("reading", DIGITS)
    found = conversation.heard(DIGITS, spoken(said))
    assert isinstance(found, Match) and found.value == "13567"


@pytest.mark.parametrize("result", [Match("1"), Match("0"), NoMatch("7"), NoInput()], ids=str)
def test_other_keys_leave_every_number_possible(conversation: Conversation, result: Match | NoMatch | NoInput) -> None:
    said = "двенадцать тысяч пятьсот шестьдесят семь нет тринадцать тысяч"
    conversation.opens("reading", DIGITS)
    conversation.keyed(DIGITS, Match("13000"))
    conversation.keyed(CONFIRM, result)
    conversation.opens("reading", DIGITS)
    assert isinstance(conversation.heard(DIGITS, spoken(said)), tuple)


def test_another_node_begins_anew(conversation: Conversation) -> None:
    conversation.opens("reading", DIGITS)
    conversation.heard(DIGITS, spoken(""))
    conversation.opens("balance", DIGITS)
    assert names(conversation.heard(DIGITS, spoken(""))) == ["voice_reading_unheard"]


def test_whoever_says_no_again_and_again_is_asked_for_the_number_by_keys(conversation: Conversation) -> None:
    for said in ("двенадцать тысяч пятьсот", "двенадцать тысяч шестьсот", "двенадцать тысяч семьсот"):
        assert conversation.opens("reading", DIGITS) == PROMPT
        conversation.heard(DIGITS, spoken(said))
        conversation.opens("reading", CONFIRM)
        answer = conversation.heard(CONFIRM, spoken("нет"))
        assert isinstance(answer, Match) and answer.value == "2"
    assert conversation.opens("reading", DIGITS) == Unheard("denied")
    assert conversation.opens("reading", DIGITS) == PROMPT


def test_a_question_without_words_is_put_as_it_is(conversation: Conversation) -> None:
    assert conversation.opens("main", Gather(PROMPT, Choice(frozenset("1")))) == PROMPT


def test_a_key_is_named(conversation: Conversation) -> None:
    conversation.opens("late", PICK)
    assert conversation.heard(PICK, spoken("два")) == Match("2", Mode.SPEECH, 1.0, "два")
    conversation.opens("late", PICK)
    assert names(conversation.heard(PICK, spoken(UNKNOWN)))[0] == "voice_key_unheard"
    assert names(conversation.silent(PICK))[0] == "voice_key_silence"
    assert conversation.silent(PICK) == Unheard("silence")


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ("оператор", Match("0", Mode.SPEECH, 1.0, "оператор")),
        ("назад", Match("*", Mode.SPEECH, 1.0, "назад")),
        ("главное меню", NoMatch("9")),
        ("кнопками", Unheard("asked")),
    ],
)
def test_words_that_work_anywhere(conversation: Conversation, said: str, result: Found) -> None:
    conversation.opens("reading", DIGITS)
    assert conversation.heard(DIGITS, spoken(said)) == result


@pytest.mark.parametrize(
    ("said", "digits"), [("дом двенадцать квартира пять", "125"), ("двенадцать а пять", "125"), ("сто двадцать", "120")]
)
def test_house_and_flat_are_a_row_of_digits(conversation: Conversation, said: str, digits: str) -> None:
    gather = number(Number(3, 5, "house"))
    conversation.opens("owner", gather)
    found = conversation.heard(gather, spoken(said))
    assert isinstance(found, Match) and found.value == digits


@pytest.mark.parametrize(
    ("asks", "said", "complete"),
    [
        (VALUE, "двенадцать тысяч пятьсот шестьдесят семь", True),
        (VALUE, "двенадцать тысяч пятьсот", False),
        (Number(4, 4, "contract"), "один два три четыре", True),
        (Number(3, 5, "house"), "сто двадцать пять", False),
        (YesNo(), "нет", True),
        (YesNo(VALUE), "нет", False),
        (YesNo(VALUE), "да", True),
        (KeyName(), "два", False),
    ],
)
def test_when_an_answer_is_complete(asks: Asks, said: str, complete: bool) -> None:
    gather = Gather(PROMPT, Choice(frozenset("123")) if isinstance(asks, KeyName | YesNo) else Digits(1, 7), asks=asks)
    assert listening(gather, asks).complete(said.split()) is complete


def test_every_phrase_differs_and_has_a_name() -> None:
    found = phrases()
    assert len({phrase.name for phrase in found}) == len({phrase.text for phrase in found}) == len(found)
    assert FRACTION in found


MENU = Gather(
    PROMPT,
    Choice(frozenset("123") | ALWAYS),
    asks=Wish(
        {"readings": ("передать показания",), "balance": ("узнать баланс", "баланс"), "news": ("новости",)},
        {"readings": "1", "balance": "2", "news": "3"},
    ),
)


def test_between_two_matters_only_they_are_heard(conversation: Conversation) -> None:
    conversation.opens("main", MENU)
    asked = conversation.heard(MENU, spoken("передать показания и баланс"))
    assert isinstance(asked, tuple)
    assert [said.text for said in asked] == [
        "Уточните, пожалуйста.",
        "Вы хотите передать показания или узнать баланс?",
    ]
    words = conversation.listen(MENU).words
    assert {"баланс", "показания", "второе", "оператор", UNKNOWN} <= set(words)
    assert "новости" not in words
    assert conversation.heard(MENU, spoken("второе", at_ms=5000)) == Match(
        "2", Mode.SPEECH, words="передать показания и баланс / второе", at_ms=5000, wanted="balance"
    )


def test_a_menu_hears_its_phrases_its_keys_names_and_openly_where_that_is_possible(conversation: Conversation) -> None:
    listens = conversation.listen(MENU)
    assert listens.openly
    assert {"передать показания", "новости", "два", "хочу", "дайте оператора", UNKNOWN} <= set(listens.words)
    assert conversation.silent(MENU) == NoInput()
