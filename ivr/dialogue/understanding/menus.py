"""What may be said to a menu: the phrases of whatever its keys lead to, through other menus and proofs too."""

from collections.abc import Iterator, Mapping

from ivr.dialogue.flow import Flow

PASSED = frozenset({"menu", "say", "go", "set", "identify"})
"""Kinds of nodes that a caller is led through to what he wants."""
ONWARDS = frozenset({"keys", "next", "to", "when"})
"""Slots of such nodes that lead on when all goes well."""


def ways(flow: Flow, name: str, keys: Mapping[str, str]) -> dict[str, str]:
    """Every node with phrases that can be reached from menu `name`, and the one of its `keys` that leads there.

    What lies behind a node with phrases belongs to that node: a menu with phrases is entered, and heard there. Of
    several keys the one with the shortest way counts.
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
            elif flow.nodes[node].kind in PASSED:
                behind += ((target, key) for target in _onwards(flow, node))
        here = behind
    return found


def items(flow: Flow, name: str, keys: Mapping[str, str]) -> dict[str, str]:
    """All that may be asked for at menu `name`, each with its key: what lies behind its keys, and the matters that only
    people settle, which are the phrases of the flow's operator."""
    people = {flow.operator: flow.keys.operator} if flow.operator in flow.phrases else {}
    return {**ways(flow, name, keys), **people}


def _onwards(flow: Flow, node: str) -> Iterator[str]:
    return (link.target for link in flow.links if link.node == node and link.slot.partition(" ")[0] in ONWARDS)
