"""The oracle of the wording tests: reads Russian number words back, strictly, and knows nothing of num2words.

The tables are written by hand from the grammar. `read` accepts exactly one spelling of each number in each form, so
value, gender and case are proved together.
"""

NOMINATIVE_UNITS = ["ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"]
GENITIVE_UNITS = ["ноля", "одного", "двух", "трёх", "четырёх", "пяти", "шести", "семи", "восьми", "девяти"]
TEENS = [
    "десят",
    "одиннадцат",
    "двенадцат",
    "тринадцат",
    "четырнадцат",
    "пятнадцат",
    "шестнадцат",
    "семнадцат",
    "восемнадцат",
    "девятнадцат",
]
NOMINATIVE_TENS = ["двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто"]
GENITIVE_TENS = [
    "двадцати",
    "тридцати",
    "сорока",
    "пятидесяти",
    "шестидесяти",
    "семидесяти",
    "восьмидесяти",
    "девяноста",
]
NOMINATIVE_HUNDREDS = [
    "сто",
    "двести",
    "триста",
    "четыреста",
    "пятьсот",
    "шестьсот",
    "семьсот",
    "восемьсот",
    "девятьсот",
]
GENITIVE_HUNDREDS = [
    "ста",
    "двухсот",
    "трёхсот",
    "четырёхсот",
    "пятисот",
    "шестисот",
    "семисот",
    "восьмисот",
    "девятисот",
]
SCALES = {
    "n": (["тысяча", "тысячи", "тысяч"], ["миллион", "миллиона", "миллионов"]),
    "g": (["тысячи", "тысяч", "тысяч"], ["миллиона", "миллионов", "миллионов"]),
}
GENDERED = {
    ("n", "m"): {1: "один", 2: "два"},
    ("n", "f"): {1: "одна", 2: "две"},
    ("n", "n"): {1: "одно", 2: "два"},
    ("g", "m"): {1: "одного"},
    ("g", "f"): {1: "одной"},
    ("g", "n"): {1: "одного"},
}


def _lexicon(gender: str, case: str) -> dict[str, tuple[int, int]]:
    """word -> (value, rank): ranks must fall from word to word inside a group of three digits."""
    units, tens, hundreds = (
        (NOMINATIVE_UNITS, NOMINATIVE_TENS, NOMINATIVE_HUNDREDS)
        if case == "n"
        else (GENITIVE_UNITS, GENITIVE_TENS, GENITIVE_HUNDREDS)
    )
    lexicon = {GENDERED[case, gender].get(value, word): (value, 1) for value, word in enumerate(units)}
    lexicon |= {stem + ("ь" if case == "n" else "и"): (value, 1) for value, stem in enumerate(TEENS, 10)}
    lexicon |= {word: (value * 10, 2) for value, word in enumerate(tens, 2)}
    return lexicon | {word: (value * 100, 3) for value, word in enumerate(hundreds, 1)}


def form(number: int, forms: list[str]) -> str:
    """Which of (one, few, many) follows a number: by the last two digits."""
    tail = number % 100
    if 11 <= tail <= 14:
        return forms[2]
    return forms[{1: 0, 2: 1, 3: 1, 4: 1}.get(tail % 10, 2)]


LEXICONS = {key: _lexicon(key[1], key[0]) for key in GENDERED}


def _group(words: list[str], gender: str, case: str) -> int:
    lexicon = LEXICONS[case, gender]
    total, last = 0, 4
    for word in words:
        value, rank = lexicon[word]
        assert rank < last, f"{word} out of order"
        # Ten to nineteen take the place of a ten and a unit; nought stands alone.
        assert not (10 <= value <= 19 and last == 2), f"{word} after a ten"
        assert value or words == [word], "a nought among other words"
        total, last = total + value, rank
    return total


def read(text: str, gender: str = "m", case: str = "n") -> int:
    """The number that `text` says in this gender and case. Fails when it says none, or another form."""
    words, total = text.split(), 0
    for scale, forms, its_gender in ((10**6, SCALES[case][1], "m"), (1000, SCALES[case][0], "f")):
        at = next((place for place, word in enumerate(words) if word in forms), None)
        if at is None:
            continue
        count = _group(words[:at], its_gender, case)
        assert count >= 1, "no number before the scale"
        assert words[at] == form(count, forms), f"{words[at]} after {count}"
        total += count * scale
        words = words[at + 1 :]
    assert words or total, "nothing was said"
    rest = _group(words, gender, case)
    assert rest or not total or not words, "a nought after other words"
    return total + rest
