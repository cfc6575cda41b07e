"""Russian letters to phones: one canonical pronunciation of a word whose stress is known.

Rules of the standard pronunciation (Avanesov): softness from the next letter, voicing carried backwards, final
devoicing, reduction of unstressed vowels. The acoustic model was trained on exactly these phones: change a rule and it
must be trained anew.
"""

import re

BLANK = "<blk>"
VOWELS = ("a", "e", "i", "o", "u", "y", "@")
"""`@` is the reduced а/о; unstressed е, я after a soft consonant are `i`."""
_HARD = ("b", "v", "g", "d", "zh", "z", "k", "l", "m", "n", "p", "r", "s", "t", "f", "h", "c", "sh")
_PAIRED = ("b", "v", "g", "d", "z", "k", "l", "m", "n", "p", "r", "s", "t", "f", "h")
PHONES = (BLANK, *VOWELS, *_HARD, *(f"{phone}'" for phone in _PAIRED), "ch", "sch", "j")
"""The outputs of the acoustic model, in its order."""

STRESS = "\u0301"
"""A combining acute after the stressed vowel, as dictionaries write it."""
VOWEL_LETTERS = "аеёиоуыэюя"
_CONSONANTS = dict(zip("бвгджзклмнпрстфхцш", (*_HARD[:17], "sh"), strict=True)) | {"ч": "ch", "щ": "sch", "й": "j"}
_SOFTENING = "еёиюяь"
_AFTER = {"е": "e", "ё": "o", "ю": "u", "я": "a"}
_PLAIN = {"а": "a", "о": "o", "у": "u", "ы": "y", "э": "e", "и": "i"}
_VOICELESS = {"b": "p", "v": "f", "g": "k", "d": "t", "z": "s", "zh": "sh"}
_VOICED = {"p": "b", "k": "g", "t": "d", "s": "z", "sh": "zh"}
_SPELLINGS = tuple(
    (re.compile(pattern), spelt)
    for pattern, spelt in (
        (r"^что", "што"),
        (r"^конечно$", "конешно"),
        (r"^сегодня", "севодня"),
        (r"^счита", "щита"),
        (r"(?<!мн)(?<!дор)(?<!стр)ого$|(?<=^)ого$", "ово"),
        (r"его$", "ево"),
        (r"ться$|тся$", "ца"),
        (r"вств", "ств"),
        (r"стн", "сн"),
        (r"здн", "зн"),
        (r"лнц", "нц"),
        (r"рдц", "рц"),
        (r"[сзж]ч|сщ|зщ", "щ"),
        (r"[дт]ц", "ц"),
        (r"[дт]ч", "ч"),
        (r"[тд]ьс(?=[оа]т)", "ц"),
        (r"стьс(?=от)", "с"),
        (r"стн(?=адцать)", "сн"),
    )
)
"""Spellings that are not read as written, in the order in which they apply."""


def phones(word: str, stressed: int) -> tuple[str, ...]:
    """Phones of a lower-case Cyrillic `word`; `stressed` counts its vowel letters from 0.

    Letters of other alphabets, hyphens and apostrophes are skipped; a word without letters has no phones.
    """
    plain = word.replace(STRESS, "")
    for pattern, spelt in _SPELLINGS:
        plain = pattern.sub(spelt, plain)
    return tuple(_once(_softened(_voiced(_sounds(plain, stressed)))))


def _sounds(word: str, stressed: int) -> list[str]:
    """Letter by letter: consonants with their softness, vowels reduced where they are not stressed."""
    sounds: list[str] = []
    nth = -1
    for place, letter in enumerate(word):
        following = word[place + 1 : place + 2]
        if letter in _CONSONANTS:
            phone = _CONSONANTS[letter]
            sounds.append(f"{phone}'" if phone in _PAIRED and following and following in _SOFTENING else phone)
        elif letter in VOWEL_LETTERS:
            nth += 1
            before = word[place - 1] if place else ""
            if letter in _AFTER and (not before or before in VOWEL_LETTERS or before in "ьъ"):
                sounds.append("j")
            if before == "ь" and letter in "ио":
                sounds.append("j")
            last = not any(other in VOWEL_LETTERS or other in _CONSONANTS for other in word[place + 1 :])
            sounds.append(_vowel(letter, before, nth == stressed, last))
    return sounds


def _vowel(letter: str, before: str, stressed: bool, last: bool) -> str:
    always_hard = before != "" and before in "шжц"
    if letter == "и":
        return "y" if always_hard else "i"
    sound = _AFTER.get(letter) or _PLAIN[letter]
    if stressed or letter == "ё" or sound in "uyi":
        return sound
    soft = letter in _AFTER or (before != "" and before in "чщ")
    if always_hard and letter == "е":
        return "y"
    if soft:
        return "@" if last and letter in "яа" else "i"
    return "i" if letter == "э" else "@"


def _voiced(sounds: list[str]) -> list[str]:
    """A row of consonants takes the voice of its last one; at the end of the word it loses it."""
    out = list(sounds)
    for place in range(len(out) - 1, -1, -1):
        base, soft = out[place].rstrip("'"), out[place].endswith("'")
        following = out[place + 1].rstrip("'") if place + 1 < len(out) else ""
        if following == "" or following in _VOICELESS.values() or following in ("h", "c", "ch", "sch"):
            base = _VOICELESS.get(base, base)
        elif following in _VOICELESS and following != "v":
            base = _VOICED.get(base, base)
        out[place] = f"{base}'" if soft else base
    return out


def _softened(sounds: list[str]) -> list[str]:
    """с, з before a soft dental and н before a soft one or ч, щ are soft themselves: шесть, двести, пенсия."""
    out = list(sounds)
    for place in range(len(out) - 2, -1, -1):
        following = out[place + 1]
        if out[place] in ("s", "z") and following in ("t'", "d'", "n'", "s'", "z'"):
            out[place] += "'"
        if out[place] == "n" and following in ("t'", "d'", "n'", "ch", "sch"):
            out[place] += "'"
    return out


def _once(sounds: list[str]) -> list[str]:
    """A doubled consonant is said once: a longer sound is no second one for the model. So is с before ш."""
    out: list[str] = []
    for sound in sounds:
        before = out[-1] if out else ""
        doubled = before not in ("", *VOWELS) and sound.rstrip("'") == before.rstrip("'")
        if doubled or (before in ("s", "z") and sound in ("sh", "zh")):
            out.pop()
        out.append(sound)
    return out
