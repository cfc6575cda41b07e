"""Requests in a talk: what is asked of the telephones, what becomes of the caller when one of them fails."""

from collections.abc import Awaitable
from datetime import UTC, datetime

import pytest

from ivr.dialogue.model import Prompt
from ivr.domain.acd.events import Failure, OperatorLoggedOut
from ivr.domain.acd.model import OperatorId, State
from ivr.domain.call import CallId
from ivr.domain.errors import LinkDown
from ivr.domain.talk.notes import Deed
from ivr.domain.talk.talk import Phase
from ivr.service.queue.supervision import Supervision
from ivr.service.queue.talk_phones import Mode
from ivr.service.queue.targets import Refused, ToDialogue, ToOperator, ToQueue
from tests.unit.service.queue.stage import ANNA, BORIS, READY, TALKING, KeyPhone, turn
from tests.unit.service.queue.talk_room import ONE, Room

NOBODY = OperatorId("999")


async def test_a_hold_and_back() -> None:
    room = Room()
    live = await room.talk()
    await room.desk.hold(ANNA)
    room.now += 12
    await room.desk.resume(ANNA)
    assert room.phones.asked == ["hold", "join"]
    room.talks.leg_ended(live.leg, clearly=True)
    assert [(note.deed, note.detail) for note in room.notes] == [(Deed.HELD, {"held_s": 12})]
    assert room.talks.of(ANNA) is None and room.state(ANNA) == READY


async def test_what_asterisk_does_not_do_leaves_the_talk_as_it_was() -> None:
    room = Room()
    live = await room.talk()
    room.phones.down = True
    for request in (room.desk.hold(ANNA), room.desk.consult(ANNA, BORIS)):
        with pytest.raises(LinkDown):
            await request
    assert live.talk.phase is Phase.TALKING and room.state(BORIS) == READY


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (Failure.NO_ANSWER, "talk_not_reached"),
        (Failure.UNREACHABLE, "talk_not_reached"),
        (Failure.BUSY, "talk_colleague_busy"),
        (Failure.DECLINED, "talk_colleague_busy"),
    ],
)
async def test_a_colleague_who_does_not_answer_is_free_again_and_the_caller_is_back(
    failure: Failure, said: str
) -> None:
    room = Room(ring_s=9)
    live = await room.talk()
    leg = await room.consults()
    assert room.state(BORIS) == TALKING and room.line.busy(BORIS)
    assert room.phones.rung[-1].ring_s == 9
    room.talks.colleague_rang(leg, failure)
    await turn()
    assert room.phones.said[-1] == f"/sounds/{said}"
    assert live.talk.phase is Phase.TALKING and room.phones.asked[-1] == "join"
    assert room.state(BORIS) == READY and not room.line.busy(BORIS)


async def test_a_colleague_takes_the_caller_over_and_hangs_up_in_the_end() -> None:
    room = Room()
    await room.talk()
    leg = await room.consults()
    room.talks.colleague_rang(leg, None)
    await room.desk.complete(ANNA)
    assert room.phones.asked[-2:] == ["give", "adopt"]
    assert (room.state(ANNA), room.state(BORIS)) == (READY, TALKING)
    taken = room.talks.of(BORIS)
    assert taken is not None and (taken.call_id, taken.sent_by) == ("one", ANNA)
    room.talks.leg_ended(leg, clearly=True)
    assert room.state(BORIS) == READY and room.line.callers.of(ONE) is None


async def test_an_operator_whose_leg_is_gone_before_asterisk_has_answered_has_handed_the_caller_over() -> None:
    room = Room()
    live = await room.talk()
    leg = await room.consults()
    room.talks.colleague_rang(leg, None)
    room.phones.meanwhile = lambda: room.talks.leg_ended(live.leg, clearly=True)
    await room.desk.complete(ANNA)
    await turn()
    assert "hang_up" not in room.phones.asked and room.phones.asked.count("adopt") == 1
    assert (room.state(ANNA), room.state(BORIS)) == (READY, TALKING)
    assert [note.deed for note in room.notes] == [Deed.CONSULTED, Deed.HANDED]


@pytest.mark.parametrize("conference", [False, True])
async def test_an_operator_who_hangs_up_leaves_the_caller_to_the_colleague(conference: bool) -> None:
    room = Room()
    live = await room.talk()
    room.talks.colleague_rang(await room.consults(), None)
    if conference:
        await room.desk.confer(ANNA)
    room.talks.leg_ended(live.leg, clearly=True)
    assert (room.state(ANNA), room.state(BORIS)) == (READY, TALKING) and room.talks.of(BORIS) is not None


async def test_an_operator_who_hangs_up_with_the_caller_on_hold_puts_him_first() -> None:
    room = Room()
    live = await room.talk()
    await room.consults()
    room.talks.leg_ended(live.leg, clearly=True)
    await turn()
    assert "hang_up" in room.phones.asked
    assert room.told("one") == ["offered", "answered", "moved", "offered"]
    assert room.line.busy(room.last.operator) and not room.line.legs.asked


async def test_a_caller_is_sent_to_a_colleague_and_comes_back() -> None:
    room = Room()
    await room.talk()
    await room.desk.send(ANNA, ToOperator(BORIS))
    await turn()
    ring = room.last
    assert (ring.operator, ring.name) == (BORIS, f"Перевод от {ANNA}")
    assert ring.whisper == "/sounds/talk_from_colleague&/sounds/topic"
    await room.fails(ring, Failure.DECLINED)
    assert room.last.operator == ANNA
    await room.answers(room.last)
    waiting, live = room.line.callers.of(ONE), room.talks.of(ANNA)
    assert waiting is not None and live is not None
    assert (waiting.whisper, waiting.sent_by, live.sent_by) == ("/sounds/topic", "", ANNA)


