"""The stored log of the queue, read again: how long each entry waited, why, and what became of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row. at: Unix time. what: of a record. detail: what else it tells, as it was stored."""

    at: float
    entry: str
    operator: str
    what: str
    detail: Mapping[str, Any] = field(default_factory=dict)


ENDS = {
    "left": "left",
    "released": "nobody_came",
    "callback_failed": "not_reached",
    "talk_ended": "answered",
    "talk_unproven": "answered",
}


@dataclass(slots=True)
class Story:
    """One entry. Seconds; moments are Unix time.

    operator: whom the queue joined to him last. people: all who talked with him, in the order in which they came to it:
    operators, colleagues who took him over or were called into a talk of three, specialists outside.
    waited_s: until an operator answered, or he left; None: he still waits. outcome: answered, left, nobody_came,
    not_reached, or empty while it is open. misses: offers that nobody answered. why: what hindered it at first, with
    the staff who could have served it then, by state; empty: he was offered at once. queue, needs: in which he stood at
    first, and the levels of skills that he asked for.
    """

    entry: str
    began: float
    waited_s: float | None = None
    talk_s: float = 0.0
    operator: str = ""
    outcome: str = ""
    misses: int = 0
    callback: bool = False
    why: str = ""
    staff: Mapping[str, int] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)
    queue: str = ""
    needs: Mapping[str, int] = field(default_factory=dict)
    _talks_since: float | None = None
    _before: tuple[float | None, str, list[str]] = (None, "", [])

    def take(self, row: LogRow) -> None:
        if not self.queue:
            self.queue, self.needs = str(row.detail.get("queue", "")), row.detail.get("needs", {})
        match row.what:
            case "waits" if not self.why:
                self.why, self.staff = str(row.detail.get("hindrance", "")), row.detail.get("staff", {})
            case "missed":
                self.misses += 1
                self._no_talk()
            case "callback_asked":
                self.callback = True
            case "answered":
                self._joined(row)
            case "handed" | "conference" | "outside":
                self._met(str(row.detail.get("to", "")))
            case "returned":
                self._talk_ends(row.at)
            case "moved" if not row.operator:  # with one: that colleague has the caller, and the talk goes on
                self._talk_ends(row.at)
            case what if what in ENDS:
                self._ends(row)

    def _joined(self, row: LogRow) -> None:
        self._before = (self.waited_s, self.operator, list(self.people))
        if self.waited_s is None:
            self.waited_s = row.at - self.began
        self.operator, self._talks_since = row.operator, row.at
        self._met(row.operator)

    def _met(self, who: str) -> None:
        if who and who not in self.people:
            self.people.append(who)

    def _no_talk(self) -> None:
        """He answered, and hung up before the two were joined."""
        if self._talks_since is not None:
            self.waited_s, self.operator, self.people = self._before
            self._talks_since = None

    def _talk_ends(self, at: float) -> None:
        if self._talks_since is not None:
            self.talk_s += at - self._talks_since
        self._talks_since = None

    def _ends(self, row: LogRow) -> None:
        self._talk_ends(row.at)
        self.outcome = ENDS[row.what]
        if row.what == "callback_failed":
            self.waited_s = None  # the operator answered, the customer did not; he waits on
        elif self.waited_s is None:
            self.waited_s = row.at - self.began


def stories(rows: Iterable[LogRow]) -> list[Story]:
    """Of rows in their order; in the order in which the entries came."""
    found: dict[str, Story] = {}
    for row in rows:
        if row.entry and row.what != "promised":
            found.setdefault(row.entry, Story(row.entry, row.at)).take(row)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Told:
    """A promise and what came of it. Seconds. told: the range of minutes; held: did the wait lie in it?"""

    entry: str
    at: float
    place: int
    told: str
    predicted_s: float
    waited_s: float
    answered: bool
    held: bool


def promises(rows: Iterable[LogRow]) -> list[Told]:
    return [
        Told(
            row.entry,
            row.at,
            int(row.detail["place"]),
            str(row.detail["told"]),
            float(row.detail["predicted_s"]),
            float(row.detail["waited_s"]),
            bool(row.detail["answered"]),
            bool(row.detail["held"]),
        )
        for row in rows
        if row.what == "promised"
    ]
