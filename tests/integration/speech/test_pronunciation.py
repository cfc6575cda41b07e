"""The table of respellings, and the shipped one against the real espeak-ng."""

import subprocess
from pathlib import Path

import pytest

from ivr.adapters.speech.pronunciation import Pronunciation, load
from ivr.domain.errors import ConfigurationError

SHIPPED = Path("dialplans/pronunciation.yaml")


def sounds(text: str) -> str:
    """The phonemes espeak-ng says; the apostrophe stands before the stressed vowel."""
    done = subprocess.run(["espeak-ng", "-q", "-x", "-v", "ru", text], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("text", "respelt"),
    [
        ("Кот", "кит"),
        ("коты, котик", "кисы, кисик"),
        ("скот", "скот"),
        ("кот-кот", "кит-кит"),
        ("к нам", "кнам"),
        ("котёнок", "щенок"),
        ("", ""),
    ],
)
def test_words_are_respelt_whole_or_from_their_beginning(text, respelt):
    table = Pronunciation({"кот": "кит", "кот*": "кис", "Котён*": "щен", "к": "к_"})
    assert table.apply(text) == respelt


@pytest.mark.parametrize(
    ("said", "stressed"),
    [
        ("сорок", "s'or"),
        ("сорок рублей", "s'or"),
        ("сорока минут", "k'A"),
        ("договора", "v'or"),
        ("до двадцатого числа", "isl'A"),
        ("погасите", "as;'i"),
        ("Посмотрите на счётчик", "r;'i"),
        ("оплатите", "at;'i"),
        ("положите трубку", "Z'y"),
        ("Номера", "n'om"),
        ("Часы и адреса", "s'A"),
        ("Энергосбыт", "b'y"),
        ("счет", "S;'8t"),
        ("Электросчетчика", "S;'8ttS;ika"),
        ("К оплате", "kVpl'A"),
    ],
)
def test_the_shipped_table_puts_the_stress_right(said, stressed):
    table = load(SHIPPED, "espeak")
    assert stressed in sounds(table.apply(said))
    assert stressed not in sounds(said), "espeak-ng says it right by now: the entry can go"


@pytest.mark.parametrize(
    "word",
    # phonemes as heard right: the words of an electricity supplier that need no help
    [
        ("показания", "pVkaz'An;ija"),
        ("киловатт-часов", "k;ilVv'AtttS;as'of"),
        ("лицевой счёт", "l;itsyv'oj S;'8t"),
        ("задолженность", "zad'olZynnVst;"),
        ("оплата", "Vpl'Ata#"),
        ("тариф", "tar;'if"),
        ("счётчик", "S;'8ttS;ik"),
        ("решётку", "@-r;iS'otku"),
    ],
)
def test_words_that_espeak_says_right_are_left_alone(word):
    text, phonemes = word
    assert load(SHIPPED, "espeak").apply(text) == text
    assert sounds(text) == phonemes


def test_without_a_table_nothing_is_respelt(tmp_path):
    assert load(None, "espeak").apply("сорок") == "сорок"
    assert load(tmp_path / "none.yaml", "espeak").apply("сорок") == "сорок"
    assert load(SHIPPED, "rhvoice").apply("сорок") == "сорок"


def test_every_mistake_is_named_with_its_place(tmp_path):
    table = tmp_path / "pronunciation.yaml"
    table.write_text("espeak: {два слова: x, верно: да, 5: y, '*': z, пусто: ' '}\nfestival: {}\nrhvoice: [1]\n")
    with pytest.raises(ConfigurationError) as caught:
        load(table, "espeak")
    assert [mistake.split(": ")[1:3] for mistake in caught.value.mistakes] == [
        ["festival", "no such engine; espeak, rhvoice"],
        ["espeak", "два слова"],
        ["espeak", "5"],
        ["espeak", "*"],
        ["espeak", "пусто"],
        ["rhvoice", "must map words to their respelling"],
    ]


@pytest.mark.parametrize("text", ["[1]", "{"])
def test_a_file_that_is_no_table_is_refused(tmp_path, text):
    table = tmp_path / "pronunciation.yaml"
    table.write_text(text)
    with pytest.raises(ConfigurationError, match=r"pronunciation\.yaml"):
        load(table, "espeak")
