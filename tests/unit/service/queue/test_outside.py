"""Specialists outside the centre: asked, given the caller, called into a talk; busy, silent, or without a trunk."""

from collections.abc import Awaitable

import pytest

from ivr.domain.acd.events import Failure
from ivr.domain.acd.model import OfferId, OperatorId
from ivr.domain.call import CallId
from ivr.domain.errors import LinkDown
from ivr.domain.talk.notes import Deed
from ivr.domain.talk.specialists import SpecialistId
from ivr.domain.talk.talk import Phase
from ivr.service.queue.targets import Refused, ToSpecialist
from tests.unit.service.queue.stage import ANNA, BORIS, READY, TALKING, turn
from tests.unit.service.queue.talk_room import LAB, ONE, Room

CALL = CallId("one")


async def asked(room: Room) -> OfferId:
    """The specialist has answered Anna; the caller is on hold."""
    await room.desk.consult_outside(ANNA, LAB.id)
    leg = room.outside.leg
    room.talks.colleague_rang(leg, None)
    return leg


async def sent(room: Room) -> OfferId:
    await room.desk.send(ANNA, ToSpecialist(LAB.id))
    return room.outside.leg


def deeds(room: Room) -> list[Deed]:
    return [note.deed for note in room.notes]


async def test_he_is_asked_and_takes_the_caller_over() -> None:
    room = Room()
    live = await room.talk()
    leg = await asked(room)
    call = room.outside
    assert (call.specialist, call.caller, call.sent) == (LAB, "one", False)
    assert (live.talk.phase, live.talk.colleague) == (Phase.CONSULTING, LAB.id)
    await room.desk.complete(ANNA)
    assert room.phones.asked == ["hold", "alone", "ring_outside", "give"]
    assert room.state(ANNA) == READY and room.line.callers.of(ONE) is None and room.talks.of(ANNA) is None
    room.now += 42
    room.talks.colleague_ended(leg)
    room.talks.colleague_ended(leg)
    assert deeds(room) == [Deed.CONSULTED, Deed.HANDED, Deed.OUTSIDE]
    assert room.notes[-1].detail == {"to": "meter_lab", "talk_s": 42}
    assert room.audited() == [(ANNA, "meter_lab", "asked"), (ANNA, "meter_lab", "answered")]


@pytest.mark.parametrize("conference", [False, True])
async def test_an_operator_who_hangs_up_leaves_the_caller_to_him(conference: bool) -> None:
    room = Room()
    live = await room.talk()
    leg = await asked(room)
    if conference:
        await room.desk.confer(ANNA)
    room.talks.leg_ended(live.leg, clearly=True)
    assert room.state(ANNA) == READY and room.line.callers.of(ONE) is None
    room.talks.colleague_ended(leg)
    assert deeds(room)[-2:] == [Deed.HANDED, Deed.OUTSIDE]


async def test_he_leaves_a_talk_of_three_and_the_operator_goes_on() -> None:
    room = Room()
    live = await room.talk()
    leg = await asked(room)
    await room.desk.confer(ANNA)
    room.talks.colleague_ended(leg)
    assert (live.talk.phase, live.specialist, room.state(ANNA)) == (Phase.TALKING, None, TALKING)


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (Failure.DECLINED, "talk_outside_busy"),
        (Failure.BUSY, "talk_outside_busy"),
        (Failure.NO_ANSWER, "talk_outside_not_reached"),
        (Failure.UNREACHABLE, "talk_outside_not_reached"),
    ],
)
async def test_one_who_is_not_reached_gives_the_caller_back(failure: Failure, words: str) -> None:
    room = Room()
    live = await room.talk()
    await room.desk.consult_outside(ANNA, LAB.id)
    room.talks.colleague_rang(room.outside.leg, failure)
    await turn()
    assert (live.talk.phase, live.specialist) == (Phase.TALKING, None)
    assert room.phones.said[-1] == f"/sounds/{words}"
    assert room.notes[-1].detail == {"to": "meter_lab", "why": failure}
    assert room.audited()[-1] == (ANNA, "meter_lab", failure)


async def test_an_operator_takes_his_caller_back_and_one_who_hangs_up_frees_all() -> None:
    room = Room()
    live = await room.talk()
    await room.desk.consult_outside(ANNA, LAB.id)
    await room.desk.resume(ANNA)
    assert room.phones.asked[-2:] == ["hang_up", "join"] and live.specialist is None
    await asked(room)
    room.talks.caller_gone(CALL)
    await turn()
    assert room.phones.asked.count("hang_up") == 3


async def test_a_caller_is_sent_to_him() -> None:
    room = Room()
    await room.talk()
    leg = await sent(room)
    assert room.outside.sent and room.phones.asked == ["away", "ring_outside"]
    assert room.state(ANNA) == READY and room.line.callers.of(ONE) is None
    room.talks.colleague_rang(leg, None)
    room.talks.caller_gone(CALL)
    room.talks.colleague_ended(leg)
    await turn()
    assert room.phones.asked == ["away", "ring_outside"]
    assert [(note.deed, note.detail["to"]) for note in room.notes] == [
        (Deed.SENT, "specialist meter_lab"),
        (Deed.OUTSIDE, "meter_lab"),
    ]
    assert room.audited() == [(ANNA, "meter_lab", "sent"), (ANNA, "meter_lab", "answered")]


