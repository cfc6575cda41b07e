"""Callbacks stand in the same line: the operator answers first, then the customer is rung."""

from ivr.domain.acd import QueueRules
from ivr.domain.acd.commands import CallBack, CancelCallBack, Offer, Subject, Tell
from ivr.domain.acd.events import (
    CallbackAnswered,
    CallbackAsked,
    CallbackFailed,
    CallerLeft,
    Moved,
    OperatorLoggedOut,
    Paused,
    TalkEnd,
)
from ivr.domain.acd.model import EntryId, Kind, OperatorId, Stage, State
from ivr.domain.acd.records import What
from tests.unit.domain.acd.centre import Centre

ANNA, B1 = OperatorId("anna"), EntryId("b1")


def dialling() -> Centre:
    centre = Centre(QueueRules(dial_s=45))
    centre.operator("anna")
    centre.callback("b1", priority=3)
    centre.answer("anna")
    return centre


def test_the_operator_answers_then_the_customer_is_rung_and_they_talk() -> None:
    centre = dialling()
    assert centre.commands[0] == CallBack(B1, ANNA, 45.0)
    assert (centre.stage("b1"), centre.state("anna")) == (Stage.DIALLING, State.TALKING)
    centre.do(CallbackAnswered(B1))
    assert centre.stage("b1") is Stage.TALKING
    centre.do(CallbackAnswered(B1))
    assert centre.ignored
    centre.hang_up("anna")
    assert (centre.stage("b1"), centre.state("anna")) == (Stage.LEFT, State.WRAP_UP)


def test_a_customer_who_is_not_reached_leaves_the_operator_free() -> None:
    centre = dialling()
    centre.do(CallbackFailed(B1, "busy"))
    assert (centre.stage("b1"), centre.state("anna")) == (Stage.LEFT, State.READY)
    assert centre.notes == [What.CALLBACK_FAILED]
    centre.do(CallbackFailed(B1, "busy"))
    assert centre.ignored


def test_a_customer_who_lets_it_ring_is_given_up() -> None:
    centre = dialling()
    centre.wait(45.0)
    assert CancelCallBack(B1, ANNA) in centre.commands
    assert (centre.stage("b1"), centre.state("anna")) == (Stage.LEFT, State.READY)


def test_a_callback_that_is_cancelled_while_it_is_dialled_stops_the_dialling() -> None:
    centre = dialling()
    centre.do(CallerLeft(B1))
    assert centre.commands[0] == CancelCallBack(B1, ANNA)
    assert centre.state("anna") is State.READY


def test_who_wanted_to_go_or_to_rest_does_so_when_a_callback_is_cancelled() -> None:
    centre = dialling()
    centre.do(Paused(ANNA, "tea", 100.0))
    centre.do(CallerLeft(B1))
    assert centre.state("anna") is State.PAUSED
    centre = dialling()
    centre.do(OperatorLoggedOut(ANNA))
    centre.do(CallerLeft(B1))
    assert centre.state("anna") is State.LOGGED_OUT


def test_a_callback_moved_while_it_is_dialled_waits_in_the_other_queue() -> None:
    centre = dialling()
    centre.do(Moved(B1, "companies"))
    assert centre.commands[0] == CancelCallBack(B1, ANNA)
    assert (centre.stage("b1"), centre.state("anna")) == (Stage.WAITING, State.READY)


def test_an_operator_who_hangs_up_on_the_dialling_has_missed_and_the_callback_waits_on() -> None:
    centre = dialling()
    centre.hang_up("anna")
    assert CancelCallBack(B1, ANNA) in centre.commands
    assert (centre.stage("b1"), centre.state("anna")) == (Stage.WAITING, State.MISSED)
    centre = dialling()
    centre.do(OperatorLoggedOut(ANNA))
    centre.hang_up("anna")
    assert (centre.stage("b1"), centre.state("anna")) == (Stage.WAITING, State.LOGGED_OUT)


def test_a_phone_that_dies_while_dialling_leaves_the_callback_in_its_place() -> None:
    centre = dialling()
    centre.hang_up("anna", TalkEnd.OPERATOR_LOST)
    assert (centre.state("anna"), centre.tickets[B1].entry.priority) == (State.UNREACHABLE, 3)


def test_a_customer_whose_operator_is_lost_in_the_talk_waits_as_a_live_caller() -> None:
    centre = dialling()
    centre.do(CallbackAnswered(B1))
    centre.hang_up("anna", TalkEnd.OPERATOR_LOST)
    centre.operator("boris")
    assert next(each for each in centre.commands if isinstance(each, Offer)).kind is Kind.LIVE


def test_a_waiting_caller_may_hang_up_and_keep_his_place() -> None:
    centre = Centre()
    centre.call("c1")
    centre.call("c2")
    centre.do(CallbackAsked(EntryId("c1")))
    assert centre.acd.place(EntryId("c1")) == 0 and centre.notes == [What.CALLBACK_ASKED]
    assert centre.commands == [Tell(Subject.ENTRY, "c1", Stage.WAITING, 3600.0, "callback")]
    centre.do(CallbackAsked(EntryId("c1")))
    assert centre.ignored
    centre.operator("anna")
    assert next(each for each in centre.commands if isinstance(each, Offer)).kind is Kind.CALLBACK


def test_a_callback_asked_for_while_a_phone_rings_is_offered_anew() -> None:
    centre = Centre()
    centre.operator("anna")
    centre.call("c1")
    centre.call("c2")
    centre.do(CallbackAsked(EntryId("c1")))
    assert centre.rung == {"anna": "c1"}
    assert [each.kind for each in centre.ringing.values()] == [Kind.CALLBACK]
    centre.answer("anna")
    centre.do(CallbackAsked(EntryId("c1")))
    assert centre.ignored
