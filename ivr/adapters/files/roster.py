"""The operators' roster: every agents/*.yaml, checked whole before it is used."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from ivr.adapters.files.yaml_places import Place, keys_given_twice, line_of
from ivr.dialogue.source import nearest
from ivr.dialogue.week import parse_week
from ivr.domain.errors import ConfigurationError
from ivr.domain.hours import Week

FILE = "operators.yaml"
FALLBACK = "fallback"
SKILLED = 5
"""The level of a skill that is only named."""
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Level = Annotated[int, Field(strict=True, ge=1, le=10)]


def _levels(given: Any) -> Any:
    """A list of skills is all of them at the same level."""
    return {skill: SKILLED for skill in given} if isinstance(given, list) and all(map(_word, given)) else given


def _word(given: object) -> bool:
    return isinstance(given, str)


def _digits(given: Any) -> Any:
    """YAML reads 101 as a number."""
    return str(given) if type(given) is int else given


class Operator(BaseModel):
    """One operator.

    extension: the softphone's user name. skills: each with its level, 1 to 10, 10 the best. queues: whose calls he
    gets. shifts: when he works, in local time, written like hours; empty: whenever he logs in. reserve: he gets calls
    only while a queue has called its reserve in. supervisor: he may listen to talks, whisper, barge in, and act for
    others; he gets calls only of the queues that he names. penalty: who has the smaller one is rung earlier by the
    safety net.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")
    extension: Annotated[str, BeforeValidator(_digits)] = Field(pattern=r"^[1-9]\d{2,3}$")
    skills: Annotated[Mapping[Word, Level], BeforeValidator(_levels)] = {}
    queues: tuple[Word, ...] = (FALLBACK,)
    shifts: Mapping[str, str] = {}
    reserve: bool = Field(False, strict=True)
    supervisor: bool = Field(False, strict=True)
    penalty: int = Field(0, ge=0, le=100)

    @field_validator("shifts")
    @classmethod
    def _are_a_week(cls, shifts: Mapping[str, str]) -> Mapping[str, str]:
        if shifts:
            parse_week(shifts)
        return shifts

    @property
    def week(self) -> Week | None:
        """When he works; None: whenever he logs in."""
        return parse_week(self.shifts) if self.shifts else None


class Roster(BaseModel):
    """One file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    operators: tuple[Operator, ...]


REMEDIES: Mapping[str, str] = {
    "operators": "write a list: `operators:`, and below it `- name: …` for each",
    "name": "write a name of 1 to 80 characters",
    "extension": 'write three or four digits, not beginning with 0, as "101"',
    "skills": "write small Latin letters, digits and _, with a level from 1 to 10: {billing: 7}",
    "queues": "write a list of queues in small Latin letters, digits and _: [fallback]",
    "shifts": 'write days with hours: {mon-fri: "08:00-17:00"}',
    "reserve": "write true or false",
    "supervisor": "write true or false",
    "penalty": "write a whole number from 0 to 100",
}


def load(folder: Path) -> tuple[Operator, ...]:
    """The operators of all YAML files of `folder`, in their order. Raises ConfigurationError with every mistake: file,
    line, key, what it is, and the remedy."""
    paths = sorted(folder.glob("*.yaml")) or [folder / FILE]
    found: list[Operator] = []
    mistakes: list[str] = []
    taken: dict[str, str] = {}
    for path in paths:
        try:
            operators, lines = _read(path)
        except ConfigurationError as error:
            mistakes += error.mistakes
            continue
        for operator, line in zip(operators, lines, strict=True):
            place = f"{path}:{line}"
            if (earlier := taken.setdefault(operator.extension, place)) != place:
                mistakes.append(
                    f"{place}: extension given twice: {operator.extension}; {earlier} has it too: give another one"
                )
        found += operators
    if mistakes:
        raise ConfigurationError(mistakes)
    return tuple(found)


def _read(path: Path) -> tuple[tuple[Operator, ...], list[int]]:
    """The operators of one file, and the line of each one's extension. Raises ConfigurationError."""
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        raw = yaml.safe_load(text)
    except OSError as error:
        raise ConfigurationError([f"{path}: cannot be read: {error.strerror}"]) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"{path}: not YAML: {error}"]) from error
    wrong = [f"{path}:{line}: {key}: is given twice; keep one" for key, line in keys_given_twice(root)]
    try:
        operators = Roster.model_validate(raw).operators
    except ValidationError as error:
        wrong += [
            f"{path}:{line_of(root, found['loc'])}: {_place(found['loc'])}: {_told(found)}" for found in error.errors()
        ]
        raise ConfigurationError(wrong) from error
    if not operators:
        wrong.append(f"{path}:{line_of(root, ('operators',))}: operators: there is none; {REMEDIES['operators']}")
    if wrong:
        raise ConfigurationError(wrong)
    return operators, [line_of(root, ("operators", number, "extension")) for number in range(len(operators))]


def _told(found: Any) -> str:
    """What is wrong, and the remedy."""
    location: Place = found["loc"]
    what = str(found["msg"]).removeprefix("Value error, ")
    if found["type"] == "extra_forbidden":
        known = Operator.model_fields if len(location) > 1 else Roster.model_fields
        return f"there is no such key{nearest(str(location[-1]), known)}"
    # The last key that has a remedy is the nearest; the whole file is a list of operators.
    known_keys = ["operators", *(str(part) for part in location if str(part) in REMEDIES)]
    return f"{what}; {REMEDIES[known_keys[-1]]}"


def _place(location: Place) -> str:
    return ".".join(map(str, location)) or "(the whole file)"


def softphone_secret(root: str, extension: str) -> str:
    """The secret of one softphone: derived from the centre's root secret, so that nothing but the root is kept."""
    return _secret(root, f"softphone:{extension}")


def api_token(root: str, extension: str) -> str:
    """What an operator's programme shows to the API: whose it is, and a secret derived like the softphone's."""
    return f"{extension}.{_secret(root, f'api:{extension}')}"


def whose_token(root: str, token: str) -> str | None:
    """The extension whose token this is; None: nobody's. The roster is to be asked as well."""
    extension = token.partition(".")[0]
    return extension if hmac.compare_digest(token.encode(), api_token(root, extension).encode()) else None


def _secret(root: str, purpose: str) -> str:
    digest = hmac.new(root.encode(), purpose.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()
