"""A number asked for by voice: what to do with each answer, until there is one that the flow can take.

The flow engine sees the same as with keys (`as_result`): a `Match` with the digits, or with the key of a command. What
happens before stays here: «12 345 или 12 305?», asking again with other help each time, and at last the keys, whose
own tries lead to the operator. Read back, and confirmed by a yes, is every number; that question is the flow's, and
`confirmation_heard` is its ear: a correction that comes with the no is the answer to the question that follows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ivr.dialogue.flow import Keys
from ivr.dialogue.model import Match, Mode, NoMatch
from ivr.dialogue.nodes.confirm import AGAIN, YES
from ivr.dialogue.understanding.commands import Command, command
from ivr.dialogue.understanding.heard import UNKNOWN, Heard, plainly, split
from ivr.dialogue.understanding.numbers import Candidate, candidates
from ivr.dialogue.understanding.ranking import LOWER, Accepted, AskWhich, Context, Decision, Thresholds, decide, rank
from ivr.dialogue.understanding.replies import reply
from ivr.dialogue.understanding.reply_words import Polarity
from ivr.dialogue.understanding.vouching import backed
from ivr.dialogue.understanding.which import Place, place

DENIED = 8.0
"""Nats against a number that the caller has just said no to. He may insist on it all the same."""
OUTSIDE = 3.0
"""Nats against any other number after «A или B?»."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How often a question is put again, after what was not understood and after silence; then the keys are asked for.

    least_reply: confidence of the least certain word of a yes.
    """

    misses: int = 2
    silences: int = 2
    thresholds: Thresholds = field(default_factory=Thresholds)
    least_reply: float = 0.0


@dataclass(frozen=True, slots=True)
class Ear:
    """What is needed to understand: what is known of the number, how patient to be, the keys of the flow."""

    context: Context
    rules: Rules = field(default_factory=Rules)
    keys: Keys = field(default_factory=Keys)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase as it was heard by the question's own grammar, and by one with numbers, where the question's has none.

    A yes is heard best where nothing sounds like it: beside numbers «да» is taken for «два». So the answer to a
    read-back is heard by the grammar of replies, and by the one with numbers only where that left something unknown.
    Open speech needs no second hearing. `muttered`: there was a voice shortly before of which no word was known.
    """

    words: Heard
    numbers: Heard = ()
    muttered: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Where the question stands. It is kept from one answer to the next, over the read-back too.

    pair:    the two numbers put to the caller. denied: numbers he said no to.
    doubted: numbers that cannot be true here and were asked for again.
    """

    misses: int = 0
    silences: int = 0
    pair: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadBack:
    """One number. `fraction`: tenths were said and are left out: tell it."""

    digits: str
    confidence: float = 1.0
    fraction: bool = False


@dataclass(frozen=True, slots=True)
class OfferTwo:
    """«A или B?»"""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Put the question again. `help`: 1, 2 …, other words each time. `reason`: a code for figures, and for the words.

    silence, nothing, never, unclear, many, improbable: what was heard. which, neither: after «A или B?». doubt: after a
    read-back.
    """

    help: int
    reason: str


@dataclass(frozen=True, slots=True)
class ByKeys:
    """Ask for the keys; `reason` as in AskAgain, or `asked`: the caller would rather."""

    reason: str


