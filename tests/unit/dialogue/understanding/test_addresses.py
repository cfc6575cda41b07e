import pytest

from ivr.dialogue.understanding.addresses import addresses
from ivr.dialogue.understanding.heard import hypothesis


def best(text: str, unnamed: str = "house") -> tuple[str, str]:
    found = addresses([hypothesis(text)], unnamed)
    return (found[0].house, found[0].flat) if found else ("", "")


@pytest.mark.parametrize(
    ("text", "house", "flat"),
    [
        ("дом семнадцать квартира двенадцать", "17", "12"),
        ("дом семнадцать дробь два квартира двенадцать а", "17/2", "12а"),
        ("семнадцать корпус три строение один квартира сто двадцать пять", "17к3с1", "125"),
        ("ну дом номер пять бэ", "5б", ""),
        ("дом пять буква вэ квартира один", "5в", "1"),
        ("пятый дом двенадцатая квартира", "5", "12"),
        ("двадцать первый дом", "21", ""),
        ("семнадцать", "17", ""),
        ("семнадцать двенадцать", "1712", ""),
        ("дом семнадцать э-э двенадцать", "1712", ""),
        ("квартира двенадцать", "", "12"),
        ("дом семнадцать квартира двенадцать нет тринадцать", "17", "13"),
        ("дом семнадцать квартира двенадцать ой дом восемнадцать", "18", "12"),
        ("семнадцать нет восемнадцать", "18", ""),
        ("дробь два", "2", ""),
        ("в доме семь", "7", ""),
    ],
)
def test_house_and_flat(text: str, house: str, flat: str) -> None:
    assert best(text) == (house, flat)


def test_a_number_that_is_called_nothing_is_what_was_asked_for() -> None:
    assert best("двенадцать а", unnamed="flat") == ("", "12а")


def test_two_numbers_called_nothing_may_be_house_and_flat() -> None:
    found = {(each.house, each.flat): each.cost for each in addresses([hypothesis("семнадцать двенадцать")])}
    assert {("1712", ""), ("17", "12"), ("17012", "")} <= set(found)
    assert found["17", "12"] > found["1712", ""]
    assert ("17", "12") in {(each.house, each.flat) for each in addresses([hypothesis("дом семнадцать двенадцать")])}


@pytest.mark.parametrize("text", ["", "кошка", "дом", "квартира пять квартира шесть", "бэ"])
def test_no_address(text: str) -> None:
    assert addresses([hypothesis(text)]) == []


def test_digits_in_a_row_as_they_would_be_keyed() -> None:
    (found, *_) = addresses([hypothesis("дом семнадцать дробь два квартира двенадцать а")])
    assert found.digits == "17212"
