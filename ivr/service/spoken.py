"""A caller who may answer in words: between the flow's questions and his phone."""

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from functools import partial

from ivr.dialogue.asks import YesNo
from ivr.dialogue.engine import SECRET
from ivr.dialogue.flow import Keys
from ivr.dialogue.listening.heard import Hypothesis, Word
from ivr.dialogue.model import (
    Gather,
    Match,
    NoInput,
    NoMatch,
    Note,
    Prompt,
    Record,
    Say,
    Spoken,
    Sprint,
    Unheard,
    WordsSaid,
)
from ivr.dialogue.understanding.conversation import Conversation, Found, TopicsOf
from ivr.domain.questions import OVER_PROMPT
from ivr.service.phrases import CallPhrases
from ivr.service.ports import Phone

Then = Callable[[Match | NoMatch | NoInput | Unheard], Sprint]
"""What the flow would do with an answer; nothing is done by asking."""


class SpokenDialogue:
    """One for each call. `note` takes a line for the call's log of steps: what was heard, and what became of it.
    `phrases` keeps what was not plainly understood."""

    def __init__(
        self,
        phone: Phone,
        keys: Keys,
        note: Callable[[Note], None],
        phrases: CallPhrases | None = None,
        topics_of: TopicsOf | None = None,
    ) -> None:
        self._phone = phone
        self._note = note
        self._phrases = phrases
        self._conversation = Conversation(keys, topics_of)

    async def ask(self, node: str, gather: Gather, then: Then | None = None) -> Match | NoMatch | NoInput | Unheard:
        """Put a question until there is an answer for the flow: by keys at any moment, and by words where it and the
        line allow them. With `then` the phone is told beforehand what it may have to say next. Raises what the phone
        does."""
        conversation = self._conversation
        found = conversation.opens(node, gather)
        while isinstance(found, tuple):
            asked = replace(gather, prompt=found)
            listens = gather.asks is not None and self._phone.hears
            if listens:
                foresee = partial(self._foresee, gather, then)
                asked = replace(asked, listen=replace(conversation.listen(gather), foresee=foresee))
            result = await self._phone.gather(asked)
            if isinstance(result, Spoken):
                found = conversation.heard(gather, result)
                if self._phrases is not None:
                    self._phrases.heard(node, gather, result, found)
                self._tell(node, gather, result, _became(found))
            elif isinstance(result, NoInput) and listens and self._phone.hears:
                found = conversation.silent(gather)
                self._note(Note(node, "heard", result="silence"))
            elif isinstance(result, Unheard):
                return result
            else:
                conversation.keyed(gather, result)
                if self._phrases is not None:
                    self._phrases.keyed(gather, result)
                return result
            gather = replace(gather, fresh=False)  # whoever keys while he is asked again has heard the question
        if isinstance(gather.asks, YesNo) and isinstance(found, Match):
            self._phone.answered(found.value)
        return found

    def _foresee(self, gather: Gather, then: Then | None, words: WordsSaid, more: WordsSaid) -> Prompt:
        """What would be said, were this the whole phrase: the same is understood of it, by a twin of the ear."""
        twin = copy(self._conversation)
        found = twin.heard(gather, Spoken(_plainly(words), _plainly(more)))
        if isinstance(found, tuple):
            return found
        if then is None:
            return ()
        sprint = then(found)
        said = tuple(phrase for effect in sprint.effects if isinstance(effect, Say) for phrase in effect.prompt)
        match sprint.wait:
            case Gather() as following:
                asked = twin.opens(sprint.session.node, following)
                return said + (asked if isinstance(asked, tuple) else ())
            case Record(prompt):
                return said + prompt
        return said

    def _tell(self, node: str, gather: Gather, spoken: Spoken, became: str) -> None:
        best = (spoken.hypotheses or spoken.more)[:1]
        words = " ".join(word.text for each in best for word in each.words)
        became += OVER_PROMPT if spoken.cut else ""
        self._note(Note(node, "heard", SECRET if gather.secret and words else words, became))


def _plainly(words: WordsSaid) -> tuple[Hypothesis, ...]:
    return (Hypothesis(tuple(Word(word, 0.0, 0.0, 1.0) for word in words), 1.0),) if words else ()


def _became(found: Found) -> str:
    return "asked again" if isinstance(found, tuple) else "by keys" if isinstance(found, Unheard) else "understood"
