import pytest

from ivr.dialogue.flow import Keys
from ivr.dialogue.model import Match, Mode, NoMatch
from ivr.dialogue.understanding.asking import AskAgain, ByKeys, Rules
from ivr.dialogue.understanding.choosing import Choice, Choosing, Menu, choice_heard, nothing_chosen
from ivr.dialogue.understanding.heard import hypothesis
from ivr.dialogue.understanding.topics import EitherOf, topics

MENU = Menu(
    topics(
        {"readings": ["показания", "передать показания"], "balance": ["баланс", "сколько платить"], "news": ["новости"]}
    ),
    {"readings": "1", "balance": "2", "news": "3"},
    frozenset("1230"),
    Keys(),
    Rules(),
)
BALANCE = Match("2", Mode.SPEECH, wanted="balance")


def said(text: str, choosing: Choosing = Choosing()) -> tuple[Choosing, Choice]:  # noqa: B008
    return choice_heard(choosing, [hypothesis(text)], MENU)


@pytest.mark.parametrize(
    ("text", "key", "wanted"),
    [
        ("хочу передать показания", "1", "readings"),
        ("сколько платить", "2", "balance"),
        ("передать показания за два месяца", "1", "readings"),
        ("не показания вы передать два свет", "1", "readings"),
    ],
)
def test_what_is_wanted_gives_the_key_and_the_item(text: str, key: str, wanted: str) -> None:
    assert said(text)[1] == Match(key, Mode.SPEECH, wanted=wanted)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("два", "2"),
        ("ну э-э один", "1"),
        ("ноль", "0"),
        ("оператор", "0"),
        ("назад", "*"),
        ("повторите", "#"),
    ],
)
def test_what_is_said_is_the_key_that_would_have_been_pressed(text: str, key: str) -> None:
    assert said(text, Choosing())[1] == Match(key, Mode.SPEECH)


def test_a_faint_hypothesis_decides_nothing() -> None:
    heard = [hypothesis("сколько я [unk]", 0.9), hypothesis("новости", 0.1)]
    assert choice_heard(Choosing(), heard, MENU)[1] == AskAgain(1, "nothing")
    heard = [hypothesis("сколько я [unk]", 0.7), hypothesis("новости", 0.3)]
    assert choice_heard(Choosing(), heard, MENU)[1] == Match("3", Mode.SPEECH, wanted="news")


def test_the_main_menu() -> None:
    assert said("главное меню")[1] == NoMatch("9")


def test_an_item_forgets_the_trouble_there_was() -> None:
    assert said("баланс", Choosing(misses=2, silences=1)) == (Choosing(), BALANCE)


def test_two_items_are_put_to_the_caller() -> None:
    choosing, move = said("показания и баланс")
    assert (choosing, move) == (Choosing(pair=("balance", "readings")), EitherOf("balance", "readings"))
    assert said("второе", choosing) == (Choosing(), Match("1", Mode.SPEECH, wanted="readings"))
    assert said("первое", choosing)[1] == BALANCE
    assert said("баланс пожалуйста", choosing)[1] == BALANCE
    assert said("ни то ни другое", choosing) == (Choosing(misses=1), AskAgain(1, "neither"))
    assert said("показания и баланс", choosing) == (Choosing(misses=1), AskAgain(1, "which"))


@pytest.mark.parametrize("text", ["кошка", "девять тысяч", "[unk] два [unk] [unk]", "семь"])
def test_what_no_item_is_meant_by_is_asked_again_with_other_help_and_then_an_operator_comes(text: str) -> None:
    choosing, first = said(text)
    choosing, second = said(text, choosing)
    assert (first, second) == (AskAgain(1, "nothing"), AskAgain(2, "nothing"))
    assert said(text, choosing)[1] == Match("0", Mode.SPEECH)


def test_silence_leads_to_the_keys() -> None:
    choosing, first = nothing_chosen(Choosing(), MENU)
    choosing, second = nothing_chosen(choosing, MENU)
    assert (first, second) == (AskAgain(1, "silence"), AskAgain(2, "silence"))
    assert nothing_chosen(choosing, MENU)[1] == ByKeys("silence")


def test_who_would_rather_press_keys_may() -> None:
    assert said("на кнопках") == (Choosing(), ByKeys("asked"))
