"""Holds a flow's queues to the hours of a standard: whoever answers callers, and the dispatcher."""

from collections.abc import Iterator

from ivr.dialogue.flow import Flow
from ivr.dialogue.nodes.menu import Menu
from ivr.dialogue.nodes.operator import Operator
from ivr.dialogue.week import in_words
from ivr.domain.hours import Week
from ivr.domain.standards import Standard


def hours(flow: Flow, standard: Standard) -> Iterator[str]:
    """Queues that callers come to, and that work less than the standard asks."""
    asked = standard.hours
    for queue, node in _answering(flow).items():
        if (least := _lacking(flow.queues[queue], standard)) is not None:
            name = "its queue" if node == flow.operator else f"its queue '{queue}'"
            what = f"{name} must work at least {least}; lengthen the queue's hours"
            yield flow.place(node) + f"{what} ({standard.title}: {asked.clause})"
    if (week := asked.dispatcher) is not None and not any(
        isinstance(node, Operator) and flow.queues[node.queue].covers(week) for node in flow.nodes.values()
    ):
        what = f"no operator node has a queue that works {in_words(week)}, as the dispatcher must; add one"
        yield flow.place("") + f"{what} ({standard.title}: {asked.clause})"


def _answering(flow: Flow) -> dict[str, str]:
    """The queues that callers are given to, each with the node that names it; the flow's operator first."""
    nodes = sorted(flow.nodes.values(), key=lambda node: node.name != flow.operator)
    found: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, (Operator, Menu)) and node.queue:
            found.setdefault(node.queue, node.name)
    return {queue: node for queue, node in found.items() if queue in flow.queues}


def _lacking(week: Week, standard: Standard) -> str | None:
    """What the standard asks for and the week lacks. Where it asks for days and hours a day, those decide."""
    asked = standard.hours
    if asked.operators is None:
        return None
    if asked.days_a_week is None or asked.hours_a_day is None:
        return None if week.covers(asked.operators) else in_words(asked.operators)
    long = [day for day in week.days if sum(s.closes_min - s.opens_min for s in day) >= 60 * asked.hours_a_day]
    return None if len(long) >= asked.days_a_week else f"{asked.days_a_week} days of {asked.hours_a_day} hours"
