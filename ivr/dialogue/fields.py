"""Reads the keys of one node. Every mistake is collected, and reading goes on with a blank."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ivr.dialogue.facts import FORGETTABLE, SERVICES, START
from ivr.dialogue.flow import Link, Spoken, Texts
from ivr.dialogue.model import Fact
from ivr.dialogue.source import Value, nearest
from ivr.dialogue.understanding.topics import content

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a `go` node: when `fact` is `value`, go to `target`."""

    fact: str
    value: Fact
    target: str


class Fields:
    """The keys of a node. What it names (nodes, texts, facts, queues) is kept for the checks of the whole flow."""

    def __init__(self, node: str, value: Value, *known: str) -> None:
        self.node = node
        self.line = value.line
        self.links: list[Link] = []
        self.spoken: list[Spoken] = []
        self.queues: list[tuple[str, int]] = []
        self.proofs: list[tuple[str, int]] = []
        self.branches: list[tuple[str, int]] = []
        self.made: set[str] = set()
        self._value = value
        self._given = value.mapping()
        self._asked_for: list[str] = list(known)

    @property
    def known(self) -> tuple[str, ...]:
        """The keys asked for so far: after reading a node, all it may have."""
        return tuple(dict.fromkeys(self._asked_for))

    def done(self) -> None:
        """Refuse the keys nobody asked for."""
        for key, value in self._given.items():
            if key not in self._asked_for:
                value.wrong(f"unknown key '{key}'{nearest(key, self._asked_for)}")

    def get(self, key: str, required: bool = True) -> Value | None:
        self._asked_for.append(key)
        value = self._given.get(key)
        if value is None and required:
            self._value.wrong(f"key '{key}' is missing; add it")
        return value

    def texts(self, key: str, required: bool = True) -> Texts:
        """Names of texts: one, or a list."""
        value = self.get(key, required)
        if value is None:
            return ()
        names = tuple(name for item in value.items() if (name := item.text(f"'{key}'")))
        if not names and value.items() == []:
            value.wrong(f"'{key}' names no text; name one from 'texts'")
        self.spoken.append(Spoken(self.node, key, names, value.line))
        return names

    def silence(self, key: str, differs_from: str, required: bool = True) -> Texts:
        """Texts said after a silence: they must not be the question over again."""
        texts = self.texts(key, required)
        if texts and texts == next((said.texts for said in self.spoken if said.slot == differs_from), ()):
            self.spoken_at(key).wrong(f"'{key}' repeats '{differs_from}'; help a silent caller in other words")
        return texts

    def spoken_at(self, key: str) -> Value:
        return self._given[key]

    def target(self, key: str, required: bool = True, asked: bool = False) -> str:
        """The name of a node. `asked`: the caller always answers something before it is followed."""
        value = self.get(key, required)
        return self._link(key, value, asked) if value is not None else ""

    def proving_target(self, key: str) -> str:
        """The name of an identify node with a proof: it cannot be passed without asking."""
        value = self.get(key)
        if value is None:
            return ""
        target = self._link(key, value, True)
        self.proofs.append((target, value.line))
        return target

    def choices(self, key: str) -> dict[str, str]:
        """Telephone keys and the nodes they lead to."""
        value = self.get(key)
        given = value.mapping() if value is not None else {}
        if value is not None and not given:
            value.wrong("a menu needs at least one key; a text alone is a 'say' node")
        found: dict[str, str] = {}
        for digit, target in given.items():
            if len(digit) != 1 or digit not in "0123456789*#":
                target.wrong(f"'{digit}' is no key of a telephone; use one of 0-9, * or #")
            found[digit] = self._link(f"{key} {digit}", target, True)
        return found

    def entries(self, key: str) -> dict[str, str]:
        """Names of lines and the nodes where their calls begin."""
        value = self.get(key, required=False)
        found: dict[str, str] = {}
        for name, target in (value.mapping() if value is not None else {}).items():
            if not NAME.match(name):
                target.wrong(f"'{name}' is no name of a line; use small latin letters, digits and _")
            found[name] = self._link(f"{key} {name}", target, False)
        return found

    def cases(self, key: str) -> tuple[Case, ...]:
        value = self.get(key)
        found: list[Case] = []
        for item in value.items() if value is not None else ():
            keys = item.mapping()
            if set(keys) != {"fact", "is", "to"}:
                item.wrong("a case needs exactly the keys 'fact', 'is' and 'to'")
                continue
            fact = keys["fact"].text("'fact'")
            self.branches.append((fact, keys["fact"].line))
            found.append(Case(fact, keys["is"].scalar(), self._link(key, keys["to"], False)))
        return tuple(found)

    def facts(self, key: str) -> Mapping[str, Fact]:
        value = self.get(key)
        found: dict[str, Fact] = {}
        for name, given in (value.mapping() if value is not None else {}).items():
            fact = given.scalar()
            if not NAME.match(name):
                given.wrong(f"'{name}' is no name of a fact; use small latin letters, digits and _")
            elif name in FORGETTABLE:
                if fact not in (None, False):
                    given.wrong(f"'{name}' may only be forgotten: set it to false or null")
            elif self._owned(name):
                given.wrong(f"'{name}' is told by the services and cannot be set; choose another name")
            else:
                self.made.add(name)
            found[name] = fact
        return found

    def own_fact(self, key: str) -> str:
        """The name of a fact that this node makes."""
        value = self.get(key)
        name = value.text(f"'{key}'") if value is not None else ""
        if value is not None and name:
            if not NAME.match(name):
                value.wrong(f"'{name}' is no name of a fact; use small latin letters, digits and _")
            elif self._owned(name):
                value.wrong(f"'{name}' is told by the services and cannot be set; choose another name")
            self.made.add(name)
        return name

    def queue(self, key: str, required: bool = True) -> str:
        """The name of one of the flow's queues."""
        value = self.get(key, required)
        if value is None:
            return ""
        name = value.text(f"'{key}'")
        self.queues.append((name, value.line))
        return name

    def word(self, key: str, default: str) -> str:
        value = self.get(key, required=False)
        if value is None:
            return default
        word = value.text(f"'{key}'")
        if word and not NAME.match(word):
            value.wrong(f"'{key}' must be one word of small latin letters, digits and _, is '{word}'")
        return word

    def phrases(self, key: str) -> tuple[str, ...]:
        """What callers say who want what the node gives: one phrase, or a list."""
        value = self.get(key, required=False)
        found = []
        for item in value.items() if value is not None else ():
            phrase = item.text(f"'{key}'")
            if phrase and not content(phrase):
                item.wrong(f"'{phrase}' says nothing of what is wanted; add a word of its own")
            found.append(phrase)
        return tuple(found)

    def boolean(self, key: str, default: bool) -> bool:
        value = self.get(key, required=False)
        if value is None:
            return default
        given = value.scalar()
        if isinstance(given, bool):
            return given
        value.wrong(f"'{key}' must be true or false, is '{given}'")
        return default

    def wrong(self, key: str, what: str) -> None:
        """A mistake of a key that was given."""
        self._given[key].wrong(what)

    def one_of(self, key: str, default: str, known: tuple[str, ...], required: bool = False) -> str:
        """One word of `known`."""
        value = self.get(key, required)
        return default if value is None else _one_of(value, key, default, known)

    def some_of(self, key: str, default: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
        """One or several words of `known`, in their order."""
        value = self.get(key, required=False)
        if value is None:
            return default
        given = (_one_of(item, key, "", known) for item in value.items())
        return tuple(dict.fromkeys(word for word in given if word)) or default

    def integer(self, key: str, default: int, low: int, high: int) -> int:
        value = self.get(key, required=False)
        return default if value is None else _integer(value, f"'{key}'", default, low, high)

    def length(self, key: str, default: tuple[int, int] | None = None) -> tuple[int, int]:
        """How many digits: one number, or the keys 'at_least' and 'at_most'."""
        value = self.get(key, required=default is None)
        blank = default or (1, 1)
        if value is None:
            return blank
        if isinstance(value.node.value, str):
            exact = _integer(value, f"'{key}'", blank[0], 1, 20)
            return exact, exact
        keys = value.mapping()
        if set(keys) != {"at_least", "at_most"}:
            value.wrong(f"'{key}' must be one number, or the keys 'at_least' and 'at_most'")
            return blank
        at_least = _integer(keys["at_least"], "'at_least'", blank[0], 1, 20)
        at_most = _integer(keys["at_most"], "'at_most'", blank[1], 1, 20)
        if at_least > at_most:
            value.wrong(f"'at_least' {at_least} is more than 'at_most' {at_most}; swap them")
        return at_least, at_most

    def _link(self, slot: str, value: Value, asked: bool) -> str:
        target = value.text(f"'{slot}'")
        self.links.append(Link(self.node, slot, target, value.line, asked))
        return target

    @staticmethod
    def _owned(name: str) -> bool:
        return name in SERVICES or name in START or name.startswith("register_")


def _one_of(value: Value, key: str, default: str, known: tuple[str, ...]) -> str:
    word = value.text(f"'{key}'")
    if word in known:
        return word
    if word:
        value.wrong(f"'{key}' must be one of {', '.join(known)}, is '{word}'")
    return default


def _integer(value: Value, what: str, default: int, low: int, high: int) -> int:
    given = value.scalar()
    if isinstance(given, int) and not isinstance(given, bool) and low <= given <= high:
        return given
    value.wrong(f"{what} must be a whole number {low}..{high}, is '{given}'")
    return default
