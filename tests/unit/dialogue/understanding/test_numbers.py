import pytest

from ivr.dialogue.understanding.blocks import LONGEST
from ivr.dialogue.understanding.heard import Said, Word, hypothesis
from ivr.dialogue.understanding.numbers import Candidate, candidates
from ivr.dialogue.understanding.ranking import Thresholds


def heard(text: str, before: str = "") -> list[Candidate]:
    return candidates([hypothesis(text)], before)


def digits(text: str, before: str = "") -> list[str]:
    return [candidate.digits for candidate in heard(text, before)]


@pytest.mark.parametrize(
    "said",
    [
        "двенадцать тысяч триста сорок пять",
        "ну э-э значит показания двенадцать тысяч триста сорок пять",
        "у меня вот двенадцать тысяч триста сорок пять киловатт-часов",
        "а у меня двенадцать тысяч а потом триста сорок пять",
        "двенадцать тысяч и триста и сорок пять киловатт",
        "да двенадцать тыщ триста сорок пять запишите пожалуйста",
        "двенадцать тысяч триста сорок пять точка",
        "один два три четыре пять",
        "двенадцать тридцать четыре пять",
        "сто двадцать три сорок пять",
    ],
)
def test_what_is_said_around_a_number_does_not_change_it(said: str) -> None:
    best = heard(said)[0]
    assert (best.digits, best.value, best.fraction, best.corrected) == ("12345", 12345, False, False)


@pytest.mark.parametrize(
    "said",
    [
        "было одиннадцать тысяч двести стало двенадцать тысяч триста сорок пять",
        "раньше одиннадцать тысяч двести теперь двенадцать тысяч триста сорок пять",
        "стало двенадцать тысяч триста сорок пять а было одиннадцать тысяч двести",
        "стало быть двенадцать тысяч триста сорок пять",
        "было двенадцать тысяч триста сорок пять",
    ],
)
def test_of_what_was_and_what_is_now_the_latter_is_meant(said: str) -> None:
    assert digits(said)[0] == "12345"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("три сейчас сто пятнадцать", "1115"),  # «тысяча сто пятнадцать», as it is heard before talk
        ("показания три сейчас сорок", "1040"),
        ("сейчас три сто пятнадцать", "3115"),
        ("сто три сейчас пять", "1035"),
        ("три сейчас", "3"),
        ("пять сейчас сорок", "540"),
    ],
)
def test_nobody_begins_a_number_with_three_now(said: str, meant: str) -> None:
    assert digits(said)[0] == meant


def test_what_was_is_not_taken_for_what_is_now() -> None:
    assert digits("было двенадцать тысяч стало") == []


def test_a_number_said_twice_may_be_one() -> None:
    said = "двенадцать триста сорок пять двенадцать триста сорок пять"
    assert {one.digits: one.cost for one in heard(said)}["12345"] == 4.0
    assert "40" not in digits("сорок сорок")


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        ("двенадцать запятая пять", "12"),
        ("двенадцать целых пять десятых киловатт", "12"),
        ("двенадцать точка ноль пять", "12"),
        ("двенадцать с половиной", "12"),
        ("двенадцать и пять десятых", "12"),
        ("двенадцать пять десятых", "12"),
        ("двенадцать двадцать пять сотых", "12"),
        ("двенадцать тысяч триста сорок пять и двадцать пять сотых", "12345"),
    ],
)
def test_fractions_are_left_out_and_told(said: str, whole: str) -> None:
    found = heard(said)
    assert whole in [candidate.digits for candidate in found]
    assert all(candidate.fraction for candidate in found)


def test_a_border_of_a_fraction_that_is_not_certain_leaves_both() -> None:
    assert {"345", "340"} <= set(digits("триста сорок пять две сотых"))


@pytest.mark.parametrize(
    ("said", "number"),
    [("целых двенадцать", "12"), ("две с половиной тысячи", "2500"), ("полторы тысячи", "1500"), ("точка пять", "5")],
)
def test_words_of_fractions_that_make_none(said: str, number: str) -> None:
    best = heard(said)[0]
    assert (best.digits, best.fraction) == (number, False)


def test_tenths_alone_are_no_number() -> None:
    assert heard("пять десятых") == []


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("двенадцать тысяч триста сорок пять нет сорок шесть", {"12346", "46"}),
        ("двенадцать тысяч триста сорок пять ой шесть", {"12346", "6"}),
        ("двенадцать тысяч триста сорок пять то есть тринадцать тысяч", {"13345", "13000"}),
        ("двенадцать тысяч триста сорок пять вернее тринадцать тысяч триста сорок шесть", {"13346"}),
        ("двенадцать ой тринадцать триста сорок пять", {"13345"}),
        ("двенадцать триста ой четыреста", {"12400", "400"}),
        ("один два три четыре пять не пять а шесть", {"12346"}),
        ("двенадцать триста сорок пять не двенадцать а тринадцать", {"13345"}),
        ("двенадцать нет тринадцать нет четырнадцать", {"14"}),
        ("двенадцать триста сорок не так сорок пять", {"12345", "1245"}),
        ("нет двенадцать", {"12"}),
        ("не двенадцать", {"12"}),
        ("сто один не сто два", {"102"}),
        ("не кошка а двенадцать", {"12"}),
    ],
)
def test_corrections_keep_every_way_they_can_be_meant(said: str, meant: set[str]) -> None:
    assert meant <= set(digits(said))


