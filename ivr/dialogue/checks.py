"""What only the whole flow can tell: missing and unreachable nodes, unspoken texts, keys used twice, idle circles."""

from collections.abc import Collection, Iterable, Mapping

from ivr.dialogue.facts import LOCAL, SERVICES, START
from ivr.dialogue.fields import Fields
from ivr.dialogue.flow import Flow, Link
from ivr.dialogue.nodes.identify import Identify
from ivr.dialogue.nodes.menu import Menu
from ivr.dialogue.nodes.operator import Operator
from ivr.dialogue.source import Mistakes, guess, nearest
from ivr.dialogue.wording import WordingError, placeholders


def check(flow: Flow, parts: Mapping[str, Fields], text_lines: Mapping[str, int], mistakes: Mistakes) -> None:
    """Add every mistake of the whole flow. `parts` holds what each node was read from, '' the flow's own keys."""
    _targets(flow, parts, mistakes)
    _texts(flow, text_lines, mistakes)
    _facts(flow, parts, text_lines, mistakes)
    _queues(flow, parts, mistakes)
    _keys(flow, mistakes)
    _reach(flow, parts, mistakes)
    _circles(flow, mistakes)


def _place(node: str) -> str:
    return f"node '{node}'" if node else ""


def _targets(flow: Flow, parts: Mapping[str, Fields], mistakes: Mistakes) -> None:
    for link in flow.links:
        if link.target and link.target not in parts:
            what = f"'{link.slot}' leads to '{link.target}', and there is no such node"
            mistakes.add(link.line, _place(link.node), what + nearest(link.target, filter(None, parts)))
    lines = {link.slot: link.line for link in flow.links if not link.node}
    if flow.root in flow.nodes and not isinstance(flow.nodes[flow.root], Menu):
        mistakes.add(lines["root"], "", f"'root' must be a menu, '{flow.root}' is none; name the first menu")
    if flow.operator in flow.nodes and not isinstance(flow.nodes[flow.operator], Operator):
        what = f"'operator' must be an operator node, '{flow.operator}' is none; add one of kind 'operator'"
        mistakes.add(lines["operator"], "", what)
    for name, part in parts.items():
        for target, line in part.proofs:
            node = flow.nodes.get(target)
            if node is not None and not (isinstance(node, Identify) and node.proves):
                what = f"'unproven' must lead to an identify node with 'proof: true', '{target}' is none"
                mistakes.add(line, _place(name), what)


def _texts(flow: Flow, lines: Mapping[str, int], mistakes: Mistakes) -> None:
    for said in flow.spoken:
        for name in said.texts:
            if name not in flow.texts:
                what = f"'{said.slot}' says text '{name}', and there is no such text"
                mistakes.add(said.line, _place(said.node), what + nearest(name, flow.texts))
    named = {name for said in flow.spoken for name in said.texts}
    named |= {twin for name in named for twin in flow.twins(name)}
    used = named | {guess(name, flow.texts) for name in named - set(flow.texts)}
    for name in flow.texts:
        if name not in used:
            mistakes.add(lines[name], f"text '{name}'", "is never said; remove it, or name it in a node")


def _facts(flow: Flow, parts: Mapping[str, Fields], lines: Mapping[str, int], mistakes: Mistakes) -> None:
    made = {*START, *SERVICES, *(name for part in parts.values() for name in part.made)}
    for name, text in flow.texts.items():
        try:
            facts = [fact for fact, _ in placeholders(text)]
        except WordingError:  # the loader has named it already
            continue
        for fact in facts:
            if fact not in made and fact not in LOCAL:
                what = f"nobody tells the fact '{fact}'"
                mistakes.add(lines[name], f"text '{name}'", what + nearest(fact, sorted({*made, *LOCAL})))
    for node, part in parts.items():
        for fact, line in part.branches:
            if fact and fact not in made:
                mistakes.add(line, _place(node), f"nobody tells the fact '{fact}'" + nearest(fact, sorted(made)))


def _queues(flow: Flow, parts: Mapping[str, Fields], mistakes: Mistakes) -> None:
    for node, part in parts.items():
        for queue, line in part.queues:
            if queue and queue not in flow.queues:
                what = f"there is no queue '{queue}' in 'queues'"
                mistakes.add(line, _place(node), what + nearest(queue, list(flow.queues)))


def _keys(flow: Flow, mistakes: Mistakes) -> None:
    commands = {
        flow.keys.operator: "operator",
        flow.keys.root: "root",
        flow.keys.back: "back",
        flow.keys.repeat: "repeat",
    }
    for link in flow.links:
        slot, _, key = link.slot.partition(" ")
        if slot == "keys" and key in commands:
            what = f"key '{key}' is used twice: it is the flow's '{commands[key]}' key; choose another"
            mistakes.add(link.line, _place(link.node), what)


def _reach(flow: Flow, parts: Mapping[str, Fields], mistakes: Mistakes) -> None:
    """Nodes that no call can come to. The root and the operator are always within reach of a key."""
    seen = reached((*flow.beginnings, flow.root, flow.operator), flow.links, parts)
    for name, part in parts.items():
        if name and name not in seen:
            mistakes.add(part.line, _place(name), "no node leads here; lead to it, or remove it")


def reached(beginnings: Iterable[str], links: Iterable[Link], names: Collection[str]) -> set[str]:
    """The nodes that calls can come to.

    A misspelt name leads to the node that was meant: what is named once as a mistake is not named again.
    """
    following: dict[str, list[str]] = {}
    for link in links:
        following.setdefault(link.node, []).append(link.target)
    seen: set[str] = set()
    ahead = list(beginnings)
    while ahead:
        node = ahead.pop()
        if node not in names:
            node = guess(node, filter(None, names))
        if node not in seen:
            seen.add(node)
            ahead += following.get(node, []) if node else []
    return seen


def _circles(flow: Flow, mistakes: Mistakes) -> None:
    """Circles of nodes that never ask the caller anything: he could not get out."""
    ahead: dict[str, list[str]] = {name: [] for name in flow.nodes}
    for link in flow.links:
        if link.node in ahead and link.target in ahead and not link.asked:
            ahead[link.node].append(link.target)
    for name in flow.nodes:
        circle = _way_back(name, ahead)
        if circle and name == min(circle, key=list(flow.nodes).index):
            way = " → ".join([*circle, name])
            what = f"runs in a circle without asking the caller anything: {way}; put a menu into it"
            mistakes.add(flow.lines[name] if flow.lines else 1, _place(name), what)


def _way_back(start: str, ahead: Mapping[str, list[str]]) -> list[str]:
    """A shortest circle through `start`, beginning with it; empty when there is none."""
    ways: list[list[str]] = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for target in ahead[way[-1]]:
            if target == start:
                return way
            if target not in seen:
                seen.add(target)
                ways.append([*way, target])
    return []
