"""A caller who has talked with an operator lately is offered to that one first, and never waits to learn who it was."""

import asyncio

import pytest

from ivr.domain.acd.events import Engaged, TalkEnded
from ivr.domain.acd.model import OperatorId
from ivr.domain.errors import CallerHungUp, StoreUnavailable
from ivr.service.queue import room
from ivr.service.queue.room import LastOperator, WaitingRoom
from tests.unit.service.queue.stage import ANNA, BORIS, Q, Stage
from tests.unit.service.queue.waiters import ASKED, Listener, Voice


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "SETTLE_S", 0.01)
    monkeypatch.setattr(room, "LAST_S", 0.01)


async def anna(number: str, queue: str) -> OperatorId | None:
    return ANNA if (number, queue) == ("+79991234567", Q) else None


async def hangs(number: str, queue: str) -> OperatorId | None:
    await asyncio.Event().wait()
    return ANNA


async def away(number: str, queue: str) -> OperatorId | None:
    raise StoreUnavailable("away")


async def rung(stage: Stage, last: LastOperator, pieces: int = 1, caller: str = "+79991234567") -> list[str]:
    """Whose telephones rang for a caller who listens to so many pieces of music."""
    phone = Listener(stage, caller=caller)
    phone.during.extend([None] * pieces + [CallerHungUp()])
    with pytest.raises(CallerHungUp):
        await WaitingRoom(stage.line, Voice(), stage.clock, stage.foresight, {}, last=last).wait(phone, ASKED)
    return [ring.operator for ring in stage.telephones.rung]


async def test_the_operator_whom_he_knows_is_rung_though_another_is_idle_longer() -> None:
    stage = Stage()
    stage.on_duty(BORIS)
    await stage.passes(60)
    stage.on_duty(ANNA)
    assert await rung(stage, anna) == [ANNA]
    assert (await rung(stage, anna, caller="+70000000000"))[1:] == [BORIS]


@pytest.mark.parametrize("last", [hangs, away])
async def test_what_is_not_known_at_once_is_not_waited_for(last: LastOperator) -> None:
    stage = Stage()
    stage.on_duty(BORIS)
    assert await rung(stage, last) == [BORIS]


async def test_he_waits_for_him_for_a_bounded_time_while_another_is_free() -> None:
    stage = Stage()
    stage.on_duty(ANNA, BORIS)
    stage.line.feed(Engaged(ANNA))
    assert await rung(stage, anna, pieces=2) == []
    stage.line.feed(TalkEnded(ANNA))
    assert await rung(stage, anna) == [ANNA]
    stage = Stage()
    stage.on_duty(ANNA, BORIS)
    stage.line.feed(Engaged(ANNA))

    phone = Listener(stage)

    async def passes() -> None:
        await stage.passes(room.LAST_KEPT_S)

    phone.during.extend([passes, None, CallerHungUp()])
    with pytest.raises(CallerHungUp):
        await WaitingRoom(stage.line, Voice(), stage.clock, stage.foresight, {}, last=anna).wait(phone, ASKED)
    assert [ring.operator for ring in stage.telephones.rung] == [BORIS]


async def test_only_an_operator_of_the_queue_is_preferred() -> None:
    stage = Stage(guards={ANNA: frozenset({"dispatchers"})})
    assert stage.duty.serves(ANNA, Q) and stage.duty.serves(BORIS, Q)
    assert not stage.duty.serves(BORIS, "companies") and not stage.duty.serves(OperatorId("999"), Q)
    stage.duty.guard(True)
    assert not stage.duty.serves(ANNA, Q) and stage.duty.serves(ANNA, "dispatchers")