def test_an_equally_long_correction_is_the_likeliest() -> None:
    assert digits("двенадцать тысяч триста сорок пять нет сорок шесть")[0] == "12346"
    assert digits("двенадцать тысяч триста сорок пять то есть двенадцать тысяч триста сорок шесть")[0] == "12346"
    assert heard("сто один нет сто два")[0].corrected


def test_a_fraction_said_before_the_correction_is_still_told() -> None:
    assert heard("двенадцать запятая пять нет тринадцать")[0].fraction


def test_a_number_that_is_only_denied_costs_more_than_any_clear_one() -> None:
    assert heard("двенадцать нет")[0].cost > heard("двенадцать ой")[0].cost > heard("двенадцать")[0].cost


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("нет сорок шесть", {"12346", "46"}),
        ("двенадцать тысяч триста сорок шесть", {"12346"}),
        ("не двенадцать а тринадцать", {"13345"}),
        ("нет тринадцать", {"12313", "13345"}),
        ("шесть", {"12346"}),
    ],
)
def test_what_was_read_back_can_be_corrected_in_part(said: str, meant: set[str]) -> None:
    assert meant <= set(digits(said, before="12345"))


@pytest.mark.parametrize("said", ["", "да", "нет", "[unk]", "оператор"])
def test_no_number_no_candidates(said: str) -> None:
    assert heard(said) == []
    assert heard(said, before="12345") == []


def test_a_correction_cannot_make_a_row_that_no_number_has() -> None:
    ones = " ".join([*["один"] * (LONGEST - 1), "два"])
    assert {len(candidate.digits) for candidate in heard(f"{ones} нет двадцать один")} == {2, 3, LONGEST}


def test_other_words_in_the_middle_leave_the_parts_and_the_whole() -> None:
    found = {candidate.digits: candidate.cost for candidate in heard("квартира пять [unk] двенадцать триста")}
    assert {"5", "12300", "512300"} <= set(found)
    assert min(found.values()) > heard("двенадцать триста")[0].cost


@pytest.mark.parametrize(
    ("said", "plainer"),
    [
        ("двенадцать тысяч триста [unk]", "двенадцать тысяч триста сорок пять [unk]"),  # «сорок пять» may be the noise
        ("двенадцать [unk] триста", "двенадцать киловатт триста"),
        ("двенадцать [unk]", "[unk] двенадцать и ну"),
    ],
)
def test_sounds_where_digits_may_have_been_make_a_number_doubtful(said: str, plainer: str) -> None:
    assert heard(said)[0].cost >= heard(plainer)[0].cost


def test_an_unfinished_number_with_sounds_after_it_is_not_read_back() -> None:
    assert heard("двенадцать тысяч триста [unk]")[0].cost > Thresholds().hearing
    assert heard("двенадцать тысяч триста запятая [unk]")[0].cost <= Thresholds().doubtful


def test_one_number_or_another_are_both_meant() -> None:
    found = heard("двенадцать тысяч триста сорок или сорок пять")[:2]
    assert [one.digits for one in found] == ["12340", "12345"]
    assert found[1].cost - found[0].cost < Thresholds().margin
    assert digits("или двенадцать") == ["12"]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("пять сотен", "500"),
        ("двенадцать тысяч три сотни сорок пять", "12345"),
        ("сотня", "100"),
        ("двенадцать тысяч сотня", "12100"),
        ("раз два три", "123"),
        ("ещё раз два три", "23"),
        ("раз два", "12"),
        ("двенадцать тысяч на первое ноября", "12000"),
    ],
)
def test_other_ways_to_say_a_digit(said: str, meant: str) -> None:
    assert digits(said)[0] == meant


@pytest.mark.parametrize("said", ["двадцать две сотни", "двенадцать тысяч триста сорок пятый"])
def test_words_that_hide_a_digit_make_a_number_doubtful(said: str) -> None:
    assert heard(said)[0].cost > Thresholds().hearing


def test_a_number_said_twice_is_one_of_its_own_candidates() -> None:
    assert digits("пять киловатт пять") == ["55", "5"]


def test_every_hypothesis_counts_by_its_confidence() -> None:
    best, other = hypothesis("двенадцать", 0.7), hypothesis("тринадцать", 0.3)
    assert [candidate.digits for candidate in candidates([best, other])] == ["12", "13"]
    assert [candidate.digits for candidate in candidates([best, hypothesis("тринадцать", 0.0)])] == ["12", "13"]


def test_a_faint_hypothesis_alone_is_no_number() -> None:
    assert candidates([hypothesis("[unk]", 0.96), hypothesis("[unk] двести", 0.04)]) == []
    assert candidates([hypothesis("[unk]", 0.8), hypothesis("[unk] двести", 0.2)])


def test_the_likelier_of_two_hypotheses_with_one_meaning_stays() -> None:
    (found,) = candidates([hypothesis("двенадцать", 0.5), hypothesis("один два", 0.1), hypothesis("ну двенадцать")])
    assert (found.digits, found.cost) == ("12", 0.0)


def test_a_number_is_as_certain_as_its_least_certain_word() -> None:
    words = (Word("ну", 0.1), Word("двенадцать", 0.9), Word("ноль", 0.4), Word("пять", 0.8))
    assert candidates([Said(words)])[0].confidence == 0.4
