"""The ear of a call: every question of the flow that words may answer goes through it, and comes out as keys would.

    found = conversation.opens(node, gather)       an answer given already, or what to say
    found = conversation.heard(gather, spoken)     a phrase was heard
    found = conversation.silent(gather)            nothing was
    conversation.keyed(gather, result)             keys answered instead

Found is an answer for the flow's engine, or a `Prompt`: say it and listen again as `listen(gather)` tells. A number is
never an answer by itself: the flow reads it back, and only a plain yes, or a key, lets it through.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ivr.dialogue.asks import Asks, KeyName, RegisterValue, Wish, YesNo
from ivr.dialogue.flow import Keys
from ivr.dialogue.listening.heard import UNKNOWN, Hypothesis
from ivr.dialogue.model import Choice, Digits, Gather, Listen, Match, Mode, NoInput, NoMatch, Prompt, Spoken, Unheard
from ivr.dialogue.nodes.confirm import AGAIN, YES
from ivr.dialogue.understanding.again import FRACTION, again, either, which
from ivr.dialogue.understanding.asking import AskAgain, Asked, ByKeys, Ear, OfferTwo, Phrase, ReadBack, Rules
from ivr.dialogue.understanding.choosing import Choice as Chosen
from ivr.dialogue.understanding.choosing import Choosing, Menu, choice_heard, nothing_chosen
from ivr.dialogue.understanding.heard import plainly
from ivr.dialogue.understanding.menus import MenuTopics
from ivr.dialogue.understanding.numbers import candidates
from ivr.dialogue.understanding.questions import context_of, listening, meant
from ivr.dialogue.understanding.talk import Said, Talk, heard, keyed, opened, silent
from ivr.dialogue.understanding.topics import EitherOf, Topics

TopicsOf = Callable[[Wish], Topics]
"""Makes the topics of a menu ready."""
RULES = Rules(misses=2, silences=1, least_reply=0.8)
"""Twice asked again in other words, once after silence; then keys. Half of what is taken for a yes and is none is less
sure than this, and hardly any real yes (docs/understanding.md)."""
NO_TOPICS = Topics((), {}, {})
REFUSED = "denied"
SHOWN = " / "
"""Between phrases that answered together: «двенадцать … / первое»."""

Found = Match | NoMatch | NoInput | Unheard | Prompt


@dataclass(frozen=True, slots=True)
class Source:
    """What was heard since the question was put, and where it begins in the recording."""

    words: tuple[str, ...] = ()
    at_ms: int | None = None


class Conversation:
    """One for each call. Nothing of it outlives the call; what must, goes into the flow's session with the answers."""

    def __init__(self, keys: Keys, topics_of: TopicsOf | None = None, rules: Rules = RULES) -> None:
        self._keys = keys
        self._topics_of = topics_of or MenuTopics()
        self._rules = rules
        self._node = ""
        self._talk = Talk()
        self._choosing = Choosing()
        self._source = Source()
        self._refused = False

    def opens(self, node: str, gather: Gather) -> Found:
        """The flow puts a question of `node`."""
        if node != self._node:
            self._node, self._talk, self._refused = node, Talk(), False
        self._choosing = Choosing()
        self._talk = replace(self._talk, asked=replace(self._talk.asked, silences=0))
        if gather.asks is None:
            return gather.prompt
        if isinstance(gather.asks, YesNo):
            self._source = Source()
            if gather.asks.of is None or not self._talk.fraction:
                return gather.prompt
            self._talk = replace(self._talk, fraction=False)
            return (FRACTION, *gather.prompt)
        if self._refused:
            self._refused = False
            return Unheard(REFUSED)
        self._talk, found = opened(self._talk, gather)
        if found is not None:
            return self._found(gather, found)
        self._source = Source()
        return gather.prompt

    def listen(self, gather: Gather) -> Listen:
        """How to hear the answer."""
        asks = _asks(gather)
        if isinstance(asks, Wish) and (pair := self._choosing.pair):
            return listening(gather, replace(asks, phrases={item: asks.phrases[item] for item in pair}), pair=True)
        return listening(gather, asks, pair=bool(self._talk.asked.pair))

    def heard(self, gather: Gather, spoken: Spoken) -> Found:
        """The caller said something."""
        asks = _asks(gather)
        if isinstance(asks, KeyName | Wish):
            self._remember(spoken)
            self._choosing, chosen = choice_heard(self._choosing, plainly(spoken.hypotheses), self._menu(gather))
            return self._found(gather, chosen)
        said = spoken.hypotheses if isinstance(asks, RegisterValue) else plainly(spoken.hypotheses)
        phrase = Phrase(meant(said, asks), plainly(spoken.more), spoken.muttered)
        talk = self._talk if not isinstance(asks, YesNo) or asks.of is not None else replace(self._talk, value="")
        self._talk, found = heard(talk, gather, phrase, Ear(context_of(asks), self._rules, self._keys))
        self._remember(spoken, _digits(self._talk, gather, found), talk.value)
        return self._found(gather, found)

    def silent(self, gather: Gather) -> Found:
        """The caller said nothing."""
        if isinstance(_asks(gather), Wish):
            return NoInput()
        if isinstance(_asks(gather), KeyName):
            self._choosing, chosen = nothing_chosen(self._choosing, self._menu(gather))
            return self._found(gather, chosen)
        self._talk, move = silent(self._talk, self._rules)
        return self._found(gather, move)

    def keyed(self, gather: Gather, result: Match | NoMatch | NoInput) -> None:
        """Keys answered instead: a correction in words may follow."""
        if not isinstance(result, Match):
            return
        if isinstance(gather.grammar, Digits):
            asked = replace(self._talk.asked, misses=0)
            self._talk = keyed(replace(self._talk, asked=asked), result.value)
        elif result.value == YES:
            self._talk = replace(self._talk, asked=Asked())
        elif result.value == AGAIN and self._talk.value:
            denied = (*self._talk.asked.denied, self._talk.value)
            self._talk = replace(self._talk, asked=replace(self._talk.asked, denied=denied))

    def _found(self, gather: Gather, said: Said | Chosen) -> Found:
        asks = _asks(gather)
        match said:
            case AskAgain() if isinstance(asks, Wish):
                return NoMatch(
                    SHOWN.join(self._source.words), Mode.SPEECH
                )  # the flow counts, and tells what may be said
            case EitherOf(first, second):
                assert isinstance(asks, Wish), "two keys cannot be meant where only their names are heard"
                return either(asks.phrases[first][0], asks.phrases[second][0])
            case AskAgain():
                if said.reason not in ("silence", "which"):
                    self._source = Source()
                return again(said, asks, gather.prompt)
            case OfferTwo():
                return which(said, asks)
            case ByKeys(reason) if reason == REFUSED:
                self._refused = True  # his no counts; the number that he is asked for next is for keys
                return Match(AGAIN, Mode.SPEECH)
            case ByKeys(reason):
                return Unheard(reason)
            case Match():
                return replace(said, words=SHOWN.join(self._source.words), at_ms=self._source.at_ms)
        return said

    def _remember(self, spoken: Spoken, digits: str = "", before: str = "") -> None:
        words, more = _words(spoken.hypotheses, digits, before), _words(spoken.more, digits, before)
        if more and (not words or UNKNOWN in words.split()):
            words = more
        at_ms = spoken.at_ms if self._source.at_ms is None else self._source.at_ms
        self._source = Source((*self._source.words, words), at_ms)

    def _menu(self, gather: Gather) -> Menu:
        keys = gather.grammar.keys if isinstance(gather.grammar, Choice) else frozenset()
        asks = gather.asks
        if isinstance(asks, Wish):
            return Menu(self._topics_of(asks), asks.ways, keys, self._keys, self._rules)
        return Menu(NO_TOPICS, {}, keys, self._keys, self._rules)


def _asks(gather: Gather) -> Asks:
    assert gather.asks is not None, "words answer only questions that ask for something"
    return gather.asks


def _digits(talk: Talk, gather: Gather, said: Said) -> str:
    """The number that was made of a phrase, a correction that waits for its question too; empty: none."""
    if isinstance(talk.pending, ReadBack):
        return talk.pending.digits
    return said.value if isinstance(said, Match) and isinstance(gather.grammar, Digits) else ""


def _words(hypotheses: Sequence[Hypothesis], digits: str, before: str) -> str:
    """Of the hypothesis that means these digits, where the number was not made of the best one."""
    if not hypotheses:
        return ""
    meant = (one for one in hypotheses if any(each.digits == digits for each in candidates([one], before)))
    return " ".join(word.text for word in (next(meant, hypotheses[0]) if digits else hypotheses[0]).words)
