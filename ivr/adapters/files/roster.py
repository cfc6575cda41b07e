"""The operators' roster: agents/operators.yaml, checked whole before it is used."""

import base64
import hashlib
import hmac
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from ivr.domain.errors import ConfigurationError

FILE = "operators.yaml"
FALLBACK = "fallback"
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class Operator(BaseModel):
    """One operator. `extension` names the softphone; whoever has the smaller `penalty` is rung earlier."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")
    extension: str = Field(pattern=r"^[1-9]\d{2,3}$", description="Three or four digits, not beginning with 0.")
    skills: tuple[Word, ...] = ()
    queues: tuple[Word, ...] = (FALLBACK,)
    penalty: int = Field(0, ge=0, le=100)


class Roster(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    operators: tuple[Operator, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        counted = Counter(operator.extension for operator in self.operators)
        if twice := sorted(extension for extension, times in counted.items() if times > 1):
            raise ValueError(f"extension given twice: {', '.join(twice)}")
        return self


def load(folder: Path) -> tuple[Operator, ...]:
    """The operators of `folder`/operators.yaml. Raises ConfigurationError with every mistake: file, key, what it is."""
    path = folder / FILE
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError([f"{path}: cannot be read: {error.strerror}"]) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"{path}: not YAML: {error}"]) from error
    try:
        return Roster.model_validate(raw).operators
    except ValidationError as error:
        raise ConfigurationError(
            [f"{path}: {_place(mistake['loc'])}: {mistake['msg']}" for mistake in error.errors()]
        ) from error


def _place(location: tuple[Any, ...]) -> str:
    return ".".join(map(str, location)) or "(the whole file)"


def softphone_secret(root: str, extension: str) -> str:
    """The secret of one softphone: derived from the centre's root secret, so that nothing but the root is kept."""
    digest = hmac.new(root.encode(), f"softphone:{extension}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()
