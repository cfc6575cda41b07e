"""What a recogniser heard."""

from dataclasses import dataclass

UNKNOWN = "[unk]"
"""Speech that is none of the grammar's words."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, its place in seconds from the start of what was fed, and how sure it is, 0..1."""

    text: str
    start_s: float
    end_s: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One way to hear a phrase. `confidence`: its share among all that were considered, 0..1."""

    words: tuple[Word, ...]
    confidence: float

    @property
    def known(self) -> tuple[str, ...]:
        """The words of the grammar, without `[unk]`."""
        return tuple(word.text for word in self.words if word.text != UNKNOWN)
