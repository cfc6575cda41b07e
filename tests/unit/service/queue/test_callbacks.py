"""Callers who are rung back keep their place; nobody is dialled twice, in vain for ever, or by surprise."""

from datetime import UTC, datetime

import pytest

from ivr.domain.acd.model import EntryId, Kind, Need, State
from ivr.domain.call import Call, CallId
from ivr.domain.callback import CallbackStage
from ivr.domain.errors import StoreUnavailable
from ivr.service.queue import callback_tries
from ivr.service.queue.demands import Demands
from tests.unit.service.queue.rung_back import NUMBER, RULES, RungBack, Store, stored
from tests.unit.service.queue.stage import ANNA, BEGAN, BORIS, READY, TALKING, Q, turn, until

REACHED, WAITING = CallbackStage.REACHED, CallbackStage.WAITING
GIVEN_UP, WITHDRAWN, DIALLING = CallbackStage.GIVEN_UP, CallbackStage.WITHDRAWN, CallbackStage.DIALLING


async def test_who_orders_keeps_his_place_and_talks_with_an_operator_who_knew() -> None:
    stage = RungBack()
    await stage.ordered("one")
    await stage.caller("two")
    assert stage.in_line("one") and stage.line.callers.waiting == 1 and stage.line.callers.longest_s == 0
    second = stage.line.outlook.foretold(EntryId("two"))
    assert second is not None and second[0] == 2
    stage.on_duty(ANNA)
    await turn()
    ring = stage.last
    assert (ring.call_id, ring.number, ring.name) == (None, NUMBER, "Обратный звонок")
    assert ring.whisper == "/w/callback&/w/readings"
    dial = await stage.listens()
    assert (dial.number, dial.offer, dial.operator, dial.told) == (NUMBER, ring.offer, ANNA, "/s/told")
    assert dial.ring_s == 20 and stage.row("one").stage is DIALLING and stage.row("one").leg == dial.leg
    await stage.answered(dial)
    waiting = stage.line.callers.of_call(dial.leg)
    assert waiting is not None and waiting.entry.kind is Kind.LIVE and waiting.offer == ring.offer
    assert stage.began == [dial.leg] and stage.state(ANNA) == TALKING and stage.line.busy(ANNA)
    stage.line.leg_ended(ring.offer, clearly=True)
    await stage.later(1)
    assert stage.row("one").stage is REACHED and stage.last.call_id == "two"
    assert stage.told("one") == ["waits", "callback_asked", "offered", "answered", "talk_ended"]


async def test_who_is_not_reached_is_tried_again_after_the_gap_and_given_up_after_the_last_try() -> None:
    stage = RungBack()
    stage.on_duty(ANNA)
    await stage.caller("busy")
    await stage.answers(stage.last)
    talk = stage.last.offer
    await stage.ordered("one")
    stage.line.leg_ended(talk, clearly=True)
    await turn()
    await stage.unreached(await stage.listens(), "busy")
    assert stage.state(ANNA) == READY
    await stage.later(599)
    assert (stage.row("one").stage, stage.row("one").result, stage.in_line("one")) == (WAITING, "busy", False)
    await stage.later(1)
    assert stage.last.whisper == "/w/callback&/w/readings&/w/last"
    await stage.unreached(await stage.listens())
    await stage.later(1)
    ended = stage.row("one")
    assert (ended.stage, ended.result, ended.tries) == (GIVEN_UP, "no_answer", 2)
    await stage.later(700)
    assert len(stage.customers.dialled) == 2 and stage.book.waiting == 0
    assert len({dial.leg for dial in stage.customers.dialled}) == 2


async def test_one_number_has_one_place() -> None:
    stage = RungBack()
    await stage.ordered("one")
    await stage.later(60)
    await stage.ordered("again")
    assert not stage.in_line("again") and stage.in_line("one") and list(stage.store.rows) == ["one"]
    await stage.ordered("other", "+79990000000")
    assert stage.in_line("other")


async def test_ordering_again_ends_the_gap() -> None:
    stage = RungBack()
    await stage.ordered("one")
    stage.on_duty(ANNA)
    await turn()
    await stage.unreached(await stage.listens())
    stage.duty.log_out(ANNA)
    await stage.later(10)
    assert not stage.in_line("one")
    await stage.ordered("again")
    await stage.later(1)
    assert stage.in_line("one")


async def test_an_operator_who_hangs_up_while_the_telephone_rings_costs_a_try_and_the_next_takes_it() -> None:
    stage = RungBack()
    await stage.ordered("one")
    stage.on_duty(ANNA)
    await turn()
    dial = await stage.listens()
    stage.on_duty(BORIS)
    stage.line.leg_ended(dial.offer, clearly=True)
    await turn()
    assert stage.customers.hung_up == [dial.leg]
    assert (stage.last.operator, stage.row("one").tries) == (BORIS, 1)
    again = await stage.listens()
    assert again.leg != dial.leg
    stage.tries.answered(dial.leg)  # he was quicker than our hanging up
    await turn()
    assert stage.customers.hung_up == [dial.leg, dial.leg]
    stage.line.leg_ended(again.offer, clearly=False)
    await stage.later(1)
    assert (stage.row("one").stage, stage.row("one").result) == (GIVEN_UP, "operator_left")
    assert not stage.in_line("one")


