"""Which utterances are mostly numbers: the acoustics for dictated numbers learn from these above all."""

from collections.abc import Collection

from ivr.adapters.speech.letter_to_sound import PHONES
from ivr.adapters.speech.lexicon import said
from speech_training import texts

_MOSTLY = 0.6
"""Share of an utterance's phones."""
Ways = Collection[tuple[int, ...]]
"""How words are said: the numbers of their phones."""


def number_words() -> Ways:
    """How the words of numbers are said."""
    spoken = said(set(texts.COUNTED)).values()
    return {tuple(PHONES.index(phone) for phone in way) for ways in spoken for way in ways}


def mostly_numbers(phones: Collection[int], words: Ways) -> bool:
    """Most of the phones can be words of numbers, one after the other, with anything between."""
    row = tuple(phones)
    covered = [0]
    for end in range(1, len(row) + 1):
        ending = (way for way in words if row[:end][-len(way) :] == way)
        covered.append(max((covered[end - len(way)] + len(way) for way in ending), default=0))
        covered[end] = max(covered[end], covered[end - 1])
    return covered[-1] >= _MOSTLY * max(1, len(row))
