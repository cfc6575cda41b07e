"""Keys that an operator presses in a talk: the codes, and the number after those that ask for one."""

from dataclasses import dataclass, field
from enum import StrEnum


class Code(StrEnum):
    """What a code asks for. The value is the key after the star."""

    HOLD = "3"  # and back
    CONSULT = "4"  # ask a colleague, the caller on hold; once more: he takes the caller over
    SEND = "5"  # send the caller to somebody without asking him
    CONFER = "6"  # the colleague, the caller and the operator together
    ABUSE = "7"  # the caller is warned; once more: the call ends


ASKING = frozenset({Code.CONSULT, Code.SEND})
"""Codes after which a number may be keyed, ended by #."""

STAR, END = "*", "#"
CODE_S = 2.0
"""The key after the star comes within so many seconds (featuredigittimeout of features.conf)."""
NUMBER_S = 15.0
"""So long may each key of a number take."""
LONGEST = 6


@dataclass(frozen=True, slots=True)
class Number:
    """A number, keyed after `code`."""

    code: Code
    digits: str


@dataclass(slots=True)
class Keys:
    """The keys of one operator's leg. Times in seconds of any clock that does not run back."""

    _code: Code | None = None
    _digits: str = ""
    _star: bool = False
    _at: float = field(default=0.0)

    def ask(self, code: Code, now: float) -> None:
        """Digits are a number from now on, until # or another code."""
        self._code, self._digits, self._star, self._at = code, "", False, now

    def forget(self) -> None:
        """No number is asked for any more."""
        self._code, self._digits = None, ""

    def press(self, key: str, now: float) -> Code | Number | None:
        """What this key completes."""
        waited, self._at = now - self._at, now
        starred, self._star = self._star and waited <= CODE_S, False
        if key == STAR:
            self._star = True
            return None
        if starred:
            self.forget()
            return Code(key) if key in set(Code) else None
        if self._code is None:
            return None
        if waited > NUMBER_S:
            self.forget()
            return None
        if key != END:
            self._digits = (self._digits + key)[:LONGEST]
            return None
        number = Number(self._code, self._digits)
        self.forget()
        return number
