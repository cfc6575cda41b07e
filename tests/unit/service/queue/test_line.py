"""What happens on telephones becomes events of the ACD, and its commands calls to telephones."""

import asyncio

from ivr.domain.acd import QueueRules
from ivr.domain.acd.events import Failure
from ivr.domain.acd.model import EntryId, State
from tests.unit.service.queue.stage import ANNA, BORIS, READY, TALKING, Q, Stage, turn, until


async def test_an_operator_is_rung_for_a_caller_and_talks_with_him() -> None:
    stage = Stage()
    stage.on_duty(ANNA)
    waiting = await stage.caller("one", name="Проверка", whisper="/sounds/topic")
    ring = stage.last
    assert (ring.operator, ring.call_id, ring.number) == (ANNA, "one", "+79991234567")
    assert (ring.name, ring.whisper, ring.ring_s) == ("Проверка", "/sounds/topic", 15)
    assert stage.line.callers.waiting == 1 and not waiting.settled.is_set()
    await stage.answers(ring)
    assert waiting.offer == ring.offer and waiting.settled.is_set() and waiting.counted
    assert stage.line.callers.waiting == 0 and stage.line.busy(ANNA) and not stage.line.busy(BORIS)
    assert stage.state(ANNA) == TALKING
    stage.line.leg_ended(ring.offer, clearly=True)
    await turn()
    assert stage.state(ANNA) == READY and stage.line.callers.of(EntryId("one")) is None
    assert stage.told("one") == ["offered", "answered", "talk_ended"]


async def test_who_does_not_answer_is_passed_over_and_the_order_is_kept() -> None:
    stage = Stage()
    stage.on_duty(ANNA)
    await stage.caller("one")
    await stage.caller("two")
    await stage.fails(stage.last, Failure.NO_ANSWER)
    assert len(stage.telephones.rung) == 1
    stage.on_duty(BORIS)
    await turn()
    assert (stage.last.operator, stage.last.call_id) == (BORIS, "one")


async def test_an_offer_that_nobody_answers_ends_by_itself() -> None:
    stage = Stage()
    stage.on_duty(ANNA, BORIS)
    await stage.caller("one")
    first = stage.last
    await stage.passes(15)
    assert stage.telephones.hung_up == [first.offer]
    assert stage.last.operator != first.operator and stage.last.call_id == "one"


async def test_a_caller_who_hangs_up_takes_the_ringing_with_him() -> None:
    stage = Stage()
    stage.on_duty(ANNA)
    waiting = await stage.caller("one")
    await stage.passes(3)
    stage.line.callers.forget(EntryId("one"))
    stage.line.callers.forget(EntryId("one"))
    await turn()
    assert waiting.settled.is_set() and waiting.offer is None
    assert stage.telephones.hung_up == [stage.last.offer] and stage.state(ANNA) == READY
    assert stage.told("one") == ["offered", "offer_withdrawn", "left"]


async def test_an_answer_that_comes_too_late_is_hung_up() -> None:
    stage = Stage()
    stage.on_duty(ANNA)
    await stage.caller("one")
    ring = stage.last
    stage.line.callers.leave(EntryId("one"))
    await stage.answers(ring)
    assert stage.telephones.hung_up == [ring.offer, ring.offer]
    assert stage.state(ANNA) == READY


async def test_an_operator_whose_telephone_dies_gives_the_caller_back_to_the_head_of_the_line() -> None:
    stage = Stage()
    stage.on_duty(ANNA)
    waiting = await stage.caller("one")
    await stage.answers(stage.last)
    await stage.caller("two")
    stage.line.leg_ended(stage.last.offer, clearly=False)
    assert waiting.lost and waiting.offer is None and not waiting.settled.is_set()
    stage.on_duty(BORIS)
    await turn()
    assert (stage.last.operator, stage.last.call_id) == (BORIS, "one")
    assert "returned" in stage.told("one")


async def test_the_end_of_a_leg_that_is_not_known_is_no_news() -> None:
    stage = Stage()
    stage.on_duty(ANNA)
    await stage.caller("one")
    stage.line.leg_ended(stage.last.offer, clearly=True)
    assert stage.told("one") == ["offered"]


