"""An offer and what comes of it: it rings out, fails, is answered too late; a talk, its end, its wrap-up."""

import pytest

from ivr.domain.acd import QueueRules, Relaxation, Rules
from ivr.domain.acd.commands import CancelOffer, SetAside, Verify
from ivr.domain.acd.events import (
    CallerLeft,
    Engaged,
    Failure,
    Handed,
    Moved,
    OfferAnswered,
    OfferFailed,
    OperatorLoggedOut,
    Ready,
    TalkAlive,
    TalkEnd,
    TalkEnded,
    WrapUpEnded,
    WrapUpExtended,
)
from ivr.domain.acd.model import EntryId, Need, OfferId, OperatorId, Stage, State
from ivr.domain.acd.records import What
from ivr.domain.standards import Measure, Target, Targets
from tests.unit.domain.acd.centre import Centre

ANNA = OperatorId("anna")


def test_the_standard_sets_the_limits_and_its_silence_leaves_ours() -> None:
    def target(seconds: float) -> Target:
        return Target(seconds, Measure.AVERAGE, "1.1")

    said = QueueRules.of(Targets(wait=target(40), answer=target(10), wrap_up=target(60)))
    assert (said.target_s, said.ring_s, said.wrap_up_s) == (40, 10, 60)
    assert QueueRules.of(Targets()) == QueueRules()


@pytest.mark.parametrize("wrong", [{"ring_s": 0}, {"wrap_up_s": -1}, {"longest_wait_s": 0}])
def test_a_queue_has_no_period_without_a_length(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="length"):
        QueueRules(**wrong)


@pytest.mark.parametrize("wrong", [{"misses": 0}, {"rest_s": 0}])
def test_a_centre_has_no_period_without_a_length(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="length"):
        Rules(**wrong)


def test_an_offer_that_is_not_answered_goes_to_the_next_and_the_caller_keeps_his_place() -> None:
    centre = Centre()
    centre.operator("anna")
    centre.now = 1.0
    centre.operator("boris")
    centre.call("c1")
    centre.call("c2")
    centre.call("c3")
    assert centre.rung == {"anna": "c1", "boris": "c2"}
    centre.answer("boris")
    notes = centre.wait(15.0)
    assert What.MISSED in [getattr(each, "what", None) for each in notes]
    assert (centre.state("anna"), centre.acd.place(EntryId("c1"))) == (State.MISSED, 0)
    centre.hang_up("boris")
    centre.do(WrapUpEnded(OperatorId("boris")))
    assert centre.rung == {"boris": "c1"}
    centre.wait(5.0)
    assert centre.rung == {"boris": "c1", "anna": "c3"}


def test_too_many_misses_in_a_row_set_an_operator_aside_and_one_more_again() -> None:
    centre = Centre(misses=2, aside_s=100.0)
    centre.operator("anna")
    centre.call("c1")
    centre.refuse("anna", Failure.DECLINED)
    centre.wait(5.0)
    centre.refuse("anna")
    assert SetAside(ANNA, 2, centre.now + 100.0) in centre.commands
    assert centre.state("anna") is State.SET_ASIDE
    centre.wait(100.0)
    assert centre.rung == {"anna": "c1"}
    centre.refuse("anna")
    assert centre.state("anna") is State.SET_ASIDE
    centre.do(Ready(ANNA))
    centre.refuse("anna")
    assert centre.state("anna") is State.MISSED


def test_an_answer_forgives_the_misses_before_it() -> None:
    centre = Centre(misses=2)
    centre.operator("anna")
    centre.call("c1")
    centre.refuse("anna")
    centre.wait(5.0)
    centre.serve("anna")
    centre.call("c2")
    centre.refuse("anna")
    assert centre.state("anna") is State.MISSED


def test_who_answers_only_to_hang_up_is_set_aside_like_one_who_does_not_answer() -> None:
    centre = Centre(misses=3, rest_s=5.0)
    centre.operator("anna")
    centre.call("c1")
    centre.refuse("anna")
    centre.wait(5.0)
    centre.answer("anna")
    centre.hang_up("anna", TalkEnd.NOT_BEGUN)
    assert (centre.state("anna"), centre.seats[ANNA].misses) == (State.MISSED, 2)
    centre.wait(5.0)
    centre.answer("anna")
    centre.hang_up("anna", TalkEnd.NOT_BEGUN)
    assert centre.state("anna") is State.SET_ASIDE


@pytest.mark.parametrize("failure", [Failure.BUSY, Failure.DECLINED, Failure.NO_ANSWER])
def test_a_call_that_is_refused_by_hand_is_a_miss(failure: Failure) -> None:
    centre = Centre(misses=2)
    centre.operator("anna")
    centre.call("c1")
    centre.refuse("anna", failure)
    assert (centre.state("anna"), centre.seats[ANNA].misses) == (State.MISSED, 1)


