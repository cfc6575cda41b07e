"""Whole readings heard rightly at the first try, by voices and lines; other phrases that are taken for a number."""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from ivr.dialogue.listening.commands import End
from ivr.dialogue.understanding.complete import number_complete
from ivr.service.hearing import Recogniser
from ivr.simulate.bench_speech.judging import Verdict, judged, question
from ivr.simulate.bench_speech.sayings import drawn
from ivr.simulate.bench_speech.turns import take
from ivr.simulate.bench_speech.voices import Utterance, through

NOISES = ("babble", "street", "hum")
LINES = (
    "clean",
    "alaw",
    "gsm",
    *(f"{kind}{ratio}" for ratio in (20, 15, 10, 5) for kind in NOISES),
    *(f"loss{percent}" for percent in (1, 2, 3, 4, 5)),
)
"""What readings are heard through: noise so many decibels below the speech, per cent of packets lost; all but `clean`
and `gsm` through A-law."""
QUICK_LINES = ("clean", "alaw", "gsm", "babble15", "street15", "hum15", "loss3")
NUMBERLESS_LINES = ("clean", "alaw", "babble15", "street15", "hum15")
LOST = 0.02
"""Share of right readings that a threshold of confidence may cost."""

Count = Callable[[], None]


@dataclass
class Tally:
    """What became of the utterances of one set through one line.

    voices:      said and right, by voice. sure: confidences of what was read back, rightly, or of no number at all.
    beyond_s:    from the end of speech to the answer, less the pause that the question's profile waits.
    """

    said: int = 0
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    forms: dict[str, list[int]] = field(default_factory=dict)
    voices: dict[str, list[int]] = field(default_factory=dict)
    sure: list[float] = field(default_factory=list)
    beyond_s: list[float] = field(default_factory=list)

    @property
    def right(self) -> float:
        return self.verdicts[Verdict.RIGHT] / self.said if self.said else 0.0

    @property
    def taken(self) -> int:
        """Phrases without a number of which one was made."""
        return self.verdicts[Verdict.WRONG]

    def count(self, one: Utterance, verdict: Verdict, confidence: float) -> None:
        self.said += 1
        self.verdicts[verdict] += 1
        right = verdict is Verdict.RIGHT
        for by, name in ((self.voices, one.voice), (self.forms, one.saying.form if one.saying else "")):
            counted = by.setdefault(name, [0, 0])
            counted[0] += 1
            counted[1] += right
        if right or (one.saying is None and verdict is Verdict.WRONG):
            self.sure.append(confidence)


async def measured(
    recogniser: Recogniser, utterances: Sequence[Utterance], how: str, others: Sequence[Utterance], count: Count
) -> Tally:
    """The set through the line `how`; `others` talk in the babble. Raises RecognitionFailed."""
    tally = Tally()
    at_once = asyncio.Semaphore(os.cpu_count() or 1)

    async def one(number: int, utterance: Utterance) -> None:
        async with at_once:
            await _heard(recogniser, number, utterance, how, others, tally)
            count()

    try:
        async with asyncio.TaskGroup() as group:
            for number, utterance in enumerate(utterances):
                group.create_task(one(number, utterance))
    except ExceptionGroup as failures:  # the first tells enough
        raise failures.exceptions[0] from failures
    return tally


async def _heard(
    recogniser: Recogniser, number: int, one: Utterance, how: str, others: Sequence[Utterance], tally: Tally
) -> None:
    saying = one.saying or drawn("whole", Random(number))  # a register, where no reading is said
    sound = await asyncio.to_thread(through, one.samples, how, number, others)
    listen = question(saying.context)
    taken = await take(recogniser, listen, sound)
    digits = one.saying.digits if one.saying else ""
    verdict, confidence = judged(taken.end, taken.hypotheses, digits, saying.context)
    tally.count(one, verdict, confidence)
    if verdict is Verdict.RIGHT and taken.end is End.HEARD:
        complete = number_complete(taken.hypotheses[0].known, saying.context.digits)
        pause_s = listen.profile.complete_s if complete else listen.profile.end_s
        tally.beyond_s.append(max(0.0, taken.over_s - one.end_s - pause_s) + taken.think_s)


def threshold(sure: Iterable[float], lost: float = LOST) -> float:
    """The confidence that all but this share of right readings reach."""
    ordered = sorted(sure)
    return ordered[int(len(ordered) * lost)] if ordered else 0.0


def above(tally: Tally, least: float) -> float:
    """Share of the phrases without a number that are taken for one with this confidence or more."""
    return sum(one >= least for one in tally.sure) / tally.said if tally.said else 0.0


def share_right(tallies: Mapping[str, Tally], lines: Sequence[str]) -> float | None:
    """Right of all that were said through these lines."""
    there = [tallies[line] for line in lines if line in tallies]
    said = sum(tally.said for tally in there)
    return sum(tally.verdicts[Verdict.RIGHT] for tally in there) / said if said else None
