"""The live queue wired: roster, standard and flow become the ACD; telephones and the database are its hands."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from ivr import live_talks
from ivr.adapters.asterisk.ami_link import AmiLink
from ivr.adapters.asterisk.operator_legs import OperatorLegs
from ivr.adapters.db.engine import Database
from ivr.adapters.db.queue import SqlQueue
from ivr.adapters.files import roster
from ivr.config import Centre
from ivr.dialogue.flow import Flow
from ivr.dialogue.nodes.menu import Menu
from ivr.dialogue.nodes.operator import Operator as OperatorNode
from ivr.domain.acd import Acd, QueueRules, Rules
from ivr.domain.acd.model import EntryId, Operator, OperatorId
from ivr.domain.call import Audit, CallId
from ivr.domain.errors import StoreUnavailable
from ivr.domain.standards import Standard
from ivr.live_talks import Control
from ivr.places import Places
from ivr.service.calls import LiveCall
from ivr.service.ports import Voice
from ivr.service.queue import desk, keys, room
from ivr.service.queue.cards import Cards
from ivr.service.queue.duty import Duty, HandMade
from ivr.service.queue.foresight import Foresight
from ivr.service.queue.line import LiveLine
from ivr.service.queue.log import Line, QueueLog

log = structlog.get_logger()

PHRASES = (*room.FIXED, *desk.FIXED, *keys.FIXED, *live_talks.FIXED)
ALERTS = {"identity_locked": "Проверка закрыта: подбор данных"}
"""What an operator's telephone shows instead of the caller's number, by the reason he was asked for."""


@dataclass(frozen=True)
class LiveQueue:
    """`run` is to run beside the link; `desk` and `keys` serve calls; `gone` is to be told of callers who are."""

    line: LiveLine
    desk: desk.QueueDesk
    keys: keys.KeysDesk
    log: QueueLog
    duty: Duty
    control: Control
    cards: Cards

    def gone(self, call_id: CallId) -> None:
        self.control.talks.caller_gone(call_id)
        self.cards.forget(call_id)
        self.line.forget(EntryId(call_id))


async def connect(
    centre: Centre,
    standard: Standard,
    flow: Flow,
    link: AmiLink,
    database: Database,
    voice: Voice,
    channel_of: Callable[[CallId], str | None],
    audit: Callable[[Audit], None],
    live: Callable[[CallId], LiveCall | None],
) -> LiveQueue:
    """Raises ConfigurationError when the roster is wrong; without the database what was set by hand is forgotten."""
    legs = OperatorLegs(link, channel_of)
    rows = SqlQueue(database)
    kept = QueueLog(rows)
    acd = Acd(_rules(centre, standard), prefix=f"{centre.node}-{time.time_ns() // 10**6:x}-")

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

    duty = Duty(line, _operators(centre, flow), time.time, before, remember)
    people = roster.load(Places.of(centre).roster)
    control = live_talks.connect(flow, people, link, legs, line, voice, channel_of, duty.state, kept.put, audit)
    legs.serve(control.talks, duty)
    waiting = room.WaitingRoom(line, voice, time.time, foresight, ALERTS)
    served = desk.QueueDesk(waiting, rows if centre.queue.mark else None)
    cards = Cards(served, live)
    return LiveQueue(line, served, keys.KeysDesk(duty), kept, duty, control, cards)


async def _remember(rows: SqlQueue, operator: OperatorId, made: HandMade) -> None:
    try:
        await rows.set_by_hand(operator, made)
    except StoreUnavailable as error:
        log.error("duty_not_kept", operator=operator, error=error.code)


def _rules(centre: Centre, standard: Standard) -> Rules:
    ours = QueueRules.of(standard.targets)
    return Rules(others=replace(ours, wrap_up_s=min(centre.queue.wrap_up_s, ours.wrap_up_s)))


def queues_of(flow: Flow) -> frozenset[str]:
    """Every queue that the flow may lead a caller to."""
    named = {node.queue for node in flow.nodes.values() if isinstance(node, OperatorNode | Menu)}
    return frozenset(named | flow.queues.keys() | {""})


def _operators(centre: Centre, flow: Flow) -> dict[OperatorId, Operator]:
    """Who names no queue but the safety net serves all of them."""
    every = queues_of(flow)
    return {
        OperatorId(one.extension): Operator(
            OperatorId(one.extension),
            frozenset(one.queues) - {roster.FALLBACK} or (frozenset() if one.supervisor else every),
            dict(one.skills),
            one.reserve,
        )
        for one in roster.load(Places.of(centre).roster)
    }