async def test_a_caller_whom_he_does_not_take_goes_back_to_his_sender_at_his_old_place() -> None:
    room = Room()
    live = await room.talk()
    before = room.line.callers.of(live.entry)
    assert before is not None
    await room.caller("two")
    leg = await sent(room)
    room.now += 30
    room.talks.colleague_rang(leg, Failure.NO_ANSWER)
    await turn()
    assert room.phones.asked[-1] == "back"
    waiting = room.talks.outside.returned(CALL)
    assert waiting is not None and waiting.returned
    assert (waiting.entry.arrived, waiting.entry.preferred) == (before.entry.arrived, ANNA)
    assert waiting.whisper == "/sounds/talk_not_taken&/sounds/topic"
    assert room.talks.outside.returned(CALL) is None
    assert [note.deed for note in room.notes] == [Deed.SENT, Deed.UNREACHED]
    assert room.line.callers.of(ONE) is waiting


async def test_his_senders_work_after_the_talk_ends_for_him() -> None:
    room = Room(wrap_up_s=30)
    await room.talk()
    leg = await sent(room)
    assert room.state(ANNA) == "wrap_up"
    room.talks.colleague_rang(leg, Failure.DECLINED)
    room.talks.outside.returned(CALL)
    await turn()
    assert (room.last.operator, room.last.name) == (ANNA, "Возврат: Лаборатория")


async def test_a_caller_who_hangs_up_meanwhile_stops_the_ringing() -> None:
    room = Room()
    await room.talk()
    leg = await sent(room)
    room.talks.caller_gone(CALL)
    await turn()
    assert room.phones.asked[-1] == "hang_up"
    room.talks.colleague_rang(leg, Failure.NO_ANSWER)
    room.talks.colleague_ended(leg)
    assert room.talks.outside.returned(CALL) is None


async def test_what_asterisk_does_not_do_leaves_the_talk_as_it_was() -> None:
    room = Room()
    live = await room.talk()
    room.phones.refused = "away"
    with pytest.raises(LinkDown):
        await room.desk.send(ANNA, ToSpecialist(LAB.id))
    assert live.talk.phase is Phase.TALKING and room.state(ANNA) == TALKING
    assert room.talks.outside.returned(CALL) is None and room.notes == []
    room.phones.refused = "ring_outside"
    with pytest.raises(LinkDown):
        await room.desk.consult_outside(ANNA, LAB.id)
    await turn()
    assert live.talk.phase is Phase.TALKING and live.asked is None and room.phones.asked[-1] == "join"
    assert deeds(room) == [Deed.CONSULTED, Deed.UNREACHED]
    assert room.audited() == [(ANNA, "meter_lab", "asked"), (ANNA, "meter_lab", "link_down")]


async def test_a_caller_whose_specialist_cannot_be_rung_comes_back() -> None:
    room = Room()
    await room.talk()
    room.phones.refused = "ring_outside"
    await room.desk.send(ANNA, ToSpecialist(LAB.id))
    await turn()
    assert room.phones.asked == ["away", "back"] and room.audited()[-1] == (ANNA, "meter_lab", "unreachable")
    assert room.talks.outside.returned(CALL) is not None


async def test_for_a_caller_who_has_hung_up_on_his_way_nobody_is_rung() -> None:
    room = Room()
    await room.talk()
    room.phones.meanwhile = lambda: room.talks.caller_gone(CALL)
    await room.desk.send(ANNA, ToSpecialist(LAB.id))
    await turn()
    assert room.phones.rung == [] and room.audits == []


async def test_only_those_who_are_listed_are_rung_and_only_by_a_trunk() -> None:
    room, cut_off = Room(), Room(trunk=False)
    for each in (room, cut_off):
        await each.talk()
    wrong: list[tuple[Awaitable[object], str]] = [
        (room.desk.consult_outside(ANNA, SpecialistId("friend")), "unknown"),
        (room.desk.send(ANNA, ToSpecialist(SpecialistId("friend"))), "unknown"),
        (room.desk.consult(ANNA, OperatorId(LAB.id)), "unknown"),
        (cut_off.desk.consult_outside(ANNA, LAB.id), "no_trunk"),
        (cut_off.desk.send(ANNA, ToSpecialist(LAB.id)), "no_trunk"),
        (room.desk.consult_outside(BORIS, LAB.id), "no_talk"),
    ]
    for request, code in wrong:
        with pytest.raises(Refused) as refused:
            await request
        assert refused.value.code == code
    assert room.phones.asked == cut_off.phones.asked == []


async def test_legs_that_nobody_knows_change_nothing() -> None:
    room = Room()
    await room.talk()
    room.talks.colleague_rang(OfferId("nobody"), None)
    room.talks.colleague_ended(OfferId("nobody"))
    assert room.notes == room.audits == []
