"""A number by voice, answer by answer, until the flow can take it."""

import pytest

from ivr.dialogue.flow import Keys
from ivr.dialogue.model import Match, Mode, NoMatch
from ivr.dialogue.understanding.asking import (
    Answer,
    AskAgain,
    Asked,
    ByKeys,
    Confirmed,
    Ear,
    Move,
    Obey,
    OfferTwo,
    Phrase,
    ReadBack,
    Refuted,
    Rules,
    as_result,
    confirmation_heard,
    number_heard,
    silence,
)
from ivr.dialogue.understanding.commands import Command
from ivr.dialogue.understanding.heard import Said, Word, hypothesis
from ivr.dialogue.understanding.ranking import Context, LengthContext, ReadingContext

KNOWN = ReadingContext(5, last=12100, usual=200, most=1500)
NEW = ReadingContext(5)
RULES = Rules()
START = Asked()


def answered(text: str, asked: Asked = START, context: Context = KNOWN) -> tuple[Asked, Move]:
    return number_heard(asked, [hypothesis(text)], Ear(context))


def confirmed(text: str, value: str = "12345", asked: Asked = START, context: Context = KNOWN) -> tuple[Asked, Answer]:
    return confirmation_heard(asked, value, Phrase([hypothesis(text)]), Ear(context))


def test_a_number_is_read_back() -> None:
    assert answered("двенадцать тысяч триста сорок пять") == (START, ReadBack("12345"))


def test_tenths_are_told() -> None:
    assert answered("двенадцать тысяч триста сорок пять запятая шесть")[1] == ReadBack("12345", fraction=True)


def test_two_likely_numbers_are_put_to_the_caller_and_he_names_one_by_its_place() -> None:
    asked, move = answered("двенадцать двадцать пять", context=NEW)
    assert move == OfferTwo("1225", "12205")
    assert answered("второе", asked, NEW) == (START, ReadBack("12205"))
    assert answered("первое", asked, NEW) == (START, ReadBack("1225"))


def test_or_says_it_in_another_way() -> None:
    asked, _ = answered("двенадцать двадцать пять", context=NEW)
    assert answered("двенадцать тысяч двести пять", asked, NEW) == (START, ReadBack("12205"))
    assert answered("один два два пять", asked, NEW) == (START, ReadBack("1225"))


def test_or_a_third_number() -> None:
    asked, _ = answered("двенадцать двадцать пять", context=NEW)
    assert answered("нет тринадцать тысяч", asked, NEW) == (START, ReadBack("13000"))


def test_neither_of_the_two_is_not_proposed_again() -> None:
    asked, _ = answered("двенадцать двадцать пять", context=NEW)
    asked, move = answered("ни то ни другое", asked, NEW)
    assert move == AskAgain(1, "neither")
    assert asked == Asked(misses=1, denied=("1225", "12205"))
    assert answered("двенадцать двадцать пять", asked, NEW)[1] != OfferTwo("1225", "12205")


def test_who_answers_a_question_of_two_with_the_same_two_is_asked_anew() -> None:
    asked, _ = answered("двенадцать двадцать пять", context=NEW)
    assert answered("двенадцать двадцать пять", asked, NEW) == (Asked(misses=1), AskAgain(1, "which"))


def test_help_differs_each_time_and_then_come_the_keys() -> None:
    asked, moves = START, []
    for text in ("кошка", "", "двенадцать нет"):
        asked, move = answered(text, asked) if text else silence(asked, RULES)
        moves.append(move)
    assert moves == [AskAgain(1, "nothing"), AskAgain(2, "silence"), AskAgain(3, "unclear")]
    assert answered("кошка", asked)[1] == ByKeys("nothing")


def test_silence_leads_to_the_keys_too() -> None:
    asked, first = silence(START, RULES)
    asked, second = silence(asked, RULES)
    assert (first, second) == (AskAgain(1, "silence"), AskAgain(2, "silence"))
    assert silence(asked, RULES)[1] == ByKeys("silence")


def test_a_number_that_nobody_can_mean_is_asked_again() -> None:
    account = LengthContext(frozenset({10}))
    assert answered("двенадцать", context=account)[1] == AskAgain(1, "never")
    assert answered("один два три четыре пять шесть семь восемь", context=NEW)[1] == AskAgain(1, "never")


