"""How many menu keys a caller presses to get where he wants, found by searching the pure flow, and what the supplier's
own standard asks of it.

Only keys of menus count: an account, a proof or a reading keyed in is no choice among items.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from ivr.dialogue.engine import resume, start
from ivr.dialogue.flow import Flow
from ivr.dialogue.model import Choice, Gather, Match, Note, Reply, Request, Sprint, Taken
from ivr.dialogue.nodes.menu import Menu
from ivr.dialogue.throughput import FACTS, REPLIES

READINGS, BALANCE, OPERATOR = "reading", "balance", "operator"
"""Kinds of the nodes where a matter is served."""
LONGEST = 100
"""Waits between two menus: past them the flow runs in a circle, and no menu is behind."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a standard asks: from the line's beginning to `matter` with these keys, or at most so many levels."""

    matter: str
    clause: str
    keys: str | None = None
    at_most: int | None = None
    line: str = ""


ASKED: Mapping[str, tuple[Asked, ...]] = {
    "belgorod": (
        Asked(READINGS, "п. 7.6.2: «кнопка 1»", keys="1"),
        Asked(READINGS, "п. 7.6.2: свой номер (4722) 77-08-49", keys="", line="readings_line"),
    ),
    "omskenergo": (
        Asked(READINGS, "приложение 1, п. 2: уровни вложения 4+1", at_most=4),
        Asked(BALANCE, "приложение 1, п. 2: уровни вложения 4+1", at_most=4),
        Asked(OPERATOR, "приложение 1, п. 2: пятый уровень — оператор", at_most=5),
    ),
}
NO_NUMBER = "no number"
"""The other three originals name no key and no number of presses: there need only be a way."""
MATTERS = (READINGS, BALANCE, OPERATOR)


@dataclass(frozen=True, slots=True)
class Presses:
    """One line of the table. `keys`: what is pressed in menus, None when no key leads there. `asked`: in words."""

    standard: str
    matter: str
    line: str
    keys: str | None
    asked: str
    clause: str
    ok: bool

    def document(self) -> dict[str, Any]:
        return {**asdict(self), "presses": None if self.keys is None else len(self.keys)}


def presses(standard: str, flow: Flow) -> list[Presses]:
    """Each matter of a standard's flow: the fewest keys that lead there, against what the original asks."""
    wanted = ASKED.get(standard, ())
    named = {(asked.matter, asked.line) for asked in wanted}
    wanted = (*wanted, *(Asked(matter, "") for matter in MATTERS if (matter, "") not in named))
    ways = {asked.line: routes(flow, asked.line) for asked in wanted}
    return [_compared(standard, asked, to_kind(flow, ways[asked.line], asked.matter)) for asked in wanted]


def to_kind(flow: Flow, ways: Mapping[str, str], kind: str) -> str | None:
    """The fewest keys that lead to a node of this kind."""
    return min((keys for node, keys in ways.items() if flow.nodes[node].kind == kind), key=len, default=None)


def routes(flow: Flow, line: str = "") -> dict[str, str]:
    """The fewest menu keys that lead to each node, from the beginning of a line. The caller's proof is right."""
    if line and line not in flow.entries:
        return {}
    found: dict[str, str] = {}
    waiting = deque([(start(flow, FACTS, line), "")])
    while waiting:
        sprint, keys = waiting.popleft()
        menu = _to_the_next_menu(flow, sprint, keys, found)
        if menu is None or not isinstance(node := flow.nodes[menu.session.node], Menu):
            continue
        for key in sorted({*node.keys, flow.keys.operator}):
            after = resume(flow, menu.session, Match(key))
            target = next(
                effect.node for effect in after.effects if isinstance(effect, Note) and effect.event == "entered"
            )
            if target not in found:
                waiting.append((after, keys + key))
    return found


def _compared(standard: str, asked: Asked, keys: str | None) -> Presses:
    if asked.keys is not None:
        words, ok = f"exactly {len(asked.keys)}", keys == asked.keys
    elif asked.at_most is not None:
        words, ok = f"at most {asked.at_most}", keys is not None and len(keys) <= asked.at_most
    else:
        words, ok = NO_NUMBER, keys is not None
    return Presses(standard, asked.matter, asked.line, keys, words, asked.clause, ok)


def _to_the_next_menu(flow: Flow, sprint: Sprint, keys: str, found: dict[str, str]) -> Sprint | None:
    """Serve the caller until a menu that was not seen asks; None when there is none. Nodes on the way are `found`."""
    for _ in range(LONGEST):
        fresh = [node for node in _entered(sprint) if node not in found]
        for node in fresh:
            found[node] = keys
        if sprint.wait is None:
            return None
        here = sprint.session.node
        if isinstance(flow.nodes[here], Menu):
            return sprint if here in fresh else None
        sprint = resume(flow, sprint.session, _answer(sprint))
    return None


def _entered(sprint: Sprint) -> list[str]:
    return [effect.node for effect in sprint.effects if isinstance(effect, Note) and effect.event == "entered"]


def _answer(sprint: Sprint) -> Match | Reply | Taken:
    """What serves any caller: a right proof, an accepted reading, a debt. A number is taken by its node as it comes."""
    match sprint.wait:
        case Gather(grammar=Choice()):
            return Match("1")
        case Gather():
            return Match("1234")
        case Request(kind=kind):
            return Reply(REPLIES.get(kind, {"debt_kopecks": 432109, "balance_on": "2026-07-20"}))
    return Taken("", 0.0)


def show_presses(console: Console, table: Sequence[Presses]) -> None:
    """The table, a standard a group."""
    shown = Table("", "standard", "to", "keys", "presses", "its original asks", "where", title="Menu presses")
    for one in table:
        matter = f"{one.matter} ({one.line})" if one.line else one.matter
        keys, count = ("no way", "") if one.keys is None else (" ".join(one.keys) or "none", str(len(one.keys)))
        style = "green" if one.ok else "red"
        good = "✓" if one.asked != NO_NUMBER else "–"  # where no number is asked for, there is a way and no more
        shown.add_row(good if one.ok else "✗", one.standard, matter, keys, count, one.asked, one.clause, style=style)
    console.print(shown)
