"""What operators do: they come, pause, miss, go; preference for one of them; the reserve."""

from math import inf

import pytest

from ivr.domain.acd import QueueRules
from ivr.domain.acd.commands import CallInReserve, CancelOffer, Subject, Tell, Verify
from ivr.domain.acd.events import (
    CallerLeft,
    DeviceBack,
    DeviceLost,
    Engaged,
    Event,
    Handed,
    Moved,
    OperatorLoggedIn,
    OperatorLoggedOut,
    Paused,
    Ready,
    ReserveNeeded,
    Tick,
    WaitPredicted,
    WrapUpEnded,
)
from ivr.domain.acd.model import EntryId, Operator, OperatorId, Stage, State
from ivr.domain.acd.records import Because, Hindrance, Passed, Waits, What, Why
from tests.unit.domain.acd.centre import SHIFT_S, Centre, Q

ANNA, BORIS = OperatorId("anna"), OperatorId("boris")


def test_an_operator_may_come_without_being_ready() -> None:
    centre = Centre()
    centre.call("c1")
    centre.do(OperatorLoggedIn(Operator(ANNA, frozenset({Q}), {}), SHIFT_S, ready=False))
    assert (centre.rung, centre.state("anna")) == ({}, State.PAUSED)
    centre.do(Ready(ANNA))
    assert centre.rung == {"anna": "c1"}


def test_other_queues_and_skills_hold_at_once_and_do_not_disturb_a_talk() -> None:
    centre = Centre()
    centre.call("c1", queue="companies")
    centre.operator("anna", until=100.0)
    centre.operator("anna", queues="persons companies", until=SHIFT_S)
    assert centre.rung == {"anna": "c1"}
    centre.answer("anna")
    centre.operator("anna", queues="persons")
    assert centre.state("anna") is State.TALKING
    centre.do(OperatorLoggedOut(ANNA))
    centre.operator("anna")
    centre.hang_up("anna")
    assert centre.state("anna") is State.WRAP_UP


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (OperatorLoggedOut(ANNA), State.LOGGED_OUT),
        (Paused(ANNA, "lunch", 1800.0), State.PAUSED),
        (DeviceLost(ANNA), State.UNREACHABLE),
        (Engaged(ANNA), State.TALKING),
    ],
)
def test_who_is_away_all_of_a_sudden_is_not_rung_any_more_and_the_caller_goes_to_the_next(
    event: Event, state: State
) -> None:
    centre = Centre()
    centre.operator("anna")
    centre.call("c1")
    centre.operator("boris")
    centre.do(event)
    assert isinstance(centre.commands[0], CancelOffer)
    assert (centre.state("anna"), centre.rung) == (state, {"boris": "c1"})


def test_what_an_operator_cannot_do_in_his_state_is_ignored() -> None:
    centre = Centre()
    for event in (OperatorLoggedOut(ANNA), Ready(ANNA), Paused(ANNA, "lunch", 9.0), Engaged(ANNA), DeviceLost(ANNA)):
        centre.do(event)
        assert centre.ignored
    centre.operator("anna")
    for event in (DeviceBack(ANNA), WrapUpEnded(ANNA), Ready(ANNA)):
        centre.do(event)
        assert centre.ignored and centre.state("anna") is State.READY


def test_a_pause_longer_than_planned_is_told_and_lasts_until_he_is_ready_or_his_shift_ends() -> None:
    centre = Centre()
    centre.operator("anna", until=500.0)
    centre.do(Paused(ANNA, "lunch", 100.0))
    centre.call("c1")
    centre.wait(100.0)
    told = next(each for each in centre.commands if isinstance(each, Tell))
    assert (told.overdue, told.reason, told.until) == (True, "lunch", 500.0)
    assert centre.rung == {}
    centre.wait(400.0)
    assert centre.state("anna") is State.LOGGED_OUT


def test_a_pause_asked_for_in_a_talk_begins_after_the_wrap_up_unless_taken_back() -> None:
    centre = Centre()
    centre.operator("anna")
    centre.call("c1")
    centre.answer("anna")
    centre.do(Paused(ANNA, "tea", 600.0))
    centre.hang_up("anna")
    assert centre.state("anna") is State.WRAP_UP
    centre.do(WrapUpEnded(ANNA))
    assert centre.state("anna") is State.PAUSED
    centre.do(Ready(ANNA))
    centre.call("c2")
    centre.answer("anna")
    centre.do(Paused(ANNA, "tea", 600.0))
    centre.do(Ready(ANNA))
    centre.hang_up("anna")
    centre.do(WrapUpEnded(ANNA))
    assert centre.state("anna") is State.READY


def test_a_shift_ends_at_once_or_with_the_talk() -> None:
    centre = Centre(QueueRules(talk_check_s=5000))
    centre.operator("anna", until=100.0)
    centre.operator("boris", until=100.0)
    centre.call("c1")
    centre.answer("anna")
    centre.wait(99.0)
    centre.call("c2")
    centre.wait(1.0)
    assert (centre.state("anna"), centre.state("boris")) == (State.TALKING, State.LOGGED_OUT)
    assert (centre.rung, centre.stage("c2")) == ({}, Stage.WAITING)
    centre.wait(4900.0)
    assert isinstance(centre.commands[0], Verify)
    centre.do(CallerLeft(EntryId("c1")))
    assert centre.state("anna") is State.LOGGED_OUT


