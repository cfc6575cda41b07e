"""Where in a YAML file something stands."""

from collections.abc import Iterator
from typing import Any

import yaml

Place = tuple[int | str, ...]
"""Keys and numbers of items, from the root."""


def line_of(root: yaml.Node | None, place: Place) -> int:
    """The line of `place`, else of the nearest place above it that the file has; counted from 1."""
    line, node = 1, root
    for part in place:
        for key, marked, child in _children(node):
            if key == part:
                line, node = marked.start_mark.line + 1, child
                break
        else:
            break
    return line


def keys_given_twice(root: yaml.Node | None) -> Iterator[tuple[str, int]]:
    """Keys that a set of keys has more than once, each with its line. YAML's readers keep the last one silently."""
    waiting, known = [root], {id(root)}
    while waiting:
        seen = set()
        for key, marked, child in _children(waiting.pop()):
            if key in seen:
                yield str(key), marked.start_mark.line + 1
            seen.add(key)
            if id(child) not in known:  # an alias may lead back to what holds it
                known.add(id(child))
                waiting.append(child)


def _children(node: yaml.Node | None) -> Iterator[tuple[Any, yaml.Node, yaml.Node]]:
    """Key or number, the node that shows its line, and its value."""
    if isinstance(node, yaml.MappingNode):
        yield from ((key.value if isinstance(key, yaml.ScalarNode) else None, key, value) for key, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        yield from ((number, item, item) for number, item in enumerate(node.value))
