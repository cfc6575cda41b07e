"""A callback from the order to its end."""

import pytest

from ivr.domain.callback import OPEN, Callback, CallbackRules, CallbackStage

RULES = CallbackRules(tries=2, gap_s=600, keep_s=3600)
ASKED = Callback("centre-1.1", "+79991234567", "persons", "readings", arrived=100.0, asked=160.0, due=160.0)


def test_who_answers_is_reached() -> None:
    dialled = ASKED.dialled("leg-1", "101")
    assert (dialled.stage, dialled.tries, dialled.leg, dialled.operator) == (CallbackStage.DIALLING, 1, "leg-1", "101")
    reached = dialled.reached(200.0)
    assert (reached.stage, reached.result, reached.ended) == (CallbackStage.REACHED, "answered", 200.0)
    assert reached.stage not in OPEN and dialled.stage in OPEN


def test_who_does_not_answer_is_tried_again_after_the_gap_and_given_up_after_the_last_try() -> None:
    assert not ASKED.last(RULES)
    once = ASKED.dialled("leg-1", "101").failed("no_answer", 200.0, RULES)
    assert (once.stage, once.due, once.result, once.arrived) == (CallbackStage.WAITING, 800.0, "no_answer", 100.0)
    assert once.last(RULES)
    twice = once.dialled("leg-2", "102").failed("busy", 900.0, RULES)
    assert (twice.stage, twice.result, twice.ended, twice.tries) == (CallbackStage.GIVEN_UP, "busy", 900.0, 2)


def test_a_try_that_was_none_does_not_count() -> None:
    again = ASKED.dialled("leg-1", "101").not_tried("operator_left", 200.0)
    assert (again.stage, again.tries, again.due) == (CallbackStage.WAITING, 0, 200.0)
    assert ASKED.not_tried("store_unavailable", 200.0).tries == 0


def test_it_is_withdrawn_or_kept_for_too_long() -> None:
    gone = ASKED.withdrawn("talked", 170.0)
    assert (gone.stage, gone.result, gone.ended) == (CallbackStage.WITHDRAWN, "talked", 170.0)
    assert not ASKED.overdue(3759.0, RULES) and ASKED.overdue(3760.0, RULES)
    assert not ASKED.dialled("leg-1", "101").overdue(9999.0, RULES)
    assert ASKED.given_up("too_late", 3760.0).stage is CallbackStage.GIVEN_UP


@pytest.mark.parametrize("wrong", [{"tries": 0}, {"gap_s": 0.0}, {"keep_s": -1.0}, {"ring_s": 0.0}])
def test_rules_have_a_sense(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="at least once"):
        CallbackRules(**wrong)
