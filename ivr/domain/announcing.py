"""What a waiting caller is told, and when. Pure, fed the time.

Nothing while an operator may answer at once; then his place; then his place again when it got better, and a word now
and then, so that he knows that he is not forgotten.
"""

from dataclasses import dataclass
from enum import StrEnum


class Notice(StrEnum):
    PLACE = "place"
    PATIENCE = "patience"


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. first_s: of waiting before the first words; better_s: at least between two places told; patience_s: the
    longest without a word."""

    first_s: float = 8.0
    better_s: float = 25.0
    patience_s: float = 60.0


class Announcing:
    """One caller's announcements. Places count from 1."""

    def __init__(self, began: float, pace: Pace) -> None:
        self._began = began
        self._pace = pace
        self._told_at: float | None = None
        self._place: int | None = None

    def due(self, now: float, place: int | None) -> Notice | None:
        """What is to be said now; `place` None: an operator is being rung for him. What is given counts as said."""
        if place is None or now - self._began < self._pace.first_s:
            return None
        since = None if self._told_at is None else now - self._told_at
        better = self._place is None or place < self._place
        if better and (since is None or since >= self._pace.better_s):
            self._told_at, self._place = now, place
            return Notice.PLACE
        if since is not None and since >= self._pace.patience_s:
            self._told_at = now
            return Notice.PATIENCE
        return None
