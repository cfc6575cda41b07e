import pytest

from ivr.dialogue.understanding import blocks
from ivr.dialogue.understanding.blocks import Way, ways
from ivr.dialogue.understanding.heard import plain
from ivr.dialogue.understanding.number_words import symbols


def read(text: str) -> list[Way]:
    return ways([symbol for word in text.split() for symbol in symbols(plain(word))])


@pytest.mark.parametrize(
    ("said", "groups"),
    [
        ("двенадцать тысяч триста сорок пять", "12345"),
        ("двенадцать триста сорок пять", "12 345"),
        ("один два три", "1 2 3"),
        ("двадцать пять", "25"),
        ("ноль ноль семь", "0 0 7"),
        ("три нуля семь", "000 7"),
        ("две семёрки двойка", "77 2"),
        ("нуля", "0"),
        ("тысяча сто", "1100"),
        ("тысяча", "1000"),
        ("тысяч", "1000"),
        ("сто тысяч", "100000"),
        ("ноль двенадцать тысяч", "0 12000"),
        ("двенадцать тысяч пять", "12005"),
        ("пять двенадцать тысяч", "5 12000"),
        ("двенадцать тысяч ноль пять", "12005"),
        ("двенадцать тысяч ноль сорок пять", "12045"),
        ("двенадцать тысяч три четыре пять", "12345"),
        ("двенадцать тысяч тридцать четыре пять", "12345"),
        ("миллион", "1000000"),
        ("миллион двести тысяч", "1200000"),
        ("миллион двести", "1000200"),
        ("два миллиона двести тридцать четыре тысячи пятьсот шестьдесят семь", "2234567"),
        ("миллион двести тридцать четыре пятьсот шестьдесят семь", "1234567"),
        ("миллион две тысячи три", "1002003"),
        ("полторы", "1500"),
        ("12345", "12345"),
        ("12 345", "12 345"),
        ("12 тысяч 345", "12345"),
        ("12 тысяч 045", "12000 045"),
        ("12 тысяч 0 45", "12045"),
        ("1 2 миллиона", "1 2000000"),
    ],
)
def test_the_most_natural_way(said: str, groups: str) -> None:
    assert " ".join(read(said)[0].groups) == groups


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("двадцать пять", "205"),
        ("двенадцать двадцать пять", "12205"),
        ("сто двадцать три", "100203"),
        ("два нуля", "20"),
        ("двенадцать тысяч триста сорок пять", "12000345"),
        ("двенадцать сорок пять", "12045"),
        ("миллион две тысячи три", "10000002003"),
        ("ноль двенадцать тысяч", "12000"),
        ("ноль двенадцать триста", "12300"),
    ],
)
def test_less_natural_ways_are_kept_and_cost_more(said: str, digits: str) -> None:
    found = read(said)
    assert digits in {way.digits for way in found}
    assert digits != found[0].digits
    assert [way.cost for way in found] == sorted(way.cost for way in found)


def test_a_split_is_more_likely_where_the_speaker_has_been_saying_groups() -> None:
    alone = {way.digits: way.cost for way in read("двадцать пять")}
    in_groups = {way.digits: way.cost for way in read("сорок тридцать двадцать пять")}
    assert in_groups["4030205"] < alone["205"]


@pytest.mark.parametrize("said", ["ноль один два", "ноль ноль двенадцать", "ноль"])
def test_noughts_of_a_number_said_digit_by_digit_stay(said: str) -> None:
    assert [way for way in read(said) if way.digits[0] != "0"] == []


def test_no_words_no_ways() -> None:
    assert read("") == []


def test_a_thousand_after_a_million_does_not_overflow_it() -> None:
    digits = {way.digits for way in read("миллион миллион")}
    assert digits == {"10000001000000"}


def test_rows_that_no_number_can_have_are_given_up() -> None:
    assert read(" ".join(["один"] * (blocks.LONGEST + 1))) == []


def test_a_long_phrase_keeps_its_most_natural_ways() -> None:
    found = read(" ".join(["двадцать пять"] * 10))
    assert len(found) <= blocks.MOST_WAYS
    assert found[0].digits == "25" * 10
