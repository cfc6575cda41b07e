"""The one line: its order, who may take what, who is chosen of several, and the reasons told."""

import pytest

from ivr.domain.acd.commands import Offer
from ivr.domain.acd.events import CallerLeft, CallerQueued, Moved
from ivr.domain.acd.model import HEAD, Entry, EntryId, Kind, Operator, OperatorId, Stage, State
from ivr.domain.acd.records import Because, Hindrance, Passed, Waits, What, Why
from tests.unit.domain.acd.centre import Centre


def test_a_caller_is_offered_to_a_free_operator_at_once() -> None:
    centre = Centre()
    centre.operator("anna")
    centre.call("c1")
    assert centre.commands[0] == Offer(EntryId("c1"), OperatorId("anna"), "1.", Kind.LIVE, 15.0)
    assert centre.decision.because is Because.BEST_OPERATOR


def test_who_becomes_free_takes_the_first_in_line_whatever_its_kind() -> None:
    centre = Centre()
    centre.call("later", arrived=50.0)
    centre.callback("promised", arrived=10.0)
    centre.call("sold", kind=Kind.OUTBOUND, priority=0, arrived=60.0)
    centre.call("early", arrived=10.0)
    assert [centre.acd.place(EntryId(name)) for name in ("sold", "early", "promised", "later")] == [0, 1, 2, 3]
    centre.operator("anna")
    assert centre.decision.because is Because.FIRST_IN_LINE
    assert centre.decision.passed == (
        Passed("early", Why.LOWER_PRIORITY),
        Passed("promised", Why.LOWER_PRIORITY),
        Passed("later", Why.LOWER_PRIORITY),
    )
    served = [centre.rung["anna"]]
    centre.serve("anna")
    assert centre.decision.passed == (Passed("promised", Why.ARRIVED_LATER), Passed("later", Why.ARRIVED_LATER))
    served.append(centre.rung["anna"])
    centre.serve("anna")
    assert [*served, centre.rung["anna"]] == ["sold", "early", "promised"]


def test_a_caller_is_offered_only_to_who_serves_his_queue_and_has_the_skill_at_its_level() -> None:
    centre = Centre()
    centre.operator("other", queues="companies", billing=3)
    centre.operator("weak", billing=1)
    centre.call("c1", needs={"billing": 2})
    centre.operator("without")
    centre.call("c0", needs={"meters": 1}, arrived=-1.0)
    assert centre.stage("c0") is centre.stage("c1") is Stage.WAITING and centre.rung == {}
    assert [each.hindrance for each in centre.records if isinstance(each, Waits)] == [Hindrance.NOBODY_LOGGED_IN]
    centre.operator("able", billing=2)
    assert centre.rung == {"able": "c1"}


def test_why_nobody_takes_a_caller_is_recorded_with_what_the_staff_does() -> None:
    centre = Centre()
    centre.operator("anna")
    centre.operator("other", queues="companies")
    centre.call("c1")
    centre.call("c2")
    (waits,) = (each for each in centre.records if isinstance(each, Waits))
    assert (waits.hindrance, waits.staff) == (Hindrance.NOBODY_FREE, {State.RINGING: 1})


def test_the_best_skilled_is_chosen_then_the_narrowest_then_the_longest_idle() -> None:
    centre = Centre()
    centre.operator("learner", billing=1)
    centre.operator("broad", billing=3, meters=3)
    centre.do(CallerLeft(centre.call("nobody", queue="none")), 5.0)
    centre.operator("idle", billing=3)
    centre.do(CallerLeft(centre.call("nobody", queue="none")), 5.0)
    centre.operator("fresh", billing=3)
    centre.call("c1", needs={"billing": 1})
    assert centre.rung == {"idle": "c1"}
    decision = centre.decision
    assert (decision.level, decision.skills, decision.idle_s, decision.waited_s) == (3, 1, 5.0, 0.0)
    assert decision.passed == (
        Passed("fresh", Why.IDLE_SHORTER),
        Passed("broad", Why.MORE_SKILLS_ELSEWHERE),
        Passed("learner", Why.LESS_SKILLED),
    )


