"""Tell what the supplier knows: payments, prices, outages, requests, verification of meters, how to pay, offices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ivr.dialogue.fields import Fields
from ivr.dialogue.flow import Texts
from ivr.dialogue.model import Fact, Request
from ivr.dialogue.nodes.base import Node
from ivr.dialogue.turn import Go, Move, Turn, text_of, whole

CASES: Mapping[str, tuple[str, ...]] = {
    "payment": (),
    "tariff": ("single",),
    "outages": ("why", "days", "days_why"),
    "requests": ("due", "result"),
    "verification": ("overdue",),
    "pay": (),
    "offices": (),
}
"""What can be told, and the cases that may have words of their own (`item_CASE`)."""

FOR_EVERYBODY = ("pay", "offices")
DATE = len("2026-07-25")


@dataclass(frozen=True, slots=True)
class Tell(Node):
    """`item` says one thing, at most `most` times; `items` its words in special cases. `none`: there is nothing.

    unproven: the identify node (with a proof) for who has not proven the account to be his; only for what is personal.
    """

    what: str
    intro: Texts
    item: Texts
    items: Mapping[str, Texts]
    none: Texts
    failure: Texts
    most: int
    unproven: str
    next: str
    kind = "tell"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        what = fields.one_of("what", "", tuple(CASES), required=True)
        return cls(
            fields.node,
            what=what,
            intro=fields.texts("intro", required=False),
            item=fields.texts("item"),
            items={
                case: texts for case in CASES.get(what, ()) if (texts := fields.texts(f"item_{case}", required=False))
            },
            none=fields.texts("none"),
            failure=fields.texts("failure", required=False),
            most=fields.integer("most", 3, 1, 9),
            unproven="" if what in ("", *FOR_EVERYBODY) else fields.proving_target("unproven"),
            next=fields.target("next"),
        )

    @property
    def apology(self) -> Texts:
        return self.failure

    def enter(self, turn: Turn) -> Move:
        if not self.unproven:
            return Request("tell", {"what": self.what})
        if turn.facts.get("proven") is not True:
            return Go(self.unproven)
        return Request("tell", {"what": self.what, "account": turn.facts.get("account")})

    def replied(self, turn: Turn, facts: Mapping[str, Fact]) -> Move:
        count = whole(facts, "tell_count")
        for name in [name for name in turn.facts if name.startswith("tell_")]:
            del turn.facts[name]  # they are of this answer only
        if count is None:
            return self.failed(turn, "nothing_told")
        turn.say(self.intro if count else self.none)
        for number in range(1, min(count, self.most) + 1):
            head = f"tell_{number}_"
            item = {name.removeprefix(head): fact for name, fact in facts.items() if name.startswith(head)}
            turn.say(self._words_of(item), item)
        turn.settle("done", "told" if count else "nothing_to_tell")
        return Go(self.next)

    def _words_of(self, item: Mapping[str, Fact]) -> Texts:
        case = text_of(item, "case")
        if self.what == "outages" and text_of(item, "outage_from")[:DATE] != text_of(item, "outage_until")[:DATE]:
            # Its end needs a date too. With the reason where there are words for both.
            case = next((days for days in (f"days_{case}", "days") if days in self.items), case)
        return self.items.get(case, self.item)
