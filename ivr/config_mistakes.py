"""What pydantic finds wrong with config.yaml, told with the line it stands on and the key that was perhaps meant."""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

Place = tuple[int | str, ...]


def told(path: Path, error: ValidationError, model: type[BaseModel]) -> list[str]:
    """Each mistake as `file:line: key: what is wrong`; `model` is that of the whole file."""
    root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    return [
        f"{path}:{_line(root, mistake['loc'])}: {'.'.join(map(str, mistake['loc'])) or '(the whole file)'}: "
        f"{mistake['msg']}{_meant(mistake['loc'], model) if mistake['type'] == 'extra_forbidden' else ''}"
        for mistake in error.errors()
    ]


def _line(node: yaml.Node | None, place: Place) -> int:
    """Line of the key at `place`, else of the nearest one above it that the file has; counted from 1."""
    line = 1
    for part in place:
        for key, value in _children(node):
            if key.value == str(part) if isinstance(key, yaml.ScalarNode) else key == part:
                line = (key if isinstance(key, yaml.Node) else value).start_mark.line + 1
                node = value
                break
        else:
            break
    return line


def _children(node: yaml.Node | None) -> Iterator[tuple[Any, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from node.value
    elif isinstance(node, yaml.SequenceNode):
        yield from enumerate(node.value)


def _meant(place: Place, model: type[BaseModel]) -> str:
    """The known key nearest to an unknown one; empty when none is near."""
    for part in place[:-1]:
        section = model.model_fields[str(part)].annotation
        assert isinstance(section, type) and issubclass(section, BaseModel)  # only a section refuses unknown keys
        model = section
    near = get_close_matches(str(place[-1]), [name for name in model.model_fields if name != "home"], n=1)
    return f"; perhaps {near[0]} is meant" if near else ""
