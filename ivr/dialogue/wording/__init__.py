"""What is said: templates with placeholders become Russian words.

    phrase("Начислено {amount:money}.", {"amount": 12101}).text  ->  «Начислено сто двадцать один рубль одна копейка.»

A placeholder is `{fact:kind}`; `KINDS` lists the kinds. Values fill in once: braces inside a value mean nothing.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from ivr.dialogue.model import Fact, Phrase
from ivr.dialogue.wording.errors import WordingError
from ivr.dialogue.wording.kinds import KINDS
from ivr.dialogue.wording.recorded import recorded
from ivr.dialogue.wording.timetable import opening, timetable

__all__ = ["KINDS", "WordingError", "opening", "phrase", "placeholders", "timetable"]

TEMPLATES = 4096
"""Templates kept taken apart: more than any flow has, so that each is read once."""

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][\w.]*):(\w+)\}", re.ASCII)


def placeholders(template: str) -> list[tuple[str, str]]:
    """(fact, kind) of each placeholder in order, known kinds or not. Raises WordingError on a stray brace."""
    rest = _PLACEHOLDER.sub("", template)
    if "{" in rest or "}" in rest:
        raise WordingError("", "", "a brace that is no {fact:kind}")
    return [(match[1], match[2]) for match in _PLACEHOLDER.finditer(template)]


def phrase(template: str, facts: Mapping[str, Fact], name: str = "") -> Phrase:
    """Fill `template` from `facts`.

    `name` is kept for a template without placeholders only: a studio file cannot know the facts.
    Raises WordingError for a stray brace, an unknown kind, a missing fact, or one its kind cannot say.
    """
    literals, found = _parts(template)
    if not found:
        return _unchanging(template, name)
    said = [
        part
        for literal, (fact, kind) in zip(literals, found, strict=False)
        for part in (literal, _say(fact, kind, facts))
    ]
    text = " ".join("".join((*said, literals[-1])).split())
    return Phrase(text=text, recorded=recorded(text))


@lru_cache(maxsize=TEMPLATES)
def _parts(template: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """What stands around the placeholders, one more than there are of these; and they."""
    found = placeholders(template)
    return tuple(_PLACEHOLDER.split(template)[::3]), tuple(found)


@lru_cache(maxsize=TEMPLATES)
def _unchanging(template: str, name: str) -> Phrase:
    text = " ".join(template.split())
    return Phrase(text=text, name=name, recorded=recorded(text))


def _say(fact: str, kind: str, facts: Mapping[str, Fact]) -> str:
    speaker = KINDS.get(kind)
    if speaker is None:
        raise WordingError(fact, kind, f"no such kind; there are {', '.join(KINDS)}")
    value = facts.get(fact)
    if value is None:
        raise WordingError(fact, kind, "the fact is not known")
    try:
        return speaker(value)
    except ValueError as error:
        # Not chained: the cause's message may quote the value.
        raise WordingError(fact, kind, _reason(error)) from None


def _reason(error: ValueError) -> str:
    """Why, in our own words; the standard library's messages quote the value."""
    return str(error) if str(error).startswith(("is ", "has ", "no ", "too ")) else "cannot be said so"
