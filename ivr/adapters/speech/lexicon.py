"""How words are said: stress by espeak-ng's dictionary, phones by the rules of `letter_to_sound`.

Words whose stress espeak-ng has wrong, or that are said in more than one way, are in tables here.
"""

import re
import subprocess
from collections.abc import Iterable, Mapping

from ivr.adapters.speech.letter_to_sound import STRESS, VOWEL_LETTERS, phones
from ivr.domain.errors import ConfigurationError

_IPA_VOWEL = re.compile(r"[aɑʌioɔuyeɛɪɵəɨ]")
_STRESSED = ("со́рок", "но́ль", "одно́", "нали́чные", "догово́р", "катало́г", "кварта́л", "звони́т", "сче́та", "сто́рож")
"""Words that espeak-ng 1.51 stresses wrongly."""
VARIANTS: Mapping[str, tuple[str, ...]] = {
    "семьдесят": ("s' e m' i s' i t",),
    "восемьдесят": ("v o s' i m' i s' i t", "v o s' i d' i s' i t"),
    "пятьдесят": ("p' i t' d' i s' a t", "p' i i s' a t"),
    "шестьдесят": ("sh y s' t' d' i s' a t", "sh y i s' a t"),
    "пятьсот": ("p' i t' s o t",),
    "девятьсот": ("d' i v' i t' s o t",),
    "шестьсот": ("sh y s' t' s o t", "sh s o t"),
    "восемь": ("v o s' @ m'",),
    "тысяча": ("t y sch @", "t y sh @"),
    "тысячи": ("t y sch i",),
    "тысяч": ("t y sch",),
    "сейчас": ("sch a s",),
    "оператор": ("@ p' i r a t r",),
    "счётчик": ("sch o ch i k",),
}
"""How else people say these; the canonical way comes first and is made by the rules."""
_SAID: Mapping[str, str] = {
    "пятьдесят": "p' i d' i s' a t",
    "шестьдесят": "sh y z' d' i s' a t",
    "шестьсот": "sh y s o t",
    "шестнадцать": "sh y s n a c @ t'",
    "четырнадцать": "ch i t y r n @ c @ t'",
    "тысяча": "t y s' i ch @",
    "сейчас": "s' i ch a s",
    "её": "j i j o",
    "здравствуйте": "z d r a s t v u j t' i",
}


def said(words: Iterable[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Pronunciations of each word, the canonical one first. Raises ConfigurationError without espeak-ng.

    A word may carry its stress as an acute after the vowel; a word without vowels or letters has no pronunciation.
    """
    wanted = list(dict.fromkeys(words))
    stress = stresses(wanted)
    out: dict[str, tuple[tuple[str, ...], ...]] = {}
    for word in wanted:
        low = word.lower()
        canonical = tuple(_SAID[low].split()) if low in _SAID else phones(low, stress[word])
        if canonical:
            out[word] = (canonical, *(tuple(other.split()) for other in VARIANTS.get(low, ())))
    return out


def stresses(words: Iterable[str]) -> dict[str, int]:
    """Number of the stressed vowel letter of each word, from 0; words that need it are asked of espeak-ng at once."""
    found: dict[str, int] = {}
    asked: list[str] = []
    known = {word.replace(STRESS, ""): word for word in _STRESSED}
    for word in dict.fromkeys(words):
        low = word.lower()
        marked = known.get(low, low)
        letters = [letter for letter in low if letter in VOWEL_LETTERS]
        if STRESS in marked:
            found[word] = sum(letter in VOWEL_LETTERS for letter in marked.split(STRESS)[0]) - 1
        elif "ё" in letters:
            found[word] = letters.index("ё")
        elif len(letters) < 2:
            found[word] = 0
        else:
            asked.append(word)
    for word, ipa in zip(asked, _ipa(asked), strict=True):
        found[word] = _stressed_vowel(ipa, sum(letter in VOWEL_LETTERS for letter in word.lower()))
    return found


def marked(word: str, stressed: int) -> str:
    """The word with its stress written, for an engine that reads it. One vowel and ё need no mark."""
    places = [place for place, letter in enumerate(word) if letter.lower() in VOWEL_LETTERS]
    if len(places) < 2 or "ё" in word.lower() or STRESS in word:
        return word
    end = places[min(stressed, len(places) - 1)] + 1
    return f"{word[:end]}{STRESS}{word[end:]}"


def _stressed_vowel(ipa: str, vowels: int) -> int:
    before, mark, _ = ipa.partition("ˈ")
    if not mark:
        before = ipa.partition("ˌ")[0] if "ˌ" in ipa else ""
    extra = max(0, len(_IPA_VOWEL.findall(ipa)) - vowels)  # a vowel that espeak-ng puts before льст-
    return min(max(0, len(_IPA_VOWEL.findall(before)) - extra), vowels - 1)


def _ipa(words: list[str]) -> list[str]:
    if not words:
        return []
    try:
        answer = subprocess.run(
            ["espeak-ng", "-v", "ru", "-q", "--ipa", "--stdin"],
            input="\n\n".join(words).encode(),  # an empty line ends a sentence: one line of answer for each word
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise ConfigurationError([f"espeak-ng cannot be asked how words are stressed: {error}"]) from error
    lines = answer.stdout.decode().strip("\n").split("\n")
    if len(lines) == len(words):
        return lines
    if len(words) == 1:
        return [" ".join(lines)]
    middle = len(words) // 2  # some word made two lines, or none: find it by halves
    return _ipa(words[:middle]) + _ipa(words[middle:])