def test_a_device_that_cannot_be_rung_is_no_miss_and_is_tried_again() -> None:
    centre = Centre(unreachable_s=60.0)
    centre.operator("anna")
    centre.call("c1")
    centre.refuse("anna", Failure.UNREACHABLE)
    assert (centre.state("anna"), centre.seats[ANNA].misses) == (State.UNREACHABLE, 0)
    centre.wait(60.0)
    assert centre.rung == {"anna": "c1"}


def test_an_answer_that_comes_too_late_is_hung_up() -> None:
    centre = Centre()
    centre.operator("anna")
    centre.call("c1")
    offer = next(iter(centre.ringing))
    centre.do(CallerLeft(EntryId("c1")))
    centre.do(OfferAnswered(offer))
    assert centre.commands == [CancelOffer(offer)] and centre.ignored
    centre.do(OfferFailed(OfferId("never"), Failure.BUSY))
    assert centre.ignored


def test_a_talk_is_followed_by_a_wrap_up_with_a_limit() -> None:
    centre = Centre(QueueRules(wrap_up_s=60))
    centre.operator("anna")
    centre.call("c1")
    centre.answer("anna")
    assert (centre.state("anna"), centre.stage("c1")) == (State.TALKING, Stage.TALKING)
    centre.hang_up("anna")
    assert (centre.state("anna"), centre.stage("c1")) == (State.WRAP_UP, Stage.LEFT)
    centre.call("c2")
    centre.wait(59.0)
    assert centre.rung == {}
    centre.wait(1.0)
    assert centre.rung == {"anna": "c2"}


def test_a_wrap_up_is_extended_up_to_its_allowance_and_ended_early() -> None:
    centre = Centre(QueueRules(wrap_up_s=60, wrap_up_extension_s=30))
    centre.operator("anna")
    centre.call("c1")
    centre.answer("anna")
    centre.do(WrapUpExtended(ANNA, 20.0))
    assert centre.ignored
    centre.hang_up("anna")
    centre.do(WrapUpExtended(ANNA, 20.0))
    assert centre.acd.next_deadline() == 80.0
    centre.do(WrapUpExtended(ANNA, 20.0))
    assert centre.acd.next_deadline() == 90.0
    centre.do(WrapUpExtended(ANNA, 20.0))
    assert centre.ignored
    centre.do(WrapUpEnded(ANNA))
    assert centre.state("anna") is State.READY


def test_without_a_wrap_up_the_next_call_comes_at_once() -> None:
    centre = Centre(QueueRules(wrap_up_s=0))
    centre.operator("anna")
    centre.call("c1")
    centre.call("c2")
    centre.answer("anna")
    centre.do(CallerLeft(EntryId("c1")))
    assert centre.rung == {"anna": "c2"} and What.TALK_ENDED in centre.notes


def test_a_caller_whose_operators_phone_died_returns_to_the_head_of_the_line() -> None:
    centre = Centre()
    centre.operator("anna")
    centre.call("cut", priority=9)
    centre.answer("anna")
    centre.call("early", priority=0, arrived=-50.0)
    centre.hang_up("anna", TalkEnd.OPERATOR_LOST)
    assert (centre.state("anna"), centre.acd.place(EntryId("cut"))) == (State.UNREACHABLE, 0)
    assert What.RETURNED in centre.notes
    centre.operator("boris")
    assert centre.rung == {"boris": "cut"}


def test_who_returns_from_a_long_talk_has_the_whole_longest_wait_before_him() -> None:
    centre = Centre(QueueRules(longest_wait_s=60))
    centre.operator("anna")
    centre.call("cut")
    centre.answer("anna")
    centre.wait(100.0)
    centre.hang_up("anna", TalkEnd.OPERATOR_LOST)
    centre.wait(59.0)
    assert centre.rung == {} and centre.stage("cut") is Stage.WAITING


def test_a_long_talk_goes_on_when_it_is_proved_alive() -> None:
    centre = Centre(QueueRules(talk_check_s=900), verify_s=30)
    centre.operator("anna")
    centre.call("c1")
    centre.answer("anna")
    centre.do(TalkAlive(ANNA))
    assert centre.ignored
    centre.wait(900.0)
    assert centre.commands[0] == Verify(ANNA, EntryId("c1"), 930.0)
    centre.do(TalkAlive(ANNA))
    assert centre.acd.next_deadline() == 1800.0
    centre.wait(900.0)
    records = centre.wait(30.0)
    assert What.TALK_UNPROVEN in [getattr(each, "what", None) for each in records]
    assert (centre.state("anna"), centre.stage("c1")) == (State.WRAP_UP, Stage.LEFT)


def test_a_call_of_the_operators_own_keeps_him_from_others_and_is_verified_too() -> None:
    centre = Centre(QueueRules(talk_check_s=100), verify_s=30)
    centre.operator("anna")
    centre.do(Engaged(ANNA))
    centre.call("c1")
    assert centre.rung == {}
    centre.hang_up("anna")
    assert centre.rung == {"anna": "c1"}
    centre.do(Engaged(ANNA))
    assert (centre.state("anna"), centre.stage("c1")) == (State.TALKING, Stage.WAITING)
    centre.do(Engaged(ANNA))
    assert centre.ignored
    centre.wait(100.0)
    centre.do(TalkAlive(ANNA))
    centre.wait(130.0)
    assert centre.rung == {"anna": "c1"}


