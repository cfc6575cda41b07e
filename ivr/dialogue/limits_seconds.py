"""Holds a flow to the seconds that a standard allows on a level: all that is heard from a key to the next question."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from ivr.dialogue.flow import Flow, Spoken, Texts
from ivr.dialogue.model import Fact, Phrase
from ivr.dialogue.nodes.announce import Announce
from ivr.dialogue.nodes.base import Node, Way
from ivr.dialogue.nodes.go import GoNode
from ivr.dialogue.nodes.news import News
from ivr.dialogue.nodes.series import Series
from ivr.dialogue.wording import WordingError, phrase, placeholders
from ivr.domain.standards import Bound, Standard

Measure = Callable[[Phrase], float]
"""Seconds of real sound."""

CASES = tuple(product((False, True), repeat=3))
"""Has the caller rung before? Are the operators away? May words answer? He hears other words accordingly."""


def lengths(flow: Flow, standard: Standard, seconds: Measure, facts: Mapping[str, Fact]) -> Iterator[str]:
    """Speech that is too long; and, whatever the standard, speech whose facts do not fit their kinds."""
    bound = standard.menu.seconds
    wrong: set[str] = set()
    for said in flow.spoken:
        try:
            prompts = [[words(flow.texts[name], name, facts) for name in texts] for texts in _sets(flow, said.texts)]
        except WordingError as error:
            wrong.update(said.texts)
            what = f"'{said.slot}' cannot be said: {error}; name a kind that fits the fact"
            yield flow.place(said.node, said.line) + what
            continue
        if bound is not None and not (said.slot == "item" and isinstance(flow.nodes.get(said.node), News)):
            yield from _too_long(flow, standard, bound, said, prompts, seconds)
    if bound is None or wrong:  # what cannot be said has no length
        return
    for said in _joined(flow):
        prompts = [[words(flow.texts[name], name, facts) for name in texts] for texts in _sets(flow, said.texts)]
        yield from _too_long(flow, standard, bound, said, prompts, seconds)
    told: dict[tuple[str, ...], tuple[float, str]] = {}
    measured = {name: seconds(words(text, name, facts)) for name, text in flow.texts.items()}
    for before, away, hears in CASES:
        for stretch in _stretches(_Hearing(flow, before, away, hears, measured)):
            if len(stretch.nodes) == 1 and not isinstance(flow.nodes[stretch.nodes[0]], Series):
                continue  # a question alone: it has been measured
            if stretch.seconds > bound.value and stretch.seconds > told.get(stretch.nodes, (0.0, ""))[0]:
                what = f"{' → '.join(stretch.nodes)}: {stretch.seconds:.1f} s are said before a key can be chosen"
                remedy = f"at most {bound.value:g} s are allowed; say it shorter, or ask in between"
                told[stretch.nodes] = stretch.seconds, flow.place(stretch.nodes[0]) + f"{what}, {remedy}"
    yield from (what + _clause(standard, bound) for _, what in told.values())


def words(template: str, name: str, facts: Mapping[str, Fact]) -> Phrase:
    """The text as an ordinary customer hears it; for a fact of the flow's own stands a keyed number."""
    own = {fact: "12" for fact, _ in placeholders(template) if fact not in facts}
    return phrase(template, {**facts, **own}, name)


def _sets(flow: Flow, texts: Texts) -> set[Texts]:
    return {tuple(flow.said(name, *case) for name in texts) for case in CASES}


def _too_long(
    flow: Flow, standard: Standard, bound: Bound, said: Spoken, prompts: list[list[Phrase]], seconds: Measure
) -> Iterator[str]:
    length = max(sum(map(seconds, prompt)) for prompt in prompts)
    if length > bound.value:
        what = f"'{said.slot}' lasts {length:.1f} s, at most {bound.value:g} s are allowed; say it shorter"
        yield flow.place(said.node, said.line) + what + _clause(standard, bound)


def _joined(flow: Flow) -> Iterator[Spoken]:
    """What one node says in one breath, as if it were one slot; and questions put over again."""
    spoken = {(said.node, said.slot): said for said in flow.spoken}
    for name, node in flow.nodes.items():
        line = (flow.lines or {}).get(name, 1)
        for slots in node.breaths:
            parts = [spoken[name, slot] for slot in slots if (name, slot) in spoken]
            if len(parts) > 1:
                texts = tuple(text for part in parts for text in part.texts)
                yield Spoken(name, " + ".join(part.slot for part in parts), texts, parts[0].line)
        for asked in (*node.questions, *node.confirmations):
            yield Spoken(name, f"mistake + {' + '.join(asked)}", flow.mistake + asked, line)
        for asked in node.confirmations:
            yield Spoken(name, f"silence + {' + '.join(asked)}", flow.silence + asked, line)


@dataclass(frozen=True, slots=True)
class _Hearing:
    """Who listens, and the seconds of each text."""

    flow: Flow
    before: bool
    away: bool
    hears: bool
    measured: Mapping[str, float]

    def seconds(self, texts: Texts) -> float:
        return sum(self.measured[self.flow.said(name, self.before, self.away, self.hears)] for name in texts)

    def ways(self, node: Node) -> tuple[Way, ...]:
        return node.decided({"open": not self.away}) if isinstance(node, GoNode) else node.ways


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What is heard without a key in between, and the nodes that say it."""

    seconds: float = 0.0
    nodes: tuple[str, ...] = ()


def _stretches(hearing: _Hearing) -> Iterator[_Stretch]:
    """The longest stretch from each beginning of a call, from each answer, and from each key that works anywhere."""
    flow = hearing.flow
    for name in dict.fromkeys((*flow.beginnings, flow.root, flow.operator)):
        yield _longest(hearing, name, frozenset())
    for name, node in flow.nodes.items():
        for texts, target in () if isinstance(node, Announce) else node.leaving:
            rest = _longest(hearing, target, frozenset())
            said = hearing.seconds(texts)
            yield _Stretch(said + rest.seconds, (name, *rest.nodes)) if said else rest


def _longest(hearing: _Hearing, name: str, passed: frozenset[str]) -> _Stretch:
    node = hearing.flow.nodes.get(name)
    if node is None or name in passed:
        return _Stretch()
    ends = [_Stretch(hearing.seconds(asked), (name,)) for asked in node.questions]
    for texts, target in hearing.ways(node):
        rest, said = _longest(hearing, target or hearing.flow.root, passed | {name}), hearing.seconds(texts)
        ends.append(_Stretch(said + rest.seconds, (name, *rest.nodes) if said else rest.nodes))
    return max(ends, key=lambda stretch: stretch.seconds, default=_Stretch())


def _clause(standard: Standard, bound: Bound) -> str:
    return f" ({standard.title}: {bound.clause})"
