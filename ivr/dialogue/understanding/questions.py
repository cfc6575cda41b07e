"""How a flow's question is heard: what may be said to it, when its answer is complete, what is known beforehand."""

import math
from collections.abc import Callable, Sequence
from functools import partial

from ivr.dialogue.asks import Asks, KeyName, Number, RegisterValue, Wish, YesNo
from ivr.dialogue.listening.profile import NUMBER, TOPIC, YES_NO, Profile
from ivr.dialogue.model import Choice, Gather, Listen
from ivr.dialogue.understanding import grammar
from ivr.dialogue.understanding.addresses import addresses
from ivr.dialogue.understanding.complete import number_complete, reply_complete
from ivr.dialogue.understanding.heard import Heard, Said, Word
from ivr.dialogue.understanding.number_words import UNITS
from ivr.dialogue.understanding.ranking import Context, LengthContext, ReadingContext
from ivr.dialogue.understanding.which import FIRST, SECOND
from ivr.dialogue.understanding.wordlist import common_forms

Complete = Callable[[Sequence[str]], bool]


def listening(gather: Gather, asks: Asks, pair: bool = False) -> Listen:
    """How to hear the answer to a question. `pair`: two numbers are put to the caller: «первое», «второе»."""
    words = _words(gather, asks)
    if pair:
        words = grammar.grammar(words, common_forms(FIRST), common_forms(SECOND))
    more = grammar.reply(numbers=True) if isinstance(asks, YesNo) and asks.of is not None else ()
    return Listen(_profile(asks), words, _complete(asks), more, openly=isinstance(asks, Wish))


def context_of(asks: Asks) -> Context:
    """What is known of the number asked for, or read back."""
    number = asks.of if isinstance(asks, YesNo) else asks
    match number:
        case RegisterValue(digits, last, usual, most):
            return ReadingContext(digits, last, usual, most)
        case Number(at_least, at_most):
            return LengthContext(frozenset(range(at_least, at_most + 1)))
    return LengthContext(frozenset())


def meant(heard: Heard, asks: Asks) -> Heard:
    """What was heard; of house and flat the digits in a row, as they would be keyed."""
    said = addresses(heard) if isinstance(asks, Number) and asks.name == "house" else []
    return [Said((Word(one.digits, one.confidence),), math.exp(-one.cost)) for one in said if one.digits] or heard


def _words(gather: Gather, asks: Asks) -> grammar.Grammar:
    match asks:
        case RegisterValue():
            return grammar.reading()
        case Number(name="house"):
            return grammar.address()
        case Number():
            return grammar.account()
        case YesNo():
            return grammar.reply()
    assert isinstance(gather.grammar, Choice), "a key is named where keys are asked for"
    keys = gather.grammar.keys
    names = [form for digit, forms in UNITS.items() if str(digit) in keys for form in common_forms(forms)]
    said = [phrase for phrases in asks.phrases.values() for phrase in phrases] if isinstance(asks, Wish) else ()
    return grammar.grammar(names, grammar.wishes(said) if said else (), grammar.always())


def _profile(asks: Asks) -> Profile:
    match asks:
        case YesNo():
            return YES_NO
        case KeyName() | Wish():
            return TOPIC
    return NUMBER


def _complete(asks: Asks) -> Complete:
    match asks:
        case YesNo():
            return partial(reply_complete, correction=asks.of is not None)
        case RegisterValue(digits):
            return partial(number_complete, digits=digits)
        case Number(at_least, at_most) if at_least == at_most:
            return partial(number_complete, digits=at_most)
    return _never


def _never(words: Sequence[str]) -> bool:
    """Only a pause ends it."""
    return False
