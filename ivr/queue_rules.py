"""What config.yaml and the roster set of queues, within what the standard allows: the same live and in a replay."""

from collections.abc import Sequence
from dataclasses import replace

from ivr import config
from ivr.adapters.files import roster
from ivr.domain.acd import QueueRules, Relaxation, Rules
from ivr.domain.acd.model import TOP, Need, Operator, OperatorId
from ivr.domain.standards import Targets
from ivr.service.queue.demands import Demands

FIRST = 0
"""The priority of callers of protected queues."""


def rules(queue: config.Queue, targets: Targets) -> Rules:
    """Of the whole centre: what is usual, and each queue's own overflow."""
    usual = _usual(queue, targets)
    return Rules(
        {
            name: replace(usual, longest_wait_s=each.after_s, overflow_to=each.to)
            for name, each in queue.overflow.items()
        },
        usual,
    )


def _usual(queue: config.Queue, targets: Targets) -> QueueRules:
    allowed = QueueRules.of(targets)
    return replace(
        allowed,
        ring_s=min(queue.ring_s or allowed.ring_s, allowed.ring_s),
        wrap_up_s=min(queue.wrap_up_s, allowed.wrap_up_s),
        relaxation=(Relaxation(queue.skills_for_s, TOP),),
    )


def demands(queue: config.Queue) -> Demands:
    needs = {topic: tuple(Need(*each) for each in asked.items()) for topic, asked in queue.skills.items()}
    first = dict.fromkeys(queue.storm.protect, FIRST)
    return Demands({**first, **queue.priority}, needs)


def operators(staff: Sequence[roster.Operator], every: frozenset[str]) -> dict[OperatorId, Operator]:
    """Who names no queue but the safety net serves `every` queue; a supervisor who does, none."""
    return {
        OperatorId(one.extension): Operator(
            OperatorId(one.extension),
            frozenset(one.queues) - {roster.FALLBACK} or (frozenset() if one.supervisor else every),
            dict(one.skills),
            one.reserve,
        )
        for one in staff
    }
