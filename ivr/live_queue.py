"""The live queue wired: roster, standard and flow become the ACD; telephones and the database are its hands."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from ivr import live_callbacks, live_storm, live_talks, queue_rules
from ivr.adapters.asterisk.ami_link import AmiLink
from ivr.adapters.asterisk.operator_legs import OperatorLegs
from ivr.adapters.db.engine import Database
from ivr.adapters.db.past_calls import SqlPastCalls
from ivr.adapters.db.queue import SqlQueue
from ivr.adapters.files import roster
from ivr.config import Centre
from ivr.dialogue.flow import Flow
from ivr.dialogue.model import Phrase
from ivr.domain.acd import Acd
from ivr.domain.acd.model import OperatorId
from ivr.domain.call import CallId
from ivr.domain.errors import StoreUnavailable
from ivr.domain.standards import Standard
from ivr.live_callbacks import LiveCallbacks
from ivr.live_talks import Control
from ivr.places import Places
from ivr.queue_mistakes import judge, queues_of
from ivr.service.calls import LiveCall
from ivr.service.callwriter import CallWriter
from ivr.service.ports import CallLog, Phone, Voice
from ivr.service.queue import callback_talk, desk, keys, room
from ivr.service.queue.cards import Cards
from ivr.service.queue.duty import Duty, HandMade, Shifts
from ivr.service.queue.foresight import Foresight
from ivr.service.queue.last_operator import LastOperators
from ivr.service.queue.line import LiveLine
from ivr.service.queue.log import Line, QueueLog
from ivr.service.queue.storm import DISTRICT_TEXT, SURGE_TEXT, StormWatch
from ivr.specialists import listed

log = structlog.get_logger()

CALLBACKS = (*callback_talk.FIXED, *live_callbacks.FIXED)
PHRASES = (
    *room.FIXED,
    *desk.FIXED,
    *keys.FIXED,
    *CALLBACKS,
    *live_talks.FIXED,
    Phrase(SURGE_TEXT),
    Phrase(DISTRICT_TEXT),
)
HOUR_S = 3600.0
ALERTS = {"identity_locked": "Проверка закрыта: подбор данных"}
"""What an operator's telephone shows instead of the caller's number, by the reason he was asked for."""


@dataclass(frozen=True)
class LiveQueue:
    """`desk` and `keys` serve calls; `gone` is to be told of callers who are. `callbacks` None: the centre has no trunk
    to ring anybody back through."""

    line: LiveLine
    duty: Duty
    desk: desk.QueueDesk
    keys: keys.KeysDesk
    log: QueueLog
    callbacks: LiveCallbacks | None
    storm: StormWatch
    control: Control
    cards: Cards

    def gone(self, call_id: CallId) -> None:
        self.control.talks.caller_gone(call_id)
        self.cards.forget(call_id)
        self.storm.gone(call_id)
        self.line.callers.gone(call_id)

    def states(self) -> list[str]:
        """What each operator does."""
        return [str(told.state) for told in self.line.operators.values()]

    def handlers(self) -> Mapping[str, Callable[[Phone], Awaitable[None]]]:
        """What serves a call that comes back from the operators, or comes from them, by the script that it names."""
        served = {"after": self.desk.after, "moved": self.desk.moved, "unjoined": self.desk.unjoined}
        return served | {"keys": self.keys.serve, "spy": self.control.supervision.serve}

    def parts(self) -> list[Coroutine[Any, Any, None]]:
        """What runs beside the link."""
        book = [self.callbacks.book.run()] if self.callbacks is not None else []
        return [self.line.run(), self.duty.run(), self.log.run(), self.storm.run(), *book]


async def connect(
    centre: Centre,
    standard: Standard,
    flow: Flow,
    link: AmiLink,
    database: Database,
    calls: CallLog,
    recorder: CallWriter,
    voice: Voice,
    channel_of: Callable[[CallId], str | None],
    live: Callable[[CallId], LiveCall | None],
) -> LiveQueue:
    """Raises ConfigurationError when the roster or what is set of queues is wrong; without the database what was set by
    hand is forgotten."""
    staff = roster.load(Places.of(centre).roster)
    judge(centre, staff, flow)
    legs = OperatorLegs(link, channel_of)
    rows = SqlQueue(database)
    kept = QueueLog(rows)
    rules = queue_rules.rules(centre.queue, standard.targets)
    acd = Acd(rules, prefix=f"{centre.node}-{time.time_ns() // 10**6:x}-")

    def keep(lines: Sequence[Line]) -> None:
        cards.wrote(lines)
        kept.put(lines)

    foresight = Foresight(time.time, keep)
    line = LiveLine(acd, legs, time.time, kept.put, foresight)
    before: Mapping[str, HandMade] = {}
    try:
        before = await rows.hand_made()
    except StoreUnavailable as error:
        log.error("duty_forgotten", error=error.code)
    tasks: set[asyncio.Task[None]] = set()

    def remember(operator: OperatorId, made: HandMade) -> None:
        task = asyncio.get_running_loop().create_task(_remember(rows, operator, made))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    operators = queue_rules.operators(staff, queues_of(flow))
    shifts = _shifts(staff, ZoneInfo(centre.timezone))
    guards = live_storm.guards(centre.queue.storm, staff, queues_of(flow) - {""})
    duty = Duty(line, operators, time.time, before, remember, shifts, guards)
    control = live_talks.connect(
        flow,
        staff,
        link,
        legs,
        line,
        voice,
        channel_of,
        duty.state,
        kept.put,
        recorder.audit,
        listed(centre.specialists, [one.extension for one in staff]),
        centre.number,
        rules.others.ring_s,
        trunk=bool(centre.sip.trunk),
    )
    legs.serve(control.talks, duty)
    storm = live_storm.connect(centre.queue.storm, database, duty.guard)
    demands, same = queue_rules.demands(centre.queue), centre.queue.same_operator
    callbacks: LiveCallbacks | None = None
    if centre.sip.trunk:
        callbacks = await live_callbacks.connect(
            centre, standard, line, link, database, calls, recorder, voice, storm.concerns, demands
        )
    talk = callbacks.talk if callbacks else None
    waiting = room.WaitingRoom(
        line,
        voice,
        time.time,
        foresight,
        ALERTS,
        callbacks=talk,
        news=storm.words,
        demands=demands,
        last=LastOperators(SqlPastCalls(database), operators, time.time, same.within_hours * HOUR_S, same.for_s),
    )
    marks = rows if centre.queue.mark else None
    served = desk.QueueDesk(
        waiting,
        marks,
        callbacks.tries.unjoined if callbacks else lambda call_id: None,
        control.talks.outside.returned,
        lambda call_id: cards.understood(call_id),
    )
    cards = Cards(served, live)
    return LiveQueue(line, duty, served, keys.KeysDesk(duty), kept, callbacks, storm, control, cards)


async def _remember(rows: SqlQueue, operator: OperatorId, made: HandMade) -> None:
    try:
        await rows.set_by_hand(operator, made)
    except StoreUnavailable as error:
        log.error("duty_not_kept", operator=operator, error=error.code)


def _shifts(staff: Sequence[roster.Operator], zone: ZoneInfo) -> Shifts:
    weeks = {OperatorId(one.extension): one.week for one in staff}

    def until(operator: OperatorId, now: float) -> float | None:
        week, local = weeks[operator], datetime.fromtimestamp(now, zone)
        if week is None:
            return inf
        closes = week.open_until(local)
        if closes is not None:
            return closes.timestamp()
        return inf if week.is_open(local) else None

    return until