@pytest.mark.parametrize(
    ("text", "digits"), [("девять два три четыре пять шесть", "923456"), ("двенадцать тысяч", "12000"), ("сорок", "40")]
)
def test_what_cannot_be_true_is_asked_again_once_and_then_goes_to_the_flow_which_explains(
    text: str, digits: str
) -> None:
    asked, move = answered(text)
    assert (asked, move) == (Asked(misses=1, doubted=(digits,)), AskAgain(1, "improbable"))
    assert answered(text, asked) == (asked, ReadBack(digits))
    assert answered("двенадцать тысяч триста", asked) == (asked, ReadBack("12300"))


@pytest.mark.parametrize(
    ("text", "context", "digits"),
    [
        ("один два три четыре пять шесть", KNOWN, "12345"),  # tenths read along
        ("двенадцать тысяч триста сорок пять два один", KNOWN, "12345"),
        ("двенадцать тысяч триста сорок пять два один семь", KNOWN, "12345"),
        ("один два три четыре пять шесть", NEW, "123456"),  # nothing speaks for a part of it
        ("двенадцать триста сорок", KNOWN, "12340"),  # what may be the number is no part of it
    ],
)
def test_words_at_the_end_that_make_a_number_impossible_may_be_somebody_else_s(
    text: str, context: Context, digits: str
) -> None:
    asked = Asked(doubted=("123456",))
    assert answered(text, asked, context)[1] == ReadBack(digits)


@pytest.mark.parametrize(
    ("text", "move"),
    [
        ("оператор", Obey(Command.OPERATOR)),
        ("назад", Obey(Command.BACK)),
        ("повторите", Obey(Command.REPEAT)),
        ("главное меню", Obey(Command.ROOT)),
        ("на кнопках", ByKeys("asked")),
    ],
)
def test_words_that_work_anywhere(text: str, move: Move) -> None:
    assert answered(text) == (START, move)
    assert confirmed(text) == (START, move)


@pytest.mark.parametrize(
    "text", ["да", "верно", "ага всё правильно", "да двенадцать тысяч триста сорок пять", "да один два три четыре пять"]
)
def test_a_yes_confirms(text: str) -> None:
    assert confirmed(text) == (START, Confirmed())


def test_a_no_without_a_number_asks_again_and_remembers_what_was_wrong() -> None:
    asked, move = confirmed("нет")
    assert (asked, move) == (Asked(misses=1, denied=("12345",)), Refuted())


def test_who_says_no_for_ever_is_asked_for_the_keys() -> None:
    asked = START
    for value in ("12345", "12346"):
        asked, move = confirmed("нет", value, asked)
        assert move == Refuted()
    assert confirmed("нет", "12347", asked)[1] == ByKeys("denied")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("нет сорок шесть", "12346"),
        ("нет двенадцать тысяч триста сорок шесть", "12346"),
        ("двенадцать тысяч триста сорок шесть", "12346"),
        ("не пять а шесть", "12346"),
        ("да нет триста сорок шесть", "12346"),
        ("да двенадцать тысяч триста сорок шесть", "12346"),
    ],
)
def test_a_correction_is_read_back_in_its_turn(text: str, value: str) -> None:
    assert confirmed(text) == (Asked(denied=("12345",)), Refuted(ReadBack(value)))


def test_a_correction_that_can_mean_two_numbers_is_put_to_the_caller() -> None:
    asked, move = confirmed("нет тринадцать", context=NEW)
    assert move == Refuted(OfferTwo("12313", "13345"))
    assert asked == Asked(pair=("12313", "13345"), denied=("12345",))


@pytest.mark.parametrize(
    "text",
    ["да нет", "кошка", "не знаю", "нет двенадцать тысяч триста сорок пять", "двенадцать тысяч триста сорок пять"],
)
def test_what_is_not_plainly_yes_or_no_is_asked_again(text: str) -> None:
    assert confirmed(text) == (Asked(misses=1), AskAgain(1, "doubt"))


def test_a_number_that_is_not_understood_in_a_no_leaves_the_no() -> None:
    noisy = "нет [unk] [unk] три [unk] [unk] [unk] [unk] [unk] [unk]"
    assert confirmed(noisy.replace("[unk]", "кошка " * 9)) == (Asked(misses=1, denied=("12345",)), Refuted())
    assert confirmed(noisy) == (Asked(misses=1), AskAgain(1, "doubt"))  # more noise than words: not even a no


def test_an_unfinished_number_instead_of_a_reply_is_asked_again() -> None:
    assert confirmed("двенадцать тысяч триста [unk]") == (Asked(misses=1), AskAgain(1, "unclear"))


def second(first: str, numbers: str, value: str = "12345") -> Answer:
    phrase = Phrase([hypothesis(first)] if first else [], [hypothesis(numbers)])
    return confirmation_heard(START, value, phrase, Ear(KNOWN))[1]


