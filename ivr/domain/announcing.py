"""What a waiting caller is told, and when. Pure, fed the time.

Nothing while an operator may answer at once; then his place, and how long it will take if that is known; then both
again when it got better or the promise broke; and a word now and then, so that he knows that he is not forgotten.
"""

from dataclasses import dataclass
from enum import StrEnum


class Notice(StrEnum):
    PLACE = "place"
    PATIENCE = "patience"


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. first_s: of waiting before the first words; again_s: at least between two places told; patience_s: the
    longest without a word."""

    first_s: float = 8.0
    again_s: float = 25.0
    patience_s: float = 60.0


class Announcing:
    """One caller's announcements. Places count from 1."""

    def __init__(self, began: float, pace: Pace) -> None:
        self._began = began
        self._pace = pace
        self._told_at: float | None = None
        self._place = 0

    def due(self, now: float, place: int | None, *, changed: bool = False) -> Notice | None:
        """What is to be said now. `place` None: an operator is being rung for him. `changed`: what he was promised is
        not so any more. What is given counts as said."""
        if place is None or now - self._began < self._pace.first_s:
            return None
        if self._told_at is None:
            return self._told(now, place)
        since = now - self._told_at
        if (place < self._place or changed) and since >= self._pace.again_s:
            return self._told(now, place)
        if since >= self._pace.patience_s:
            self._told_at = now
            return Notice.PATIENCE
        return None

    def _told(self, now: float, place: int) -> Notice:
        self._told_at, self._place = now, place
        return Notice.PLACE