def test_an_own_call_whose_phone_died_leaves_the_operator_unreachable() -> None:
    centre = Centre()
    centre.operator("anna")
    centre.do(Engaged(ANNA))
    centre.hang_up("anna", TalkEnd.OPERATOR_LOST)
    assert centre.state("anna") is State.UNREACHABLE
    centre.do(TalkEnded(ANNA))
    assert centre.ignored


def test_a_blind_transfer_brings_the_caller_into_the_other_queue_at_his_old_arrival() -> None:
    centre = Centre()
    centre.operator("anna")
    centre.call("c1")
    centre.answer("anna")
    centre.call("c2", queue="companies", arrived=100.0)
    centre.do(Moved(EntryId("c1"), "companies"), 200.0)
    assert (centre.state("anna"), centre.acd.place(EntryId("c1"))) == (State.WRAP_UP, 0)


def test_an_attended_transfer_hands_the_talk_to_a_colleague() -> None:
    centre = Centre()
    for name in ("anna", "boris", "clara"):
        centre.operator(name)
        centre.now += 1
    for name in ("c1", "c2", "c3"):
        centre.call(name)
    centre.answer("anna")
    centre.do(Handed(EntryId("c1"), OperatorId("nobody")))
    assert centre.ignored
    centre.do(Handed(EntryId("c2"), OperatorId("anna")))
    assert centre.ignored
    centre.do(Handed(EntryId("c1"), OperatorId("boris")))
    assert (centre.state("anna"), centre.state("boris")) == (State.WRAP_UP, State.TALKING)
    assert (centre.stage("c1"), centre.stage("c2")) == (Stage.TALKING, Stage.WAITING)
    centre.answer("clara")
    centre.do(Handed(EntryId("c1"), OperatorId("clara")))
    assert centre.ignored
    centre.do(Handed(EntryId("c1"), ANNA))
    assert centre.state("anna") is State.TALKING


def test_who_hangs_up_before_the_talk_has_let_the_caller_pass_and_the_next_gets_him() -> None:
    centre = Centre()
    for name in ("anna", "boris"):
        centre.operator(name)
        centre.now += 1
    centre.call("c1")
    centre.answer("anna")
    centre.hang_up("anna", TalkEnd.NOT_BEGUN)
    assert (centre.state("anna"), centre.rung) == (State.MISSED, {"boris": "c1"})


def test_who_logged_out_in_a_talk_goes_when_it_ends_even_by_his_phones_death() -> None:
    centre = Centre()
    centre.operator("anna")
    for end in TalkEnd:
        centre.operator("anna")
        centre.call(f"c-{end}")
        centre.answer("anna")
        centre.do(OperatorLoggedOut(ANNA))
        assert centre.state("anna") is State.TALKING
        centre.hang_up("anna", end)
        assert centre.state("anna") is State.LOGGED_OUT
    assert centre.stage(f"c-{TalkEnd.OPERATOR_LOST}") is Stage.WAITING


def test_demands_soften_with_time_until_somebody_may_take_the_caller() -> None:
    centre = Centre(QueueRules(relaxation=(Relaxation(30, 1), Relaxation(60, 5))))
    centre.operator("learner", billing=2)
    centre.operator("novice")
    centre.call("c1", needs={"billing": 3})
    centre.call("c2", needs={"billing": 4})
    centre.wait(29.0)
    assert centre.rung == {}
    centre.wait(1.0)
    assert centre.rung == {"learner": "c1"}
    centre.answer("learner")
    centre.wait(30.0)
    assert centre.rung == {"novice": "c2"}


def test_a_new_priority_in_the_same_queue_does_not_begin_the_wait_anew() -> None:
    centre = Centre(QueueRules(relaxation=(Relaxation(30, 3),)))
    centre.operator("novice")
    centre.call("c1", needs={"billing": 3})
    centre.wait(20.0)
    centre.do(Moved(EntryId("c1"), "persons", (Need("billing", 3),), priority=0))
    centre.wait(10.0)
    assert centre.rung == {"novice": "c1"}


def test_who_waits_too_long_goes_over_to_another_queue_once_and_then_is_released() -> None:
    queues = {
        "persons": QueueRules(longest_wait_s=60, overflow_to="companies"),
        "companies": QueueRules(longest_wait_s=40, overflow_to="persons"),
    }
    centre = Centre(queues=queues)
    centre.call("c1", preferred=OperatorId("nobody"), preferred_until=1000.0)
    centre.wait(60.0)
    assert centre.acd.waiting("companies") == 1
    centre.operator("persons-only")
    assert centre.rung == {}
    centre.wait(40.0)
    assert centre.stage("c1") is Stage.LEFT


def test_an_entry_with_an_end_of_its_own_is_released_then() -> None:
    centre = Centre(QueueRules(overflow_to="companies"))
    centre.call("c1", gives_up_at=20.0)
    notes = centre.wait(20.0)
    assert [getattr(each, "what", None) for each in notes] == [What.RELEASED]
