"""Which Russian words are recorded, and under what name: asterisk-core-sounds-ru (one speaker, 8 kHz).

Source: the package's file list, and the Russian part of Asterisk's main/say.c, which plays `1`/`2` as masculine and
appends a letter for another gender (`1n` одно, `2n` два). Одна, две, тысячи, тысяч and the hundreds but сто are not
recorded, so the numbers that can be said whole are 0…199. Which form a file holds was found by aligning it (DTW over
cepstra) with three synthetic voices saying each candidate: weekdays are nominative, Sunday first. Months are genitive,
but the neuter ordinals of dates are missing; million and billion were too close to call. Both are left out.
"""

from ivr.dialogue.wording.dates import WEEKDAYS

WORDS: dict[str, str] = {
    word: f"digits/{name}"
    for name, word in (
        ("0", "ноль"),
        ("1", "один"),
        ("1n", "одно"),
        ("2", "два"),
        ("3", "три"),
        ("4", "четыре"),
        ("5", "пять"),
        ("6", "шесть"),
        ("7", "семь"),
        ("8", "восемь"),
        ("9", "девять"),
        ("10", "десять"),
        ("11", "одиннадцать"),
        ("12", "двенадцать"),
        ("13", "тринадцать"),
        ("14", "четырнадцать"),
        ("15", "пятнадцать"),
        ("16", "шестнадцать"),
        ("17", "семнадцать"),
        ("18", "восемнадцать"),
        ("19", "девятнадцать"),
        ("20", "двадцать"),
        ("30", "тридцать"),
        ("40", "сорок"),
        ("50", "пятьдесят"),
        ("60", "шестьдесят"),
        ("70", "семьдесят"),
        ("80", "восемьдесят"),
        ("90", "девяносто"),
        ("hundred", "сто"),
        ("minus", "минус"),
    )
} | {WEEKDAYS[(day - 1) % 7]: f"digits/day-{day}" for day in range(7)}  # day-0 is Sunday

_PAUSES = ",.;:!?"


def words_of(text: str) -> list[str]:
    """The words of a text, each with the punctuation that follows it."""
    return text.split()


def recorded(text: str) -> tuple[str, ...]:
    """One name for each word of `text`, in order; empty when any word is not recorded."""
    names = []
    for word in words_of(text):
        if not (name := WORDS.get(word.rstrip(_PAUSES).lower())):
            return ()
        names.append(name)
    return tuple(names)
