"""Yes or no, out of what was heard. An answer that is not plainly either is a doubt, and is asked again.

«Да нет» is a doubt; «нет, сорок шесть» is a no that brings its correction; «сорок шесть» alone brings one too. A
number is stored on the word of this module: whatever speaks for both sides, or out of noise, must not become a yes. So
a yes is one only when nothing else was said: the recogniser may not know what stands beside it, «это не точно» is heard
as `[unk] точно`, and once as «точно» alone, which is a doubt therefore. A no needs no such care: nothing is stored
for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ivr.dialogue.understanding.heard import UNKNOWN, Heard, Hypothesis, Word, split
from ivr.dialogue.understanding.number_words import symbols
from ivr.dialogue.understanding.reply_words import BESIDE_YES, LONGEST_REPLY, REPLIES, Polarity

SURE, SURE_YES = 0.7, 0.8
"""The share of the hypotheses' confidence that must agree; more for a yes: where a soft «нет» behind it was left out of
some (`foreground.BEHIND`), it must stay a doubt."""


@dataclass(frozen=True, slots=True)
class Reply:
    """`number`: there are number words in it, a correction perhaps. `confidence` is of its least certain word."""

    polarity: Polarity
    number: bool = False
    confidence: float = 1.0


def reply(heard: Heard, least: float = 0.0) -> Reply:
    """The answer to a question of yes or no.

    least: a yes with a word of less confidence is a doubt.
    """
    if not heard:
        return Reply(Polarity.NONE)
    each = [_of(hypothesis) for hypothesis in heard]
    best = each[0]
    agree = sum(one.confidence for answer, one in zip(each, heard, strict=True) if answer.polarity is best.polarity)
    sure = SURE_YES if best.polarity is Polarity.YES else SURE
    agreed = agree >= sure * sum(one.confidence for one in heard)
    decided = best.polarity in (Polarity.YES, Polarity.NO)
    unsure = best.polarity is Polarity.YES and best.confidence < least
    if (decided and not agreed) or unsure:
        return Reply(Polarity.DOUBT, best.number, best.confidence)
    return best


def _of(hypothesis: Hypothesis) -> Reply:
    words = split(hypothesis)
    said, used, beside = _polarities(words)
    number = any(symbols(word.text) for word in words)
    confidence = min((word.confidence for word in used), default=1.0)
    noise = sum(word.text == UNKNOWN for word in words)
    if Polarity.DOUBT in said or (said and noise > len(used)):
        return Reply(Polarity.DOUBT, number, confidence)
    if set(said) == {Polarity.YES} and not all(map(_says_nothing, beside)):
        return Reply(Polarity.DOUBT, number, confidence)
    if len(set(said)) == 2:
        # «Нет, верно сорок шесть» corrects; «нет, всё верно» may mean either.
        return Reply(Polarity.NO if number else Polarity.DOUBT, number, confidence)
    return Reply(said[0] if said else Polarity.NONE, number, confidence)


def _says_nothing(word: Word) -> bool:
    """Of the answer: a filler, or a part of the number that comes with it."""
    return word.text in BESIDE_YES or bool(symbols(word.text))


def _polarities(words: Sequence[Word]) -> tuple[list[Polarity], list[Word], list[Word]]:
    """What the phrases say, each the longest that fits, the words that said it, and the others."""
    said: list[Polarity] = []
    used: list[Word] = []
    beside: list[Word] = []
    place = 0
    while place < len(words):
        for size in range(min(LONGEST_REPLY, len(words) - place), 0, -1):
            phrase = words[place : place + size]
            polarity = REPLIES.get(tuple(word.text for word in phrase))
            if polarity is not None:
                said.append(polarity)
                used += phrase
                place += size
                break
        else:
            beside.append(words[place])
            place += 1
    return said, used, beside