async def test_legs_that_are_gone_after_a_reconnect() -> None:
    stage = Stage()
    stage.on_duty(ANNA, BORIS)
    await stage.caller("one")
    await stage.answers(stage.last)
    talk = stage.last.offer
    await stage.caller("two")
    stage.line.vanished(talk)
    stage.line.vanished(stage.last.offer)
    await turn()
    assert stage.told("one")[-1] == "talk_ended"
    assert stage.state(stage.telephones.rung[1].operator) == State.UNREACHABLE
    assert stage.telephones.rung[2].call_id == "two"


async def test_without_the_link_an_operator_is_not_rung_but_the_caller_waits() -> None:
    stage = Stage()
    stage.on_duty(ANNA)
    stage.telephones.down = True
    await stage.caller("one")
    assert stage.state(ANNA) == State.UNREACHABLE and stage.line.callers.of(EntryId("one")) is not None
    assert not stage.line.outlook.staffed(Q)
    stage.telephones.down = False
    await stage.passes(60)
    assert stage.last.call_id == "one" and stage.line.outlook.staffed(Q)


async def test_a_long_talk_is_verified() -> None:
    stage = Stage(QueueRules(wrap_up_s=0, talk_check_s=60))
    stage.on_duty(ANNA)
    await stage.caller("one")
    await stage.answers(stage.last)
    await stage.passes(60)
    assert stage.state(ANNA) == TALKING
    stage.telephones.down = True
    await stage.passes(60)
    assert stage.state(ANNA) == TALKING
    stage.telephones.down = False
    stage.line.rang(stage.last.offer, None)
    stage.telephones.alive.clear()
    await stage.passes(30)
    assert stage.told("one")[-1] in ("talk_unproven", "talk_ended")


async def test_a_talk_that_asterisk_does_not_know_has_ended() -> None:
    stage = Stage(QueueRules(wrap_up_s=0, talk_check_s=60))
    stage.on_duty(ANNA)
    await stage.caller("one")
    await stage.answers(stage.last)
    stage.telephones.alive.clear()
    await stage.passes(60)
    assert stage.state(ANNA) == READY and not stage.line.busy(ANNA)


async def test_nobody_comes_before_the_longest_wait_is_over() -> None:
    stage = Stage(QueueRules(longest_wait_s=100))
    waiting = await stage.caller("one")
    await stage.passes(99)
    assert not waiting.released
    await stage.passes(1)
    assert waiting.released
    stage.line.callers.forget(EntryId("one"))


async def test_place_and_wait_of_who_stands_in_the_line() -> None:
    stage = Stage()
    for _ in range(30):
        stage.foresight.handled(100.0)
    stage.on_duty(ANNA)
    await stage.caller("talking")
    await stage.answers(stage.last)
    await stage.caller("one")
    await stage.passes(30)
    await stage.caller("two")
    assert stage.line.callers.longest_s == 30 and stage.line.callers.waiting == 2
    first, second = stage.line.outlook.foretold(EntryId("one")), stage.line.outlook.foretold(EntryId("two"))
    assert first is not None and second is not None
    assert (first[0], second[0]) == (1, 2)
    assert first[1] is not None and second[1] is not None and second[1].mean_s > first[1].mean_s
    assert (
        stage.line.outlook.foretold(EntryId("talking")) is None
        and stage.line.outlook.foretold(EntryId("nobody")) is None
    )


async def test_the_dialplans_own_queue_is_told_who_is_out() -> None:
    stage = Stage()
    stage.duty.device(ANNA, True, False)
    await turn()
    assert stage.telephones.out == {ANNA: False}
    stage.duty.log_out(ANNA)
    await turn()
    assert stage.telephones.out == {ANNA: True}
    stage.telephones.out.clear()
    stage.telephones.down = True
    stage.line.tell_all()
    await turn()
    assert stage.telephones.out == {}
    stage.telephones.down = False
    stage.line.tell_all()
    await turn()
    assert stage.telephones.out == {ANNA: True}


async def test_time_passes_by_itself() -> None:
    stage = Stage(QueueRules(ring_s=1, wrap_up_s=0))
    running = asyncio.create_task(stage.line.run())
    stage.on_duty(ANNA)
    await stage.caller("one")
    stage.now += 2
    await stage.caller("two")  # whatever happens makes the line look at the time
    await until(lambda: "missed" in stage.told("one"))
    running.cancel()
