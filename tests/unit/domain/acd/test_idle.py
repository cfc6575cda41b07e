"""The indexes: who is idle longest of a set, deadlines, places in an order."""

from random import Random

from ivr.domain.acd.idle import BLOCK, Idle, IdleKey
from ivr.domain.acd.model import Need, Operator, OperatorId, State
from ivr.domain.acd.order import Deadlines, Order
from ivr.domain.acd.staff import Staff


def test_the_longest_idle_of_any_set_is_found_however_many_come_and_go() -> None:
    chance, idle, known = Random(7), Idle(), set[IdleKey]()
    for number in range(BLOCK * 6):
        known.add(key := (chance.random(), f"o{number}", number))
        idle.add(key)
    while known:
        assert list(idle) == sorted(known)
        some = chance.sample(sorted(known), min(3, len(known)))
        assert idle.first(sum(1 << number for _, _, number in some)) == min(some)
        for key in chance.sample(sorted(known), min(40, len(known))):
            known.remove(key)
            idle.remove(key)
            if chance.random() < 0.5:
                known.add(again := (chance.random() + 1, *key[1:]))
                idle.add(again)
    assert list(idle) == []


def test_a_seat_number_that_is_free_is_given_again() -> None:
    staff, anna = Staff(), Operator(OperatorId("anna"), frozenset({"persons"}), {"billing": 2})
    boris = Operator(OperatorId("boris"), frozenset({"persons"}), {})
    assert (staff.add(anna, State.READY), staff.add(boris, State.PAUSED)) == (0, 1)
    staff.remove(0, anna, State.READY)
    assert (staff.serving("persons"), staff.fit("persons", (Need("billing", 1),), 0)) == (0b10, 0)
    assert staff.add(anna, State.PAUSED) == 0
    assert staff.by_state(staff.serving("persons")) == {State.PAUSED: 2}


def test_deadlines_come_in_their_order_and_may_be_set_anew() -> None:
    deadlines = Deadlines[str]()
    deadlines.set("late", 30.0)
    deadlines.set("first", 10.0)
    deadlines.set("second", 10.0)
    deadlines.set("late", 5.0)
    deadlines.set("dropped", 1.0)
    deadlines.drop("dropped")
    deadlines.drop("unknown")
    assert deadlines.next() == 5.0
    assert [deadlines.due(10.0) for _ in range(4)] == ["late", "first", "second", None]
    assert deadlines.next() is None


def test_an_order_counts_those_before() -> None:
    order = Order()
    for key in ((3,), (1,), (2,)):
        order.add(key)
    order.remove((2,))
    assert (list(order), len(order), order.before((3,)), order.before((9,))) == ([(1,), (3,)], 2, 1, 2)
