"""What the voices say: numbers as people say them, the words of the calls, and everything else Russian."""

import random
import re
from collections.abc import Callable
from pathlib import Path

from num2words import num2words

Groups = list[list[str]]
"""Words in groups; between groups a speaker may pause."""


def _words(text: str) -> list[str]:
    return text.split()


DIGITS = _words("ноль один два три четыре пять шесть семь восемь девять")
COUNTED = tuple(
    dict.fromkeys(
        _words(
            "ноль один два три четыре пять шесть семь восемь девять нуль одна две одно десять одиннадцать двенадцать "
            "тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать двадцать тридцать "
            "сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто сто двести триста четыреста пятьсот шестьсот "
            "семьсот восемьсот девятьсот тысяча тысячи тысяч"
        )
    )
)
REPLIES = [
    phrase.replace("_", " ")
    for phrase in _words(
        "да нет да_верно нет_неверно верно неверно правильно неправильно да_правильно да_да нет_нет ага угу конечно "
        "не_знаю повторите повторите_пожалуйста ещё_раз оператор соедините_с_оператором позовите_оператора назад "
        "показания передать_показания хочу_передать_показания задолженность мой_долг узнать_баланс сколько_я_должен "
        "отключение нет_света у_меня_нет_света авария когда_дадут_свет договор счётчик замена_счётчика "
        "поверка_счётчика оплата как_оплатить тариф тарифы квитанция не_пришла_квитанция адрес_офиса часы_работы "
        "перезвоните_мне алло здравствуйте добрый_день спасибо до_свидания подождите минуту сейчас стоп хватит дальше "
        "главное_меню другое"
    )
]
MONTHS = _words("января февраля марта апреля мая июня июля августа сентября октября ноября декабря")
UNITS = _words("киловатт киловатт-часов киловатта рублей рубля рубль копеек копейки часов минут кубов дом квартира")
ORDINALS = _words(
    "первое второе третье четвёртое пятое шестое седьмое восьмое девятое десятое одиннадцатое двенадцатое "
    "тринадцатое четырнадцатое пятнадцатое шестнадцатое семнадцатое восемнадцатое девятнадцатое двадцатое "
    "тридцатое первого второго третьего пятого десятого двадцатого двадцать_первого тридцать_первого"
)
FILLERS = _words("ну э так вот значит сейчас показания там получается у_меня это пишите счётчик да")
_WORD = re.compile(r"[а-яё]{2,14}")


def dictionary(path: Path) -> list[str]:
    """Lower-case words of a hunspell dictionary, those without a vowel left out."""
    entries = (line.partition("/")[0].strip() for line in path.read_text(encoding="utf-8").splitlines()[1:])
    return [word for word in entries if _WORD.fullmatch(word) and re.search("[аеёиоуыэюя]", word)]


def wordings(folder: Path) -> list[list[str]]:
    """Phrases of the product's own flows, cut into short word lists."""
    phrases = []
    for path in sorted(folder.glob("*/*.yaml")):
        for part in re.split(r"[.,:;!?\n\"']", path.read_text(encoding="utf-8")):
            words = re.findall(r"[а-яё]+", re.sub(r"\{[^}]*\}|#.*", " ", part).lower())
            if 2 <= len(words) <= 7:
                phrases.append(words)
    return phrases


def whole(number: int, r: random.Random) -> list[str]:
    words: list[str] = num2words(number, lang="ru").split()
    if words[0] == "одна" and len(words) > 1 and words[1] == "тысяча" and r.random() < 0.6:
        words = words[1:]
    return words


def _digits(r: random.Random) -> Groups:
    said = [r.choice(DIGITS) for _ in range(r.choice([3, 4, 5, 5, 6, 6, 7, 8]))]
    step = r.choice([1, 2, 3, 9])
    return [said[place : place + step] for place in range(0, len(said), step)]


def _grouped(r: random.Random) -> Groups:
    """12 345 → двенадцать, триста сорок пять; leading noughts are said."""
    groups = []
    for _ in range(r.randint(2, 3)):
        size = r.choice([1, 2, 2, 3, 3])
        figures = str(r.randrange(10**size)).zfill(size)
        noughts = len(figures) - len(figures.lstrip("0"))
        rest = figures.lstrip("0")
        groups.append(["ноль"] * noughts + (whole(int(rest), r) if rest else []))
    return groups


def _whole(r: random.Random) -> Groups:
    words = whole(r.randrange(10 ** r.choice([2, 3, 4, 5, 5, 6, 6])), r)
    cut = next((place + 1 for place, word in enumerate(words) if word.startswith("тысяч")), 0)
    return [words[:cut], words[cut:]] if 0 < cut < len(words) and r.random() < 0.3 else [words]


def _dressed(r: random.Random) -> Groups:
    """A number with what people say around it."""
    number = r.choice([_whole, _grouped, _digits])(r)
    before = [r.choice(FILLERS).split("_")] if r.random() < 0.7 else []
    after = [r.choice(UNITS).replace("-", " ").split()] if r.random() < 0.5 else []
    if r.random() < 0.2:
        after = [["запятая" if r.random() < 0.5 else "точка"], whole(r.randrange(10), r)]
    return [*before, *number, *after]


def _date(r: random.Random) -> Groups:
    return [[*r.choice(ORDINALS).split("_"), r.choice(MONTHS)]]


def _reply(r: random.Random) -> Groups:
    return [r.choice(REPLIES).split()]


class Speaker:
    """Draws sentences: half of them numbers, a tenth replies, the rest other words."""

    def __init__(self, words: list[str], phrases: list[list[str]]) -> None:
        self._words, self._phrases = words, phrases
        self._kinds: list[Callable[[random.Random], Groups]] = [
            _digits, _grouped, _whole, _dressed, _date, _reply, self._phrase, self._others, self._mixed,
        ]  # fmt: skip
        self._weights = [13, 12, 14, 6, 4, 10, 8, 28, 5]

    def sentence(self, r: random.Random) -> Groups:
        groups = r.choices(self._kinds, self._weights)[0](r)
        return [group for group in groups if group]

    def _phrase(self, r: random.Random) -> Groups:
        return [r.choice(self._phrases)]

    def _others(self, r: random.Random) -> Groups:
        return [[r.choice(self._words) for _ in range(r.randint(1, 5))]]

    def _mixed(self, r: random.Random) -> Groups:
        other = [r.choice(self._words) for _ in range(r.randint(1, 2))]
        return [other, *_whole(r)] if r.random() < 0.5 else [*_whole(r), other]
