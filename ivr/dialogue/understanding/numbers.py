"""Numbers out of what was heard: every reading of every hypothesis, corrections and asides taken into account."""

from dataclasses import dataclass

from ivr.dialogue.understanding.corrections import corrected, stretches
from ivr.dialogue.understanding.heard import Heard, doubt, split
from ivr.dialogue.understanding.tokens import tokens

SUPPORT = 0.1
"""The share of the hypotheses' confidence that must hold any number: a faint one alone is none."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number that may have been meant.

    digits:     as said, leading noughts kept. groups: as they were said, for reading back and for corrections.
    cost:       nats: how unusual the speech would be that means it, and how uncertainly it was heard. 0: plain.
    confidence: of its least certain word, 0…1.
    fraction:   tenths were said and left out; the caller must be told.
    corrected:  the speaker corrected himself.
    """

    digits: str
    groups: tuple[str, ...]
    cost: float = 0.0
    confidence: float = 1.0
    fraction: bool = False
    corrected: bool = False

    @property
    def value(self) -> int:
        return int(self.digits)


def candidates(heard: Heard, before: str = "") -> list[Candidate]:
    """Every number that may have been meant, one for each row of digits, the cheapest first.

    before: digits that were just read back to the speaker, when he may be correcting them.
    """
    found: dict[str, Candidate] = {}
    support = 0.0
    for hypothesis in heard:
        pieces = corrected(stretches(tokens(split(hypothesis))), before)
        support += hypothesis.confidence if pieces else 0.0
        for piece, changed in pieces:
            cost = doubt(hypothesis) + piece.cost
            known = found.get(piece.digits)
            if known is None or cost < known.cost:
                found[piece.digits] = Candidate(
                    piece.digits, piece.groups, cost, piece.confidence, piece.fraction, changed
                )
    if support < SUPPORT * sum(hypothesis.confidence for hypothesis in heard):
        return []
    return sorted(found.values(), key=lambda candidate: (candidate.cost, candidate.digits))
