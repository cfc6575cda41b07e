"""A flow: named nodes, the texts they say, and the rules that hold everywhere in it. Made only by the loader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ivr.dialogue.source import where
from ivr.domain.hours import Week

if TYPE_CHECKING:
    from ivr.dialogue.nodes.base import Node

Texts = tuple[str, ...]
"""Names of texts, said one after another."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys that work from anywhere. `back` and `repeat` are `*` or `#`, `operator` and `root` are digits."""

    operator: str = "0"
    back: str = "*"
    repeat: str = "#"
    root: str = "9"


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long the caller is waited for, in seconds from the end of the prompt or from the last key."""

    choice_s: float = 5.0
    number_s: float = 8.0
    between_digits_s: float = 4.0


@dataclass(frozen=True, slots=True)
class Tries:
    """How often in a row a question may stay unanswered or be answered wrongly before the operator comes."""

    silence: int = 2
    mistakes: int = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """Guards against a flow that runs in circles: nodes entered in one turn, turns and nodes in one call."""

    turn: int = 30
    call: int = 500


@dataclass(frozen=True, slots=True)
class Link:
    """One node names another under `slot`. `asked`: the caller is always asked something before it is followed."""

    node: str
    slot: str
    target: str
    line: int
    asked: bool


@dataclass(frozen=True, slots=True)
class Spoken:
    """One node says `texts` under `slot`."""

    node: str
    slot: str
    texts: Texts
    line: int


@dataclass(frozen=True, slots=True)
class Flow:
    """silence, mistake, failure: what is said where a node has no own words for it.

    entries: nodes where calls to a line of its own begin, by the name of the line.
    short:   texts that are said, instead of the long ones, to a caller who has rung before.
    closed:  texts that are said, instead of others (short ones too), while the operators are away.
    voice:   texts that are said, instead of others (short and closed ones too), where words may answer.
    files:   the flow's file, then those it inherits from; `where` makes file and line of a line's number.
    topics:  the matter that the caller turns to at a node, for the row of his contact.
    phrases: what callers say who want what a node gives; a menu that leads there is answered by them.
    `version` follows from the content of the files, so that two different flows never share it.
    """

    name: str
    version: str
    file: str
    start: str
    root: str
    operator: str
    silence: Texts
    mistake: Texts
    failure: Texts
    texts: Mapping[str, str]
    nodes: Mapping[str, Node]
    queues: Mapping[str, Week]
    keys: Keys = Keys()
    pauses: Pauses = Pauses()
    tries: Tries = Tries()
    limits: Limits = Limits()
    links: tuple[Link, ...] = ()
    spoken: tuple[Spoken, ...] = ()
    lines: Mapping[str, int] | None = None
    entries: Mapping[str, str] = field(default_factory=dict)
    short: Mapping[str, str] = field(default_factory=dict)
    closed: Mapping[str, str] = field(default_factory=dict)
    voice: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    topics: Mapping[str, str] = field(default_factory=dict)
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def beginnings(self) -> tuple[str, ...]:
        """Every node where a call may begin."""
        return (self.start, *self.entries.values())

    def twins(self, text: str) -> tuple[str, ...]:
        """Every text that may be said instead of `text`."""
        short = self.short.get(text, text)
        found = (text, short, self.closed.get(text, ""), self.closed.get(short, ""))
        spoken = (self.voice.get(name, "") for name in found)
        return tuple(dict.fromkeys(name for name in (*found, *spoken) if name not in ("", text)))

    def said(self, text: str, before: bool, away: bool, hears: bool = False) -> str:
        """What is said for `text` to a caller who has rung `before`, while the operators are `away`; `hears`: where
        words may answer.

        What is true goes before what may be answered, and that before what is short.
        """
        short = self.short.get(text, text) if before else text
        true = self.closed.get(short, self.closed.get(text, "")) if away else ""
        if not hears:
            return true or short
        return self.voice.get(true, true) or self.voice.get(short, self.voice.get(text, short))

    def nothing_left(self, node: str) -> bool:
        """Whoever hangs up here has been served: nothing is asked of him but whether he wants more, and silence would
        end his call, too."""
        target = self.nodes[node].silent_target
        return bool(target) and self.nodes[target].kind == "hang_up"

    def where(self, line: int) -> str:
        """`FILE:LINE` of a line's number."""
        return where(self.files or (self.file,), line)

    def place(self, node: str, line: int | None = None) -> str:
        """How a mistake begins: file, line, and the node unless it is the flow itself."""
        begins = self.where(line or (self.lines or {}).get(node, 1))
        return f"{begins}: node '{node}': " if node else f"{begins}: "
