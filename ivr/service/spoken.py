"""A caller who may answer in words: between the flow's questions and his phone."""

from collections.abc import Callable
from dataclasses import replace

from ivr.dialogue.engine import SECRET
from ivr.dialogue.flow import Keys
from ivr.dialogue.model import Gather, Match, NoInput, NoMatch, Note, Spoken, Unheard
from ivr.dialogue.understanding.conversation import Conversation, Found, TopicsOf
from ivr.service.ports import Phone


class SpokenDialogue:
    """One for each call. `note` takes a line for the call's log of steps: what was heard, and what became of it."""

    def __init__(
        self, phone: Phone, keys: Keys, note: Callable[[Note], None], topics_of: TopicsOf | None = None
    ) -> None:
        self._phone = phone
        self._note = note
        self._conversation = Conversation(keys, topics_of)

    async def ask(self, node: str, gather: Gather) -> Match | NoMatch | NoInput | Unheard:
        """Put a question until there is an answer for the flow: by keys at any moment, and by words where it and the
        line allow them. Raises what the phone does."""
        conversation = self._conversation
        found = conversation.opens(node, gather)
        while isinstance(found, tuple):
            asked = replace(gather, prompt=found)
            listens = gather.asks is not None and self._phone.hears
            result = await self._phone.gather(replace(asked, listen=conversation.listen(gather)) if listens else asked)
            if isinstance(result, Spoken):
                found = conversation.heard(gather, result)
                self._tell(node, gather, result, _became(found))
            elif isinstance(result, NoInput) and listens and self._phone.hears:
                found = conversation.silent(gather)
                self._note(Note(node, "heard", result="silence"))
            else:
                conversation.keyed(gather, result)
                return result
            gather = replace(gather, fresh=False)  # whoever keys while he is asked again has heard the question
        return found

    def _tell(self, node: str, gather: Gather, spoken: Spoken, became: str) -> None:
        best = (spoken.hypotheses or spoken.more)[:1]
        words = " ".join(word.text for each in best for word in each.words)
        self._note(Note(node, "heard", SECRET if gather.secret and words else words, became))


def _became(found: Found) -> str:
    return "asked again" if isinstance(found, tuple) else "by keys" if isinstance(found, Unheard) else "understood"
