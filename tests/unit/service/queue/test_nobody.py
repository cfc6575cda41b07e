"""Operators who are logged in and answer nobody: on a pause, set aside. Their callers are told, or rung back."""

import pytest

from ivr.dialogue.model import Match
from ivr.domain.acd.events import Failure, Paused
from ivr.domain.acd.model import State
from ivr.domain.errors import CallerHungUp
from ivr.service.queue import room
from ivr.service.queue.callback_talk import CallbackTalk
from ivr.service.queue.room import Waited, WaitingRoom
from tests.unit.service.queue.rung_back import NUMBER, RungBack
from tests.unit.service.queue.stage import ANNA, BORIS, Stage
from tests.unit.service.queue.waiters import ASKED, Listener, Voice

HUNG_UP = CallerHungUp()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is waited for in real time comes at once, or never."""
    monkeypatch.setattr(room, "SETTLE_S", 0.01)


def waiting_room(stage: Stage, talk: CallbackTalk | None = None) -> WaitingRoom:
    return WaitingRoom(stage.line, Voice(), stage.clock, stage.foresight, {}, callbacks=talk)


@pytest.mark.parametrize(("planned_s", "told"), [(3600.0, 15), (100.0, None)])
async def test_where_all_are_on_a_pause_he_is_told_so_unless_one_is_back_soon(
    planned_s: float, told: int | None
) -> None:
    stage = Stage()
    stage.on_duty(ANNA, BORIS)
    for operator in (ANNA, BORIS):
        stage.line.feed(Paused(operator, "lunch", stage.now + planned_s))
    phone, began = Listener(stage), stage.now
    phone.during.extend([None] * 60 + [HUNG_UP])
    if told is None:
        with pytest.raises(CallerHungUp):
            await waiting_room(stage).wait(phone, ASKED)
        assert "queue_nobody" not in phone.heard
    else:
        assert await waiting_room(stage).wait(phone, ASKED) is Waited.MISSED
        assert phone.heard[-1] == "queue_nobody" and told <= stage.now - began <= told + 1


async def test_a_pause_that_lasts_longer_than_planned_is_nobody_to_wait_for() -> None:
    stage = Stage()
    stage.on_duty(ANNA)
    stage.line.feed(Paused(ANNA, "rest", stage.now + 60))
    phone, began = Listener(stage), stage.now
    assert await waiting_room(stage).wait(phone, ASKED) is Waited.MISSED
    assert 60 <= stage.now - began <= 90


async def test_where_the_only_operator_is_set_aside_he_may_be_rung_back() -> None:
    stage = RungBack()
    stage.on_duty(ANNA)
    phone = Listener(stage, caller=NUMBER)

    async def missed() -> None:
        await stage.fails(stage.last, Failure.NO_ANSWER)

    phone.during.extend([missed, *[None] * 6, missed])
    phone.answers.extend([Match("1"), Match("1")])
    assert (
        await waiting_room(stage, CallbackTalk(stage.book, lambda number: number, 9999.0)).wait(phone, ASKED)
        is Waited.ORDERED
    )
    assert "callback_nobody" in phone.heard and stage.state(ANNA) == State.SET_ASIDE
