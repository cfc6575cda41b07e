"""Results as vosk tells them (JSON) become hypotheses. Pure.

With alternatives vosk gives each way to hear the phrase a log-likelihood, and its words no confidence of their own. The
shares of the likelihoods are the confidences of the phrases; a word's confidence is the sum over the phrases that have
it at this place. (For one model this gave the very figures of vosk's own word confidences.)
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ivr.dialogue.listening.heard import Hypothesis, Word
from ivr.domain.errors import RecognitionFailed

ALTERNATIVES = 30
"""Ways to hear a phrase that are asked for and kept; the model's lattice beam tells how faint they may be."""
_ANSWERS = frozenset({"alternatives", "partial", "result", "text"})
"""One of these is in every answer."""
_UNTOLD = 0.5
"""Confidence where the engine tells none."""


def read(text: str) -> Mapping[str, Any]:
    """One answer of vosk. Raises RecognitionFailed for what is none."""
    try:
        told = json.loads(text)
    except ValueError as error:
        raise RecognitionFailed(f"the recogniser's answer is no JSON: {error}") from error
    if not isinstance(told, dict):
        raise RecognitionFailed("the recogniser's answer is no object")
    if not told.keys() & _ANSWERS:
        raise RecognitionFailed(f"the recogniser's answer has none of {', '.join(sorted(_ANSWERS))}")
    return told


def partial(told: Mapping[str, Any]) -> tuple[str, ...]:
    """Words of a partial result."""
    return tuple(str(told.get("partial", "")).split())


def hypotheses(told: Mapping[str, Any]) -> tuple[Hypothesis, ...]:
    """Ways to hear the phrase, the best first; the same words in other times are one. Raises RecognitionFailed."""
    try:
        if "alternatives" in told:
            return _weighed(told["alternatives"])
        words = tuple(_word(one, float(one["conf"])) for one in told.get("result", ()))
        words = words or tuple(Word(text, 0.0, 0.0, _UNTOLD) for text in str(told.get("text", "")).split())
        return (Hypothesis(words, math.prod(word.confidence for word in words)),) if words else ()
    except (KeyError, TypeError, ValueError) as error:
        raise RecognitionFailed(f"the recogniser's answer is not understood: {error!r}") from error


def joined(parts: Sequence[Sequence[Hypothesis]]) -> tuple[Hypothesis, ...]:
    """Ways to hear the whole phrase, from the ways to hear each of its parts in turn."""
    whole: list[Hypothesis] = [Hypothesis((), 1.0)]
    for part in parts:
        if part:
            whole = [
                Hypothesis(first.words + second.words, first.confidence * second.confidence)
                for first in whole
                for second in part
            ]
            whole.sort(key=lambda one: -one.confidence)
            del whole[ALTERNATIVES:]
    return tuple(one for one in whole if one.words)


def earlier(hypothesis: Hypothesis, seconds: float) -> Hypothesis:
    """The same words so much earlier."""
    words = (replace(one, start_s=one.start_s - seconds, end_s=one.end_s - seconds) for one in hypothesis.words)
    return Hypothesis(tuple(words), hypothesis.confidence)


def _word(told: Mapping[str, Any], confidence: float) -> Word:
    return Word(str(told["word"]), float(told["start"]), float(told["end"]), confidence)


def _weighed(alternatives: Sequence[Mapping[str, Any]]) -> tuple[Hypothesis, ...]:
    likelihoods = [float(one["confidence"]) for one in alternatives]
    best = max(likelihoods, default=0.0)
    weights = [math.exp(one - best) for one in likelihoods]
    shares: dict[tuple[str, ...], float] = {}
    rows: dict[tuple[str, ...], tuple[Word, ...]] = {}
    for one, weight in zip(alternatives, weights, strict=True):
        words = tuple(_word(word, 0.0) for word in one.get("result", ()))
        texts = tuple(word.text for word in words)
        shares[texts] = shares.get(texts, 0.0) + weight / sum(weights)
        rows.setdefault(texts, words)
    found = [Hypothesis(_confident(rows[texts], rows, shares), share) for texts, share in shares.items() if texts]
    return tuple(sorted(found, key=lambda one: -one.confidence))


def _confident(
    words: tuple[Word, ...], rows: Mapping[tuple[str, ...], tuple[Word, ...]], shares: Mapping[tuple[str, ...], float]
) -> tuple[Word, ...]:
    def share(word: Word) -> float:
        agreeing = (shares[texts] for texts, row in rows.items() if any(_same(word, other) for other in row))
        return min(1.0, sum(agreeing))

    return tuple(Word(word.text, word.start_s, word.end_s, share(word)) for word in words)


def _same(word: Word, other: Word) -> bool:
    return word.text == other.text and word.start_s < other.end_s and other.start_s < word.end_s
