"""The card of a call: what its operator should know at the first word, so that nobody has to say it twice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from ivr.dialogue.model import Ending
from ivr.domain.call import CallId
from ivr.service.calls import LiveCall, Operators
from ivr.service.ports import Phone
from ivr.service.queue.briefing import Understood, Unstored, wish_of
from ivr.service.queue.foresight import Kept
from ivr.service.queue.log import Line


@dataclass(frozen=True, slots=True)
class Matter:
    """What the caller turned to, and what came of it (a `Result`)."""

    topic: str
    result: str


@dataclass(frozen=True, slots=True)
class Card:
    """account: only when the caller has proven that it is his. promise: the last words of it, empty for none.

    asked_because: why the flow gave him to the operators. abusive_before: his number's calls that ended so.
    unstored: a reading that he gave and that is not stored. wished: the words with which he asked for what only an
    operator gives; empty when he turned to a topic, or said no more than that he wants an operator.
    """

    call_id: CallId
    number: str
    queue: str
    asked_because: str
    topic: str
    account: str = ""
    matters: tuple[Matter, ...] = field(default=())
    promise: str = ""
    waited_s: int = 0
    sent_by: str = ""
    abusive_before: int = 0
    unstored: Unstored | None = None
    wished: str = ""


class Abuse(Protocol):
    async def before(self, number: str) -> int:
        """How many calls from this number ended as abusive. Raises StoreUnavailable."""


class Cards:
    """Stands between the dialogue and the operators' desk; `live` gives a call in dialogue."""

    def __init__(self, desk: Operators, live: Callable[[CallId], LiveCall | None]) -> None:
        self._desk = desk
        self._live = live
        self._cards: dict[CallId, Card] = {}

    async def serve(self, phone: Phone, ending: Ending, topic: str) -> Ending | None:
        """As the desk does; and the card is made out."""
        live = self._live(phone.call_id)
        if live is not None:
            self._cards[phone.call_id] = Card(
                phone.call_id,
                phone.caller,
                ending.queue,
                ending.reason,
                topic,
                live.account if live.proven else "",
                tuple(Matter(row.topic, row.result.value) for row in live.matters.rows),
                unstored=live.unstored,
                wished=wish_of(live.wished),
            )
        return await self._desk.serve(phone, ending, topic)

    def of(self, call_id: CallId) -> Card | None:
        return self._cards.get(call_id)

    def understood(self, call_id: CallId) -> Understood | None:
        """What its operator is told beforehand."""
        card = self._cards.get(call_id)
        return Understood(card.topic, card.unstored, card.account, card.wished) if card else None

    def wrote(self, lines: Sequence[Line]) -> None:
        """What came of promises is on the card too."""
        for kept in lines:
            if isinstance(kept, Kept):
                promise = kept.outcome.promise
                if (card := self._cards.get(CallId(promise.entry))) is not None:
                    self._cards[card.call_id] = replace(card, promise=str(promise.minutes))

    def forget(self, call_id: CallId) -> None:
        """The call is over."""
        self._cards.pop(call_id, None)
