"""Operators come with their telephones; what they set by hand outlives the engine; what they key is answered."""

import asyncio
from math import inf
from typing import Any

import pytest

from ivr.dialogue.model import Prompt
from ivr.domain.acd import QueueRules
from ivr.domain.acd.model import Entry, EntryId, OperatorId, State
from ivr.domain.call import CallId
from ivr.domain.errors import CallerHungUp, PhoneFailed
from ivr.service.queue.callers import Waiting
from ivr.service.queue.duty import BREAKS, HandMade
from ivr.service.queue.keys import KeysDesk
from tests.unit.service.queue.stage import ANNA, BEGAN, BORIS, OUT, READY, TALKING, KeyPhone, Stage, turn


async def keyed(stage: Stage, code: str, **more: object) -> list[str]:
    phone = KeyPhone(code, **more)
    await KeysDesk(stage.duty).serve(phone)
    await turn()
    return phone.heard


def registered(stage: Stage, operator: OperatorId = ANNA, *, engaged: bool = False) -> None:
    stage.duty.device(operator, True, engaged)


async def test_a_telephone_that_registers_brings_its_operator_on_duty_and_takes_him_off() -> None:
    stage = Stage()
    assert stage.duty.state(ANNA) == OUT
    stage.duty.device(ANNA, False, False)
    registered(stage)
    assert stage.state(ANNA) == READY
    stage.duty.device(ANNA, False, False)
    assert stage.state(ANNA) == OUT
    stage.duty.device(OperatorId("999"), True, False)
    assert "999" not in stage.line.operators


async def test_a_telephone_that_died_and_shows_that_it_lives_is_rung_at_once() -> None:
    stage = Stage()
    registered(stage)
    await stage.caller("one")
    await stage.answers(stage.last)
    stage.duty.back(ANNA)
    assert stage.state(ANNA) == TALKING
    stage.line.leg_ended(stage.last.offer, clearly=False)
    assert stage.state(ANNA) == State.UNREACHABLE
    stage.duty.back(OperatorId("999"))
    stage.duty.back(ANNA)
    await turn()
    assert stage.state(ANNA) == State.RINGING and stage.last.call_id == "one"


async def test_a_call_of_his_own_keeps_him_from_callers() -> None:
    stage = Stage()
    registered(stage)
    registered(stage, engaged=True)
    assert stage.state(ANNA) == TALKING
    await stage.caller("one")
    assert stage.telephones.rung == []
    registered(stage)
    await turn()
    assert stage.last.call_id == "one"
    registered(stage, engaged=True)  # that is our own ringing
    assert stage.state(ANNA) == State.RINGING


@pytest.mark.parametrize(
    ("code", "word", "state"),
    [
        ("*11", "duty_ready", READY),
        ("*12", "duty_out", OUT),
        ("*131", "duty_rest", State.PAUSED),
        ("*132", "duty_lunch", State.PAUSED),
        ("*139", "duty_unknown", READY),
        ("*19", "duty_unknown", READY),
        ("*14", "duty_nothing", READY),
    ],
)
async def test_what_he_keys_is_answered_and_done(code: str, word: str, state: State) -> None:
    stage = Stage()
    registered(stage)
    assert await keyed(stage, code) == [word]
    assert stage.state(ANNA) == state


async def test_a_stranger_keys_nothing() -> None:
    stage = Stage()
    assert await keyed(stage, "*11", caller="999") == ["duty_unknown"]
    assert stage.line.operators == {}


@pytest.mark.parametrize("broken", [CallerHungUp(), PhoneFailed("no sound")])
async def test_a_code_counts_though_he_does_not_hear_the_answer(broken: Exception) -> None:
    stage = Stage()
    registered(stage)
    await keyed(stage, "*12", broken=broken)
    assert stage.state(ANNA) == OUT


@pytest.mark.parametrize(
    ("code", "state_when_said"),
    [("*11", OUT), ("*12", OUT), ("*131", State.PAUSED), ("*14", State.WRAP_UP)],
)
async def test_only_being_ready_waits_for_the_words(code: str, state_when_said: State) -> None:
    """Who hears that his work after a talk is longer has it longer; who is rung at once has heard the words."""
    stage, states = Stage(QueueRules(wrap_up_s=30, wrap_up_extension_s=120)), list[tuple[str, float | None]]()

    class Listens(KeyPhone):
        async def say(self, prompt: Prompt, *, interruptible: bool) -> None:
            told = stage.line.operators.get(ANNA)
            states.append((stage.duty.state(ANNA), told.until if told else None))

    if code != "*11":
        registered(stage)
    if code == "*14":
        await stage.caller("one")
        await stage.answers(stage.last)
        stage.line.leg_ended(stage.last.offer, clearly=True)
    await KeysDesk(stage.duty).serve(Listens(code))
    assert states[0][0] == state_when_said
    assert code != "*14" or states[0][1] == BEGAN + 30 + 60


async def test_who_is_out_is_told_so_when_he_wants_a_pause_and_comes_to_no_pause_later() -> None:
    stage = Stage()
    assert await keyed(stage, "*132") == ["duty_off"]
    assert stage.remembered == {}
    registered(stage)
    assert stage.state(ANNA) == READY


