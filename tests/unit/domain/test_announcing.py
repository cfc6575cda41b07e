from ivr.domain.announcing import Announcing, Notice, Pace

PACE = Pace(first_s=8, again_s=25, patience_s=60)


def test_nothing_is_said_while_an_operator_may_answer_at_once() -> None:
    announcing = Announcing(100.0, PACE)
    assert announcing.due(107.9, 1) is None
    assert announcing.due(130.0, None) is None  # he is being offered
    assert announcing.due(131.0, 3) is Notice.PLACE


def test_a_place_is_told_again_when_it_is_better_and_not_too_often() -> None:
    announcing = Announcing(0.0, PACE)
    assert announcing.due(8.0, 3) is Notice.PLACE
    assert announcing.due(20.0, 2) is None
    assert announcing.due(33.0, 2) is Notice.PLACE
    assert announcing.due(60.0, 2) is None
    assert announcing.due(61.0, 4) is None  # a place that got worse is no news to give


def test_a_promise_that_changed_is_told() -> None:
    announcing = Announcing(0.0, PACE)
    assert announcing.due(8.0, 3) is Notice.PLACE
    assert announcing.due(20.0, 3, changed=True) is None
    assert announcing.due(40.0, 3, changed=True) is Notice.PLACE


def test_nobody_is_left_without_a_word() -> None:
    announcing = Announcing(0.0, PACE)
    assert announcing.due(8.0, 1) is Notice.PLACE
    assert announcing.due(67.0, 1) is None
    assert announcing.due(68.0, 1) is Notice.PATIENCE
    assert announcing.due(90.0, 1) is None
