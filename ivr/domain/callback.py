"""A callback: a caller who has hung up and keeps his place in the line. Pure, fed the time.

    waiting ─ dialled ─ reached
                      └ failed: waiting again after the gap, or given up after the last try
    waiting ─ withdrawn (by hand, or because he has talked with an operator meanwhile)

Moments are Unix time.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class CallbackStage(StrEnum):
    WAITING = "waiting"
    DIALLING = "dialling"
    REACHED = "reached"
    GIVEN_UP = "given_up"
    WITHDRAWN = "withdrawn"


OPEN = frozenset({CallbackStage.WAITING, CallbackStage.DIALLING})


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """tries: so often a customer is dialled; gap_s: between two tries. keep_s: after so long nobody waits for it any
    more: it is given up untried. ring_s: a customer's telephone rings so long."""

    tries: int = 3
    gap_s: float = 900.0
    keep_s: float = 172_800.0
    ring_s: float = 30.0

    def __post_init__(self) -> None:
        if self.tries < 1 or min(self.gap_s, self.keep_s, self.ring_s) <= 0:
            raise ValueError("a callback is tried at least once, and every period has a length")


@dataclass(frozen=True, slots=True)
class Callback:
    """id:    its entry in the line; that of the call in which it was asked for.
    number:   E.164. topic: the matter that the caller turned to last.
    arrived:  when he asked for an operator: his place in the line. asked: for the callback. due: not dialled before.
    result:   of the last try, or why it ended. leg: the call of the last try. operator: who had it.
    """

    id: str
    number: str
    queue: str
    topic: str
    arrived: float
    asked: float
    due: float
    stage: CallbackStage = CallbackStage.WAITING
    tries: int = 0
    result: str = ""
    leg: str = ""
    operator: str = ""
    ended: float | None = None

    def dialled(self, leg: str, operator: str) -> "Callback":
        return replace(self, stage=CallbackStage.DIALLING, tries=self.tries + 1, leg=leg, operator=operator, result="")

    def reached(self, now: float) -> "Callback":
        """He has answered, and talks or will in a moment."""
        return replace(self, stage=CallbackStage.REACHED, result="answered", ended=now)

    def failed(self, result: str, now: float, rules: CallbackRules) -> "Callback":
        """He was dialled in vain."""
        if self.tries >= rules.tries:
            return replace(self, stage=CallbackStage.GIVEN_UP, result=result, ended=now)
        return replace(self, stage=CallbackStage.WAITING, result=result, due=now + rules.gap_s)

    def not_tried(self, result: str, due: float) -> "Callback":
        """It was no fault of his: the try does not count."""
        return replace(self, stage=CallbackStage.WAITING, tries=max(0, self.tries - 1), result=result, due=due)

    def withdrawn(self, why: str, now: float) -> "Callback":
        return replace(self, stage=CallbackStage.WITHDRAWN, result=why, ended=now)

    def overdue(self, now: float, rules: CallbackRules) -> bool:
        """Whether nobody waits for it any more."""
        return self.stage is CallbackStage.WAITING and now >= self.asked + rules.keep_s

    def given_up(self, why: str, now: float) -> "Callback":
        return replace(self, stage=CallbackStage.GIVEN_UP, result=why, ended=now)

    def last(self, rules: CallbackRules) -> bool:
        """Whether the next try is the last."""
        return self.tries + 1 >= rules.tries
