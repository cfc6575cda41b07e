"""Who waits may be rung back instead: he asks for it, or is asked."""

import pytest

from ivr.dialogue.model import Ending, EndingKind, Match, NoInput, NoMatch
from ivr.domain.acd.model import EntryId
from ivr.domain.call import CallId
from ivr.domain.errors import CallerHungUp, PhoneFailed
from ivr.service.queue import room
from ivr.service.queue.callback_talk import CallbackTalk
from ivr.service.queue.desk import QueueDesk
from ivr.service.queue.room import Waited
from tests.unit.service.queue.rooms import busy, waiting_room
from tests.unit.service.queue.rung_back import NUMBER, RungBack
from tests.unit.service.queue.stage import ANNA, Q, turn
from tests.unit.service.queue.waiters import ASKED, Listener

HUNG_UP = CallerHungUp()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is waited for in real time comes at once, or never."""
    monkeypatch.setattr(room, "SETTLE_S", 0.01)


def talk(stage: RungBack, offer_after_s: float = 9999.0) -> CallbackTalk:
    return CallbackTalk(stage.book, lambda number: number if number.startswith("+7") else None, offer_after_s)


async def test_by_key_he_is_rung_back_and_hangs_up() -> None:
    stage = RungBack()
    busy(stage)
    phone = Listener(stage)

    async def press() -> None:
        phone.keys = 1
        phone.answers.extend([Match("1"), Match("1")])

    phone.during.extend([None, press])
    desk = QueueDesk(waiting_room(stage, talk(stage)), None)
    assert await desk.serve(phone, ASKED, "readings") == Ending(EndingKind.HANG_UP, "callback")
    assert phone.heard[-2].startswith("Перезвоним на номер плюс семь") and phone.heard[-1] == "callback_ordered"
    assert stage.row("one").number == NUMBER and stage.in_line("one")


async def test_he_may_hang_up_as_soon_as_it_is_ordered() -> None:
    stage = RungBack()
    busy(stage)
    phone = Listener(stage)
    phone.keys = 1
    phone.answers.extend([Match("1"), Match("1")])
    phone.deaf_to["callback_ordered"] = HUNG_UP
    assert await waiting_room(stage, talk(stage)).wait(phone, ASKED) is Waited.ORDERED
    assert stage.in_line("one")


async def test_a_key_that_means_nothing_changes_nothing() -> None:
    stage = RungBack()
    busy(stage)
    phone = Listener(stage)
    phone.keys = 1
    phone.answers.append(NoMatch("5"))
    phone.during.append(HUNG_UP)
    with pytest.raises(CallerHungUp):
        await waiting_room(stage, talk(stage)).wait(phone, ASKED)
    assert stage.store.rows == {} and phone.heard == []


async def test_who_would_wait_long_is_asked_once() -> None:
    stage = RungBack()
    busy(stage)
    phone = Listener(stage)
    phone.during.extend([None] * 40 + [HUNG_UP])
    with pytest.raises(CallerHungUp):
        await waiting_room(stage, talk(stage, offer_after_s=10)).wait(phone, ASKED)
    assert phone.heard.count("callback_offer") == 1 and "callback_hint" in phone.heard


async def test_in_a_storm_he_is_asked_at_once() -> None:
    stage = RungBack()
    busy(stage)
    phone = Listener(stage)
    phone.answers.extend([Match("1"), Match("1")])
    hurried = CallbackTalk(stage.book, lambda number: number, 9999.0, lambda call_id: True)
    assert await waiting_room(stage, hurried).wait(phone, ASKED) is Waited.ORDERED
    assert phone.heard[0] == "callback_offer"


async def test_from_the_menu_he_is_asked_for_the_number_at_once() -> None:
    stage = RungBack()
    phone = Listener(stage)
    phone.answers.append(Match("1"))
    wants = Ending(EndingKind.OPERATOR, "callback", Q)
    assert await waiting_room(stage, talk(stage)).wait(phone, wants) is Waited.ORDERED
    assert len(phone.heard) == 2 and phone.heard[1] == "callback_ordered" and stage.in_line("one")


async def test_another_number_is_keyed_in_and_confirmed() -> None:
    stage = RungBack()
    busy(stage)
    phone = Listener(stage)
    phone.keys = 1
    phone.answers.extend([Match("1"), Match("2"), Match("+79990000001"), Match("1")])
    assert await waiting_room(stage, talk(stage)).wait(phone, ASKED) is Waited.ORDERED
    assert stage.row("one").number == "+79990000001" and "callback_ask" in phone.heard


async def test_a_number_that_may_not_be_dialled_is_not_taken() -> None:
    stage = RungBack()
    busy(stage)
    phone = Listener(stage, caller="")
    phone.keys = 1
    phone.answers.extend([Match("1"), *[Match("+10000000001")] * 3])
    phone.during.append(HUNG_UP)
    with pytest.raises(CallerHungUp):
        await waiting_room(stage, talk(stage)).wait(phone, ASKED)
    assert phone.heard.count("callback_wrong") == 3 and phone.heard[-1] == "callback_stay"
    assert stage.store.rows == {}


@pytest.mark.parametrize("answers", [[NoInput()], [NoMatch("5")] * 3, [Match("2"), NoInput(), NoInput(), NoInput()]])
async def test_who_does_not_confirm_stays_in_the_line(answers: list[NoInput]) -> None:
    stage = RungBack()
    busy(stage)
    phone = Listener(stage)
    phone.keys = 1
    phone.answers.extend([Match("1"), *answers])
    phone.during.append(HUNG_UP)
    with pytest.raises(CallerHungUp):
        await waiting_room(stage, talk(stage)).wait(phone, ASKED)
    assert phone.heard[-1] == "callback_stay" and stage.store.rows == {}


async def test_without_the_database_he_is_told_so_and_stays() -> None:
    stage = RungBack()
    busy(stage)
    stage.store.away = True
    phone = Listener(stage)
    phone.keys = 1
    phone.answers.extend([Match("1"), Match("1")])
    phone.during.append(HUNG_UP)
    with pytest.raises(CallerHungUp):
        await waiting_room(stage, talk(stage)).wait(phone, ASKED)
    assert phone.heard[-1] == "callback_failed"


@pytest.mark.parametrize("released", [False, True])
async def test_where_nobody_comes_he_is_offered_a_callback(released: bool) -> None:
    stage = RungBack()
    phone = Listener(stage)
    if released:
        busy(stage)
        phone.during.append(lambda: stage.passes(3600))
    phone.answers.extend([Match("1"), Match("1")])
    assert await waiting_room(stage, talk(stage)).wait(phone, ASKED) is Waited.ORDERED
    assert "callback_nobody" in phone.heard and "queue_nobody" not in phone.heard
    stage.line.callers.gone(CallId("one"))
    assert stage.acd.place(EntryId("one")) == 0


async def test_who_declines_is_told_that_nobody_comes() -> None:
    stage = RungBack()
    phone = Listener(stage)
    assert await waiting_room(stage, talk(stage)).wait(phone, ASKED) is Waited.MISSED
    assert phone.heard[-2:] == ["callback_nobody", "queue_nobody"]


async def test_who_rings_again_and_talks_need_not_be_rung_back() -> None:
    stage = RungBack()
    await stage.ordered("before")
    stage.duty.log_out(ANNA)
    phone = Listener(stage, "again")
    waiting = stage.line.callers.of(EntryId("before"))
    assert waiting is not None
    stage.line.callers.leave(EntryId("before"))  # between two tries
    stage.on_duty(ANNA)
    phone.during.append(lambda: stage.answers(stage.last))
    phone.during.append(HUNG_UP)
    assert await waiting_room(stage, talk(stage)).wait(phone, ASKED) is Waited.JOINED
    await stage.later(1)
    assert stage.row("before").result == "talked"


async def test_a_customer_whose_operator_was_gone_waits_at_the_head_of_the_line() -> None:
    stage = RungBack()
    await stage.ordered("one")
    stage.on_duty(ANNA)
    await turn()
    dial = await stage.listens()
    await stage.answered(dial)
    stage.line.leg_ended(dial.offer, clearly=True)
    stage.duty.log_out(ANNA)
    phone = Listener(stage, dial.leg)
    phone.during.append(HUNG_UP)
    desk = QueueDesk(waiting_room(stage, talk(stage)), None, stage.tries.unjoined)
    await desk.unjoined(phone)
    assert phone.heard == ["queue_cut_off_alone"] and stage.line.callers.waiting == 0
    stranger = Listener(stage, "stranger")
    await desk.unjoined(stranger)
    assert stranger.heard == []


async def test_a_telephone_that_fails_him_is_no_reason_to_fail() -> None:
    stage = RungBack()
    await stage.ordered("one")
    stage.on_duty(ANNA)
    await turn()
    dial = await stage.listens()
    await stage.answered(dial)
    stage.line.leg_ended(dial.offer, clearly=False)
    phone = Listener(stage, dial.leg)
    phone.deaf_to["queue_cut_off_alone"] = PhoneFailed("no sound")
    await QueueDesk(waiting_room(stage, talk(stage)), None, stage.tries.unjoined).unjoined(phone)
    assert phone.heard == []
