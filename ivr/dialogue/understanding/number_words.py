"""The words that numbers are said with. The one source of the parser and of the recogniser's grammars.

Written with ё, as a recogniser's vocabulary has them; `heard.plain` makes the key to look up. `COLLOQUIAL` are
spellings that an open recogniser may write for hurried speech; a closed grammar does not need them, because there the
hurried ways are pronunciations of the proper words.
"""

from dataclasses import dataclass
from enum import Enum, auto

from ivr.dialogue.understanding.heard import plain
from ivr.dialogue.understanding.wordlist import all_forms, keys


class Part(Enum):
    """What a word is in a number."""

    ZERO = auto()
    UNIT = auto()  # 1…9
    TEEN = auto()  # 10…19
    TEN = auto()  # 20…90
    HUNDRED = auto()  # 100…900
    THOUSAND = auto()
    MILLION = auto()
    FIGURE = auto()  # written in digits by the recogniser itself
    COUNTED = auto()  # what is counted: «три нуля», «две семёрки»


@dataclass(frozen=True, slots=True)
class Symbol:
    """What one word says.

    figures: the value in digits; of a scale, its noughts. alone: the scale may stand without a number before it.
    """

    part: Part
    figures: str
    alone: bool = True

    @property
    def value(self) -> int:
        return int(self.figures)


ZEROS = "ноль нуль"
UNITS: dict[int, str] = {
    1: "один одна одно | одну одного одной",
    2: "два две | двух",
    3: "три | трёх",
    4: "четыре | четырёх",
    5: "пять | пяти",
    6: "шесть | шести",
    7: "семь | семи",
    8: "восемь | восьми",
    9: "девять | девяти",
}
TEENS: dict[int, str] = {
    10: "десять | десяти",
    11: "одиннадцать | одиннадцати",
    12: "двенадцать | двенадцати",
    13: "тринадцать | тринадцати",
    14: "четырнадцать | четырнадцати",
    15: "пятнадцать | пятнадцати",
    16: "шестнадцать | шестнадцати",
    17: "семнадцать | семнадцати",
    18: "восемнадцать | восемнадцати",
    19: "девятнадцать | девятнадцати",
}
TENS: dict[int, str] = {
    20: "двадцать | двадцати",
    30: "тридцать | тридцати",
    40: "сорок | сорока",
    50: "пятьдесят | пятидесяти",
    60: "шестьдесят | шестидесяти",
    70: "семьдесят | семидесяти",
    80: "восемьдесят | восьмидесяти",
    90: "девяносто | девяноста",
}
HUNDREDS: dict[int, str] = {
    100: "сто | ста",
    200: "двести | двухсот",
    300: "триста | трёхсот",
    400: "четыреста | четырёхсот",
    500: "пятьсот | пятисот",
    600: "шестьсот | шестисот",
    700: "семьсот | семисот",
    800: "восемьсот | восьмисот",
    900: "девятьсот | девятисот",
}
THOUSANDS = "тысяча тысячи тысяч | тысячу"
MILLIONS = "миллион миллиона миллионов"
COUNTED: dict[int, str] = {
    0: "нуля нулей | ноля нолей нули нулика нуликов ноликов",
    1: "единицы | единиц единички единичек",
    2: "двойки | двоек",
    3: "тройки | троек",
    4: "четвёрки | четвёрок",
    5: "пятёрки | пятёрок",
    6: "шестёрки | шестёрок",
    7: "семёрки | семёрок",
    8: "восьмёрки | восьмёрок",
    9: "девятки | девяток",
}
NOUNS: dict[int, str] = {
    0: "нолик нулик",
    1: "единица единицу единичка единичку",
    2: "двойка двойку двоечка двоечку",
    3: "тройка тройку троечка троечку",
    4: "четвёрка четвёрку",
    5: "пятёрка пятёрку пятёрочка",
    6: "шестёрка шестёрку",
    7: "семёрка семёрку семёрочка",
    8: "восьмёрка восьмёрку",
    9: "девятка девятку",
    10: "десятка десятку",
}
JOINED: dict[str, str] = {
    "полторы": "тысяча пятьсот",  # of thousands: the word «тысячи» after it is swallowed
    "полтора": "тысяча пятьсот",
    "полтысячи": "пятьсот",
}
"""Words that stand for several."""
COLLOQUIAL: dict[str, str] = {
    "адин": "один", "чтыре": "четыре", "читыре": "четыре", "четыри": "четыре", "пят": "пять", "шест": "шесть",
    "сем": "семь", "восем": "восемь", "восим": "восемь", "девят": "девять", "десят": "десять",
    "одинадцать": "одиннадцать", "одинацать": "одиннадцать", "двенацать": "двенадцать", "тринацать": "тринадцать",
    "четырнацать": "четырнадцать", "пятнацать": "пятнадцать", "шеснадцать": "шестнадцать",
    "шеснацать": "шестнадцать", "семнацать": "семнадцать", "восемнацать": "восемнадцать",
    "девятнацать": "девятнадцать", "двацать": "двадцать", "дватцать": "двадцать", "трицать": "тридцать",
    "тритцать": "тридцать", "писят": "пятьдесят", "пиисят": "пятьдесят",
    "пейсят": "пятьдесят", "пятесят": "пятьдесят", "пядесят": "пятьдесят", "педесят": "пятьдесят",
    "шисят": "шестьдесят", "шиисят": "шестьдесят", "шейсят": "шестьдесят", "шесят": "шестьдесят",
    "шестесят": "шестьдесят", "шездесят": "шестьдесят", "семисят": "семьдесят", "семсят": "семьдесят",
    "семдесят": "семьдесят", "восемсят": "восемьдесят", "восимисят": "восемьдесят", "восемисят": "восемьдесят",
    "восемдесят": "восемьдесят", "стописят": "сто пятьдесят", "стопятьдесят": "сто пятьдесят",
    "двестипятьдесят": "двести пятьдесят", "двесте": "двести", "двесьте": "двести",
    "тристо": "триста", "четыресто": "четыреста", "читыреста": "четыреста", "чтыреста": "четыреста",
    "пятсот": "пятьсот", "питсот": "пятьсот", "пицот": "пятьсот", "шессот": "шестьсот", "шистьсот": "шестьсот",
    "шесот": "шестьсот", "семсот": "семьсот", "восемсот": "восемьсот", "восимсот": "восемьсот",
    "девятсот": "девятьсот", "девицот": "девятьсот", "тыща": "тысяча", "тыщу": "тысячу", "тыщи": "тысячи",
    "тыщ": "тысяч", "тыс": "тысяч", "тысячь": "тысяч", "лимон": "миллион", "нол": "ноль",
}  # fmt: skip