def test_a_device_that_comes_back_makes_its_operator_ready() -> None:
    centre = Centre()
    centre.operator("anna")
    centre.do(DeviceLost(ANNA))
    centre.do(DeviceBack(ANNA))
    assert centre.state("anna") is State.READY


def test_the_staff_of_a_queue_is_counted_by_state() -> None:
    centre = Centre()
    centre.operator("anna")
    centre.operator("boris", queues="persons companies")
    centre.operator("clara", queues="companies")
    centre.operator("dora", reserve=True)
    centre.do(Paused(ANNA, "tea", 10.0))
    assert centre.acd.staff(Q) == {State.PAUSED: 1, State.READY: 1}
    centre.do(ReserveNeeded(Q, 100.0))
    assert centre.acd.staff(Q) == {State.PAUSED: 1, State.READY: 2}
    assert centre.acd.staff("nobody's") == {}


def test_when_the_first_of_those_on_a_pause_or_set_aside_is_back() -> None:
    centre = Centre(misses=1, aside_s=300)
    assert centre.acd.back_s(Q, centre.now) == inf
    centre.operator("anna")
    assert centre.acd.back_s(Q, centre.now) == inf
    centre.do(Paused(ANNA, "lunch", centre.now + 600))
    centre.do(Tick(), 60)
    assert centre.acd.back_s(Q, centre.now) == 540 and centre.acd.back_s("companies", centre.now) == inf
    centre.operator("boris")
    centre.call("one")
    centre.refuse("boris")
    assert centre.state("boris") is State.SET_ASIDE and centre.acd.back_s(Q, centre.now) == 300
    centre.wait(560)
    assert centre.acd.staff(Q)[State.PAUSED] == 1  # overdue: he has not told when
    centre.do(OperatorLoggedOut(BORIS))
    assert centre.acd.back_s(Q, centre.now) == inf


def test_a_pause_to_the_end_of_the_shift_and_the_reserve_that_is_not_called_bring_nobody_back() -> None:
    centre = Centre()
    centre.operator("anna", until=centre.now + 500)
    centre.do(Paused(ANNA, "lunch", centre.now + 600))
    centre.operator("olga", reserve=True)
    centre.do(Paused(OperatorId("olga"), "rest", centre.now + 60))
    assert centre.acd.back_s(Q, centre.now) == inf
    centre.do(ReserveNeeded(Q, centre.now + 30))
    assert centre.acd.back_s(Q, centre.now) == 60


def test_a_ready_operator_who_is_preferred_is_chosen_though_others_are_better() -> None:
    centre = Centre()
    centre.operator("boris", billing=3)
    centre.now = 5.0
    centre.operator("anna")
    centre.call("c1", needs={"billing": 2}, preferred=ANNA, preferred_until=60.0)
    assert (centre.rung, centre.decision.because) == ({"anna": "c1"}, Because.PREFERRED)


def test_a_caller_waits_for_the_preferred_one_who_will_be_free_soon_but_not_for_ever() -> None:
    centre = Centre()
    centre.operator("anna")
    centre.call("c1")
    centre.answer("anna")
    centre.operator("boris")
    centre.call("c2", preferred=ANNA, preferred_until=60.0)
    assert [each.hindrance for each in centre.records if isinstance(each, Waits)] == [Hindrance.KEPT_FOR_PREFERRED]
    assert (centre.rung, centre.acd.place(EntryId("c2"))) == ({}, 0)
    centre.wait(60.0)
    assert centre.rung == {"boris": "c2"}


def test_the_preferred_one_takes_who_was_kept_for_him_in_its_order() -> None:
    centre = Centre(QueueRules(wrap_up_s=0))
    centre.operator("anna")
    centre.call("c1")
    centre.answer("anna")
    centre.call("c2", preferred=ANNA, preferred_until=600.0)
    centre.call("c3", priority=0)
    centre.call("c4", queue="companies")
    centre.now += 1
    centre.call("c5")
    centre.hang_up("anna")
    assert centre.rung == {"anna": "c3"}
    assert centre.decision.passed == (Passed("c2", Why.LOWER_PRIORITY), Passed("c5", Why.LOWER_PRIORITY))
    centre.answer("anna")
    centre.hang_up("anna")
    assert (centre.rung, centre.decision.because) == ({"anna": "c2"}, Because.PREFERRED)


@pytest.mark.parametrize("event", [OperatorLoggedOut(ANNA), Paused(ANNA, "lunch", 999.0)])
def test_who_was_kept_for_one_who_goes_away_goes_to_others(event: Event) -> None:
    centre = Centre(QueueRules(wrap_up_s=60))
    centre.operator("anna")
    centre.call("c1")
    centre.answer("anna")
    centre.hang_up("anna")
    centre.operator("boris")
    centre.call("c2", preferred=ANNA, preferred_until=600.0)
    centre.do(event)
    assert What.PREFERENCE_ENDED in centre.notes and centre.rung == {"boris": "c2"}


