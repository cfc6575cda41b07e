from collections.abc import Collection

import pytest

from ivr.dialogue.understanding.commands import Command
from ivr.dialogue.understanding.heard import hypothesis, plain
from ivr.dialogue.understanding.topics import Chosen, EitherOf, Topics, Unclear, Wanted, topics, wanted

PHRASES = {
    "readings": ["показания", "передать показания", "показания счётчика", "сдать показания"],
    "balance": ["баланс", "узнать долг", "сколько я должен", "задолженность", "сколько платить"],
    "payment": ["как оплатить", "где оплатить", "оплата"],
    "outages": ["нет света", "отключили свет", "авария", "когда дадут свет"],
    "meter": ["замена счётчика", "поверка счётчика", "сломался счётчик", "опломбировать счётчик"],
    "bill": ["не пришла квитанция", "квитанция"],
}
FORMS = [
    ["показания", "показание", "показаний", "показаниями"],
    ["счётчик", "счётчика", "счётчику", "счётчиком"],
    ["квитанция", "квитанцию", "квитанции"],
    ["задолженность", "задолженности"],
]


def forms(word: str) -> Collection[str]:
    return next((row for row in FORMS if word in [plain(form) for form in row]), [word])


KNOWN: Topics = topics(PHRASES, forms)


def heard(text: str, *others: tuple[str, float]) -> Wanted:
    best = hypothesis(text, 1.0 - sum(share for _, share in others))
    return wanted([best, *(hypothesis(other, share) for other, share in others)], KNOWN)


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("показания", "readings"),
        ("здравствуйте хочу передать показания", "readings"),
        ("я по поводу показаний счётчика", "readings"),
        ("сколько я должен", "balance"),
        ("у меня нет света", "outages"),
        ("свет отключили", "outages"),
        ("нужна замена счётчика", "meter"),
        ("счётчик сломался у меня", "meter"),
        ("а почему не пришла квитанция", "bill"),
        ("про квитанцию", "bill"),
        ("подскажите как оплатить", "payment"),
    ],
)
def test_one_item(text: str, item: str) -> None:
    assert heard(text) == Chosen(item)


def test_most_of_a_phrase_is_enough_and_is_told_from_the_whole() -> None:
    assert heard("опломбировать") == Chosen("meter", whole=False)


@pytest.mark.parametrize("text", ["", "кошка", "хочу узнать", "добрый день", "[unk]", "сколько"])
def test_words_that_say_nothing_of_a_topic(text: str) -> None:
    assert heard(text) == Unclear()


def test_two_topics_at_once_are_put_to_the_caller() -> None:
    assert heard("показания и квитанция") == EitherOf("bill", "readings")


def test_hypotheses_that_do_not_agree_are_put_to_the_caller() -> None:
    assert heard("оплата", ("авария", 0.48)) == EitherOf("payment", "outages")
    assert heard("оплата", ("авария", 0.2)) == Chosen("payment")


def test_a_rival_counts_more_when_no_phrase_was_said_whole() -> None:
    assert heard("опломбировать", ("квитанция", 0.35)) == EitherOf("meter", "bill")


@pytest.mark.parametrize("text", ["мне не нужна ваша квитанция", "я не хочу сдавать показания", "баланс не интересует"])
def test_what_the_caller_does_not_want_is_not_given_to_him(text: str) -> None:
    assert heard(text) == Unclear()


def test_a_refusal_that_the_menu_has_a_phrase_for_is_a_wish() -> None:
    known = topics({"paper": ["не хочу бумажную квитанцию"], "bill": ["квитанция"]}, forms)
    assert wanted([hypothesis("я не хочу бумажную квитанцию", 1.0)], known) == Chosen("paper")


@pytest.mark.parametrize("said", ["мне не нужен оператор", "не соединяйте меня с оператором", "без оператора"])
def test_whoever_wants_no_operator_gets_none(said: str) -> None:
    assert heard(said) == Unclear()


def test_whoever_refuses_all_this_for_an_operator_gets_him() -> None:
    assert heard("не надо мне квитанций дайте оператора") is Command.OPERATOR


def test_too_many_are_unclear() -> None:
    assert heard("показания оплата авария") == Unclear()


def test_after_a_question_of_two_only_these_count() -> None:
    assert wanted([hypothesis("оплата и показания")], KNOWN, among=("balance", "payment")) == Chosen("payment")


@pytest.mark.parametrize(
    ("text", "asked"),
    [("соедините с оператором насчёт показаний", Command.OPERATOR), ("повторите", Command.REPEAT)],
)
def test_words_that_work_anywhere_come_first(text: str, asked: Command) -> None:
    assert heard(text) is asked


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("неделю назад отключили свет", Chosen("outages")),
        ("назад", Command.BACK),
        ("опломбировать и назад", Command.BACK),
        ("повторите показания и оплата", Command.REPEAT),
    ],
)
def test_a_word_that_works_anywhere_gives_way_to_a_topic_that_was_said_whole(text: str, found: Wanted) -> None:
    assert heard(text) == found


def test_a_word_that_the_menu_has_a_use_for_is_no_command() -> None:
    known = topics({"dispatcher": ["соедините с диспетчером", "диспетчер"]}, lambda word: {word, "диспетчера"})
    assert wanted([hypothesis("диспетчер")], known) == Chosen("dispatcher")
    assert wanted([hypothesis("диспетчер или оператор")], known) is Command.OPERATOR


def test_nothing_heard() -> None:
    assert wanted([], KNOWN) == Unclear()


def test_without_morphology_words_are_known_as_written() -> None:
    bare = topics(PHRASES)
    assert wanted([hypothesis("показания")], bare) == Chosen("readings")
    assert wanted([hypothesis("показаний")], bare) == Unclear()


def test_a_phrase_that_says_nothing_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="bill: «как мне» says nothing"):
        topics({"bill": ["как мне"]})


def test_all_and_give_alone_ask_for_nothing_but_where_a_phrase_says_no_more() -> None:
    known = topics({"account": ["всё о счёте"], "outage": ["дайте свет"]})
    assert wanted([hypothesis("всё спасибо")], known) == wanted([hypothesis("дайте кого-нибудь")], known) == Unclear()
    parting = topics({"goodbye": ["у меня всё"], "account": ["всё о счёте"]})
    assert wanted([hypothesis("у меня всё")], parting) == Chosen("goodbye")


def test_a_phrase_of_light_words_is_said_alone_or_not_at_all() -> None:
    known = topics({**PHRASES, "news": ["что нового"]}, lambda word: ["новый", word] if word == "нового" else [word])
    assert wanted([hypothesis("а что у вас нового")], known) == Chosen("news")
    assert wanted([hypothesis("новый счётчик")], known) != Chosen("news")
