"""Why a telephone was not reached: by the answer to its Originate and its Hangup, in whatever order they come."""

import asyncio

import pytest

from ivr.adapters.asterisk import refusals as module
from ivr.adapters.asterisk.refusals import Refusals
from ivr.domain.acd.events import Failure

CAUSES = [
    (17, Failure.BUSY),
    (21, Failure.DECLINED),
    (19, Failure.NO_ANSWER),
    (18, Failure.UNREACHABLE),
    (34, Failure.UNREACHABLE),
]


@pytest.mark.parametrize(("cause", "failure"), CAUSES)
@pytest.mark.parametrize("hangup_first", [True, False])
async def test_the_hangup_tells_why(cause: int, failure: Failure, hangup_first: bool) -> None:
    refusals, told = Refusals(), list[Failure]()
    refusals.rings("leg")
    if hangup_first:
        refusals.hung_up("leg", cause)
        refusals.failed("leg", 0, told.append)
    else:
        refusals.failed("leg", 0, told.append)
        assert told == []
        refusals.hung_up("leg", cause)
    assert told == [failure]
    refusals.hung_up("leg", cause)
    assert told == [failure]


async def test_who_let_it_ring_did_not_answer() -> None:
    refusals, told = Refusals(), list[Failure]()
    refusals.rings("leg")
    refusals.failed("leg", 3, told.append)
    assert told == [Failure.NO_ANSWER]


async def test_a_leg_that_never_was_has_no_hangup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HANGUP_COMES_S", 0.01)
    refusals, told = Refusals(), asyncio.Queue[Failure]()
    refusals.rings("leg")
    refusals.failed("leg", 0, told.put_nowait)
    assert await asyncio.wait_for(told.get(), 5) is Failure.UNREACHABLE


async def test_of_an_answered_leg_nothing_is_kept() -> None:
    refusals, told = Refusals(), list[Failure]()
    refusals.rings("leg")
    refusals.answered("leg")
    refusals.hung_up("leg", 17)
    refusals.hung_up("other", 17)
    refusals.rings("leg")
    refusals.failed("leg", 0, told.append)
    refusals.hung_up("leg", 21)
    assert told == [Failure.DECLINED]
