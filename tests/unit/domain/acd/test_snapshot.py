"""The ACD comes up again from plain data: its own, or what was put together after a crash."""

import pytest

from ivr.domain.acd import Acd, EntryState, OperatorState, Rules, Snapshot
from ivr.domain.acd.commands import Offer, Verify
from ivr.domain.acd.events import OfferAnswered, Tick
from ivr.domain.acd.model import Entry, EntryId, Kind, OfferId, Operator, OperatorId, State
from tests.unit.domain.acd.centre import SHIFT_S, Centre, Q

C1, C2 = (EntryState(Entry(EntryId(name), Q, 5.0), 10.0) for name in ("c1", "c2"))
BACK = EntryState(Entry(EntryId("b1"), Q, 5.0, Kind.CALLBACK), 10.0)
ANNA = Operator(OperatorId("anna"), frozenset({Q}), {})
BORIS = Operator(OperatorId("boris"), frozenset({Q}), {})


def ringing(entry: str = "c1") -> OperatorState:
    return OperatorState(ANNA, SHIFT_S, State.RINGING, entry=EntryId(entry), offer=OfferId("7"))


def offers(commands: list[object]) -> dict[str, str]:
    return {each.operator: each.entry for each in commands if isinstance(each, Offer)}


def test_from_what_is_known_after_a_crash_who_waits_is_offered_in_order_to_the_longest_idle() -> None:
    fresh, idle = (OperatorState(each, SHIFT_S, idle_since=since) for each, since in ((ANNA, 90.0), (BORIS, 20.0)))
    first = EntryState(Entry(EntryId("c0"), Q, 1.0), 10.0)
    _, outcome = Acd.restore(Rules(), Snapshot((C1, first), (fresh, idle)), 100.0, "again-")
    assert offers(outcome.commands) == {"boris": "c0", "anna": "c1"}
    assert {each.offer for each in outcome.commands if isinstance(each, Offer)} == {"again-1.", "again-2."}


def test_an_offer_in_flight_goes_on() -> None:
    acd, outcome = Acd.restore(Rules(), Snapshot((C1,), (ringing(),), offered=7), 100.0)
    assert offers(outcome.commands) == {}
    acd.handle(OfferAnswered(OfferId("7")), 101.0)
    (operator,) = acd.snapshot().operators
    assert (operator.state, operator.entry) == (State.TALKING, "c1")


def test_a_talk_whose_deadline_is_not_known_is_verified_at_once() -> None:
    talking = OperatorState(ANNA, SHIFT_S, State.TALKING, entry=EntryId("c1"))
    acd, _ = Acd.restore(Rules(), Snapshot((C1,), (talking,)), 100.0)
    assert acd.next_deadline() == 100.0
    assert Verify(OperatorId("anna"), EntryId("c1"), 130.0) in acd.handle(Tick(), 100.0).commands


def test_a_callback_with_an_operator_is_being_dialled() -> None:
    listening = OperatorState(ANNA, SHIFT_S, State.TALKING, until=120.0, entry=EntryId("b1"))
    acd, _ = Acd.restore(Rules(), Snapshot((BACK,), (listening,)), 100.0)
    acd.handle(Tick(), 120.0)
    assert acd.snapshot().entries == ()


def test_the_called_in_reserve_stays_called_in() -> None:
    centre = Centre()
    dora = OperatorState(Operator(OperatorId("dora"), frozenset({Q}), {}, reserve=True), SHIFT_S)
    _, outcome = Acd.restore(centre.rules, Snapshot((C1,), (dora,), {Q: 200.0}), 100.0)
    assert offers(outcome.commands) == {"dora": "c1"}
    _, outcome = Acd.restore(centre.rules, Snapshot((C1,), (dora,)), 100.0)
    assert offers(outcome.commands) == {}


@pytest.mark.parametrize(
    ("snapshot", "mistake"),
    [
        (Snapshot((C1, C1)), "c1 is there twice"),
        (Snapshot((), (OperatorState(ANNA, SHIFT_S), OperatorState(ANNA, SHIFT_S))), "operator is there twice"),
        (Snapshot((), (ringing(),)), "cannot be ringing with entry c1"),
        (Snapshot((C1,), (OperatorState(ANNA, SHIFT_S, State.RINGING),)), "has an offer"),
        (Snapshot((), (OperatorState(ANNA, SHIFT_S, State.RINGING, offer=OfferId("7")),)), "rings for nobody"),
        (Snapshot((C1,), (OperatorState(ANNA, SHIFT_S, State.PAUSED, entry=EntryId("c1")),)), "cannot be paused"),
        (
            Snapshot((C1,), (ringing(), OperatorState(BORIS, SHIFT_S, State.TALKING, entry=EntryId("c1")))),
            "cannot be talking",
        ),
    ],
)
def test_a_snapshot_that_contradicts_itself_is_refused(snapshot: Snapshot, mistake: str) -> None:
    with pytest.raises(ValueError, match=mistake):
        Acd.restore(Rules(), snapshot, 100.0)


def test_an_operator_who_rests_goes_on_resting() -> None:
    resting = OperatorState(ANNA, SHIFT_S, State.PAUSED, until=500.0, reason="tea")
    acd, outcome = Acd.restore(Rules(), Snapshot((C1,), (resting,)), 100.0)
    assert (offers(outcome.commands), acd.next_deadline()) == ({}, 500.0)