def test_what_the_grammar_of_replies_leaves_unknown_is_heard_again_with_numbers() -> None:
    assert second("нет [unk]", "нет сорок шесть") == Refuted(ReadBack("12346"))
    assert second("[unk]", "двенадцать тысяч триста сорок шесть") == Refuted(ReadBack("12346"))
    assert second("нет [unk]", "нет [unk]") == Refuted()


def test_a_plain_yes_or_no_is_not_heard_again() -> None:
    assert second("да", "два") == Confirmed()
    assert second("нет", "семь") == Refuted()
    assert second("", "семь") == AskAgain(1, "doubt")


@pytest.mark.parametrize("text", ["два", "один"])
def test_a_digit_alone_is_no_correction_but_perhaps_a_yes_misheard_or_the_name_of_a_key(text: str) -> None:
    assert confirmed(text)[1] == AskAgain(1, "doubt")
    assert second("[unk]", text) == AskAgain(1, "doubt")
    assert second("нет [unk]", "нет семь") == Refuted(ReadBack("12347"))


def test_a_number_denied_before_gives_way_to_another_but_may_be_insisted_on() -> None:
    asked = Asked(denied=("1225",))
    assert answered("двенадцать двадцать пять", asked, NEW)[1] == OfferTwo("12205", "12025")
    assert answered("один два два пять", asked, NEW)[1] == ReadBack("1225")


def test_a_doubtful_yes_is_asked_again() -> None:
    heard = [hypothesis("да", 0.6), hypothesis("нет", 0.4)]
    assert confirmation_heard(START, "12345", Phrase(heard), Ear(KNOWN))[1] == AskAgain(1, "doubt")
    unsure = [Said((Word("да", 0.4),))]
    assert confirmation_heard(START, "12345", Phrase(unsure), Ear(KNOWN))[1] == Confirmed(0.4)
    assert confirmation_heard(START, "12345", Phrase(unsure), Ear(KNOWN, Rules(least_reply=0.5)))[1] == AskAgain(
        1, "doubt"
    )


@pytest.mark.parametrize(
    ("move", "result"),
    [
        (ReadBack("12345", 0.8), Match("12345", Mode.SPEECH, 0.8)),
        (ReadBack("0"), Match("00", Mode.SPEECH)),
        (Confirmed(0.9), Match("1", Mode.SPEECH, 0.9)),
        (Refuted(), Match("2", Mode.SPEECH)),
        (Obey(Command.OPERATOR), Match("0", Mode.SPEECH)),
        (Obey(Command.BACK), Match("*", Mode.SPEECH)),
        (Obey(Command.REPEAT), Match("#", Mode.SPEECH)),
        (Obey(Command.ROOT), NoMatch("9")),
    ],
)
def test_the_engine_gets_the_same_as_of_keys(
    move: ReadBack | Obey | Confirmed | Refuted, result: Match | NoMatch
) -> None:
    assert as_result(move, Keys()) == result


@pytest.mark.parametrize(
    ("text", "value", "meant"),
    [
        ("не четыреста а триста", "12446", "12346"),
        ("не сорок а пятьдесят", "12345", "12355"),
        ("не триста а четыреста", "12345", "12445"),
        ("не пять а шесть", "12345", "12346"),
    ],
)
def test_what_is_named_as_wrong_is_found_by_its_place(text: str, value: str, meant: str) -> None:
    assert confirmed(text, value)[1] == Refuted(ReadBack(meant))


def test_a_round_number_may_correct_its_own_digit_or_all_that_follows() -> None:
    assert confirmed("нет триста", "12446")[1] == Refuted(OfferTwo("12346", "12300"))


def test_a_correction_in_one_breath_names_the_place_too() -> None:
    said = "двенадцать тысяч четыреста сорок пять ой не четыреста а триста"
    assert answered(said)[1] == ReadBack("12345")


@pytest.mark.parametrize(
    "text",
    [
        "двенадцать тысяч [unk] триста сорок пять",
        "двенадцать тысяч триста [unk] сорок пять",
        "один два три четыре [unk]",
    ],
)
def test_a_part_of_the_number_is_not_read_back_where_nothing_speaks_for_it(text: str) -> None:
    assert answered(text, context=NEW)[1] == AskAgain(1, "unclear")


@pytest.mark.parametrize("text", ["двенадцать тысяч триста сорок пять [unk]", "один два три четыре пять [unk]"])
def test_what_fills_the_dial_may_be_followed_by_anything(text: str) -> None:
    assert answered(text, context=NEW)[1] == ReadBack("12345")
