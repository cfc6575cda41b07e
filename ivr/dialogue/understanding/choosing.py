"""A menu answered by voice: by what the caller wants, by the key's name said aloud, by «первое» after «A или B?».

The flow engine gets the `Match` of the key that would have been pressed. Who is not understood again and again goes to
the operator, as who asks for one: out of hours the flow's operator node tells when there are operators.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from ivr.dialogue.flow import Keys
from ivr.dialogue.model import Match, Mode, NoMatch
from ivr.dialogue.understanding.asides import FILLER_KEYS
from ivr.dialogue.understanding.asking import AskAgain, ByKeys, Obey, Rules, as_result
from ivr.dialogue.understanding.commands import Command
from ivr.dialogue.understanding.heard import Heard, split
from ivr.dialogue.understanding.number_words import symbols
from ivr.dialogue.understanding.numbers import candidates
from ivr.dialogue.understanding.topics import Chosen, EitherOf, Topics, Unclear, wanted
from ivr.dialogue.understanding.which import Place, place
from ivr.dialogue.understanding.wordlist import keys

BESIDE_A_KEY = FILLER_KEYS | keys("кнопка клавиша пункт нажимаю")
"""What may stand beside a digit that names a key."""
PLAINLY = 1.0
"""Cost up to which a digit is the name of a key."""


@dataclass(frozen=True, slots=True)
class Menu:
    """What may be chosen: the phrases of each item, the key that leads to it, the keys there are, those of the flow."""

    topics: Topics
    ways: Mapping[str, str]
    keys: Collection[str]
    always: Keys
    rules: Rules


@dataclass(frozen=True, slots=True)
class Choosing:
    """Where the question stands. pair: the two items that were put to the caller."""

    misses: int = 0
    silences: int = 0
    pair: tuple[str, ...] = ()


Choice = Match | NoMatch | EitherOf | AskAgain | ByKeys
"""For the engine; or to be said, and listened again: «A или B?» (of two items), other help; or by keys from now on."""


def choice_heard(choosing: Choosing, heard: Heard, menu: Menu) -> tuple[Choosing, Choice]:
    """What to do with an answer to the menu, or to «A или B?»."""
    if choosing.pair:
        named = place(heard)
        if named in (Place.FIRST, Place.SECOND):
            return Choosing(), _taken(choosing.pair[0 if named is Place.FIRST else 1], menu)
        if named is Place.NEITHER:
            return _again(replace(choosing, pair=()), "neither", menu)
    key = _key_named(heard)
    if key in menu.keys:
        return Choosing(), Match(key, Mode.SPEECH)
    match wanted(heard, menu.topics, among=choosing.pair):
        case Chosen(item):
            return Choosing(), _taken(item, menu)
        case EitherOf(first, second) as two if not choosing.pair:
            return replace(choosing, pair=(first, second)), two
        case EitherOf() | Unclear():
            reason = "which" if choosing.pair else "nothing"
            return _again(replace(choosing, pair=()), reason, menu)
        case Command.TONES:
            return choosing, ByKeys("asked")
        case command:
            return choosing, as_result(Obey(command), menu.always)


def nothing_chosen(choosing: Choosing, menu: Menu) -> tuple[Choosing, Choice]:
    """What to do when nothing was said."""
    choosing = replace(choosing, silences=choosing.silences + 1)
    if choosing.silences > menu.rules.silences:
        return choosing, ByKeys("silence")
    return choosing, AskAgain(choosing.misses + choosing.silences, "silence")


def _taken(item: str, menu: Menu) -> Match:
    return Match(menu.ways[item], Mode.SPEECH, wanted=item)


def _again(choosing: Choosing, reason: str, menu: Menu) -> tuple[Choosing, Choice]:
    choosing = replace(choosing, misses=choosing.misses + 1)
    if choosing.misses > menu.rules.misses:
        return choosing, as_result(Obey(Command.OPERATOR), menu.always)
    return choosing, AskAgain(choosing.misses + choosing.silences, reason)


def _key_named(heard: Heard) -> str:
    """The digit that was said alone: «нажмите один» is answered so. Empty: none was. «Показания за два месяца» names no
    key, nor does a word that was heard for a number among others."""
    if not heard or not all(symbols(word.text) or word.text in BESIDE_A_KEY for word in split(heard[0])):
        return ""
    said = candidates(heard)
    return said[0].digits if said and said[0].cost <= PLAINLY else ""
