import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialogue.listening.heard import Hypothesis, Word
from ivr.dialogue.understanding.topics import topics
from ivr.service.evaluating import NOTHING, WISH, Label, Register, Score, Scores, expected, grammar_of, misheard


def heard(text: str) -> tuple[Hypothesis, ...]:
    words = tuple(Word(word, 0.0, 0.0, 0.9) for word in text.split())
    return (Hypothesis(words, 1.0),) if words else ()


def score(label: Label, text: str) -> Score:
    scores = Scores()
    scores.count(label, heard(text), 2.0, 0.1)
    return scores.all


RIGHT, WRONG = (1, 1), (0, 0)


@pytest.mark.parametrize(
    ("label", "text", "whole", "understood"),
    [
        (Label("reading", "двенадцать тысяч сорок", "12040"), "двенадцать тысяч сорок", 1, 1),
        (Label("reading", "двенадцать тысяч сорок", "12040"), "двенадцать ноль сорок", 0, 1),
        (Label("reading", "двенадцать тысяч сорок", "12040"), "двенадцать тысяч", 0, 0),
        (Label("reading", "двенадцать тысяч сорок"), "двенадцать тысяч сорок", 1, 1),
        (Label("reading", "", "12040"), "двенадцать тысяч сорок", 1, 1),
        (Label("reading", "", "12040"), "", 0, 0),
        (Label("account", "пять шесть семь восемь"), "пять шесть семь восемь", 1, 1),
        (Label("account", "пять шесть семь восемь", "5678"), "пять шесть семь", 0, 0),
        (Label("reply", "да верно"), "да", 0, 1),
        (Label("reply", "нет"), "да", 0, 0),
        (Label("date", "пятнадцатое ноября"), "пятнадцатого ноября", 0, 1),
        (Label("money", "двести рублей"), "двести рублей", 1, 1),
        (Label("money", "двести рублей"), "[unk]", 0, 0),
        (Label("address", "дом двенадцать квартира три"), "дом двенадцать квартира три", 1, 1),
    ],
)
def test_words_and_meaning_are_judged_apart(label: Label, text: str, whole: int, understood: int) -> None:
    told = score(label, text)
    assert (told.whole, told.understood) == (whole, understood)


def test_what_is_known_of_the_register_decides_between_numbers() -> None:
    known = Label("reading", "двадцать пять", "25", register=Register(5, 10, 12, 60))
    assert score(known, "двадцать пять").understood == 1
    assert expected(known) == "00025"


@pytest.mark.parametrize(
    ("said", "text", "whole", "understood"),
    [
        ("узнать баланс", "узнать баланс", 1, 1),
        ("хочу узнать баланс", "узнать баланс", 0, 1),
        ("узнать баланс", "передать показания", 0, 0),
        ("оператор", "оператор", 1, 1),
        ("хлеба", "хлеба", 1, 0),
    ],
)
def test_menus_are_judged_by_what_was_wanted(said: str, text: str, whole: int, understood: int) -> None:
    scores = Scores(topics({"balance": ("узнать баланс",), "readings": ("передать показания",)}))
    scores.count(Label(WISH, said), heard(text), 1.0, 0.1)
    assert (scores.all.whole, scores.all.understood) == (whole, understood)


@pytest.mark.parametrize("question", ["reading", "reply", WISH])
@pytest.mark.parametrize(("text", "right"), [("", 1), ("[unk]", 1), ("двенадцать да баланс", 0)])
def test_where_nobody_spoke_nothing_is_to_be_heard(question: str, text: str, right: int) -> None:
    scores = Scores(topics({"balance": ("баланс",)}))
    scores.count(Label(question, NOTHING), heard(text), 1.0, 0.1)
    assert scores.all.whole == right
    assert scores.all.understood >= right
    assert bool(scores.misheard) is not bool(right)


def test_a_menu_is_heard_by_the_flows_phrases() -> None:
    assert {"узнать баланс", "баланс", "оператор"} <= set(grammar_of(WISH, ["узнать баланс"]))


def test_scores_are_by_question_and_noise_and_count_words() -> None:
    scores = Scores()
    scores.count(Label("reply", "да", noise="street"), heard("нет"), 1.0, 0.5)
    scores.count(Label("reading", "сорок один", "41"), heard("[unk] сорок два"), 3.0, 0.1)
    assert {name: one.phrases for name, one in scores.questions.items()} == {"reply": 1, "reading": 1}
    assert set(scores.noises) == {"street", NOTHING}
    assert (scores.all.words, scores.all.wrong, scores.seconds, scores.thought_s) == (3, 2, 4.0, 0.6)
    assert scores.misheard == {("да", "нет"): 1, ("один", "два"): 1}


def test_every_question_has_a_grammar_and_no_other() -> None:
    assert "[unk]" in grammar_of("reading")
    with pytest.raises(KeyError):
        grammar_of("topics")


@pytest.mark.parametrize(
    ("said", "told", "wrong"),
    [
        ("а б в", "а б в", []),
        ("а б в", "а в", [("б", NOTHING)]),
        ("а в", "а б в", [(NOTHING, "б")]),
        ("а б", "в б", [("а", "в")]),
        ("", "а", [(NOTHING, "а")]),
    ],
)
def test_misheard_words_are_named(said: str, told: str, wrong: list[tuple[str, str]]) -> None:
    assert list(misheard(said.split(), told.split())) == wrong


@given(st.lists(st.sampled_from("абв"), max_size=6), st.lists(st.sampled_from("абв"), max_size=6))
def test_the_changes_make_the_one_the_other(said: list[str], told: list[str]) -> None:
    changes = list(misheard(said, told))
    assert len(changes) >= abs(len(said) - len(told))
    assert len(changes) <= max(len(said), len(told))
    assert len(said) - sum(there == NOTHING for _, there in changes) == len(told) - sum(
        here == NOTHING for here, _ in changes
    )
    assert (not changes) == (said == told)
