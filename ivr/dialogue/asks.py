"""What a question asks for, so that it can be answered in words too. Nodes set it; `understanding` hears by it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """Digits in a row, `at_least` … `at_most` of them. `name`: account, contract, house; else any number."""

    at_least: int
    at_most: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class RegisterValue:
    """A reading. `digits`: of the dial. `last`: the last reading. kWh since then: `usual`, and the `most` that is."""

    digits: int
    last: int | None = None
    usual: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class YesNo:
    """Key 1 for yes, 2 for no. `of`: what was just read back, which may be corrected at once: «нет, сорок шесть»."""

    of: Number | RegisterValue | None = None


@dataclass(frozen=True, slots=True)
class KeyName:
    """One of the keys, by its name: «один»."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller wants, in his own words, or a key by its name. `phrases`: of each item, the first fits «Вы хотите
    …?»; `ways`: the key that leads to it."""

    phrases: Mapping[str, tuple[str, ...]]
    ways: Mapping[str, str]


Asks = Number | RegisterValue | YesNo | KeyName | Wish