def _table() -> dict[str, tuple[Symbol, ...]]:
    table: dict[str, tuple[Symbol, ...]] = {}

    def put(forms: str, part: Part, value: int) -> None:
        for form in all_forms(forms):
            table[plain(form)] = (Symbol(part, str(value)),)

    put(ZEROS, Part.ZERO, 0)
    for part, words in ((Part.UNIT, UNITS), (Part.TEEN, TEENS), (Part.TEN, TENS), (Part.HUNDRED, HUNDREDS)):
        for value, forms in words.items():
            put(forms, part, value)
    for value, forms in NOUNS.items():
        put(forms, Part.ZERO if value == 0 else Part.TEEN if value == 10 else Part.UNIT, value)
    for value, forms in COUNTED.items():
        put(forms, Part.COUNTED, value)
    for word in all_forms(THOUSANDS):
        table[word] = (Symbol(Part.THOUSAND, "000", alone=word in ("тысяча", "тысячу")),)
    for word in all_forms(MILLIONS):
        table[word] = (Symbol(Part.MILLION, "000000", alone=word == "миллион"),)
    for word, proper in (JOINED | COLLOQUIAL).items():
        table[plain(word)] = tuple(symbol for each in proper.split() for symbol in table[each])
    return table


NUMBER_WORDS = _table()
COUNTED_HUNDREDS = keys("сотня сотню сотни сотен")
ONCE = "раз"
"""«Раз, два, три»: a one, where a two comes after it."""
LIKE_THOUSAND = ("три", "сейчас")
"""So «тысяча» is heard before talk, its first vowel swallowed; nobody begins a number so."""
HALF_AGAIN = "полторы | полтора"
HALF_AGAIN_KEYS = keys(HALF_AGAIN)


def symbols(word: str) -> tuple[Symbol, ...]:
    """What the plain word means in a number; nothing when it is no number's word."""
    if word.isascii() and word.isdigit():
        return (Symbol(Part.FIGURE, word),)
    return NUMBER_WORDS.get(word, ())
