"""Numbers, read back by an independent reader of Russian."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialogue.wording.numbers import LARGEST, cardinal, ordinal, quantity, spelt
from ivr.dialogue.wording.plural import KILOWATT_HOUR, MINUTE, WORKING_DAY, Case
from tests.unit.dialogue.wording.reader import form, read


@pytest.mark.parametrize("gender", ["m", "f", "n"])
def test_every_number_to_a_hundred_thousand_reads_back(gender):
    for number in range(100_001):
        assert read(cardinal(number, gender), gender) == number


@pytest.mark.parametrize("gender", ["m", "f", "n"])
def test_every_genitive_to_twenty_thousand_reads_back(gender):
    for number in range(10_001):
        assert read(cardinal(number, gender, Case.GENITIVE), gender, "g") == number


@given(
    number=st.integers(0, 999_999_999), gender=st.sampled_from(["m", "f", "n"]), case=st.sampled_from(list(Case)[:2])
)
def test_any_number_reads_back(number, gender, case):
    assert read(cardinal(number, gender, case), gender, case.value) == number


@given(number=st.integers(0, 999_999_999))
def test_kilowatt_hours_agree_with_their_number(number):
    words, _, noun = quantity(number, KILOWATT_HOUR).rpartition(" ")
    assert read(words) == number
    assert noun == form(number, ["киловатт-час", "киловатт-часа", "киловатт-часов"])


def test_the_gender_ends_below_the_millions():
    assert cardinal(1_000_001, "f") == "один миллион одна"
    assert cardinal(-2_000_002, "f", Case.GENITIVE) == "минус двух миллионов двух"


def test_the_reader_itself_refuses_wrong_russian():
    for wrong in ("одна тысяч", "два тысячи", "сто двести", "двадцать десять", "пять ноль", "тысяча", "тысячи", ""):
        with pytest.raises((AssertionError, KeyError)):
            read(wrong)


@pytest.mark.parametrize(
    ("number", "case", "said"),
    [
        (1, Case.ACCUSATIVE, "одну минуту"),
        (2, Case.ACCUSATIVE, "две минуты"),
        (5, Case.ACCUSATIVE, "пять минут"),
        (21, Case.GENITIVE, "двадцати одной минуты"),
        (11, Case.GENITIVE, "одиннадцати минут"),
        (-1, Case.NOMINATIVE, "минус одна минута"),
        (0, Case.NOMINATIVE, "ноль минут"),
    ],
)
def test_quantities_in_their_cases(number, case, said):
    assert quantity(number, MINUTE, case) == said


def test_working_days_keep_their_adjective_right():
    assert quantity(1, WORKING_DAY) == "один рабочий день"
    assert quantity(3, WORKING_DAY) == "три рабочих дня"
    assert quantity(21, WORKING_DAY, Case.GENITIVE) == "двадцати одного рабочего дня"
    assert quantity(5, WORKING_DAY, Case.GENITIVE) == "пяти рабочих дней"
    assert quantity(1, WORKING_DAY, Case.ACCUSATIVE) == "один рабочий день"


@pytest.mark.parametrize(
    ("number", "gender", "case", "said"),
    [
        (1, "m", Case.NOMINATIVE, "первый"),
        (3, "f", Case.NOMINATIVE, "третья"),
        (3, "n", Case.GENITIVE, "третьего"),
        (40, "m", Case.NOMINATIVE, "сороковой"),
        (2026, "m", Case.GENITIVE, "две тысячи двадцать шестого"),
        (2000, "m", Case.GENITIVE, "двухтысячного"),
    ],
)
def test_ordinals(number, gender, case, said):
    assert ordinal(number, gender, case) == said


def test_digits_are_spelt_one_by_one():
    assert spelt("0042") == "ноль ноль четыре два"


@pytest.mark.parametrize("call", [lambda: cardinal(LARGEST + 1), lambda: cardinal(-LARGEST - 1), lambda: ordinal(-1)])
def test_numbers_out_of_range_are_refused(call):
    with pytest.raises(ValueError):
        call()


@pytest.mark.parametrize("text", ["", "12a", "١٢", "²"])
def test_only_plain_digits_are_spelt(text):
    with pytest.raises(ValueError):
        spelt(text)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (2_000_000, "два миллиона"),
        (1_000_001, "один миллион одна"),
        (-21, "минус двадцать одна"),
        (0, "ноль"),
    ],
)
def test_the_gender_does_not_reach_the_millions(number, words):
    assert cardinal(number, "f") == words
