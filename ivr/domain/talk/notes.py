"""What operators and supervisors did in talks, for the log of the queue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ivr.domain.acd.model import EntryId, OperatorId


class Deed(StrEnum):
    HELD = "held"  # the talk of this operator is over, and his caller was on hold in it for `held_s`
    CONSULTED = "consulted"
    HANDED = "handed"  # to a colleague who was asked before
    SENT = "sent"
    UNREACHED = "unreached"  # who was asked, or to whom the caller was sent: `to`, `why`
    OUTSIDE = "outside"  # a specialist outside the centre, `to`, had the caller to himself for `talk_s`
    CONFERENCE = "conference"
    WARNED = "warned"
    ABUSIVE = "abusive"


@dataclass(frozen=True, slots=True)
class TalkNote:
    at: float
    deed: Deed
    entry: EntryId
    operator: OperatorId
    detail: Mapping[str, str | float] = field(default_factory=dict)
