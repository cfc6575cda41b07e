"""How the tables of words are written: forms apart by blanks, after a bar those that people seldom say in dictation.

The parser understands all of them; the grammars of a recogniser hold only the common ones, because every word more is
one more to be misheard.
"""

from ivr.dialogue.understanding.heard import plain


def all_forms(forms: str) -> list[str]:
    return [form for form in forms.split() if form != "|"]


def common_forms(forms: str) -> list[str]:
    return forms.partition("|")[0].split()


def keys(forms: str) -> frozenset[str]:
    """All forms as they are looked up."""
    return frozenset(plain(form) for form in all_forms(forms))


def phrases(text: str) -> list[str]:
    """The phrases of a table of phrases, one a bar or a line; a double bar comes before the seldom ones."""
    return [phrase.strip() for line in text.split("\n") for phrase in line.split("|") if phrase.strip()]


def common_phrases(text: str) -> list[str]:
    return phrases(text.partition("||")[0])
