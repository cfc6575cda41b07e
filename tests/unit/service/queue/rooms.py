"""Waiting rooms over a stage."""

from ivr.domain.announcing import Pace
from ivr.service.queue.callback_talk import CallbackTalk
from ivr.service.queue.room import WaitingRoom
from tests.unit.service.queue.stage import ANNA, Stage
from tests.unit.service.queue.waiters import Voice


def waiting_room(stage: Stage, talk: CallbackTalk | None = None, pace: Pace | None = None) -> WaitingRoom:
    return WaitingRoom(stage.line, Voice(), stage.clock, stage.foresight, {"locked": "Проверка"}, pace, talk)


def busy(stage: Stage) -> None:
    """Somebody is on duty, and does not take calls for now."""
    stage.on_duty(ANNA)
    stage.duty.device(ANNA, True, False)
    stage.duty.device(ANNA, True, True)
