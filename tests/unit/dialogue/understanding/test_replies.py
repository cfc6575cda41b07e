import pytest

from ivr.dialogue.understanding.heard import Said, Word, hypothesis
from ivr.dialogue.understanding.replies import Reply, reply
from ivr.dialogue.understanding.reply_words import DOUBT, NO, YES, Polarity
from ivr.dialogue.understanding.wordlist import phrases


def polarity(text: str) -> Polarity:
    return reply([hypothesis(text)]).polarity


@pytest.mark.parametrize(
    "text", [*phrases(YES), "ну да", "э да да да", "да всё верно записывайте", "Да-да", "ну вот да"]
)
def test_yes(text: str) -> None:
    assert polarity(text) is Polarity.YES


@pytest.mark.parametrize("text", [*phrases(NO), "ой нет", "нет вы ошиблись", "нет-нет", "нет неправильно не так"])
def test_no(text: str) -> None:
    assert polarity(text) is Polarity.NO


@pytest.mark.parametrize(
    "text",
    [
        *phrases(DOUBT),
        "нет всё верно",
        "да наверное",
        "да нет наверное",
        "верно нет",
        "да не знаю",
        "да неверно",
        "вроде верно",
        "да подождите",
        "[unk] да [unk]",
        "[unk] да",
        "[unk] точно",
        "[unk] правильно",
        "да [unk]",
        "да позовите",
        "да то да",
        "да только сорок шесть",
        "[unk] [unk] нет",
    ],
)
def test_what_speaks_for_both_sides_or_comes_out_of_noise_is_a_doubt(text: str) -> None:
    assert polarity(text) is Polarity.DOUBT


@pytest.mark.parametrize("text", ["", "кошка", "[unk]", "ну", "так", "сорок шесть"])
def test_what_is_no_answer(text: str) -> None:
    assert polarity(text) is Polarity.NONE


def test_nothing_heard_is_no_answer() -> None:
    assert reply([]) == Reply(Polarity.NONE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("нет сорок шесть", Polarity.NO),
        ("нет правильно сорок шесть", Polarity.NO),
        ("не пять а шесть", Polarity.NO),
        ("сорок шесть", Polarity.NONE),
        ("да двенадцать тысяч триста сорок шесть", Polarity.YES),
        ("наверное сорок шесть", Polarity.DOUBT),
    ],
)
def test_an_answer_may_bring_a_number(text: str, expected: Polarity) -> None:
    assert reply([hypothesis(text)]) == Reply(expected, number=True)


def test_hypotheses_that_do_not_agree_are_a_doubt() -> None:
    yes, no, again = hypothesis("да", 0.6), hypothesis("нет", 0.4), hypothesis("да да", 0.4)
    assert reply([yes, no]).polarity is Polarity.DOUBT
    assert reply([yes, again]).polarity is Polarity.YES
    assert reply([hypothesis("да", 0.9), hypothesis("нет", 0.1)]).polarity is Polarity.YES
    assert reply([hypothesis("нет", 0.75), hypothesis("да", 0.25)]).polarity is Polarity.NO
    assert reply([hypothesis("верно", 0.75), hypothesis("верно нет", 0.25)]).polarity is Polarity.DOUBT
    assert reply([hypothesis("кошка", 0.5), hypothesis("нет", 0.5)]).polarity is Polarity.NONE


def test_a_word_that_was_hardly_heard_is_a_doubt() -> None:
    heard = [Said((Word("э", 0.1), Word("да", 0.4)))]
    assert reply(heard, least=0.5) == Reply(Polarity.DOUBT, confidence=0.4)
    assert reply(heard, least=0.3) == Reply(Polarity.YES, confidence=0.4)
    denied = [Said((Word("нет", 0.4),))]
    assert reply(denied, least=0.5) == Reply(Polarity.NO, confidence=0.4), "nothing is stored for a no"


def test_no_phrase_stands_for_two_things() -> None:
    said = [phrase for table in (YES, NO, DOUBT) for phrase in phrases(table)]
    assert sorted(said) == sorted(set(said))


@pytest.mark.parametrize("text", ["да ну", "да ну нет", "да ну что вы"])
def test_disbelief_is_no_yes(text: str) -> None:
    assert reply([hypothesis(text)]).polarity is Polarity.DOUBT


@pytest.mark.parametrize("text", ["да спасибо", "всё верно спасибо", "да девушка", "ну да"])
def test_a_polite_yes_is_one(text: str) -> None:
    assert reply([hypothesis(text)]).polarity is Polarity.YES
