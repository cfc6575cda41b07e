import pytest

from ivr.dialogue.flow import Keys
from ivr.dialogue.model import Choice, Digits, Gather, Match, Mode, NoMatch
from ivr.dialogue.understanding.asking import AskAgain, Asked, ByKeys, Ear, OfferTwo, Phrase, ReadBack
from ivr.dialogue.understanding.heard import hypothesis
from ivr.dialogue.understanding.ranking import ReadingContext
from ivr.dialogue.understanding.talk import Said, Talk, confirms, heard, keyed, opened, silent

KEYS = Keys()
ALWAYS = frozenset("0*#9")
NUMBER = Gather((), Digits(1, 7, frozenset("*#")))
CONFIRM = Gather((), Choice(frozenset("12") | ALWAYS), fresh=True)
MENU = Gather((), Choice(frozenset("123") | ALWAYS))
EAR = Ear(ReadingContext(5))


def said(text: str, talk: Talk = Talk(), gather: Gather = NUMBER) -> tuple[Talk, Said]:  # noqa: B008
    return heard(talk, gather, Phrase([hypothesis(text)]), EAR)


def test_which_questions_are_answered_by_yes_and_no() -> None:
    assert confirms(CONFIRM, KEYS)
    assert not confirms(MENU, KEYS)
    assert not confirms(NUMBER, KEYS)


def test_a_number_and_a_yes() -> None:
    talk, number = said("двенадцать тысяч триста сорок пять запятая шесть")
    assert number == Match("12345", Mode.SPEECH)
    assert (talk.value, talk.fraction) == ("12345", True)
    assert said("да", talk, CONFIRM) == (talk, Match("1", Mode.SPEECH))


def test_a_correction_answers_the_question_that_follows_the_no() -> None:
    talk, no = said("нет сорок шесть", Talk(value="12345"), CONFIRM)
    assert no == Match("2", Mode.SPEECH)
    talk, number = opened(talk, NUMBER)
    assert number == Match("12346", Mode.SPEECH)
    assert (talk.value, talk.pending) == ("12346", None)
    assert opened(talk, NUMBER) == (talk, None)


def test_a_correction_of_two_meanings_is_put_in_place_of_the_question() -> None:
    talk, _ = said("нет тринадцать", Talk(value="12345"), CONFIRM)
    talk, offer = opened(talk, NUMBER)
    assert offer == OfferTwo("12313", "13345")
    assert said("второе", talk)[1] == Match("13345", Mode.SPEECH)


def test_a_correction_does_not_outlive_its_question() -> None:
    assert opened(Talk(pending=ReadBack("12346")), MENU) == (Talk(), None)


def test_a_no_alone_leaves_the_question_to_be_put() -> None:
    talk, no = said("нет", Talk(value="12345"), CONFIRM)
    assert no == Match("2", Mode.SPEECH)
    assert opened(talk, NUMBER)[1] is None


def test_what_is_asked_again_is_counted() -> None:
    talk, first = said("кошка")
    talk, second = said("не знаю", talk, CONFIRM)
    talk, third = silent(talk, EAR.rules)
    assert (first, second, third) == (AskAgain(1, "nothing"), AskAgain(2, "doubt"), AskAgain(3, "silence"))
    assert said("кошка", talk)[1] == ByKeys("nothing")


def test_a_yes_forgets_the_trouble_there_was() -> None:
    talk, _ = said("да", Talk(Asked(misses=2, silences=1, denied=("1",)), "12345"), CONFIRM)
    assert talk.asked == Asked()


def test_words_that_work_anywhere_are_keys() -> None:
    assert said("оператор") == (Talk(), Match("0", Mode.SPEECH))
    assert said("главное меню") == (Talk(), NoMatch("9"))
    assert said("назад", gather=CONFIRM) == (Talk(), Match("*", Mode.SPEECH))


def test_a_number_that_was_keyed_can_be_corrected_by_voice() -> None:
    talk = keyed(Talk(fraction=True, pending=ReadBack("1")), "12345")
    assert talk == Talk(value="12345")
    talk, _ = said("нет сорок шесть", talk, CONFIRM)
    assert opened(talk, NUMBER)[1] == Match("12346", Mode.SPEECH)


def test_another_question_of_yes_and_no_has_no_number_to_correct() -> None:
    assert said("нет сорок шесть", gather=CONFIRM) == (Talk(Asked(misses=1)), Match("2", Mode.SPEECH))


def test_a_menu_is_no_question_for_this_ear() -> None:
    with pytest.raises(ValueError, match="neither"):
        said("один", gather=MENU)
