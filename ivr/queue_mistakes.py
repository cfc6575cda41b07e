"""What `queue:` of config.yaml and the roster name that the flow has not: told by `ivr check`, refused at the start."""

from collections.abc import Iterable, Sequence

from ivr.adapters.files import roster
from ivr.config import Centre
from ivr.dialogue.flow import Flow
from ivr.dialogue.nodes.menu import Menu
from ivr.dialogue.nodes.operator import Operator as OperatorNode
from ivr.dialogue.source import nearest
from ivr.domain.acd import QueueRules
from ivr.domain.errors import ConfigurationError
from ivr.domain.standards import Standard
from ivr.live_storm import guards


def queues_of(flow: Flow) -> frozenset[str]:
    """Every queue that the flow may lead a caller to."""
    named = {node.queue for node in flow.nodes.values() if isinstance(node, OperatorNode | Menu)}
    return frozenset(named | flow.queues.keys() | {""})


def judge(centre: Centre, staff: Sequence[roster.Operator], flow: Flow) -> None:
    """Raises ConfigurationError with every name that leads nowhere: the key, what is wrong, what there is."""
    known = sorted(queues_of(flow) - {""})
    queue = centre.queue
    overflow = {name: each.to for name, each in queue.overflow.items()}
    wrong = _unknown("queue.overflow", "the flow has no queue", {*overflow, *overflow.values()}, known)
    wrong += [
        f"queue.overflow.{name}: leads to itself; name another queue" for name, to in overflow.items() if to == name
    ]
    wrong += _unknown("queue.priority", "the flow has no queue", queue.priority, known)
    wrong += _unknown("queue.skills", "the flow has no topic", queue.skills, sorted(set(flow.topics.values())))
    had = sorted({skill for one in staff for skill in one.skills})
    for topic, asked in queue.skills.items():
        wrong += _unknown(f"queue.skills.{topic}", "no operator has the skill", asked, had)
    for one in staff:
        served = set(one.queues) - {roster.FALLBACK}
        wrong += _unknown(f"operator {one.extension}: queues", "the flow has no queue", served, known)
    try:
        guards(queue.storm, staff, frozenset(known))
    except ConfigurationError as error:
        wrong += error.mistakes
    if wrong:
        raise ConfigurationError(wrong)


def lowered(centre: Centre, standard: Standard) -> list[str]:
    """Periods that the standard in force cuts short: no mistakes, but to be known."""
    limits, queue = QueueRules.of(standard.targets), centre.queue
    given = {"ring_s": (queue.ring_s or 0.0, limits.ring_s), "wrap_up_s": (queue.wrap_up_s, limits.wrap_up_s)}
    return [
        f"queue.{key}: {asked:g} s is more than '{centre.standard}' allows; {limit:g} s are in force"
        for key, (asked, limit) in given.items()
        if asked > limit
    ]


def _unknown(key: str, what: str, given: Iterable[str], known: Sequence[str]) -> list[str]:
    return [f"{key}: {what} {name}{nearest(name, known)}" for name in sorted(set(given) - set(known))]
