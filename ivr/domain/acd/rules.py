"""What the supplier sets: how long each state may last, when demands soften, when the reserve comes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

from ivr.domain.standards import Targets


@dataclass(frozen=True, slots=True)
class Relaxation:
    """`after_s` seconds after it joined this queue an entry asks for levels lower by `lower_by`; at 0 a skill is not
    asked for."""

    after_s: float
    lower_by: int


@dataclass(frozen=True, slots=True)
class QueueRules:
    """Of one queue. Seconds.

    ring_s:               an offer ends (Rosatom's standard: answered within 15 s).
    wrap_up_s:            the operator's work after the talk (standards: 5 min); he may end it earlier.
    wrap_up_extension_s:  by how much he may extend it, in all.
    talk_check_s:         after so long a talk, and again, the phone system is asked whether it still lives.
    dial_s:               a callback's customer lets his phone ring so long.
    longest_wait_s:       then the entry goes to the queue `overflow_to` (once to each), or is released.
    target_s:             the reserve is called in when the predicted wait exceeds this, for `reserve_s`.
    """

    ring_s: float = 15.0
    wrap_up_s: float = 300.0
    wrap_up_extension_s: float = 120.0
    talk_check_s: float = 900.0
    dial_s: float = 45.0
    longest_wait_s: float = 3600.0
    overflow_to: str = ""
    relaxation: tuple[Relaxation, ...] = ()
    target_s: float = 100.0
    reserve_s: float = 600.0

    def __post_init__(self) -> None:
        periods = (self.ring_s, self.talk_check_s, self.dial_s, self.longest_wait_s, self.reserve_s)
        if min(periods) <= 0 or min(self.wrap_up_s, self.wrap_up_extension_s) < 0:
            raise ValueError("every period of a queue has a length")

    @classmethod
    def of(cls, targets: Targets) -> "QueueRules":
        """What the standard in force says; its silence leaves the default. The reserve comes before an average wait
        is missed."""
        ours = cls()
        return cls(
            ring_s=targets.answer.seconds if targets.answer else ours.ring_s,
            wrap_up_s=targets.wrap_up.seconds if targets.wrap_up else ours.wrap_up_s,
            target_s=targets.wait.seconds if targets.wait else ours.target_s,
        )

    def lowered(self, joined: float, now: float) -> int:
        """By how much the demands of who joined then are lowered."""
        return max((step.lower_by for step in self.relaxation if now >= joined + step.after_s), default=0)

    def relaxes_at(self, joined: float, now: float) -> float:
        """When they soften next; infinite: no more."""
        return min((joined + step.after_s for step in self.relaxation if now < joined + step.after_s), default=inf)


@dataclass(frozen=True, slots=True)
class Rules:
    """Of the whole centre. Seconds. Queues that are not named have the rules `others`.

    misses:         so many offers missed in a row set an operator aside, for `aside_s`; each miss rests him `rest_s`.
                    Who comes back from being set aside without having said that he is ready has one try.
    unreachable_s:  then a device that was gone or busy is tried again.
    back_s:         so long a transferred entry that came back waits for its sender; then it goes to all.
    verify_s:       the phone system's time to say that a long talk still lives; else it counts as ended.
    """

    queues: Mapping[str, QueueRules] = field(default_factory=dict)
    others: QueueRules = QueueRules()
    misses: int = 2
    rest_s: float = 5.0
    aside_s: float = 300.0
    unreachable_s: float = 60.0
    verify_s: float = 30.0
    back_s: float = 30.0

    def __post_init__(self) -> None:
        if min(self.rest_s, self.aside_s, self.unreachable_s, self.verify_s) <= 0 or self.misses < 1:
            raise ValueError("every period has a length, and an operator may be set aside after one miss at the least")

    def of(self, queue: str) -> QueueRules:
        return self.queues.get(queue, self.others)