async def test_a_caller_is_sent_to_a_queue_or_a_dialogue() -> None:
    room = Room()
    await room.talk()
    with pytest.raises(Refused, match="nobody"):
        await room.desk.send(ANNA, ToQueue("companies"))
    room.on_duty(BORIS, queue="companies")
    await room.caller("two")  # he serves both
    await room.desk.send(ANNA, ToQueue("companies"))
    waiting = room.line.callers.of(ONE)
    assert waiting is not None and waiting.entry.queue == "companies" and room.state(ANNA) == READY
    room = Room()
    await room.talk()
    await room.desk.send(ANNA, ToDialogue("readings_line"))
    assert room.line.callers.of(ONE) is None and room.phones.asked == ["send"]


async def test_what_cannot_be_done_is_refused_by_name() -> None:
    room, away = Room(), Room()
    await room.talk()
    await away.talk()
    away.line.feed(OperatorLoggedOut(BORIS))
    wrong: list[tuple[Awaitable[object], str]] = [
        (room.desk.hold(BORIS), "no_talk"),
        (room.desk.complete(ANNA), "not_now"),
        (room.desk.consult(ANNA, NOBODY), "unknown"),
        (away.desk.consult(ANNA, BORIS), "away"),
        (room.desk.consult(ANNA, ANNA), "unknown"),
        (room.desk.send(ANNA, ToQueue("nowhere")), "unknown"),
        (room.desk.send(ANNA, ToDialogue("nowhere")), "unknown"),
    ]
    for request, code in wrong:
        with pytest.raises(Refused) as refused:
            await request
        assert refused.value.code == code
    room.line.legs.asked.add(BORIS)
    room.talks.engage(BORIS)
    with pytest.raises(Refused, match="busy"):
        await room.desk.send(ANNA, ToOperator(BORIS))


async def test_a_caller_who_hangs_up_frees_everybody() -> None:
    room = Room()
    await room.talk()
    room.talks.colleague_rang(await room.consults(), None)
    room.talks.caller_gone(CallId("one"))
    room.line.callers.gone(CallId("one"))
    await turn()
    assert room.phones.asked.count("hang_up") == 2
    assert (room.state(ANNA), room.state(BORIS)) == (READY, READY)


async def test_abuse_is_warned_once_and_then_ended() -> None:
    room = Room()
    await room.talk()
    assert await room.desk.abuse(ANNA) is False
    assert await room.desk.abuse(ANNA) is True
    assert room.phones.asked == ["warn", "send"] and [note.deed for note in room.notes] == [Deed.WARNED, Deed.ABUSIVE]
    assert room.state(ANNA) == READY


async def test_only_supervisors_listen_and_every_try_is_on_record() -> None:
    room = Room()
    await room.talk()
    chief = OperatorId("104")
    supervision = watching(room, chief)
    with pytest.raises(Refused, match="not_allowed"):
        await supervision.listen(BORIS, ANNA, Mode.LISTEN)
    with pytest.raises(Refused, match="no_talk"):
        await supervision.listen(chief, BORIS, Mode.LISTEN)
    with pytest.raises(Refused, match="unknown"):
        await supervision.listen(chief, NOBODY, Mode.LISTEN)
    assert not await supervision.listen(chief, ANNA, Mode.WHISPER)
    supervision.ended(CallId("spy-1"))
    supervision.ended(CallId("spy-1"))
    told = [(audit.actor, audit.action, audit.subject, audit.result) for audit in room.audits]
    assert told == [
        (BORIS, "listen", ANNA, "refused"),
        (chief, "whisper", ANNA, "began"),
        (chief, "whisper", ANNA, "ended"),
    ]
    assert State(room.state(ANNA)) is TALKING


def watching(room: Room, chief: OperatorId) -> Supervision:
    everybody = [ANNA, BORIS, chief]
    return Supervision(room.talks, everybody, [chief], room.audits.append, lambda: datetime(2026, 11, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("code", "held", "told"),
    [
        ("*21101", False, []),
        ("*21101", True, ["spy_on_hold_too"]),
        ("*23101", True, ["spy_on_hold"]),
        ("*22102", False, ["spy_no_talk"]),
        ("*22999", False, ["spy_unknown"]),
        ("*22104", False, ["spy_refused"]),
    ],
)
async def test_a_supervisor_is_told_why_he_hears_nobody(code: str, held: bool, told: list[str]) -> None:
    room, chief = Room(), OperatorId("104")
    await room.talk()
    if held:
        await room.desk.hold(ANNA)
    phone = KeyPhone(code, caller=chief)
    await watching(room, chief).serve(phone)
    assert phone.heard == told
    assert ("spy" in room.phones.asked) == (code[3:] == ANNA)


async def test_who_is_told_of_a_hold_while_the_talk_ends_is_put_on_nothing() -> None:
    room, chief = Room(), OperatorId("104")
    await room.talk()
    await room.desk.hold(ANNA)

    class Ends(KeyPhone):
        async def say(self, prompt: Prompt, *, interruptible: bool) -> None:
            await super().say(prompt, interruptible=interruptible)
            room.talks.caller_gone(CallId("one"))

    phone = Ends("*23101", caller=chief)
    await watching(room, chief).serve(phone)
    assert phone.heard == ["spy_on_hold", "spy_no_talk"] and "spy" not in room.phones.asked
    assert not room.audits


async def test_a_programme_is_told_of_a_hold_too() -> None:
    room, chief = Room(), OperatorId("104")
    await room.talk()
    await room.consults()
    assert await watching(room, chief).listen(chief, ANNA, Mode.BARGE)
