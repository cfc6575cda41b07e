"""Numbers out of what was heard: every reading of every hypothesis, corrections and asides taken into account."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ivr.dialogue.understanding.corrections import corrected, stretches
from ivr.dialogue.understanding.heard import Heard, doubt, split
from ivr.dialogue.understanding.pieces import Piece
from ivr.dialogue.understanding.tails import without_tail
from ivr.dialogue.understanding.tokens import Token, tokens

SUPPORT = 0.1
"""The share of the hypotheses' confidence that must hold any number: a faint one alone is none."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number that may have been meant.

    digits:     as said, leading noughts kept. groups: as they were said, for reading back and for corrections.
    cost:       nats: how unusual the speech would be that means it, and how uncertainly it was heard. 0: plain.
    doubt:      the latter's share of it: minus the logarithm of the confidence of all ways to hear it.
    cut:        the last words are taken for somebody else's.
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
    doubt: float = 0.0
    cut: bool = False

    @property
    def value(self) -> int:
        return int(self.digits)


def candidates(heard: Heard, before: str = "") -> list[Candidate]:
    """Every number that may have been meant, one for each row of digits, the cheapest first.

    before: digits that were just read back to the speaker, when he may be correcting them.
    """
    found: dict[str, list[Candidate]] = {}
    support = 0.0
    for hypothesis in heard:
        said = tokens(split(hypothesis))
        ways = _cheapest(corrected(stretches(said), before), doubt(hypothesis))
        support += hypothesis.confidence if ways else 0.0
        for one in () if before else _cut(said, doubt(hypothesis)):
            ways.setdefault(one.digits, one)
        for one in ways.values():
            found.setdefault(one.digits, []).append(one)
    if support < SUPPORT * sum(hypothesis.confidence for hypothesis in heard):
        return []
    return sorted(map(_together, found.values()), key=lambda candidate: (candidate.cost, candidate.digits))


def _cheapest(pieces: Iterable[tuple[Piece, bool]], doubtful: float) -> dict[str, Candidate]:
    """The numbers of one hypothesis, each as it is said most plainly; `pieces` come the cheapest first."""
    found: dict[str, Candidate] = {}
    for piece, changed in pieces:
        cost = doubtful + piece.cost
        new = Candidate(piece.digits, piece.groups, cost, piece.confidence, piece.fraction, changed, doubtful)
        found.setdefault(piece.digits, new)
    return found


def _cut(said: Sequence[Token], doubtful: float) -> Iterator[Candidate]:
    """The numbers of one hypothesis without their last words, the longest first."""
    for left, cost in without_tail(said):
        for one in _cheapest(corrected(stretches(left)), doubtful).values():
            yield replace(one, cost=one.cost + cost, cut=True)


def _together(ways: Sequence[Candidate]) -> Candidate:
    """One number heard in several ways: the plainest, and the others make it the surer."""
    best = min(ways, key=lambda way: way.cost)
    cut = all(way.cut for way in ways)
    surer = math.log(sum(math.exp(best.cost - way.cost) for way in ways))
    doubt = max(0.0, best.doubt - surer)
    return replace(best, cost=best.cost - best.doubt + doubt, doubt=doubt, cut=cut)
