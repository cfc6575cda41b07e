"""A storm: a power cut that makes far more people ring than the centre can serve. Pure, fed the time."""

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ivr.domain.supply import place_words

EVERYWHERE = ""


@dataclass(frozen=True, slots=True)
class Storm:
    """text: what callers are told before the menu, and those who wait. until: Unix time. district: whose callers;
    empty: everybody."""

    text: str
    until: float
    district: str = EVERYWHERE

    @property
    def where(self) -> str:
        """The district, the same however it is written."""
        return where(self.district)

    def rages(self, now: float) -> bool:
        return now < self.until


def where(district: str) -> str:
    """The name of a district by which it is known however it is written."""
    return " ".join(place_words(district))


def concerning(storms: Iterable[Storm], districts: Collection[str]) -> tuple[Storm, ...]:
    """The storms that a caller whose accounts are of these districts hears of: those of his districts; where none of
    them has one, and for a caller of whom nothing is known, that of everywhere."""
    mine, raging = {where(district) for district in districts}, tuple(storms)
    own = tuple(storm for storm in raging if storm.district and storm.where in mine)
    return own or tuple(storm for storm in raging if not storm.district)


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
    """Counts calls as they come. `usual`: how many come in a window, where that is known before the first."""

    def __init__(self, rules: SurgeRules, usual: float | None = None) -> None:
        self._rules = rules
        self._window: deque[float] = deque()
        self._usual = usual
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


class DistrictSurges:
    """Counts calls by the districts that their callers' accounts are of. One from which nobody has called for a window
    or longer is usually quiet."""

    def __init__(self, rules: SurgeRules) -> None:
        self._rules = rules
        self._surges: dict[str, Surge] = {}
        self._since: float | None = None

    def arrived(self, districts: Collection[str], now: float) -> tuple[str, ...]:
        """A call has come. Those of its districts from which so many come now that it is a surge."""
        if self._since is None:
            self._since = now
        quiet = 0.0 if now - self._since >= self._rules.window_s else None
        surging = []
        for district in districts:
            if (name := where(district)) not in self._surges:
                self._surges[name] = Surge(self._rules, quiet)
            if self._surges[name].arrived(now):
                surging.append(district)
        return tuple(surging)
