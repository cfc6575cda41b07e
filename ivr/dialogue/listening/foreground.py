"""Words of other people in the room, told from the caller's by how loud they are. Pure.

A word that is much softer than the caller's others, and hardly louder than what goes on between the words, was probably
said behind him; so was one that comes after the last of his and a pause, or as long before the first. Nothing is thrown
away for it: that it was not said becomes another way to hear the phrase.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf, log10
from statistics import fmean, median

from ivr.dialogue.listening.heard import UNKNOWN, Hypothesis, Word

STEP_S = 0.01
"""What each level is the mean of."""
SOFTER_DB = 7.0
"""Below the caller's other words. Of words that were heard in the talk behind the tuning voices, 15 dB below them, this
and NEAR_DB find a third, of the callers' own 0.2 %; on a quiet line none, not even where words differ by 10 dB."""
NEAR_DB = 8.0
"""Above what goes on between the words."""
APART_DB = 9.0
"""Below the caller's words, where a pause lies between,"""
PAUSE_S = 0.2
"""of so long. Of the tuning voices' numbers before talk 15 dB below them this mends half of those that were heard with
foreign words in them; of those on a quiet line it makes one in 130 doubtful."""
BEHIND = 2 / 3
"""Share of a way to hear that goes to the one without the soft words. It is less than what a yes needs: «да» with a
soft «нет» behind it is asked again."""
_MARGIN_S = 0.06
"""A word's own sound goes on so long around the place that is told of it."""
_LEAST_BETWEEN_S = 0.1


def foreground(heard: Sequence[Hypothesis], levels_db: Sequence[float]) -> tuple[Hypothesis, ...]:
    """The ways to hear the phrase, and those without the words that were said behind the caller; the best first.
    `levels_db`: of the sound, a level for each STEP_S from its beginning."""
    found: dict[tuple[str, ...], Hypothesis] = {}
    for one in _weighed(heard, levels_db):
        texts = tuple(word.text for word in one.words)
        known = found.get(texts)
        found[texts] = replace(known, confidence=known.confidence + one.confidence) if known else one
    return tuple(sorted(found.values(), key=lambda one: -one.confidence))


def _weighed(heard: Sequence[Hypothesis], levels_db: Sequence[float]) -> Iterator[Hypothesis]:
    for one in heard:
        near = _near(one.words, levels_db)
        if len(near) == len(one.words):
            yield one
        else:
            yield Hypothesis(near, one.confidence * BEHIND)
            yield replace(one, confidence=one.confidence * (1 - BEHIND))


def _near(words: tuple[Word, ...], levels_db: Sequence[float]) -> tuple[Word, ...]:
    """The caller's own words."""
    levels = [_level(word, levels_db) for word in words]
    known = sorted(level for word, level in zip(words, levels, strict=True) if word.text != UNKNOWN)
    if len(known) < 2:
        return words
    his = median(known[len(known) // 2 :])
    between = _between(words, levels_db)
    amid = min(his - SOFTER_DB, median(between) + NEAR_DB) if len(between) * STEP_S >= _LEAST_BETWEEN_S else -inf
    loud = [level > his - APART_DB for level in levels]
    first = _apart([(word.start_s, word.end_s) for word in words], loud)
    last = len(words) - _apart([(-word.end_s, -word.start_s) for word in reversed(words)], loud[::-1])
    own = zip(words[first:last], levels[first:last], strict=True)
    return tuple(word for word, level in own if level > amid)


def _apart(places: Sequence[tuple[float, float]], loud: Sequence[bool]) -> int:
    """How many words before the first loud one are soft and apart, by where they start and end."""
    pauses = (place for place in range(loud.index(True), 0, -1) if places[place][0] - places[place - 1][1] >= PAUSE_S)
    return next(pauses, 0)


def _between(words: tuple[Word, ...], levels_db: Sequence[float]) -> list[float]:
    """Levels where none of the grammar's words is."""
    taken: set[int] = set()
    for word in words:
        if word.text != UNKNOWN:
            taken.update(range(_step(word.start_s - _MARGIN_S), _step(word.end_s + _MARGIN_S)))
    return [level for step, level in enumerate(levels_db) if step not in taken]


def _level(word: Word, levels_db: Sequence[float]) -> float:
    """Of the word's power, on the mean."""
    inside = levels_db[_step(word.start_s) : max(_step(word.end_s), _step(word.start_s) + 1)]
    return 10 * log10(fmean(10 ** (level / 10) for level in inside)) if inside else 0.0


def _step(seconds: float) -> int:
    return max(0, round(seconds / STEP_S))
