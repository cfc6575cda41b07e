"""Who rings again soon is kept for the operator he talked with, if that one serves the queue."""

import pytest

from ivr.domain.acd.model import Entry, EntryId, Operator, OperatorId
from ivr.domain.errors import StoreUnavailable
from ivr.service.queue.last_operator import LastOperators

NOW, HOUR_S = 1_800_000_000.0, 3600.0
ENTRY = Entry(EntryId("one"), "persons", NOW)
ANNA = OperatorId("101")


class Talks:
    def __init__(self, last: str) -> None:
        self.last = last
        self.asked: list[tuple[str, float]] = []

    async def last_operator(self, caller: str, since: float) -> str:
        self.asked.append((caller, since))
        if self.last == "away":
            raise StoreUnavailable("away")
        return self.last


def last(talks: Talks, within_s: float = HOUR_S, queue: str = "persons") -> LastOperators:
    return LastOperators(talks, {ANNA: Operator(ANNA, frozenset({queue}), {})}, lambda: NOW, within_s, 20.0)


async def test_he_is_kept_for_the_operator_he_talked_with() -> None:
    talks = Talks("101")
    entry = await last(talks).asked_for(ENTRY, "+79990000001")
    assert (entry.preferred, entry.preferred_until) == (ANNA, NOW + 20)
    assert talks.asked == [("+79990000001", NOW - HOUR_S)]


@pytest.mark.parametrize("known", ["", "777", "away"])
async def test_whoever_comes(known: str) -> None:
    assert await last(Talks(known)).asked_for(ENTRY, "+79990000001") is ENTRY


async def test_not_for_one_who_serves_another_queue_nor_without_a_number_nor_when_it_is_off() -> None:
    talks = Talks("101")
    assert await last(talks, queue="companies").asked_for(ENTRY, "+79990000001") is ENTRY
    assert await last(talks).asked_for(ENTRY, "") is ENTRY
    assert await last(talks, within_s=0).asked_for(ENTRY, "+79990000001") is ENTRY
    assert len(talks.asked) == 1
