"""Every wait up to an hour and every place up to 200, read back by the oracle that knows nothing of num2words."""

import re

import pytest

from ivr.dialogue.wording import KINDS
from ivr.dialogue.wording.wait import ahead, place, wait
from ivr.domain.wait import Foretold, Minutes
from tests.unit.dialogue.wording.reader import form, read


def minutes(said: str) -> int:
    """The number of «… минут» in the genitive; fails for another form."""
    if said == "часа":
        return 60
    if said == "минуты":
        return 1
    *number, noun = said.split()
    value = read(" ".join(number), "f", "g")
    assert value > 1, "one minute is told without a number"
    assert noun == form(value, ["минуты", "минут", "минут"])
    return value


@pytest.mark.parametrize("low", range(61))
def test_every_range(low: int) -> None:
    for high in range(max(1, low), 61):
        said = wait(low, high)
        if low == high:
            assert minutes(said.removeprefix("около ")) == low
        elif (low, high) == (0, 1):
            assert said == "меньше минуты"
        elif low == 0:
            assert minutes(said.removeprefix("до ")) == high
        else:
            first, last = re.fullmatch("от (.+) до (.+)", said).groups()
            assert minutes(last) == high
            if high == 60:
                number, noun = first.rsplit(" ", 1)
                assert noun == form(low, ["минуты", "минут", "минут"])
                first = number
            assert read(first, "f", "g") == low


@pytest.mark.parametrize("low", range(1, 61))
def test_at_least(low: int) -> None:
    assert minutes(wait(low, None).removeprefix("больше ")) == low


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (2, 4, "от двух до четырёх минут"),
        (1, 2, "от одной до двух минут"),
        (1, 1, "около минуты"),
        (2, 2, "около двух минут"),
        (21, 21, "около двадцати одной минуты"),
        (0, 1, "меньше минуты"),
        (0, 3, "до трёх минут"),
        (0, 21, "до двадцати одной минуты"),
        (1, 21, "от одной до двадцати одной минуты"),
        (10, 15, "от десяти до пятнадцати минут"),
        (40, 60, "от сорока минут до часа"),
        (1, 60, "от одной минуты до часа"),
        (60, 60, "около часа"),
        (0, 60, "до часа"),
        (1, None, "больше минуты"),
        (40, None, "больше сорока минут"),
        (60, None, "больше часа"),
    ],
)
def test_by_ear(low: int, high: int | None, said: str) -> None:
    assert wait(low, high) == said


@pytest.mark.parametrize(
    ("low", "high"), [(4, 2), (-1, 3), (0, 0), (0, 61), (61, 61), (0, None), (61, None), (-1, None)]
)
def test_no_range(low: int, high: int | None) -> None:
    with pytest.raises(ValueError, match="is no range of minutes"):
        wait(low, high)


def test_whatever_is_promised_can_be_told() -> None:
    for mean in range(0, 5400, 13):
        for share in (0.03, 0.2, 0.5, 1):
            told = str(Minutes.of(Foretold(mean, mean * share)))
            assert KINDS["wait"](told).endswith(("минуты", "минут", "часа"))


ORDINALS = {
    1: "первый",
    2: "второй",
    3: "третий",
    4: "четвёртый",
    5: "пятый",
    6: "шестой",
    7: "седьмой",
    8: "восьмой",
    9: "девятый",
    10: "десятый",
    11: "одиннадцатый",
    12: "двенадцатый",
    13: "тринадцатый",
    14: "четырнадцатый",
    15: "пятнадцатый",
    16: "шестнадцатый",
    17: "семнадцатый",
    18: "восемнадцатый",
    19: "девятнадцатый",
    20: "двадцатый",
    30: "тридцатый",
    40: "сороковой",
    50: "пятидесятый",
    60: "шестидесятый",
    70: "семидесятый",
    80: "восьмидесятый",
    90: "девяностый",
    100: "сотый",
    200: "двухсотый",
}
TENS = ["", "", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто"]


def ordinal_by_hand(number: int) -> str:
    if number in ORDINALS:
        return ORDINALS[number]
    if number > 100:
        return f"сто {ordinal_by_hand(number - 100)}"
    return f"{TENS[number // 10]} {ORDINALS[number % 10]}"


@pytest.mark.parametrize("number", range(1, 201))
def test_every_place(number: int) -> None:
    assert place(number) == f"вы {ordinal_by_hand(number)} в очереди"
    before, you, *count, people = ahead(number).split()
    assert (before, you) == ("перед", "вами")
    assert read(" ".join(count)) == number
    assert people == form(number, ["человек", "человека", "человек"])


def test_nobody_ahead() -> None:
    assert ahead(0) == "вы следующий"
    with pytest.raises(ValueError, match="no number of people"):
        ahead(-1)
    with pytest.raises(ValueError, match="no place"):
        place(0)