async def test_an_operator_who_is_not_told_in_time_is_hung_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callback_tries, "TOLD_S", 0.01)
    stage = RungBack()
    await stage.ordered("one")
    stage.on_duty(ANNA)
    await turn()
    dial = await stage.listens()
    stage.tries.failed(dial.leg, "no_answer")
    await until(lambda: not stage.in_line("one"))
    await stage.later(1)
    assert dial.offer in stage.telephones.hung_up and stage.row("one").result == "no_answer"
    assert stage.state(ANNA) == READY


async def test_without_the_trunk_the_try_has_failed() -> None:
    stage = RungBack()
    stage.customers.broken = True
    await stage.ordered("one")
    stage.on_duty(ANNA)
    await turn()
    await stage.answers(stage.last)
    stage.line.leg_ended(stage.last.offer, clearly=True)
    await stage.later(1)
    assert (stage.row("one").stage, stage.row("one").result) == (WAITING, "phone_failed")


async def test_without_the_database_nobody_is_dialled_and_no_try_is_lost() -> None:
    stage = RungBack()
    await stage.ordered("one")
    stage.on_duty(ANNA)
    await turn()
    stage.store.away = True
    await stage.answers(stage.last)
    assert stage.customers.dialled == []
    stage.line.leg_ended(stage.last.offer, clearly=True)
    await turn()
    with pytest.raises(StoreUnavailable):
        await stage.later(1)
    stage.store.away = False
    await stage.later(58)
    assert not stage.in_line("one")
    await stage.later(1)
    dial = await stage.listens()
    assert stage.row("one").tries == 1 and stage.row("one").leg == dial.leg


async def test_without_the_database_nothing_is_ordered_and_he_waits_on() -> None:
    stage = RungBack()
    stage.store.away = True
    waiting = await stage.caller("one")
    with pytest.raises(StoreUnavailable):
        await stage.book.order(waiting, NUMBER, "readings")
    assert stage.line.callers.waiting == 1 and waiting.call_id == "one"


async def test_an_operator_who_is_joined_while_the_order_is_written_makes_it_void() -> None:
    stage = RungBack()
    stage.on_duty(ANNA)
    waiting = await stage.caller("one")
    await stage.answers(stage.last)
    await stage.book.order(waiting, NUMBER, "readings")
    await stage.later(1)
    assert (stage.row("one").stage, stage.row("one").result) == (WITHDRAWN, "talked")
    assert stage.state(ANNA) == TALKING


async def test_past_the_most_of_a_day_nobody_is_dialled() -> None:
    stage = RungBack(a_day=0)
    await stage.ordered("one")
    stage.on_duty(ANNA)
    await turn()
    await stage.answers(stage.last)
    stage.line.leg_ended(stage.last.offer, clearly=True)
    await stage.later(1)
    assert stage.customers.dialled == [] and not stage.in_line("one")
    assert stage.row("one").due == pytest.approx(BEGAN + 3600)


async def test_who_talks_with_an_operator_meanwhile_need_not_be_rung_back() -> None:
    stage = RungBack()
    await stage.ordered("one")
    stage.book.talked("")
    stage.book.talked("+79990000000")
    assert stage.in_line("one")
    stage.book.talked(NUMBER)
    await stage.later(1)
    assert not stage.in_line("one") and stage.row("one").stage is WITHDRAWN


async def test_withdrawn_by_hand_it_leaves_the_line_and_is_not_dialled() -> None:
    stage = RungBack()
    await stage.ordered("one")
    await stage.later(1)
    await stage.store.put(stage.row("one").withdrawn("by_hand", stage.now))
    stage.on_duty(ANNA)
    await turn()
    await stage.answers(stage.last)
    assert stage.customers.dialled == []
    stage.line.leg_ended(stage.last.offer, clearly=True)
    await stage.later(5)
    assert not stage.in_line("one") and stage.book.waiting == 0 and stage.row("one").stage is WITHDRAWN


async def test_withdrawn_by_hand_while_it_waits() -> None:
    stage = RungBack()
    await stage.ordered("one")
    await stage.later(1)
    await stage.store.put(stage.row("one").withdrawn("by_hand", stage.now))
    await stage.later(5)
    assert not stage.in_line("one") and stage.book.waiting == 0


async def test_nobody_is_rung_back_out_of_hours_nor_after_too_long() -> None:
    stage = RungBack()
    stage.open = False
    await stage.ordered("one")
    await stage.later(1)
    assert not stage.in_line("one") and stage.book.waiting == 1
    stage.open = True
    await stage.later(1)
    assert stage.in_line("one")
    await stage.later(RULES.keep_s)
    assert not stage.in_line("one") and stage.row("one").result == "too_late"


