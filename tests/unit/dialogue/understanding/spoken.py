"""Numbers as people say them, drawn by a seeded generator. num2words is the source of the words, not the parser."""

import random
from collections.abc import Callable
from functools import cache

from num2words import num2words

from ivr.dialogue.understanding.ranking import ReadingContext

LARGEST = 9_999_999
BEFORE = ("ну", "э-э", "значит", "вот", "так", "показания", "у меня", "сейчас", "ну вот у меня там", "пишите", "да")
BETWEEN = ("э-э", "ну", "значит", "вот", "так", "и")
AFTER = ("киловатт", "киловатт-час", "киловатт-часов", "вот", "всё", "спасибо", "на счётчике")
FRACTIONS = ("запятая пять", "и пять десятых", "запятая ноль", "с половиной", "точка три", "и двадцать пять сотых")
HURRIED = {
    "пятьдесят": "писят",
    "шестьдесят": "шисят",
    "семьдесят": "семисят",
    "тысяча": "тыща",
    "тысячи": "тыщи",
    "тысяч": "тыщ",
    "пятьсот": "пятсот",
    "шестьсот": "шессот",
    "ноль": "нуль",
}
NOUGHTS = {2: "два нуля", 3: "три нуля", 4: "четыре нуля", 5: "пять нулей", 6: "шесть нулей"}

Chunks = list[str]
"""Stretches of words that a speaker says in one breath."""
Form = Callable[[str, random.Random], Chunks]
"""How digits are said. The digits may begin with noughts."""


@cache
def below_thousand(number: int) -> str:
    return str(num2words(number, lang="ru"))


def words(number: int) -> str:
    return below_thousand(number) if number < 1000 else str(num2words(number, lang="ru"))


def group(digits: str, r: random.Random) -> str:
    """A group as a number, its leading noughts said one by one or counted."""
    rest = digits.lstrip("0")
    noughts = len(digits) - len(rest)
    said = NOUGHTS[noughts] if noughts in NOUGHTS and r.random() < 0.3 else " ".join(["ноль"] * noughts)
    return f"{said} {words(int(rest)) if rest else ''}".strip()


def whole(digits: str, r: random.Random) -> Chunks:
    """«двенадцать тысяч | триста сорок пять»; «тысяча» often without «одна»."""
    rest = digits.lstrip("0")
    if not rest:
        return [group(digits, r)]
    before = [group("0" * (len(digits) - len(rest)), r)] if len(rest) < len(digits) else []
    said = words(int(digits))
    if said.startswith(("одна тысяча", "один миллион")) and r.random() < 0.6:
        said = said.partition(" ")[2]
    head, scale, tail = next(
        (said.partition(f" {word} ") for word in ("тысяча", "тысячи", "тысяч") if f" {word} " in said), (said, "", "")
    )
    return [*before, f"{head} {scale}".strip(), *([tail] if tail else [])]


def one_by_one(digits: str, r: random.Random) -> Chunks:
    return [words(int(digit)) for digit in digits]


def chunks(*sizes: int) -> Form:
    """Groups of these sizes by turns from the left; what is left over is a shorter group."""

    def said(digits: str, r: random.Random) -> Chunks:
        groups, place, turn = [], 0, 0
        while place < len(digits):
            size = sizes[turn % len(sizes)]
            groups.append(group(digits[place : place + size], r))
            place, turn = place + size, turn + 1
        return groups

    return said


def from_the_right(size: int) -> Form:
    def said(digits: str, r: random.Random) -> Chunks:
        first = len(digits) % size
        head = [group(digits[:first], r)] if first else []
        return head + [group(digits[place : place + size], r) for place in range(first, len(digits), size)]

    return said


def mixed(digits: str, r: random.Random) -> Chunks:
    """Groups of one to three digits as they come."""
    groups = []
    while digits:
        size = r.choice((1, 2, 2, 3, 3))
        groups.append(group(digits[:size], r))
        digits = digits[size:]
    return groups


def thousands_and_digits(digits: str, r: random.Random) -> Chunks:
    """«двенадцать тысяч | три | четыре | пять», «двенадцать тысяч | ноль сорок пять»."""
    head = digits[:-3].lstrip("0")
    if not head or int(head) >= 1000 or digits[0] == "0":
        return whole(digits, r)
    tail = r.choice((one_by_one, chunks(1, 2), chunks(2, 1)))(digits[-3:], r)
    return [whole(f"{head}000", r)[0], *tail]


FORMS: dict[str, Form] = {
    "whole": whole,
    "digit by digit": one_by_one,
    "pairs": chunks(2),
    "pairs from the right": from_the_right(2),
    "triples": chunks(3),
    "triples from the right": from_the_right(3),
    "three and two": chunks(3, 2),
    "two and three": chunks(2, 3),
    "mixed groups": mixed,
    "thousands, then digits": thousands_and_digits,
}


def dressed(said: Chunks, r: random.Random) -> Chunks:
    """With fillers around and between, a unit, a fraction, hurried words."""
    out = [r.choice(BEFORE)] if r.random() < 0.7 else []
    for chunk in said:
        out.append(chunk)
        if r.random() < 0.2:
            out.append(r.choice(BETWEEN))
    if r.random() < 0.2:
        out = [" ".join(HURRIED.get(word, word) for word in chunk.split()) for chunk in out]
    if r.random() < 0.15:
        out.append(r.choice(FRACTIONS))
    return [*out, r.choice(AFTER)] if r.random() < 0.5 else out


def register(number: int, r: random.Random) -> ReadingContext:
    """A register on which the number is a plausible reading: used about as usual, a dial that it fits."""
    usual = round(min(1200.0, max(5.0, r.lognormvariate(5.0, 0.7))))
    used = min(number, round(usual * r.lognormvariate(0.0, 0.4)))
    digits = max(len(str(number)), r.choice((5, 6, 6, 7)))
    return ReadingContext(digits, number - used, usual, max(600, 2 * usual))


def numbers(count: int, r: random.Random) -> list[int]:
    """As many of each length, one to seven digits; with round ones and ones with noughts inside among them."""
    drawn = []
    for place in range(count):
        length = place % 7 + 1
        number = r.randrange(10 ** (length - 1) if length > 1 else 0, 10**length)
        if r.random() < 0.15:
            number -= number % 10 ** r.randrange(1, length + 1)
        if r.random() < 0.15:
            digits = [digit if r.random() < 0.5 else "0" for digit in str(number)]
            number = int("".join(digits))
        drawn.append(number)
    return drawn
