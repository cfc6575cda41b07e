"""What a recogniser heard: hypotheses, the best first. Words are kept as they came; meaning is looked up by `plain`."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

UNKNOWN = "[unk]"
"""What a recogniser writes for sounds that are none of the words of its grammar."""


class HeardWord(Protocol):
    """`confidence` is 0…1, as the recogniser says; 1 when it does not say."""

    @property
    def text(self) -> str:
        raise NotImplementedError

    @property
    def confidence(self) -> float:
        raise NotImplementedError


class Hypothesis(Protocol):
    """One way to hear the phrase. `confidence`, 0…1: its share among all the hypotheses of the phrase."""

    @property
    def words(self) -> Sequence[HeardWord]:
        raise NotImplementedError

    @property
    def confidence(self) -> float:
        raise NotImplementedError


Heard = Sequence[Hypothesis]
"""The n-best list of a phrase, the best first; empty when nothing was heard."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word alone, without its place in time."""

    text: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Said:
    """A hypothesis of such words."""

    words: Sequence[HeardWord]
    confidence: float = 1.0


FAINT = 0.05
"""A way to hear the phrase with less of the best one's confidence is faint."""
MOST_PLAIN = 8
"""Ways that are not, at most."""
LEAST_CONFIDENCE = 1e-6
"""A hypothesis without any confidence still costs something finite."""


def plain(word: str) -> str:
    """The spelling that tables are looked up by: small letters, ё as е."""
    return word.lower().replace("ё", "е")


def split(hypothesis: Hypothesis) -> list[Word]:
    """The words one by one in plain spelling: «киловатт-час» is two."""
    return [
        Word(part, word.confidence)
        for word in hypothesis.words
        for part in plain(word.text).replace("-", " ").replace(",", " ").split()
    ]


def plainly(heard: Heard) -> Heard:
    """The ways to hear the phrase that are not faint; their confidences tell their shares among them."""
    plain = [one for one in heard if one.confidence >= FAINT * heard[0].confidence][:MOST_PLAIN]
    whole = sum(one.confidence for one in plain)
    return [Said(one.words, one.confidence / whole) for one in plain] if whole > 0 else plain


def doubt(hypothesis: Hypothesis) -> float:
    """What a hypothesis costs in nats for not being certain."""
    return -math.log(max(hypothesis.confidence, LEAST_CONFIDENCE))


def hypothesis(text: str, confidence: float = 1.0) -> Said:
    """A hypothesis of a text whose words are all certain."""
    return Said(tuple(Word(word) for word in text.split()), confidence)
