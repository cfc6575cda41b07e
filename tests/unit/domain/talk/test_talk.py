"""A talk as its operator directs it."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.acd.model import OperatorId
from ivr.domain.talk.talk import Do, Left, NotNow, Phase, Talk

BORIS = OperatorId("boris")
REQUESTS: dict[str, Callable[[Talk, float], object]] = {
    "hold": Talk.hold,
    "resume": Talk.resume,
    "consult": lambda talk, now: talk.consult(BORIS, now),
    "answered": lambda talk, now: talk.colleague_answered(),
    "gone": Talk.colleague_gone,
    "complete": Talk.complete,
    "confer": Talk.confer,
    "send": Talk.send,
    "abuse": Talk.abuse,
}
ALLOWED = {
    Phase.TALKING: {"hold", "consult", "send", "abuse"},
    Phase.HELD: {"resume", "consult", "send", "abuse"},
    Phase.RINGING: {"resume", "answered", "gone"},
    Phase.CONSULTING: {"resume", "gone", "complete", "confer"},
    Phase.CONFERENCE: {"gone"},
    Phase.OVER: set(),
}


def consulting() -> Talk:
    talk = Talk(0.0)
    talk.consult(BORIS, 10.0)
    talk.colleague_answered()
    return talk


def test_a_hold_is_counted() -> None:
    talk = Talk(0.0)
    assert talk.hold(10.0) == (Do.HOLD,)
    assert talk.resume(25.0) == (Do.JOIN,)
    assert (talk.phase, talk.held_s) == (Phase.TALKING, 15.0)


def test_a_colleague_who_does_not_answer_leaves_the_caller_with_the_operator() -> None:
    talk = Talk(0.0)
    assert talk.consult(BORIS, 10.0) == (Do.HOLD, Do.RING)
    assert talk.colleague_gone(15.0) == (Do.JOIN,)
    assert (talk.phase, talk.held_s, talk.colleague) == (Phase.TALKING, 5.0, None)


def test_a_consultation_can_be_given_up() -> None:
    talk = Talk(0.0)
    talk.hold(1.0)
    assert talk.consult(BORIS, 2.0) == (Do.RING,)
    assert talk.resume(4.0) == (Do.STOP_RINGING, Do.JOIN)
    talk = consulting()
    assert talk.resume(20.0) == (Do.PART,)
    talk = consulting()
    assert (talk.colleague_gone(20.0), talk.phase) == ((), Phase.TALKING)


def test_the_colleague_gets_the_caller_or_joins_the_talk() -> None:
    talk = consulting()
    assert (talk.complete(30.0), talk.phase, talk.held_s, talk.colleague) == ((Do.GIVE,), Phase.OVER, 20.0, BORIS)
    talk = consulting()
    assert (talk.confer(30.0), talk.phase, talk.held_s, talk.colleague) == ((Do.CONFER,), Phase.CONFERENCE, 20.0, BORIS)
    assert (talk.colleague_gone(40.0), talk.phase) == ((), Phase.TALKING)


def test_who_abuses_is_warned_once() -> None:
    talk = Talk(0.0)
    talk.hold(1.0)
    assert (talk.abuse(2.0), talk.phase, talk.held_s) == ((Do.WARN,), Phase.TALKING, 1.0)
    assert (talk.abuse(9.0), talk.phase) == ((Do.END,), Phase.OVER)


def test_a_caller_is_sent_on() -> None:
    talk = Talk(0.0)
    assert (talk.send(5.0), talk.phase) == ((Do.SEND,), Phase.OVER)


def test_what_becomes_of_the_caller_when_his_operator_hangs_up() -> None:
    assert Talk(0.0).left(1.0) is Left.ENDS
    held, ringing, three = Talk(0.0), Talk(0.0), consulting()
    held.hold(1.0)
    ringing.consult(BORIS, 1.0)
    three.confer(12.0)
    assert {held.left(2.0), ringing.left(2.0)} == {Left.RETURNS}
    assert {consulting().left(20.0), three.left(20.0)} == {Left.HANDED}


@given(st.lists(st.sampled_from(sorted(REQUESTS)), max_size=40))
def test_whatever_is_asked_for_is_done_or_refused_and_time_on_hold_is_never_lost(asked: list[str]) -> None:
    talk, held = Talk(0.0), 0.0
    for second, name in enumerate(asked):
        before = talk.phase
        held += before in (Phase.HELD, Phase.RINGING, Phase.CONSULTING) and 1.0
        try:
            REQUESTS[name](talk, float(second))
        except NotNow as refused:
            assert name not in ALLOWED[before] and refused.phase is before is talk.phase
        else:
            assert name in ALLOWED[before]
    assert talk.held_s + (len(asked) - 1 - talk.held_since if talk.held_since is not None else 0.0) == held
