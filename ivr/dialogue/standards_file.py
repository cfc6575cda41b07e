"""dialplans/standards.yaml as `Standard`s. pydantic checks it; the domain sees plain dataclasses only."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

import yaml
from pydantic import TypeAdapter, ValidationError

from ivr.dialogue.week import parse_week
from ivr.domain.errors import ConfigurationError
from ivr.domain.hours import Week
from ivr.domain.standards import Standard

_STANDARD = TypeAdapter(Standard)


def load_standards(text: str, file: str) -> Mapping[str, Standard]:
    """Every standard by its name. Raises ConfigurationError with every mistake: file, key, what is wrong."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigurationError([f"{file}: not YAML: {error}"]) from error
    if not isinstance(raw, dict):
        raise ConfigurationError([f"{file}: must be standards by name"])
    mistakes: list[str] = []
    found: dict[str, Standard] = {}
    for name, given in raw.items():
        shaped = _shape(Standard, given, f"{file}: {name}", mistakes)
        if not isinstance(shaped, dict):
            mistakes.append(f"{file}: {name}: must be keys with values")
            continue
        try:
            found[name] = _STANDARD.validate_python({**shaped, "name": str(name)})
        except ValidationError as error:
            for mistake in error.errors():
                place = ".".join(str(part) for part in mistake["loc"])
                mistakes.append(f"{file}: {name}.{place}: {mistake['msg']}")
    if mistakes:
        raise ConfigurationError(mistakes)
    return found


def _shape(kind: Any, given: Any, place: str, mistakes: list[str]) -> Any:
    """`given` with weeks made of their days. Names keys the dataclass `kind` lacks: pydantic would pass them over."""
    if not isinstance(given, dict) or not is_dataclass(kind):
        return given
    hints = get_type_hints(kind)
    known = {field.name for field in fields(kind)}
    shaped: dict[str, Any] = {}
    for key, value in given.items():
        here = f"{place}.{key}"
        if key not in known:
            mistakes.append(f"{here}: unknown key; there are: {', '.join(sorted(known))}")
            continue
        inner = next((part for part in (hints[key], *get_args(hints[key])) if is_dataclass(part)), None)
        if inner is Week and isinstance(value, dict):
            try:
                shaped[key] = parse_week({str(day): str(spans) for day, spans in value.items()})
            except ValueError as error:
                mistakes.append(f"{here}: {error}")
        else:
            shaped[key] = _shape(inner, value, here, mistakes)
    return shaped
