import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from ivr.dialogue.understanding.heard import hypothesis
from ivr.dialogue.understanding.money import sums


def all_sums(text: str) -> list[int]:
    return [each.kopecks for each in sums([hypothesis(text)])]


@pytest.mark.parametrize(
    ("text", "kopecks"),
    [
        ("тысяча двести рублей пятьдесят копеек", 120050),
        ("ну тысяча двести рублей", 120000),
        ("тысяча двести", 120000),
        ("полторы тысячи рублей", 150000),
        ("двести пятьдесят рублей с копейками", 25000),
        ("двести пятьдесят рублей пять", 25005),
        ("пятьдесят копеек", 50),
        ("двести с половиной рублей", 20050),
        ("двести запятая пятьдесят", 20050),
        ("двести рублей нет триста рублей", 30000),
        ("двести рублей десять копеек ой двадцать копеек", 20020),
        ("сто рублей ноль ноль копеек", 10000),
        ("пять сотен рублей", 50000),
        ("двадцать пять целых пять десятых", 2550),
        ("двадцать пять целых пять сотых рубля", 2505),
        ("двадцать пять запятая пять", 2550),
        ("двадцать пять запятая пять рублей", 2550),
        ("двадцать пять запятая ноль пять", 2505),
        ("двадцать пять запятая пятьдесят рублей", 2550),
        ("двадцать пять запятая пять копеек", 2505),
        ("полтора рубля", 150),
        ("полтора", 150000),
        ("полтора рубля нет два рубля", 200),
    ],
)
def test_sums(text: str, kopecks: int) -> None:
    assert all_sums(text)[0] == kopecks


@pytest.mark.parametrize(
    "text",
    [
        "",
        "рублей",
        "кошка",
        "двести рублей сто двадцать копеек",
        "двести кошка триста",
        "сто целых пять тысячных",
        "сто запятая сто двадцать",
    ],
)
def test_no_sums(text: str) -> None:
    assert all_sums(text) == []


def test_a_tenth_may_be_kopecks() -> None:
    assert all_sums("двадцать пять запятая пять")[:2] == [2550, 2505]


def test_less_likely_readings_are_kept() -> None:
    assert all_sums("двадцать пять рублей") == [2500, 20500]


@given(st.integers(0, 999_999), st.integers(0, 99))
@settings(deadline=None)
def test_every_sum_said_in_full(roubles: int, kopecks: int) -> None:
    said = f"{num2words(roubles, lang='ru')} рублей {num2words(kopecks, lang='ru', gender='f')} копеек"
    assert all_sums(said)[0] == roubles * 100 + kopecks