def test_who_missed_the_caller_is_not_preferred_again() -> None:
    centre = Centre()
    centre.operator("anna")
    centre.operator("boris")
    centre.call("c1", preferred=ANNA, preferred_until=600.0)
    centre.refuse("anna")
    assert centre.rung == {"boris": "c1"}


def test_a_caller_transferred_to_an_operator_waits_for_him() -> None:
    centre = Centre()
    centre.operator("anna")
    centre.now = 1.0
    centre.operator("boris", queues="companies")
    centre.call("c1")
    centre.answer("anna")
    centre.do(Moved(EntryId("c1"), Q, preferred=BORIS, preferred_until=100.0))
    assert centre.rung == {"boris": "c1"}
    centre.answer("boris")
    centre.do(WrapUpEnded(ANNA))
    centre.do(Handed(EntryId("c1"), ANNA))
    assert (centre.state("anna"), centre.state("boris")) == (State.TALKING, State.WRAP_UP)


def test_the_reserve_is_called_in_when_the_promise_exceeds_the_target_and_goes_after_a_while() -> None:
    centre = Centre(QueueRules(target_s=100, reserve_s=600, longest_wait_s=9000))
    centre.operator("dora", reserve=True)
    centre.operator("eva", queues="companies", reserve=True)
    centre.operator("boris", queues="companies")
    centre.call("c1")
    centre.call("c2")
    centre.do(WaitPredicted(Q, 100.0))
    assert (centre.commands, centre.rung) == ([], {})
    centre.do(WaitPredicted(Q, 101.0))
    assert CallInReserve(Q, 600.0) in centre.commands
    assert What.RESERVE_CALLED in centre.notes and centre.rung == {"dora": "c1"}
    centre.do(WaitPredicted(Q, 300.0), 10.0)
    assert centre.commands == [Tell(Subject.QUEUE, Q, "reserve", 610.0, "predicted 300 s")]
    centre.serve("dora")
    assert centre.rung == {"dora": "c2"}
    centre.serve("dora")
    centre.wait(599.0)
    centre.call("c3")
    assert centre.rung == {"dora": "c3"}
    centre.serve("dora")
    centre.wait(1.0)
    centre.call("c4")
    assert centre.rung == {}


def test_the_reserve_is_called_and_sent_away_by_hand() -> None:
    centre = Centre()
    centre.operator("dora", reserve=True)
    centre.call("hopeless", needs={"billing": 1})
    centre.call("c1")
    centre.do(ReserveNeeded(Q, 0.0))
    assert centre.commands == []
    centre.do(ReserveNeeded(Q, 5000.0))
    assert centre.rung == {"dora": "c1"}
    centre.do(WaitPredicted(Q, 500.0))
    assert centre.acd.snapshot().reserve == {Q: 5000.0}
    centre.do(ReserveNeeded(Q, 0.0))
    assert What.RESERVE_SENT_AWAY in centre.notes
    centre.serve("dora")
    centre.call("c2")
    assert centre.rung == {}


def test_the_reserve_is_rung_only_when_no_regular_operator_is_free() -> None:
    centre = Centre()
    centre.operator("dora", reserve=True, billing=9)
    centre.operator("anna", billing=1)
    centre.do(ReserveNeeded(Q, 100.0))
    centre.call("c1", needs={"billing": 1})
    assert centre.rung == {"anna": "c1"} and centre.decision.passed == (Passed("dora", Why.RESERVE),)
    centre.call("c2", needs={"billing": 1})
    assert centre.rung == {"anna": "c1", "dora": "c2"}


def test_many_shifts_that_end_at_once_end_in_several_ticks() -> None:
    centre = Centre()
    for number in range(20):
        centre.operator(f"o{number}", until=50.0)
    centre.do(Tick(), 50.0)
    assert (len(centre.seats), centre.acd.next_deadline()) == (12, 50.0)
    centre.wait(0.0)
    assert not centre.seats and centre.acd.next_deadline() is None


def test_a_transferred_caller_whom_nobody_takes_comes_back_to_the_sender_who_has_wrapped_up_then() -> None:
    centre = Centre()
    centre.operator("anna")
    centre.call("c1")
    centre.answer("anna")
    centre.operator("boris", queues="companies")
    centre.operator("clara", queues="companies")
    centre.call("c2")
    centre.do(Moved(EntryId("c1"), Q, preferred=BORIS, preferred_until=100.0, sent_by=ANNA))
    assert (centre.rung, centre.state("anna")) == ({"boris": "c1"}, State.WRAP_UP)
    centre.refuse("boris")
    assert centre.rung == {"anna": "c1"}
    centre.answer("anna")
    centre.do(Moved(EntryId("c1"), Q, preferred=BORIS, preferred_until=100.0, sent_by=OperatorId("gone")))
    centre.wait(100.0)
    assert centre.acd.place(EntryId("c1")) == 0
