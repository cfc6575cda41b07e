"""What may be said to a menu: the phrases of whatever its keys lead to, through other menus and proofs too."""

from collections.abc import Iterator, Mapping

from ivr.dialogue.asks import Wish
from ivr.dialogue.flow import Flow
from ivr.dialogue.understanding.topics import Forms, Topics, as_written, topics

ONWARDS = frozenset({"keys", "next", "to", "when"})
"""Slots of such nodes that lead on when all goes well."""
KEPT = 200
"""Menus whose topics are kept ready."""


def ways(flow: Flow, name: str, keys: Mapping[str, str]) -> dict[str, str]:
    """Every node with phrases that can be reached from menu `name`, and the one of its `keys` that leads there.

    Of several keys the one with the shortest way counts.
    """
    found: dict[str, str] = {}
    seen = {name, flow.operator}
    here = [(target, key) for key, target in keys.items()]
    while here:
        behind: list[tuple[str, str]] = []
        for node, key in here:
            if node in seen:
                continue
            seen.add(node)
            if node in flow.phrases:
                found[node] = key
            if flow.nodes[node].leads_on:
                behind += ((target, key) for target in _onwards(flow, node))
        here = behind
    return found


def items(flow: Flow, name: str, keys: Mapping[str, str]) -> dict[str, str]:
    """All that may be asked for at menu `name`, each with its key: what lies behind its keys, and the matters that only
    people settle, which are the phrases of the flow's operator."""
    people = {flow.operator: flow.keys.operator} if flow.operator in flow.phrases else {}
    return {**ways(flow, name, keys), **people}


def wish(flow: Flow, name: str, keys: Mapping[str, str]) -> Wish:
    """The question that menu `name` puts to a caller who may answer in words."""
    found = items(flow, name, keys)
    return Wish({node: flow.phrases[node] for node in found}, found)


class MenuTopics:
    """The topics of menus, made ready once: words have many forms, and looking them up takes time. Shared by calls."""

    def __init__(self, forms: Forms = as_written) -> None:
        self._forms = forms
        self._ready: dict[tuple[tuple[str, tuple[str, ...]], ...], Topics] = {}

    def __call__(self, asked: Wish) -> Topics:
        """The topics of a menu. What flows said that are in force no more is forgotten now and then."""
        known = tuple(asked.phrases.items())
        if known not in self._ready:
            if len(self._ready) >= KEPT:
                self._ready.clear()
            self._ready[known] = topics(asked.phrases, self._forms)
        return self._ready[known]


def _onwards(flow: Flow, node: str) -> Iterator[str]:
    return (link.target for link in flow.links if link.node == node and link.slot.partition(" ")[0] in ONWARDS)
