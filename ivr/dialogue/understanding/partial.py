"""Answers made of several named parts, as dates, sums and addresses are: «дом семнадцать, квартира двенадцать».

The words are cut into numbers and labels; each question reads its own parts out of them. A correction replaces the
parts that it names.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from ivr.dialogue.understanding.asides import FILLER_KEYS
from ivr.dialogue.understanding.blocks import Way, ways
from ivr.dialogue.understanding.corrections import stretches
from ivr.dialogue.understanding.heard import Heard, Hypothesis, Word, doubt, split
from ivr.dialogue.understanding.number_words import Symbol, symbols
from ivr.dialogue.understanding.tokens import tokens

MOST_WAYS = 8
"""Readings of one number that are considered."""
MOST_READINGS = 64
"""Readings of a whole answer."""
UNNAMED = ""
"""The part of a number that is not called anything."""
STRANGE = 0.5  # a word that the question does not expect


@dataclass(frozen=True, slots=True)
class Label:
    """A word that names a part or is one by itself: a month, «квартира», «рублей»."""

    name: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """Number words in a row, and the ways to read them."""

    ways: tuple[Way, ...]


Item = Number | Label
Piece = tuple[str, ...] | Label
"""A number in its groups of digits, or a label."""


@dataclass(frozen=True, slots=True)
class Partial:
    """Some parts of an answer by their names."""

    parts: Mapping[str, str]
    cost: float = 0.0
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one question: its labels, its own number words (ordinals), which end a number, and what to skip."""

    labels: Mapping[str, Label]
    ordinals: Mapping[str, Symbol]
    skipped: frozenset[str] = FILLER_KEYS


Interpreter = Callable[[Sequence[Piece]], Iterator[Partial]]
"""The parts that a row of numbers and labels may mean, each with what it costs."""


def partials(heard: Heard, vocabulary: Vocabulary, interpret: Interpreter) -> list[Partial]:
    """Every answer that may have been meant, corrections taken into account, the cheapest first."""
    found: list[Partial] = []
    for hypothesis in heard:
        found += _of(hypothesis, vocabulary, interpret)
    return sorted(found, key=lambda partial: partial.cost)


def _of(hypothesis: Hypothesis, vocabulary: Vocabulary, interpret: Interpreter) -> list[Partial]:
    meant: list[Partial] = []
    for stretch in stretches(tokens(split(hypothesis))):
        words = [Word(token.word, token.confidence) for token in stretch.tokens]
        said = _said(words, vocabulary, interpret)
        if meant and said:
            changed = [_corrected(old, new) for old, new in product(meant, said)]
            meant = [*(meant if stretch.either else ()), *changed][:MOST_READINGS]
        else:
            meant = meant or said
    return [Partial(each.parts, each.cost + doubt(hypothesis), each.confidence) for each in meant]


def _corrected(old: Partial, new: Partial) -> Partial:
    """A number that is called nothing corrects the part that was named last."""
    parts = dict(new.parts)
    if UNNAMED in parts:
        parts[list(old.parts)[-1]] = parts.pop(UNNAMED)
    return Partial({**old.parts, **parts}, old.cost + new.cost, min(old.confidence, new.confidence))


def _said(words: Sequence[Word], vocabulary: Vocabulary, interpret: Interpreter) -> list[Partial]:
    items, strange = _items(words, vocabulary)
    confidence = min((word.confidence for word in words if word.text not in vocabulary.skipped), default=1.0)
    choices: list[Sequence[Way | Label]] = [
        item.ways[:MOST_WAYS] if isinstance(item, Number) else (item,) for item in items
    ]
    found = []
    for chosen in product(*choices):
        cost = sum(each.cost for each in chosen if isinstance(each, Way)) + STRANGE * strange
        meant = interpret([each.groups if isinstance(each, Way) else each for each in chosen])
        found += [Partial(each.parts, each.cost + cost, confidence) for each in meant]
    return sorted(found, key=lambda partial: partial.cost)[:MOST_READINGS]


def _items(words: Sequence[Word], vocabulary: Vocabulary) -> tuple[list[Item], int]:
    """Numbers and labels in order, and how many words are neither."""
    items: list[Item] = []
    row: list[Symbol] = []
    strange = 0

    def close() -> None:
        if row:
            items.append(Number(tuple(ways(row))))
            row.clear()

    for word in words:
        ordinal = vocabulary.ordinals.get(word.text)
        label = vocabulary.labels.get(word.text)
        if ordinal is not None:
            row.append(ordinal)
            close()
        elif label is not None:
            close()
            items.append(label)
        elif meant := symbols(word.text):
            row += meant
        elif word.text not in vocabulary.skipped:
            close()
            strange += 1
    close()
    return items, strange
