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
    "outages": ("why",),
    "requests": ("due", "result"),
    "verification": ("overdue",),
    "pay": (),
    "offices": (),
}
"""What can be told, and the cases that may have words of their own (`item_CASE`)."""

FOR_EVERYBODY = ("pay", "offices")


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
            turn.say(self.items.get(text_of(item, "case"), self.item), item)
        turn.settle("done", "told" if count else "nothing_to_tell")
        return Go(self.next)
