"""Money: every last two digits of roubles with every number of kopecks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialogue.wording.money import money
from ivr.dialogue.wording.plural import Case
from tests.unit.dialogue.wording.reader import form, read

ROUBLES = ["рубль", "рубля", "рублей"]
KOPECKS = ["копейка", "копейки", "копеек"]


def read_money(text: str) -> int:
    """Kopecks that `text` says; fails on a wrong gender or plural."""
    words, total = text.split(), 0
    for forms, gender, worth in ((ROUBLES, "m", 100), (KOPECKS, "f", 1)):
        at = next((place for place, word in enumerate(words) if word in forms), None)
        if at is None:
            continue
        count = read(" ".join(words[:at]), gender)
        assert words[at] == form(count, forms)
        total += count * worth
        words = words[at + 1 :]
    assert not words
    return total


@pytest.mark.parametrize("hundreds", [0, 100, 21_000])
def test_every_form_of_money_reads_back(hundreds):
    for roubles in range(hundreds, hundreds + 100):
        for kopecks in range(100):
            amount = roubles * 100 + kopecks
            assert read_money(money(amount)) == amount


@given(st.integers(0, 99_999_999_999))
def test_any_sum_reads_back_and_its_sign_is_not_said(kopecks):
    assert read_money(money(kopecks)) == kopecks
    assert money(-kopecks) == money(kopecks)


@pytest.mark.parametrize(
    ("kopecks", "said"),
    [
        (12101, "сто двадцать один рубль одна копейка"),
        (0, "ноль рублей"),
        (2, "две копейки"),
        (100_000, "одна тысяча рублей"),
        (-512, "пять рублей двенадцать копеек"),
    ],
)
def test_spoken_sums(kopecks, said):
    assert money(kopecks) == said


def test_cases_of_a_sum():
    assert money(12101, Case.GENITIVE) == "ста двадцати одного рубля одной копейки"
    assert money(12101, Case.ACCUSATIVE) == "сто двадцать один рубль одну копейку"
    assert money(200202, Case.ACCUSATIVE) == "две тысячи два рубля две копейки"
