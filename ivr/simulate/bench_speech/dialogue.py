"""What is stored when the dialogue goes on: a caller of a synthetic voice says his reading, digit by digit when he is
asked again, yes to the right number and no to any other, until it is stored or left to keys."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from random import Random

from ivr.dialogue.listening.commands import End
from ivr.dialogue.listening.profile import YES_NO
from ivr.dialogue.model import Listen
from ivr.dialogue.understanding import grammar
from ivr.dialogue.understanding.asking import (
    AskAgain,
    Asked,
    ByKeys,
    Confirmed,
    Ear,
    Obey,
    OfferTwo,
    Phrase,
    ReadBack,
    Refuted,
    confirmation_heard,
    number_heard,
    silence,
)
from ivr.dialogue.understanding.complete import reply_complete
from ivr.dialogue.understanding.conversation import RULES
from ivr.dialogue.understanding.heard import plainly
from ivr.dialogue.understanding.which import FIRST, SECOND
from ivr.dialogue.understanding.wordlist import common_forms
from ivr.service.hearing import Recogniser
from ivr.simulate.bench_speech.judging import question
from ivr.simulate.bench_speech.sayings import Groups, Saying, one_by_one
from ivr.simulate.bench_speech.turns import Taken, take
from ivr.simulate.bench_speech.voices import Speaker, Utterance, through

LINES = ("alaw", "gsm", "babble15", "street15", "hum15")
MOST_TURNS = 20
_CONFIRM = Listen(YES_NO, grammar.reply(), partial(reply_complete, correction=True))


class Outcome(StrEnum):
    """STORED: the right reading. WRONG: another one. KEYS: he is asked for keys. COMMAND: a word that works anywhere
    was heard, which nobody said. ENDLESS: neither after many turns."""

    STORED = "stored"
    WRONG = "wrong"
    KEYS = "keys"
    COMMAND = "command"
    ENDLESS = "endless"


@dataclass
class Dialogues:
    """Of one line. `turns`: of all that were stored."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    turns: int = 0


@dataclass
class _Caller:
    recogniser: Recogniser
    speaker: Speaker
    voice: str
    saying: Saying
    how: str
    others: Sequence[Utterance]
    r: Random
    asked: Asked = field(default_factory=Asked)
    value: str = ""
    turns: int = 0

    async def call(self) -> Outcome:
        ear = Ear(self.saying.context, RULES)
        while self.turns < MOST_TURNS:
            self.turns += 1
            outcome = await (self._confirms(ear) if self.value else self._answers(ear))
            if outcome is not None:
                return outcome
        return Outcome.ENDLESS

    async def _answers(self, ear: Ear) -> Outcome | None:
        """To «Показание?», or to «A или B?»."""
        listen = question(self.saying.context)
        if self.asked.pair:
            words = grammar.grammar(listen.words, common_forms(FIRST), common_forms(SECOND))
            listen = Listen(listen.profile, words, listen.complete)
        taken = await self._say(self._wanted(), listen)
        if taken.end is not End.HEARD:
            self.asked, quiet = silence(self.asked, RULES)
            return Outcome.KEYS if isinstance(quiet, ByKeys) else None
        self.asked, move = number_heard(self.asked, taken.hypotheses, ear)
        match move:
            case ReadBack(digits):
                self.value = digits
            case ByKeys():
                return Outcome.KEYS
            case Obey():
                return Outcome.COMMAND
            case AskAgain() | OfferTwo():
                pass
        return None

    async def _confirms(self, ear: Ear) -> Outcome | None:
        """To «… Верно?»."""
        right = self._same(self.value)
        taken = await self._say((("да",),) if right else (("нет",),), _CONFIRM)
        if taken.end is not End.HEARD:
            self.asked, quiet = silence(self.asked, RULES)
            return Outcome.KEYS if isinstance(quiet, ByKeys) else None
        self.asked, answer = confirmation_heard(self.asked, self.value, Phrase(plainly(taken.hypotheses)), ear)
        match answer:
            case Confirmed():
                return Outcome.STORED if right else Outcome.WRONG
            case Refuted():
                self.value = ""
            case ByKeys():
                return Outcome.KEYS
            case Obey():
                return Outcome.COMMAND
            case AskAgain():
                pass
        return None

    def _wanted(self) -> Groups:
        for place, number in enumerate(self.asked.pair):
            if self._same(number):
                return (("первое",),) if place == 0 else (("второе",),)
        return self.saying.groups if self.turns == 1 else one_by_one(self.saying.digits)

    def _same(self, digits: str) -> bool:
        meaning = self.saying.context.meaning
        return meaning(digits) == meaning(self.saying.digits)

    async def _say(self, groups: Groups, listen: Listen) -> Taken:
        samples = self.speaker.say(groups, self.voice, self.r)
        sound = await asyncio.to_thread(through, samples, self.how, self.r.getrandbits(30), self.others)
        return await take(self.recogniser, listen, sound)


async def measured(
    recogniser: Recogniser,
    speaker: Speaker,
    readings: Sequence[Utterance],
    how: str,
    others: Sequence[Utterance],
    count: Callable[[], None],
) -> Dialogues:
    """A dialogue for each of the readings. Raises RecognitionFailed."""
    told = Dialogues()
    for number, one in enumerate(readings):
        assert one.saying is not None
        caller = _Caller(recogniser, speaker, one.voice, one.saying, how, others, Random(f"{how} {number} {one.voice}"))
        outcome = await caller.call()
        told.outcomes[outcome] += 1
        told.turns += caller.turns if outcome is Outcome.STORED else 0
        count()
    return told
