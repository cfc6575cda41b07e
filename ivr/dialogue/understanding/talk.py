"""The ear of a flow's number questions: what is heard at a `Gather` becomes the result that keys would have given.

    talk, said = opened(talk, gather)          a correction that came with the no answers before the question is put
    talk, said = heard(talk, gather, …)        a phrase was heard
    talk, said = silent(talk, rules)           nothing was
    talk = keyed(talk, value)                  keys answered instead

`said` is a `Match` or a `NoMatch` for the engine, or something to say and listen again for, or `ByKeys`. Which number
was read back last is remembered from one gather to the next, so that «нет, сорок шесть» can change a part of it.
Another node of the flow begins with a new `Talk()`.
"""

from dataclasses import dataclass, field, replace

from ivr.dialogue.flow import Keys
from ivr.dialogue.model import Choice, Digits, Gather, Match, Mode, NoMatch
from ivr.dialogue.nodes.confirm import AGAIN, YES
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
    Rules,
    as_result,
    confirmation_heard,
    number_heard,
    silence,
)


@dataclass(frozen=True, slots=True)
class Talk:
    """value:    the digits that are being read back. fraction: tenths were left out of them, which must be told.
    pending: a correction that waits for its question.
    """

    asked: Asked = field(default_factory=Asked)
    value: str = ""
    fraction: bool = False
    pending: ReadBack | OfferTwo | None = None


Said = Match | NoMatch | OfferTwo | AskAgain | ByKeys


def confirms(gather: Gather, keys: Keys) -> bool:
    """Whether the question is answered by yes and no."""
    always = {keys.operator, keys.back, keys.repeat, keys.root}
    return isinstance(gather.grammar, Choice) and gather.grammar.keys - always == {YES, AGAIN}


def opened(talk: Talk, gather: Gather) -> tuple[Talk, Match | OfferTwo | None]:
    """What answers the question before it is put, or is put in its place."""
    pending, talk = talk.pending, replace(talk, pending=None)
    if pending is None or not isinstance(gather.grammar, Digits):
        return talk, None
    if isinstance(pending, OfferTwo):
        return talk, pending
    return _taken(talk, pending), Match(pending.digits, Mode.SPEECH, pending.confidence)


def heard(talk: Talk, gather: Gather, phrase: Phrase, ear: Ear) -> tuple[Talk, Said]:
    """What a phrase means. Raises ValueError for a question that asks neither for a number nor for yes or no."""
    if isinstance(gather.grammar, Digits):
        asked, move = number_heard(talk.asked, phrase.words, ear)
        talk = replace(talk, asked=asked)
        if isinstance(move, ReadBack):
            talk = _taken(talk, move)
        return talk, as_result(move, ear.keys) if isinstance(move, ReadBack | Obey) else move
    if not confirms(gather, ear.keys):
        raise ValueError("asks neither for a number nor for yes or no")
    asked, answer = confirmation_heard(talk.asked, talk.value, phrase, ear)
    match answer:
        case Confirmed():
            return replace(talk, asked=Asked()), as_result(answer, ear.keys)
        case Refuted(correction):
            return replace(talk, asked=asked, pending=correction), as_result(answer, ear.keys)
        case Obey():
            return talk, as_result(answer, ear.keys)
        case again:
            return replace(talk, asked=asked), again


def silent(talk: Talk, rules: Rules) -> tuple[Talk, AskAgain | ByKeys]:
    """What to do when nothing was said."""
    asked, move = silence(talk.asked, rules)
    return replace(talk, asked=asked), move


def keyed(talk: Talk, value: str) -> Talk:
    """Digits were keyed: a yes, a no or a correction by voice may follow."""
    return replace(talk, value=value, fraction=False, pending=None)


def _taken(talk: Talk, one: ReadBack) -> Talk:
    return replace(talk, value=one.digits, fraction=one.fraction)
