"""Tell what the customer owes: to its proven owner only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ivr.dialogue.fields import Fields
from ivr.dialogue.flow import Texts
from ivr.dialogue.model import Fact, Request
from ivr.dialogue.nodes.base import Node, Way
from ivr.dialogue.turn import Go, Move, Turn, whole


@dataclass(frozen=True, slots=True)
class Balance(Node):
    """unproven: the identify node (with a proof) for a caller who has not proven the account to be his."""

    debt: Texts
    overpaid: Texts
    nothing: Texts
    payment: Texts
    failure: Texts
    unproven: str
    next: str
    kind = "balance"
    breaths = (("debt", "payment"), ("overpaid", "payment"), ("nothing", "payment"))

    @classmethod
    def read(cls, fields: Fields) -> Self:
        return cls(
            fields.node,
            debt=fields.texts("debt"),
            overpaid=fields.texts("overpaid"),
            nothing=fields.texts("nothing"),
            payment=fields.texts("payment", required=False),
            failure=fields.texts("failure", required=False),
            unproven=fields.proving_target("unproven"),
            next=fields.target("next"),
        )

    @property
    def apology(self) -> Texts:
        return self.failure

    @property
    def ways(self) -> tuple[Way, ...]:
        return (
            ((), self.unproven),
            *((words + self.payment, self.next) for words in (self.debt, self.overpaid, self.nothing)),
        )

    def enter(self, turn: Turn) -> Move:
        if turn.facts.get("proven") is not True:
            return Go(self.unproven)
        return Request("balance", {"account": turn.facts.get("account")})

    def replied(self, turn: Turn, facts: Mapping[str, Fact]) -> Move:
        debt = whole(facts, "debt_kopecks")
        if debt is None:
            return self.failed(turn, "no_balance")
        if debt > 0:
            turn.say(self.debt)
        elif debt < 0:
            turn.say(self.overpaid, {"overpaid_kopecks": -debt})
        else:
            turn.say(self.nothing)
        if whole(facts, "paid_kopecks") is not None and facts.get("paid_on"):
            turn.say(self.payment)
        turn.settle("done", "told")
        return Go(self.next)
