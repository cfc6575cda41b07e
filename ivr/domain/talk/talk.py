"""One talk of an operator with a caller, as he directs it. A request gives the commands to carry out, or is refused.

TALKING ⇄ HELD                                   hold, resume
TALKING, HELD → RINGING → CONSULTING             consult; the colleague answers
RINGING, CONSULTING → TALKING                    he does not, goes, or the operator resumes: the caller is back
CONSULTING → CONFERENCE                          confer; the colleague goes → TALKING
CONSULTING → OVER                                complete: the colleague has the caller
TALKING, HELD → OVER                             send: to a colleague, a queue, a dialogue
TALKING, HELD → WARNED … → OVER                  abuse, once and twice
"""

from dataclasses import dataclass, field
from enum import StrEnum

from ivr.domain.acd.model import OperatorId
from ivr.domain.talk.specialists import SpecialistId


class Phase(StrEnum):
    TALKING = "talking"
    HELD = "held"  # the caller hears music
    RINGING = "ringing"  # … while a colleague's telephone rings
    CONSULTING = "consulting"  # … while the colleague is asked
    CONFERENCE = "conference"
    OVER = "over"


class NotNow(Exception):
    """What was asked cannot be done in this phase, which it names."""

    def __init__(self, phase: Phase) -> None:
        self.phase = phase
        super().__init__(f"not possible while {phase.value}")


class Do(StrEnum):
    """What is to be done on the telephones."""

    HOLD = "hold"  # the caller to the music, the operator to silence
    JOIN = "join"  # both together again
    RING = "ring"  # the colleague
    STOP_RINGING = "stop_ringing"
    PART = "part"  # from the colleague, back to the caller
    GIVE = "give"  # the caller to the colleague
    CONFER = "confer"
    SEND = "send"  # the caller on his way, the operator to his rest
    WARN = "warn"
    END = "end"  # the call, with words


class Left(StrEnum):
    """What becomes of the caller when his operator has hung up."""

    ENDS = "ends"  # the talk was over
    RETURNS = "returns"  # he was on hold: to the head of the line
    HANDED = "handed"  # the colleague has him


@dataclass(slots=True)
class Talk:
    """`began`: Unix time. `colleague`: an operator, or a specialist outside the centre. `held_s`: how long the caller
    was on hold, up to the last end of a hold."""

    began: float
    phase: Phase = Phase.TALKING
    colleague: OperatorId | SpecialistId | None = None
    warned: bool = False
    held_s: float = 0.0
    held_since: float | None = field(default=None)

    def hold(self, now: float) -> tuple[Do, ...]:
        self._must(Phase.TALKING)
        self._holds(now)
        self.phase = Phase.HELD
        return (Do.HOLD,)

    def resume(self, now: float) -> tuple[Do, ...]:
        """Back to the caller, from wherever he was left."""
        self._must(Phase.HELD, Phase.RINGING, Phase.CONSULTING)
        before = self.phase
        self._talks(now)
        match before:
            case Phase.RINGING:
                return Do.STOP_RINGING, Do.JOIN
            case Phase.CONSULTING:
                return (Do.PART,)
        return (Do.JOIN,)

    def consult(self, colleague: OperatorId | SpecialistId, now: float) -> tuple[Do, ...]:
        first = self._hold_first(now)
        self.phase, self.colleague = Phase.RINGING, colleague
        return (*first, Do.RING)

    def colleague_answered(self) -> None:
        self._must(Phase.RINGING)
        self.phase = Phase.CONSULTING

    def colleague_gone(self, now: float) -> tuple[Do, ...]:
        """He did not answer, or has hung up: then Asterisk itself has put the operator back to the caller."""
        self._must(Phase.RINGING, Phase.CONSULTING, Phase.CONFERENCE)
        rang = self.phase is Phase.RINGING
        self._talks(now)
        return (Do.JOIN,) if rang else ()

    def complete(self, now: float) -> tuple[Do, ...]:
        self._must(Phase.CONSULTING)
        self._over(now)
        return (Do.GIVE,)

    def confer(self, now: float) -> tuple[Do, ...]:
        self._must(Phase.CONSULTING)
        colleague = self.colleague
        self._talks(now)
        self.phase, self.colleague = Phase.CONFERENCE, colleague
        return (Do.CONFER,)

    def send(self, now: float) -> tuple[Do, ...]:
        self._must(Phase.TALKING, Phase.HELD)
        self._over(now)
        return (Do.SEND,)

    def abuse(self, now: float) -> tuple[Do, ...]:
        self._must(Phase.TALKING, Phase.HELD)
        if self.warned:
            self._over(now)
            return (Do.END,)
        self._talks(now)
        self.warned = True
        return (Do.WARN,)

    def left(self, now: float) -> Left:
        """The operator's leg is gone."""
        before = self.phase
        self._over(now)
        if before in (Phase.HELD, Phase.RINGING):
            return Left.RETURNS
        return Left.HANDED if before in (Phase.CONSULTING, Phase.CONFERENCE) else Left.ENDS

    def _must(self, *phases: Phase) -> None:
        if self.phase not in phases:
            raise NotNow(self.phase)

    def _hold_first(self, now: float) -> tuple[Do, ...]:
        self._must(Phase.TALKING, Phase.HELD)
        return self.hold(now) if self.phase is Phase.TALKING else ()

    def _holds(self, now: float) -> None:
        self.held_since = now

    def _talks(self, now: float) -> None:
        if self.held_since is not None:
            self.held_s += now - self.held_since
        self.held_since, self.colleague, self.phase = None, None, Phase.TALKING

    def _over(self, now: float) -> None:
        colleague = self.colleague
        self._talks(now)
        self.phase, self.colleague = Phase.OVER, colleague
