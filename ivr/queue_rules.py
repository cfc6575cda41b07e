"""The rules of a queue: what config.yaml sets, within what the standard allows; the same live and in a replay."""

from dataclasses import replace

from ivr import config
from ivr.domain.acd import QueueRules, Relaxation
from ivr.domain.acd.model import TOP
from ivr.domain.standards import Targets


def usual(queue: config.Queue, targets: Targets) -> QueueRules:
    """Of every queue; overflow is each queue's own."""
    allowed = QueueRules.of(targets)
    return replace(
        allowed,
        ring_s=min(queue.ring_s or allowed.ring_s, allowed.ring_s),
        wrap_up_s=min(queue.wrap_up_s, allowed.wrap_up_s),
        relaxation=(Relaxation(queue.skills_for_s, TOP),),
    )
