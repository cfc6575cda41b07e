"""Where a talk may go: what operators name when they ask for a transfer, and how they are refused."""

from dataclasses import dataclass

from ivr.domain.acd.model import OperatorId
from ivr.domain.talk.specialists import SpecialistId


class Refused(Exception):
    """What was asked is not done.

    `code` is stable: no_talk, not_now, unknown, away, nobody, busy, no_phone, no_trunk, not_allowed.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class ToOperator:
    operator: OperatorId


@dataclass(frozen=True, slots=True)
class ToQueue:
    queue: str


@dataclass(frozen=True, slots=True)
class ToDialogue:
    """A line of the flow; empty: the mark."""

    line: str = ""


@dataclass(frozen=True, slots=True)
class ToSpecialist:
    """One outside the centre, by his name in the configuration."""

    specialist: SpecialistId


Target = ToOperator | ToQueue | ToDialogue | ToSpecialist


def word(target: Target) -> str:
    """As the log has it."""
    match target:
        case ToOperator(operator):
            return f"operator {operator}"
        case ToQueue(queue):
            return f"queue {queue}"
        case ToDialogue(line):
            return f"dialogue {line or 'mark'}"
        case ToSpecialist(specialist):
            return f"specialist {specialist}"