def test_levels_of_several_skills_are_added() -> None:
    centre = Centre()
    centre.operator("even", billing=2, meters=2)
    centre.operator("odd", billing=1, meters=4)
    centre.call("c1", needs={"billing": 1, "meters": 1})
    assert centre.rung == {"odd": "c1"}


def test_a_rival_far_down_the_line_is_not_looked_for() -> None:
    centre = Centre()
    for number in range(30):
        centre.call(f"c{number}", needs={f"skill{number}": 1})
    centre.operator("anna", skill0=1, skill29=1)
    assert centre.rung == {"anna": "c0"} and centre.decision.passed == ()


def test_of_many_rivals_three_are_named() -> None:
    centre = Centre()
    for number in range(6):
        centre.call(f"c{number}", queue=f"q{number}")
    centre.operator("anna", queues=" ".join(f"q{number}" for number in range(6)))
    assert [each.id for each in centre.decision.passed] == ["c1", "c2", "c3"]


def test_who_leaves_the_line_lets_the_others_move_up() -> None:
    centre = Centre()
    for name in ("c1", "c2", "c3"):
        centre.call(name)
    assert (centre.acd.place(EntryId("c3")), centre.acd.waiting("persons")) == (2, 3)
    centre.do(CallerLeft(EntryId("c1")))
    assert (centre.acd.place(EntryId("c3")), centre.acd.waiting("persons")) == (1, 2)
    assert centre.acd.place(EntryId("c1")) is None


def test_a_caller_who_leaves_while_a_phone_rings_stops_it_and_the_operator_keeps_his_turn() -> None:
    centre = Centre()
    centre.operator("anna")
    centre.do(CallerLeft(centre.call("nobody", queue="none")), 5.0)
    centre.operator("boris")
    centre.call("c1")
    centre.do(CallerLeft(EntryId("c1")), 3.0)
    assert (centre.rung, centre.state("anna")) == ({}, State.READY)
    centre.call("c2")
    assert centre.rung == {"anna": "c2"}


def test_a_caller_comes_once_and_leaves_once() -> None:
    centre = Centre()
    entry = centre.call("c1")
    centre.call("c1")
    assert centre.ignored
    centre.do(CallerLeft(entry))
    centre.do(CallerLeft(entry))
    assert centre.ignored


def test_a_moved_caller_keeps_his_arrival_and_may_change_his_priority() -> None:
    centre = Centre()
    centre.call("c1", queue="companies", arrived=5.0)
    centre.call("c2", arrived=7.0)
    centre.do(Moved(EntryId("c1"), "persons"))
    assert (centre.acd.place(EntryId("c1")), centre.acd.waiting("companies")) == (0, 0)
    centre.do(Moved(EntryId("c1"), "persons", priority=9))
    assert centre.acd.place(EntryId("c1")) == 1
    centre.do(Moved(EntryId("nobody"), "persons"))
    assert centre.ignored


def test_a_caller_moved_while_a_phone_rings_frees_it_for_the_next() -> None:
    centre = Centre()
    centre.operator("anna")
    centre.call("c1")
    centre.call("c2")
    centre.do(Moved(EntryId("c1"), "companies"))
    assert centre.rung == {"anna": "c2"}
    assert centre.stage("c1") is Stage.WAITING


def test_impossible_entries_and_operators_are_refused() -> None:
    with pytest.raises(ValueError, match="priority -2"):
        Entry(EntryId("c1"), "persons", 0.0, priority=HEAD - 1)
    with pytest.raises(ValueError, match="level 11"):
        Operator(OperatorId("anna"), frozenset(), {"billing": 11})


def test_time_does_not_run_back() -> None:
    centre = Centre()
    centre.now = 100.0
    centre.operator("anna")
    outcome = centre.acd.handle(CallerQueued(centre.entry("c1")), 40.0)
    assert next(each for each in outcome.commands if isinstance(each, Offer)).deadline == 115.0


@pytest.mark.parametrize(("nobody_came", "told"), [(False, What.LEFT), (True, What.RELEASED)])
def test_who_hung_up_is_told_from_whom_nobody_came_for(nobody_came: bool, told: What) -> None:
    centre = Centre()
    one = centre.call("one")
    centre.do(CallerLeft(one, nobody_came), 15.0)
    assert (centre.stage("one"), centre.notes) == (Stage.LEFT, [told])
