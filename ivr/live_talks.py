"""Talks in progress wired: the line, the telephones, the flow's queues and lines, the roster's supervisors."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ivr.adapters.asterisk.ami_link import AmiLink
from ivr.adapters.asterisk.operator_legs import OperatorLegs
from ivr.adapters.asterisk.talk_legs import TalkLegs
from ivr.adapters.files.roster import Operator
from ivr.dialogue.flow import Flow
from ivr.domain.acd.model import OperatorId, State
from ivr.domain.call import Audit, CallId
from ivr.domain.talk.notes import TalkNote
from ivr.domain.talk.specialists import Specialist
from ivr.service.ports import Voice
from ivr.service.queue import live_talks, supervision, talk_desk, talk_keys
from ivr.service.queue.line import LiveLine
from ivr.service.queue.live_talks import LiveTalks
from ivr.service.queue.supervision import Supervision
from ivr.service.queue.talk_desk import TalkDesk
from ivr.service.queue.talk_keys import TalkKeys

FIXED = (*live_talks.FIXED, *talk_desk.FIXED, *talk_keys.FIXED, *supervision.FIXED)


@dataclass(frozen=True, slots=True)
class Control:
    """`talks` is told of operators' legs, `desk` takes requests, `supervision` those of supervisors."""

    talks: LiveTalks
    desk: TalkDesk
    supervision: Supervision


def connect(
    flow: Flow,
    operators: Sequence[Operator],
    link: AmiLink,
    legs: OperatorLegs,
    line: LiveLine,
    voice: Voice,
    channel_of: Callable[[CallId], str | None],
    state: Callable[[OperatorId], State],
    keep: Callable[[Sequence[TalkNote]], None],
    audit: Callable[[Audit], None],
    specialists: Sequence[Specialist],
    number: str,
    ring_s: float,
    *,
    trunk: bool,
) -> Control:
    """`number`: what specialists see, the centre's own; `ring_s`: so long a colleague is rung; `trunk`: there is a
    carrier to ring specialists by."""
    phones = TalkLegs(link, legs, channel_of, number)
    talks = LiveTalks(line, phones, voice, time.time, keep, audit)
    everybody = [OperatorId(one.extension) for one in operators]
    desk = TalkDesk(talks, state, everybody, tuple(flow.queues), tuple(flow.entries), specialists, ring_s, trunk=trunk)
    keys = TalkKeys(desk)
    supervisors = [OperatorId(one.extension) for one in operators if one.supervisor]
    watched = Supervision(talks, everybody, supervisors, audit, lambda: datetime.now(UTC))
    phones.serve(keys.press, talks.colleague_rang, talks.colleague_ended, watched.ended)
    return Control(talks, desk, watched)
