"""Asterisk's own journal of calls: one line a call, written at hang-up even when the engine is dead.

Columns: call_id, caller, dialled, answered_epoch, ended_epoch, ivr_result, queue_status, operator, talk_s, notice,
recording, held_s, transfers, operators. No value holds a comma: the dialplan filters what comes from outside.

    ivr_result   hang_up: the flow ended the call; operator: it gave the caller to the operators; lost: the dialplan
                 went on without the engine; talked: an operator was joined to him by the engine's queue; missed: nobody
                 came; abusive: the operator ended the call after a warning; empty: the caller hung up in the dialogue,
                 an operator perhaps having sent him back to it.
    operators    all who talked with the caller, in order, with - between; of the safety net's talk empty.
    queue_status why app_queue let the caller go unanswered; empty when it did not.
    notice       1 when the notice of the recording was said.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ivr.domain.call import Call, CallId, Outcome

COLUMNS = 14
COLUMNS_BEFORE = (11, 13)
"""Of lines that older dialplans have left: without the last three, without the last."""
RESULTS = ("", "hang_up", "operator", "missed", "talked", "lost", "abusive")
LONGEST_ID = 128

ENGINE_KNOWS = frozenset({Outcome.SERVED, Outcome.ABANDONED, Outcome.FAILED})
"""Outcomes the engine saw for itself; the journal adds to them but does not change them."""


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line, parsed. Times are UTC."""

    call_id: CallId
    caller: str
    dialled: str
    answered_at: datetime
    ended_at: datetime
    ivr_result: str
    queue_status: str
    operator: str
    talk_s: int
    notice: bool
    recording: str
    held_s: int = 0
    transfers: int = 0
    operators: str = ""


def parse(text: str) -> JournalLine:
    """Read one line. Raises ValueError telling what is wrong, without the line's own content."""
    values = [value.strip() for value in text.split(",")]
    if len(values) in COLUMNS_BEFORE:
        values += [""] * (COLUMNS - len(values))
    if len(values) != COLUMNS:
        raise ValueError(f"{len(values)} columns instead of {COLUMNS}")
    call_id, caller, dialled, answered, ended, ivr_result, queue_status, operator, talk, notice, recording = values[:-3]
    if not call_id or len(call_id) > LONGEST_ID or not call_id.isprintable():
        raise ValueError("no call id")
    if ivr_result not in RESULTS:
        raise ValueError("unknown ivr_result")
    ended_at = _moment(ended, "ended_epoch")
    return JournalLine(
        call_id=CallId(call_id),
        caller=caller,
        dialled=dialled,
        answered_at=_moment(answered, "answered_epoch") if answered else ended_at,
        ended_at=ended_at,
        ivr_result=ivr_result,
        queue_status=queue_status,
        operator=operator,
        talk_s=_seconds(talk),
        notice=notice == "1",
        recording=recording,
        held_s=_seconds(values[-3]),
        transfers=_seconds(values[-2]),
        operators=values[-1].replace("-", " "),
    )


GENERAL_REASONS = frozenset({"flow_ended", "answered", "caller_hung_up"})
"""Reasons that the journal gives where the engine may know better, before or after it."""


def outcome_of(line: JournalLine) -> Call:
    """The call as the journal alone tells it."""
    outcome, reason = _judge(line)
    return Call(
        id=line.call_id,
        caller=line.caller,
        dialled=line.dialled,
        answered_at=line.answered_at,
        ended_at=line.ended_at,
        outcome=outcome,
        reason=reason,
        operator=line.operator,
        talk_s=line.talk_s,
        held_s=line.held_s,
        transfers=line.transfers,
        operators=line.operators or line.operator,
        recording=line.recording,
    )


def close(known: Call | None, line: JournalLine) -> Call:
    """The call as the engine knew it (None: never), closed by what the journal tells."""
    told = outcome_of(line)
    if known is None:
        return told
    keep = known.outcome in ENGINE_KNOWS
    opened = known.outcome is Outcome.OPEN
    return replace(
        known,
        ended_at=told.ended_at,
        outcome=known.outcome if keep else told.outcome,
        reason=known.reason if keep or (opened and known.reason) else told.reason,
        operator=told.operator or known.operator,
        talk_s=told.talk_s or known.talk_s,
        held_s=told.held_s or known.held_s,
        transfers=told.transfers or known.transfers,
        operators=told.operators or known.operators,
        recording=told.recording or known.recording,
    )


def _judge(line: JournalLine) -> tuple[Outcome, str]:
    missed = line.queue_status.lower() or "caller_hung_up"
    match line.ivr_result, bool(line.operator):
        case "hang_up", False:
            return Outcome.SERVED, "flow_ended"
        case (("operator" | "talked" | "missed" | "hang_up" | ""), True):
            return Outcome.OPERATOR, "answered"
        case "abusive", _:
            return Outcome.ABUSIVE, "abusive"
        case "missed", False:
            return Outcome.OPERATOR_MISSED, "nobody_came"
        case "operator", False:
            return Outcome.OPERATOR_MISSED, missed
        case _, True:
            return Outcome.FALLBACK, "engine_lost"
        case ivr_result, False if ivr_result == "lost" or line.queue_status:
            return Outcome.FALLBACK_MISSED, missed
    # Nobody came to an end of his own: the caller left before the dialplan could take over.
    return Outcome.ABANDONED, "caller_hung_up" if line.notice else "hung_up_before_notice"


def _moment(text: str, column: str) -> datetime:
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{column} is no time") from None


def _seconds(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise ValueError("talk_s, held_s or transfers is no whole number")
    return int(text)
