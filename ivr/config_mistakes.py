"""What pydantic finds wrong with config.yaml, told with the line it stands on and the key that was perhaps meant."""

from difflib import get_close_matches
from pathlib import Path
from typing import get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from ivr.adapters.files.yaml_places import Place, line_of

_OURS = "Value error, "
"""What pydantic puts before words of our own."""


def told(path: Path, error: ValidationError, model: type[BaseModel]) -> list[str]:
    """Each mistake as `file:line: key: what is wrong`; `model` is that of the whole file."""
    root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    return [
        f"{path}:{line_of(root, mistake['loc'])}: {'.'.join(map(str, mistake['loc'])) or '(the whole file)'}: "
        + mistake["msg"].removeprefix(_OURS)
        + (_meant(mistake["loc"], model) if mistake["type"] == "extra_forbidden" else "")
        for mistake in error.errors()
    ]


def _meant(place: Place, model: type[BaseModel]) -> str:
    """The known key nearest to an unknown one; all of them when none is near."""
    parts = iter(place[:-1])
    for part in parts:
        section = model.model_fields[str(part)].annotation
        if get_origin(section) is dict:  # of sections, by names of the owner's own
            section = get_args(section)[1]
            next(parts)
        assert isinstance(section, type) and issubclass(section, BaseModel)  # only a section refuses unknown keys
        model = section
    known = [name for name in model.model_fields if name != "home"]
    near = get_close_matches(str(place[-1]), known, n=1)
    return f"; perhaps {near[0]} is meant" if near else f"; known are {', '.join(known)}"