@dataclass(frozen=True, slots=True)
class Obey:
    """A word that works from anywhere."""

    command: Command


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The caller said yes to what was read back."""

    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Refuted:
    """The caller said no; `correction` is what he said instead: it answers the question that comes next."""

    correction: ReadBack | OfferTwo | None = None


Move = ReadBack | OfferTwo | AskAgain | ByKeys | Obey
Answer = Confirmed | Refuted | AskAgain | ByKeys | Obey


def number_heard(asked: Asked, heard: Heard, ear: Ear) -> tuple[Asked, Move]:
    """What to do with an answer to the question, or to «A или B?». What was heard plainly decides; what was
    heard faintly only where that is not enough."""
    plain = plainly(heard)
    if (obeyed := _obeyed(plain)) is not None:
        return asked, obeyed
    if asked.pair:
        named = place(plain)
        if named in (Place.FIRST, Place.SECOND):
            return replace(asked, pair=()), ReadBack(asked.pair[0 if named is Place.FIRST else 1])
        if named is Place.NEITHER:
            return _again(replace(asked, pair=(), denied=(*asked.denied, *asked.pair)), "neither", ear.rules)
    context = _Remembering(ear.context, asked)
    decision = backed(_decided(candidates(plain), asked, ear), rank(candidates(heard), context), context)
    match _proposed(decision):
        case ReadBack() as one if _doubtful(one.digits, asked, ear):
            return _again(replace(asked, pair=(), doubted=(*asked.doubted, one.digits)), "improbable", ear.rules)
        case ReadBack() as one:
            return replace(asked, pair=()), one
        case OfferTwo() as two if not asked.pair:
            return replace(asked, pair=(two.first, two.second)), two
        case OfferTwo():
            return _again(replace(asked, pair=()), "which", ear.rules)
        case reason:
            return _again(replace(asked, pair=()), reason, ear.rules)


def silence(asked: Asked, rules: Rules) -> tuple[Asked, AskAgain | ByKeys]:
    """What to do when nothing was said."""
    asked = replace(asked, silences=asked.silences + 1)
    if asked.silences > rules.silences:
        return asked, ByKeys("silence")
    return asked, AskAgain(asked.misses + asked.silences, "silence")


def confirmation_heard(asked: Asked, value: str, phrase: Phrase, ear: Ear) -> tuple[Asked, Answer]:
    """What to do with an answer to «Верно?» after the digits `value` were read back; empty: another yes or no."""
    if (obeyed := _obeyed(phrase.words)) is not None:
        return asked, obeyed
    answer = reply(phrase.words, ear.rules.least_reply)
    if value:
        heard = phrase.words if answer.number else phrase.numbers if _left_over(phrase.words) else ()
        if candidates(heard):
            return _with_number(asked, value, heard, ear, answer.polarity)
    if answer.polarity is Polarity.YES and not answer.number and not phrase.muttered:
        return asked, Confirmed(answer.confidence)
    if answer.polarity is Polarity.NO:
        return _refuted(asked, value, ear.rules)
    return _again(asked, "doubt", ear.rules)


def as_result(move: ReadBack | Obey | Confirmed | Refuted, keys: Keys) -> Match | NoMatch:
    """The same as the engine gets of keys."""
    match move:
        case ReadBack(digits, confidence):
            # The operator's key alone calls the operator: a reading of 0 is written 00.
            return Match(digits.zfill(2) if digits == keys.operator else digits, Mode.SPEECH, confidence)
        case Confirmed(confidence):
            return Match(YES, Mode.SPEECH, confidence)
        case Refuted():
            return Match(AGAIN, Mode.SPEECH)
        case Obey(Command.ROOT):
            return NoMatch(keys.root)  # among digits the root's key counts only as no answer
        case obeyed:
            key = {Command.OPERATOR: keys.operator, Command.BACK: keys.back, Command.REPEAT: keys.repeat}
            return Match(key[obeyed.command], Mode.SPEECH)


def _doubtful(digits: str, asked: Asked, ear: Ear) -> bool:
    """The number cannot be true here, less than the last reading perhaps, and is heard for the first time.

    It is more likely misheard than meant, and nobody should be refused what he has not said. Said again, it goes to the
    flow, which explains what is wrong with it.
    """
    meaning = ear.context.meaning
    return ear.context.cost(digits) >= LOWER and meaning(digits) not in map(meaning, asked.doubted)


def _left_over(heard: Heard) -> bool:
    return any(word.text == UNKNOWN for word in split(heard[0])) if heard else False


def _with_number(asked: Asked, value: str, heard: Heard, ear: Ear, said: Polarity) -> tuple[Asked, Answer]:
    """A number came with the answer, or instead of one: the same again, or a correction."""
    meaning = ear.context.meaning
    whole = _decided(candidates(heard), asked, ear)
    if isinstance(whole, Accepted) and meaning(whole.candidate.digits) == meaning(value):
        if said is Polarity.YES:
            return asked, Confirmed(whole.candidate.confidence)
        return _again(asked, "doubt", ear.rules)  # «нет» with the same number, or the number alone: not a plain yes
    if said is not Polarity.NO and len(candidates(heard)[0].digits) == 1:
        return _again(asked, "doubt", ear.rules)  # «два» is «да» misheard, or the name of a key
    denied = replace(asked, denied=(*asked.denied, value))
    match _proposed(_decided(candidates(heard, before=value), denied, ear)):
        case ReadBack() as one:
            return denied, Refuted(one)
        case OfferTwo() as two:
            return replace(denied, pair=(two.first, two.second)), Refuted(two)
        case reason:
            return _refuted(asked, value, ear.rules) if said is Polarity.NO else _again(asked, reason, ear.rules)


def _refuted(asked: Asked, value: str, rules: Rules) -> tuple[Asked, Refuted | ByKeys]:
    """A no without another number is a miss too: nobody is read wrong numbers for ever."""
    asked = replace(asked, misses=asked.misses + 1, denied=(*asked.denied, value) if value else asked.denied)
    return asked, ByKeys("denied") if asked.misses > rules.misses else Refuted()


def _again(asked: Asked, reason: str, rules: Rules) -> tuple[Asked, AskAgain | ByKeys]:
    asked = replace(asked, misses=asked.misses + 1)
    if asked.misses > rules.misses:
        return asked, ByKeys(reason)
    return asked, AskAgain(asked.misses + asked.silences, reason)


def _obeyed(heard: Heard) -> Obey | ByKeys | None:
    wish = command(heard)
    return ByKeys("asked") if wish is Command.TONES else None if wish is None else Obey(wish)


def _proposed(decision: Decision[Candidate]) -> ReadBack | OfferTwo | str:
    """A decision as a move; the reason why there is none."""
    match decision:
        case Accepted(one):
            return ReadBack(one.digits, one.confidence, one.fraction)
        case AskWhich(first, second):
            return OfferTwo(first.digits, second.digits)
        case nothing:
            return nothing.reason


def _decided(found: Sequence[Candidate], asked: Asked, ear: Ear) -> Decision[Candidate]:
    context, thresholds = _Remembering(ear.context, asked), ear.rules.thresholds
    ranked = rank(found, context)
    if ranked and context.blind(ranked[0].candidate.digits):
        thresholds = replace(thresholds, hearing=min(thresholds.hearing, thresholds.blind))
    return decide(ranked, thresholds)


@dataclass(frozen=True, slots=True)
class _Remembering:
    """The context, and what the caller has said to earlier proposals."""

    context: Context
    asked: Asked

    def cost(self, digits: str) -> float:
        denied = DENIED if self._is_one(digits, self.asked.denied) else 0.0
        outside = OUTSIDE if self.asked.pair and not self._is_one(digits, self.asked.pair) else 0.0
        return self.context.cost(digits) + denied + outside

    def blind(self, digits: str) -> bool:
        return self.context.blind(digits)

    def vouches(self, digits: str) -> bool:
        return self.context.vouches(digits) and not self._is_one(digits, self.asked.denied)

    def meaning(self, digits: str) -> str:
        return self.context.meaning(digits)

    def _is_one(self, digits: str, of: Sequence[str]) -> bool:
        return self.meaning(digits) in map(self.meaning, of)
