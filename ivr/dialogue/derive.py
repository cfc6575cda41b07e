"""A flow file together with what it inherits: `extends: ../rosatom/main.yaml`.

What the file says itself goes before what it inherits: texts, queues, keys and such one by one; a node without a `kind`
changes single keys of the inherited one, a node with a `kind` takes its place. `null` takes a thing out.
"""

from collections.abc import Callable

import yaml

from ivr.dialogue.source import Mistakes, Value, parse
from ivr.domain.errors import ConfigurationError

MAX_CHARACTERS = 200_000
MAX_FILES = 5
SECTIONS = frozenset({"keys", "pauses", "tries", "limits", "queues", "lines", "texts", "short", "closed"})

Read = Callable[[str, str], tuple[str, str]]
"""(the file that extends another, how it names it) to the other's text and name. Raises OSError, UnicodeDecodeError."""

Pair = tuple[yaml.Node, yaml.Node]


def derived(text: str, file: str, read: Read | None) -> tuple[Value, str]:
    """The tree of the file with all it inherits, and the text of all these files. Raises ConfigurationError when one
    of them cannot be read or is not YAML."""
    mistakes = Mistakes([], [])
    roots = [_parse(text, file, mistakes)]
    texts = [text]
    while (extends := roots[-1].mapping().get("extends")) is not None:
        base_text, base_file = _read_base(extends, mistakes, read)
        texts.append(base_text)
        roots.append(_parse(base_text, base_file, mistakes))
    nodes = [root.node for root in roots]
    tree = _without_extends(nodes.pop())
    while nodes:
        tree = _merged(_without_extends(nodes.pop()), tree)
    return Value(tree, mistakes, "", roots[0].line), "\0".join(texts)


def _parse(text: str, file: str, mistakes: Mistakes) -> Value:
    if len(text) > MAX_CHARACTERS:
        raise ConfigurationError([f"{file}:1: longer than {MAX_CHARACTERS} characters; split the flow"])
    return parse(text, file, mistakes)


def _read_base(extends: Value, mistakes: Mistakes, read: Read | None) -> tuple[str, str]:
    named = extends.text("'extends'")
    if named and read is not None and len(mistakes.files) < MAX_FILES:
        try:
            text, file = read(mistakes.files[-1], named)
        except (OSError, UnicodeDecodeError):
            extends.wrong(f"'extends' names '{named}', and it cannot be read; name a flow file, seen from this folder")
        else:
            if file not in mistakes.files:
                return text, file
            extends.wrong("'extends' leads back to the same file; begin with a flow that extends nothing")
    elif named:
        extends.wrong(f"'extends' goes through more than {MAX_FILES} files, or nothing can be read here")
    raise ConfigurationError(mistakes.sorted())


def _without_extends(root: yaml.Node) -> yaml.MappingNode:
    return _mapping(root, [pair for pair in root.value if pair[0].value != "extends"])


def _mapping(like: yaml.Node, pairs: list[Pair]) -> yaml.MappingNode:
    return yaml.MappingNode(like.tag, pairs, like.start_mark, like.end_mark)


def _merged(own: yaml.Node, base: yaml.Node) -> yaml.MappingNode:
    """The whole file `own` over the whole file `base`."""
    return _mapping(own, _over(own, base, _section))


def _section(name: str, own: yaml.Node, base: yaml.Node) -> yaml.Node:
    both = isinstance(own, yaml.MappingNode) and isinstance(base, yaml.MappingNode)
    if both and name == "nodes":
        return _mapping(own, _over(own, base, _node))
    return _mapping(own, _over(own, base)) if both and name in SECTIONS else own


def _node(name: str, own: yaml.Node, base: yaml.Node) -> yaml.Node:
    both = isinstance(own, yaml.MappingNode) and isinstance(base, yaml.MappingNode)
    if not both or any(key.value == "kind" for key, _ in own.value):
        return own
    return _mapping(own, _over(own, base))


def _over(
    own: yaml.Node, base: yaml.Node, join: Callable[[str, yaml.Node, yaml.Node], yaml.Node] | None = None
) -> list[Pair]:
    """Pairs of `base` that `own` does not name, then those of `own`; `join` makes one value of two. Keys given twice
    in one file stay two, so that they are found out."""
    inherited = {key.value: value for key, value in base.value if isinstance(key, yaml.ScalarNode)}
    named = {key.value for key, _ in own.value if isinstance(key, yaml.ScalarNode)}
    pairs = [(key, value) for key, value in base.value if not (isinstance(key, yaml.ScalarNode) and key.value in named)]
    for key, value in own.value:
        known = isinstance(key, yaml.ScalarNode) and key.value in inherited
        if known and value.tag.endswith(":null"):
            continue
        pairs.append((key, join(key.value, value, inherited[key.value]) if known and join else value))
    return pairs