async def test_it_waits_on_after_the_longest_wait_of_its_queue() -> None:
    stage = RungBack()
    await stage.ordered("one")
    await stage.passes(3600)
    assert not stage.in_line("one")
    await stage.later(1)
    assert stage.in_line("one")


async def test_a_new_engine_knows_who_is_to_be_rung_back_and_keeps_their_order() -> None:
    store = Store()
    for name, arrived, number in (("late", 20.0, "+79990000001"), ("early", 10.0, "+79990000002")):
        row = stored(name, arrived=arrived, asked=BEGAN, due=BEGAN, number=number)
        store.rows[name] = row
    stage = RungBack(store)
    await stage.later(0)
    await stage.later(1)
    await stage.caller("live")
    stage.on_duty(ANNA)
    await turn()
    assert (await stage.listens()).number == "+79990000002"


async def test_its_queue_goes_first_and_its_matter_asks_for_a_skill_in_the_next_engine_too() -> None:
    store = Store()
    store.rows["one"] = stored("one", asked=BEGAN, due=BEGAN)
    stage = RungBack(store, demands=Demands({Q: 0}, {"readings": (Need("meters", 5),)}))
    await stage.later(0)
    await stage.later(1)
    waiting = stage.line.callers.of(EntryId("one"))
    assert waiting is not None
    assert (waiting.entry.priority, waiting.entry.needs) == (0, (Need("meters", 5),))


@pytest.mark.parametrize("talked", [True, False])
async def test_a_try_of_an_engine_that_is_gone_is_settled_by_the_row_of_its_call(talked: bool) -> None:
    store = Store()
    store.rows["one"] = stored("one", asked=BEGAN, stage=DIALLING, tries=1, leg="leg-1", operator="101")
    stage = RungBack(store)
    stage.customers.calls = {"leg-1"}
    await stage.later(0)
    await stage.later(6)
    assert stage.row("one").stage is DIALLING
    stage.customers.calls = set()
    if talked:
        stage.calls.rows[CallId("leg-1")] = _call("leg-1", operator="101")
    await stage.later(6)
    await stage.later(6)
    await stage.later(1)
    assert stage.row("one").stage is (REACHED if talked else WAITING)
    assert stage.customers.dialled == []


async def test_a_customer_whose_operator_was_gone_goes_to_the_head_of_the_line() -> None:
    stage = RungBack()
    await stage.ordered("one")
    stage.on_duty(ANNA)
    await turn()
    dial = await stage.listens()
    await stage.answered(dial)
    stage.line.leg_ended(dial.offer, clearly=True)
    stage.duty.log_out(ANNA)
    await stage.caller("two")
    waiting = stage.tries.unjoined(dial.leg)
    assert waiting is not None and stage.tries.unjoined(CallId("nobody")) is None
    stage.on_duty(BORIS)
    await turn()
    assert stage.last.call_id == dial.leg
    stage.tries.gone(dial.leg)
    assert stage.tries.unjoined(dial.leg) is None


async def test_a_customer_who_hangs_up_before_he_is_joined_does_not_keep_the_operator_waiting() -> None:
    stage = RungBack()
    await stage.ordered("one")
    stage.on_duty(ANNA)
    await turn()
    dial = await stage.listens()
    await stage.answered(dial)
    stage.tries.gone(dial.leg)
    await turn()
    assert stage.telephones.hung_up == [dial.offer]
    stage.line.leg_ended(dial.offer, clearly=True)
    assert stage.state(ANNA) == READY


async def test_an_operators_telephone_that_dies_in_the_talk_puts_the_customer_first() -> None:
    stage = RungBack()
    await stage.ordered("one")
    stage.on_duty(ANNA)
    await turn()
    dial = await stage.listens()
    await stage.answered(dial)
    stage.line.leg_ended(dial.offer, clearly=False)
    assert stage.state(ANNA) == State.UNREACHABLE
    waiting = stage.line.callers.of_call(dial.leg)
    assert waiting is not None and waiting.lost
    stage.line.callers.gone(dial.leg)
    await stage.later(1)
    assert stage.line.callers.of_call(dial.leg) is None and stage.row("one").stage is REACHED


def _call(leg: str, operator: str) -> Call:
    return Call(CallId(leg), NUMBER, "88005550100", datetime.now(UTC), operator=operator)


async def test_the_oldest_promise_counts_from_its_order() -> None:
    stage = RungBack()
    assert (stage.book.waiting, stage.book.oldest_s) == (0, 0)
    await stage.ordered("one")
    stage.now += 90
    await stage.ordered("two", "+79997654321")
    stage.now += 30
    assert (stage.book.waiting, stage.book.oldest_s) == (2, 120)
