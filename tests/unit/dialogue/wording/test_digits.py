"""Accounts and telephone numbers: every digit told once, in order, in groups."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialogue.wording.digits import account, phone
from tests.unit.dialogue.wording.reader import NOMINATIVE_UNITS, read


def digits_of(text: str) -> str:
    return "".join(str(NOMINATIVE_UNITS.index(word)) for word in text.replace(",", "").split())


@given(st.text("0123456789", min_size=1, max_size=30))
def test_an_account_reads_back_in_groups_of_two_or_three(number):
    text = account(number)
    assert digits_of(text) == number
    sizes = [len(group.split()) for group in text.split(", ")]
    assert set(sizes) <= {2, 3} or len(number) == 1
    assert sizes == sorted(sizes, reverse=True)


@given(st.text("0123456789", min_size=1, max_size=14))
def test_a_phone_number_reads_back_with_its_zeros(number):
    digits = ""
    for group in phone(number).split(", "):
        words = group.split()
        zeros = 0
        while words and words[0] == "ноль":
            words.pop(0)
            zeros += 1
        rest = " ".join(words)
        if len(number) > 11 or len(number) in (8, 9):
            digits += "0" * zeros + digits_of(rest)
        else:
            digits += "0" * zeros + (str(read(rest)) if rest else "")
    assert digits == number


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("88005550100", "восемь, восемьсот, пятьсот пятьдесят пять, ноль один, ноль ноль"),
        ("+7 (495) 055-00-05", "плюс семь, четыреста девяносто пять, ноль пятьдесят пять, ноль ноль, ноль пять"),
        ("112", "сто двенадцать"),
        ("01", "ноль один"),
        ("1234", "двенадцать, тридцать четыре"),
        ("12345", "один, двадцать три, сорок пять"),
        ("12345678", "один два три, четыре пять шесть, семь восемь"),
    ],
)
def test_phone_numbers(number, said):
    assert phone(number) == said


def test_an_account_may_be_written_with_spaces_and_dashes():
    assert account("12 345-07") == "один два три, четыре пять, ноль семь"


@pytest.mark.parametrize("wrong", ["", "  ", "12a4", "1+2", "٣٤"])
@pytest.mark.parametrize("speak", [account, phone])
def test_anything_else_is_refused(speak, wrong):
    with pytest.raises(ValueError):
        speak(wrong)
