"""A storm: a power cut that makes far more people ring than the centre can serve. Pure, fed the time."""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Storm:
    """text: what every caller is told before the menu, and those who wait. until: Unix time."""

    text: str
    until: float

    def rages(self, now: float) -> bool:
        return now < self.until


@dataclass(frozen=True, slots=True)
class SurgeRules:
    """A surge: at least `least` calls within `window_s`, and at least `times` as many as usual. Seconds.

    What is usual: a mean of the windows before, in which a window counts the less the longer it is ago; half as much
    after `memory_s`.
    """

    least: int = 30
    times: float = 3.0
    window_s: float = 300.0
    memory_s: float = 7200.0

    def __post_init__(self) -> None:
        if self.least < 1 or self.times <= 1 or not 0 < self.window_s <= self.memory_s:
            raise ValueError("a surge is more than usual, of one call at least, in a window shorter than the memory")


class Surge:
    """Counts calls as they come."""

    def __init__(self, rules: SurgeRules) -> None:
        self._rules = rules
        self._window: deque[float] = deque()
        self._usual: float | None = None
        self._judged_at: float | None = None

    def arrived(self, now: float) -> bool:
        """A call has come. Whether so many come now that it is a surge."""
        self._judge(now)
        self._window.append(now)
        many = len(self._window) >= self._rules.least
        return many and self._usual is not None and len(self._window) >= self._rules.times * max(self._usual, 1.0)

    def _judge(self, now: float) -> None:
        """Once a window what has come is taken into what is usual."""
        while self._window and self._window[0] <= now - self._rules.window_s:
            self._window.popleft()
        if self._judged_at is None:
            self._judged_at = now
        elif (passed := now - self._judged_at) >= self._rules.window_s:
            old = 0.5 ** (passed / self._rules.memory_s)
            before = self._usual if self._usual is not None else float(len(self._window))
            self._usual = old * before + (1 - old) * len(self._window)
            self._judged_at = now
