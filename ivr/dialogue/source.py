"""A YAML file as a tree whose every value knows its line. Nothing is converted that was not asked for.

A flow may inherit from another file: then one tree holds values of several files, and a line alone tells its file
(lines of the n-th file are numbered from n times `FILE_LINES`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import yaml

from ivr.domain.errors import ConfigurationError

Scalar = str | int | bool | None
FILE_LINES = 1_000_000


def where(files: Sequence[str], line: int) -> str:
    """`FILE:LINE` of a line's number."""
    number, own = divmod(line, FILE_LINES)
    return f"{files[number]}:{own}"


@dataclass(slots=True)
class Mistakes:
    """Collects every mistake of a file, and of those it inherits from, as `FILE:LINE: PLACE: what is wrong; remedy`."""

    files: list[str]
    found: list[tuple[int, str]]

    def add(self, line: int, place: str, what: str) -> None:
        entry = (line, f"{where(self.files, line)}: {place}: {what}" if place else f"{where(self.files, line)}: {what}")
        if entry not in self.found:
            self.found.append(entry)

    def sorted(self) -> list[str]:
        return [text for _, text in sorted(self.found, key=lambda entry: entry[0])]


@dataclass(frozen=True, slots=True)
class Value:
    """One value of the tree. `line` is its key's, where a reader looks for it."""

    node: yaml.Node
    mistakes: Mistakes
    place: str
    line: int

    def wrong(self, what: str) -> None:
        self.mistakes.add(self.line, self.place, what)

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.node, yaml.MappingNode)

    def at(self, place: str) -> Value:
        return Value(self.node, self.mistakes, place, self.line)

    def mapping(self) -> dict[str, Value]:
        """Keys as they are written ('0' stays '0'). A key given twice is a mistake."""
        if not isinstance(self.node, yaml.MappingNode):
            self.wrong(f"must be keys with values, is {_shape(self.node)}")
            return {}
        found: dict[str, Value] = {}
        for key, value in self.node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.wrong("a key must be a plain word")
                continue
            if key.value in found:
                self.mistakes.add(
                    key.start_mark.line + 1, self.place, f"key '{key.value}' is used twice; keep one of them"
                )
            found[key.value] = Value(value, self.mistakes, self.place, key.start_mark.line + 1)
        return found

    def items(self) -> list[Value]:
        """A list's values; a single value stands for a list of one."""
        if isinstance(self.node, yaml.SequenceNode):
            return [Value(item, self.mistakes, self.place, item.start_mark.line + 1) for item in self.node.value]
        return [self]

    def text(self, what: str) -> str:
        """A text as it is written, whatever YAML would make of it; empty, and a mistake, when there is none."""
        if isinstance(self.node, yaml.ScalarNode) and self.node.value.strip():
            return str(self.node.value).strip()
        self.wrong(f"{what} must be a text, is {_shape(self.node)}")
        return ""

    def scalar(self) -> Scalar:
        """A text, whole number, yes/no or nothing, as YAML means it."""
        tag = self.node.tag.rpartition(":")[2]
        if isinstance(self.node, yaml.ScalarNode):
            if tag == "null":
                return None
            if tag == "bool":
                return self.node.value.lower() in ("yes", "true", "on")
            if tag == "int":
                return int(yaml.safe_load(self.node.value))
            return str(self.node.value)
        self.wrong(f"must be one value, is {_shape(self.node)}")
        return None


def parse(text: str, file: str, mistakes: Mistakes | None = None) -> Value:
    """The root of a file; `mistakes` are those of the file that inherits from it. Raises ConfigurationError naming the
    line when it is not YAML."""
    mistakes = mistakes or Mistakes([], [])
    first = FILE_LINES * len(mistakes.files)
    mistakes.files.append(file)
    try:
        loader = yaml.SafeLoader(text)
        loader.line = first
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line - first + 1 if error.problem_mark else 1
        raise ConfigurationError([f"{file}:{line}: not YAML: {error.problem}; check indentation and quotes"]) from error
    except yaml.YAMLError as error:
        raise ConfigurationError([f"{file}:1: not YAML: it holds a character that YAML forbids"]) from error
    if not isinstance(node, yaml.MappingNode):
        what = "the file is empty" if node is None else f"must be keys with values, is {_shape(node)}"
        raise ConfigurationError([f"{file}:1: {what}; see docs/flows.md"])
    return Value(node, mistakes, "", first + 1)


def guess(word: str, known: Iterable[str]) -> str:
    """The known name that was probably meant; empty when none is near."""
    return next(iter(get_close_matches(word, list(known), n=1)), "")


def nearest(word: str, known: Iterable[str]) -> str:
    """'; did you mean …?' or '; there are …': the remedy for an unknown name."""
    names = list(dict.fromkeys(known))
    if meant := guess(word, names):
        return f"; did you mean '{meant}'?"
    return f"; there are: {', '.join(names)}" if names else ""


def _shape(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a set of keys"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return f"'{node.value}'" if node.value.strip() else "empty"