async def test_who_takes_back_in_a_talk_that_he_goes_stays() -> None:
    stage = Stage(QueueRules(wrap_up_s=0))
    registered(stage)
    await stage.caller("one")
    await stage.answers(stage.last)
    await keyed(stage, "*12")
    assert await keyed(stage, "*11") == ["duty_ready"]
    stage.line.leg_ended(stage.last.offer, clearly=True)
    assert stage.state(ANNA) == READY


async def test_who_is_out_by_hand_stays_out_though_his_telephone_comes_back() -> None:
    stage = Stage()
    registered(stage)
    await keyed(stage, "*12")
    stage.duty.device(ANNA, False, False)
    registered(stage)
    assert stage.state(ANNA) == OUT and stage.remembered[ANNA] == HandMade(out=True)
    await keyed(stage, "*11")
    assert stage.state(ANNA) == READY and stage.remembered[ANNA] == HandMade()


async def test_a_pause_outlives_the_engine_as_long_as_it_was_meant_to_last() -> None:
    lunch = BREAKS["2"]
    stage = Stage(before={ANNA: HandMade(pause="lunch", until=BEGAN + 60), BORIS: HandMade(pause="rest", until=BEGAN)})
    registered(stage)
    registered(stage, BORIS)
    assert (stage.state(ANNA), stage.state(BORIS)) == (State.PAUSED, READY)
    assert stage.line.operators[ANNA].reason == "lunch" and lunch.seconds == 3600


async def test_the_work_after_a_talk_is_made_longer() -> None:
    stage = Stage(QueueRules(wrap_up_s=30, wrap_up_extension_s=120))
    registered(stage)
    await stage.caller("one")
    await stage.answers(stage.last)
    stage.line.leg_ended(stage.last.offer, clearly=True)
    assert await keyed(stage, "*14") == ["duty_more"]
    await stage.passes(31)
    assert stage.state(ANNA) == State.WRAP_UP
    assert await keyed(stage, "*14") == ["duty_more"]
    assert await keyed(stage, "*14") == ["duty_no_more"]
    await stage.passes(120)
    assert stage.state(ANNA) == READY


async def test_shifts_begin_and_end_by_themselves() -> None:
    """Anna's shift begins in a minute and lasts an hour; Boris has none."""

    def shifts(operator: OperatorId, now: float) -> float | None:
        if operator == BORIS:
            return inf
        return BEGAN + 3660 if BEGAN + 60 <= now < BEGAN + 3660 else None

    stage = Stage(shifts=shifts)
    registered(stage)
    registered(stage, BORIS)
    assert stage.duty.state(ANNA) == OUT and stage.state(BORIS) == READY
    stage.now += 60
    stage.duty.begin_shifts()
    assert stage.state(ANNA) == READY
    await stage.passes(3600)
    stage.duty.begin_shifts()
    assert stage.state(ANNA) == OUT
    await keyed(stage, "*11")
    assert stage.state(ANNA) == READY


async def test_a_shift_that_begins_finds_nobody_who_is_out_by_hand() -> None:
    stage = Stage(before={ANNA: HandMade(out=True)})
    registered(stage)
    running = asyncio.create_task(stage.duty.run())
    await turn()
    running.cancel()
    assert stage.duty.state(ANNA) == OUT


DISPATCHERS = "dispatchers"


def guarded(**more: Any) -> Stage:
    """Anna serves the dispatchers' queue too, and in a storm it alone."""
    return Stage(guards={ANNA: frozenset({DISPATCHERS})}, **more)


async def test_in_a_storm_who_guards_a_queue_takes_no_others_calls() -> None:
    stage = guarded()
    registered(stage)
    stage.duty.guard(True)
    stage.duty.guard(True)
    await stage.caller("one")
    assert not stage.telephones.rung
    stage.line.callers.join(Waiting(Entry(EntryId("two"), DISPATCHERS, stage.now), CallId("two"), "+79991234567"))
    await turn()
    await stage.answers(stage.last)
    assert "answered" in stage.told("two")
    registered(stage, BORIS)
    await turn()
    assert stage.last.operator == BORIS
    stage.line.leg_ended(stage.telephones.rung[0].offer, clearly=True)
    stage.duty.guard(False)
    await stage.caller("three")
    assert stage.last.operator == ANNA


async def test_who_comes_in_a_storm_guards_at_once() -> None:
    stage = guarded()
    stage.duty.guard(True)
    registered(stage)
    await stage.caller("one")
    assert stage.state(ANNA) == READY and not stage.telephones.rung


async def test_a_storm_calls_nobody_back_to_work() -> None:
    stage = guarded(shifts=lambda operator, now: BEGAN + 60 if now < BEGAN + 60 else None)
    registered(stage)
    await stage.caller("one")
    await stage.answers(stage.last)
    await keyed(stage, "*12")
    stage.duty.guard(True)
    stage.line.leg_ended(stage.last.offer, clearly=True)
    assert stage.state(ANNA) == OUT
    stage.duty.guard(False)
    assert stage.state(ANNA) == OUT
    await keyed(stage, "*11")
    await stage.caller("two")
    await stage.answers(stage.last)
    await stage.passes(60)
    stage.duty.guard(True)
    stage.line.leg_ended(stage.last.offer, clearly=True)
    assert stage.state(ANNA) == OUT
