"""Specialists outside the centre whom operators may ask, and send callers to: those the owner has listed by name."""

from dataclasses import dataclass
from typing import NewType

SpecialistId = NewType("SpecialistId", str)
"""His name in the configuration: never all digits, so that it is no operator's extension."""


@dataclass(frozen=True, slots=True)
class Specialist:
    """name: as people are shown it. number: E.164. short: what an operator keys."""

    id: SpecialistId
    name: str
    number: str
    short: str
