"""What the real understanding makes of what was heard, and whether it is what was said. Pure."""

from enum import StrEnum
from functools import partial

from ivr.dialogue.listening.commands import End
from ivr.dialogue.listening.heard import Hypothesis
from ivr.dialogue.listening.profile import NUMBER
from ivr.dialogue.model import Listen
from ivr.dialogue.understanding import grammar
from ivr.dialogue.understanding.asking import Asked, Ear, OfferTwo, ReadBack, number_heard
from ivr.dialogue.understanding.complete import number_complete
from ivr.dialogue.understanding.ranking import ReadingContext


class Verdict(StrEnum):
    """RIGHT: this reading is read back. OFFERED: «A или B?», one of them is it. AGAIN: asked again. SILENT: nobody was
    heard to speak. WRONG: another number is read back, or two others are offered: the caller must say no."""

    RIGHT = "right"
    OFFERED = "offered"
    AGAIN = "again"
    SILENT = "silent"
    WRONG = "wrong"


def question(context: ReadingContext) -> Listen:
    """How a reading of this register is listened for."""
    return Listen(NUMBER, grammar.reading(), partial(number_complete, digits=context.digits))


def judged(end: End, heard: tuple[Hypothesis, ...], digits: str, context: ReadingContext) -> tuple[Verdict, float]:
    """The verdict on an answer where `digits` were said (empty: no number), and the confidence of what is read back."""
    if end is not End.HEARD:
        return Verdict.SILENT, 0.0
    _, move = number_heard(Asked(), heard, Ear(context))
    wanted = context.meaning(digits) if digits else None
    match move:
        case ReadBack(said, confidence):
            return (Verdict.RIGHT if context.meaning(said) == wanted else Verdict.WRONG), confidence
        case OfferTwo(first, second):
            told = wanted in (context.meaning(first), context.meaning(second))
            return (Verdict.OFFERED if told else Verdict.WRONG), 1.0
    return Verdict.AGAIN, 0.0
