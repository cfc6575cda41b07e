"""What the queue's log says that it did, and what it must never have done."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from ivr.domain.acd.history import LogRow
from tests.acceptance.harness import CentreUnderTest

TIE_S = 1.0
"""Who come within a second may be served in either order."""
_OFFER_ENDS = frozenset({"missed", "unreachable", "offer_withdrawn", "callback_failed"})
_TALK_ENDS = frozenset({"talk_ended", "talk_unproven", "returned", "moved"})


def log_of(centre: CentreUnderTest) -> list[LogRow]:
    """In its order."""
    return [
        LogRow(_unix(row["at"]), row["entry"], row["operator"], row["what"], json.loads(row["detail"]))
        for row in centre.rows("SELECT * FROM queue_log ORDER BY id")
    ]


def _unix(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def offered_twice(log: Iterable[LogRow]) -> list[LogRow]:
    """Offers of an entry that was offered already, or talked, and those to an operator who was rung already or
    talked."""
    found: list[LogRow] = []
    taken: dict[str, str] = {}  # the entry's operator
    for row in log:
        if row.what == "offered":
            if row.entry in taken or row.operator in taken.values():
                found.append(row)
            taken[row.entry] = row.operator
        elif row.what in _OFFER_ENDS | _TALK_ENDS:
            taken.pop(row.entry, None)
    return found


def overtaken(log: Iterable[LogRow], kinds: Mapping[str, str]) -> list[tuple[str, str]]:
    """(who was passed, who passed him): pairs of one kind of which the later was offered to an operator first.

    `kinds`: of entries, those alike may be served by the same operators.
    """
    came: dict[str, float] = {}
    offered: dict[str, float] = {}
    for row in log:
        if row.what == "offered" and row.entry not in offered:
            offered[row.entry] = row.at
            came[row.entry] = row.at - row.detail["waited_s"]
    line = sorted(came, key=came.__getitem__)
    return [
        (first, later)
        for place, first in enumerate(line)
        for later in line[place + 1 :]
        if kinds[first] == kinds[later] and came[later] - came[first] > TIE_S and offered[later] < offered[first]
    ]


def untrue_promises(log: Iterable[LogRow]) -> list[LogRow]:
    """Promises stored with another wait than the log itself tells."""
    log = list(log)
    ends = {row.entry: row.at for row in reversed(log) if row.what in ("answered", "left")}
    return [
        row
        for row in log
        if row.what == "promised"
        and abs(ends[row.entry] - _unix_iso(row.detail["promised_at"]) - row.detail["waited_s"]) > TIE_S
    ]


def _unix_iso(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
