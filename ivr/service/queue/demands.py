"""What the supplier has set of those who wait: whose queue goes first, and what a matter asks of its operator."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.domain.acd.model import USUAL, Entry, EntryId, Kind, Need


@dataclass(frozen=True, slots=True)
class Demands:
    """priority: of queues that go before others. skills: by topic, the matter that the caller turned to last."""

    priority: Mapping[str, int] = field(default_factory=dict)
    skills: Mapping[str, tuple[Need, ...]] = field(default_factory=dict)

    def entry(self, entry: EntryId, queue: str, topic: str, arrived: float, kind: Kind = Kind.LIVE) -> Entry:
        """The place in the line of one who asked for an operator at `arrived` (Unix time)."""
        return Entry(entry, queue, arrived, kind, self.priority.get(queue, USUAL), self.skills.get(topic, ()))
