"""What a waiting caller hears, and how his wait ends: joined, handed over, told that nobody comes."""

from pathlib import Path

import pytest

from ivr.dialogue.model import Ending, EndingKind, Match, NoInput, NoMatch, Phrase
from ivr.domain.acd import QueueRules
from ivr.domain.acd.events import Engaged, OperatorLoggedIn
from ivr.domain.acd.model import EntryId, Need, Operator, State
from ivr.domain.call import CallId
from ivr.domain.errors import CallerHungUp, LineLost, PhoneFailed
from ivr.service.queue import room
from ivr.service.queue.briefing import Understood, Unstored
from ivr.service.queue.demands import Demands
from ivr.service.queue.desk import QueueDesk
from ivr.service.queue.room import Waited, WaitingRoom
from tests.unit.service.queue.rooms import busy, waiting_room
from tests.unit.service.queue.stage import ANNA, BORIS, Q, Stage
from tests.unit.service.queue.waiters import ASKED, Listener, Voice

HUNG_UP = CallerHungUp()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is waited for in real time comes at once, or never."""
    monkeypatch.setattr(room, "SETTLE_S", 0.01)


class Marks:
    def __init__(self) -> None:
        self.given: dict[CallId, int] = {}

    async def mark(self, call_id: CallId, mark: int) -> None:
        self.given[call_id] = mark


async def test_he_is_joined_and_the_operator_hears_what_it_is_about() -> None:
    stage = Stage()
    stage.on_duty(ANNA)
    phone = Listener(stage)

    async def answer() -> None:
        await stage.answers(stage.last)

    phone.during.extend([None, answer, HUNG_UP])
    desk = QueueDesk(waiting_room(stage), None)
    assert await desk.serve(phone, Ending(EndingKind.OPERATOR, "locked", "persons"), "readings") is None
    assert (stage.last.whisper, stage.last.name) == ("/sounds/topic_readings", "Проверка")
    assert phone.arrived == [stage.now - 3] and stage.state(ANNA) == State.TALKING


async def test_the_operator_hears_and_sees_what_was_understood_already() -> None:
    stage = Stage()
    stage.on_duty(ANNA)
    phone = Listener(stage)

    async def answer() -> None:
        await stage.answers(stage.last)

    phone.during.extend([None, answer, HUNG_UP])
    known = Understood("readings", Unstored(12567), "4007001234")
    desk = QueueDesk(waiting_room(stage), None, understood=lambda call_id: known)
    assert await desk.serve(phone, Ending(EndingKind.OPERATOR, "asked", "persons"), "readings") is None
    assert stage.last.name == "Показания счётчика, 12567 не записано, счёт 4007001234"


async def test_a_caller_waits_also_when_the_words_for_his_operator_cannot_be_made() -> None:
    class Mute(Voice):
        async def sound(self, phrase: Phrase) -> Path:
            if not phrase.name:
                raise PhoneFailed("the disk is full")
            return await super().sound(phrase)

    stage = Stage()
    stage.on_duty(ANNA)
    phone = Listener(stage)

    async def answer() -> None:
        await stage.answers(stage.last)

    phone.during.extend([None, answer, HUNG_UP])
    waiting = WaitingRoom(stage.line, Mute(), stage.clock, stage.foresight, {})
    desk = QueueDesk(waiting, None, understood=lambda call_id: Understood("readings", Unstored(12567)))
    assert await desk.serve(phone, Ending(EndingKind.OPERATOR, "asked", "persons"), "readings") is None
    assert (stage.last.whisper, stage.last.name) == ("", "Показания счётчика, 12567 не записано")


async def test_who_hangs_up_is_out_of_the_line() -> None:
    stage = Stage()
    busy(stage)
    phone = Listener(stage)
    phone.during.extend([None, HUNG_UP])
    with pytest.raises(CallerHungUp):
        await waiting_room(stage).wait(phone, ASKED)
    assert stage.line.callers.of(EntryId("one")) is None and stage.told("one")[-1] == "left"


async def test_a_lost_line_is_told_as_such() -> None:
    stage = Stage()
    busy(stage)
    phone = Listener(stage)
    phone.during.append(LineLost())
    with pytest.raises(LineLost):
        await waiting_room(stage).wait(phone, ASKED)


async def test_a_failure_of_the_telephone_leaves_nobody_in_the_line() -> None:
    stage = Stage()
    busy(stage)
    phone = Listener(stage)
    phone.during.append(PhoneFailed("no music"))
    with pytest.raises(PhoneFailed):
        await waiting_room(stage).wait(phone, ASKED)
    assert stage.line.callers.waiting == 0


async def test_place_promise_and_patience_are_told_in_their_time() -> None:
    stage = Stage()
    busy(stage)
    for _ in range(30):
        stage.foresight.handled(200.0)
    phone = Listener(stage)
    phone.during.extend([None] * 130 + [HUNG_UP])
    with pytest.raises(CallerHungUp):
        await waiting_room(stage).wait(phone, ASKED)
    assert phone.heard[0].startswith("Вы первый в очереди. Ждать осталось")
    assert "queue_patience" in phone.heard
    assert [kept.outcome.answered for kept in stage.kept] == [False]


async def test_while_nothing_is_known_no_wait_is_promised() -> None:
    stage = Stage()
    busy(stage)
    phone = Listener(stage)
    phone.during.extend([None] * 12 + [HUNG_UP])
    with pytest.raises(CallerHungUp):
        await waiting_room(stage).wait(phone, ASKED)
    assert phone.heard == ["Вы первый в очереди. Оставайтесь, пожалуйста, на линии."]


async def test_where_nobody_is_he_is_told_so() -> None:
    stage = Stage()
    phone = Listener(stage)
    desk = QueueDesk(waiting_room(stage), None)
    assert await desk.serve(phone, ASKED, "") == Ending(EndingKind.MISSED, "nobody_came")
    assert phone.heard[-1] == "queue_nobody" and stage.line.callers.of(EntryId("one")) is None
    assert stage.told("one") == ["waits", "released"]


async def test_without_asterisks_link_its_own_queue_takes_him() -> None:
    stage = Stage()
    busy(stage)
    stage.telephones.up = False
    phone = Listener(stage)
    assert await QueueDesk(waiting_room(stage), None).serve(phone, ASKED, "") is ASKED


async def test_cut_off_he_goes_to_the_head_and_hears_an_apology() -> None:
    stage = Stage()
    stage.on_duty(ANNA)
    phone = Listener(stage)
    phone.during.append(lambda: stage.answers(stage.last))
    phone.during.append(HUNG_UP)
    desk = QueueDesk(waiting_room(stage), Marks())
    assert await desk.serve(phone, ASKED, "") is None
    stage.line.leg_ended(stage.last.offer, clearly=False)
    again = Listener(stage)
    again.during.append(HUNG_UP)
    await desk.after(again)
    assert again.heard == ["queue_cut_off_alone"] and stage.line.callers.waiting == 0


async def test_cut_off_where_nobody_else_comes() -> None:
    stage = Stage()
    stage.on_duty(ANNA)
    waiting = await stage.caller("one")
    await stage.answers(stage.last)
    stage.line.leg_ended(stage.last.offer, clearly=False)
    assert waiting.lost
    phone = Listener(stage)
    await QueueDesk(waiting_room(stage), None).after(phone)
    assert phone.endings == [Ending(EndingKind.MISSED, "nobody_came")]


async def test_cut_off_and_gone_during_the_apology() -> None:
    stage = Stage()
    stage.on_duty(ANNA)
    await stage.caller("one")
    await stage.answers(stage.last)
    stage.line.leg_ended(stage.last.offer, clearly=False)
    phone = Listener(stage)
    phone.deaf_to["queue_cut_off_alone"] = HUNG_UP
    await QueueDesk(waiting_room(stage), None).after(phone)
    assert stage.line.callers.waiting == 0


async def test_his_own_leg_may_be_told_of_before_the_operators() -> None:
    """He comes back from the talk while the operator's leg still counts: a talk that ended well is no cut-off."""
    stage = Stage()
    stage.on_duty(ANNA)
    await stage.caller("one")
    await stage.answers(stage.last)
    marks, phone = Marks(), Listener(stage)
    phone.answers.append(Match("4"))
    await QueueDesk(waiting_room(stage), marks).after(phone)
    assert marks.given == {"one": 4} and phone.heard == ["mark_ask", "mark_thanks"]


@pytest.mark.parametrize(
    ("answers", "heard"),
    [
        ([NoInput()], ["mark_ask", "talk_goodbye"]),
        ([NoMatch("9"), NoMatch("8")], ["mark_ask", "mark_ask", "talk_goodbye"]),
        ([NoMatch("9"), Match("1")], ["mark_ask", "mark_ask", "mark_thanks"]),
    ],
)
async def test_the_mark_is_asked_for_twice_at_most(answers: list[NoInput], heard: list[str]) -> None:
    phone = Listener(Stage())
    phone.answers.extend(answers)
    await QueueDesk(waiting_room(phone.stage), Marks()).after(phone)
    assert phone.heard == heard


async def test_without_marks_he_hears_goodbye() -> None:
    phone = Listener(Stage())
    await QueueDesk(waiting_room(phone.stage), None).after(phone)
    assert phone.heard == ["talk_goodbye"]


@pytest.mark.parametrize("error", [HUNG_UP, PhoneFailed("no sound")])
async def test_whatever_happens_after_a_talk_ends_there(error: Exception) -> None:
    phone = Listener(Stage())
    phone.deaf_to["talk_goodbye"] = error
    await QueueDesk(waiting_room(phone.stage), None).after(phone)


OVERFLOW = {"companies": QueueRules(wrap_up_s=0, longest_wait_s=30, overflow_to=Q)}
COMPANIES = Ending(EndingKind.OPERATOR, "asked", "companies")


async def test_where_nobody_works_he_goes_on_to_the_queue_that_takes_its_callers() -> None:
    stage = Stage(queues={"companies": QueueRules(overflow_to=Q)})
    stage.on_duty(ANNA)
    phone = Listener(stage)
    phone.during.extend([None] * 19 + [lambda: stage.answers(stage.last), HUNG_UP])
    assert await waiting_room(stage).wait(phone, COMPANIES) is Waited.JOINED
    assert "moved" in stage.told("one") and stage.line.callers.of(EntryId("one")).entry.queue == Q


async def test_who_waits_too_long_goes_on_and_has_a_place_there() -> None:
    stage = Stage(queues=OVERFLOW)
    busy(stage)
    stage.line.feed(OperatorLoggedIn(Operator(BORIS, frozenset({"companies"}), {}), stage.now * 2))
    stage.line.feed(Engaged(BORIS))
    phone = Listener(stage)
    phone.during.extend([None] * 40 + [HUNG_UP])
    with pytest.raises(CallerHungUp):
        await waiting_room(stage).wait(phone, COMPANIES)
    assert "overflowed" in stage.told("one") and stage.line.callers.waits() == {}


async def test_news_are_told_once_to_those_who_wait_already() -> None:
    stage = Stage()
    busy(stage)
    phone, news = Listener(stage), [()]
    there = WaitingRoom(stage.line, Voice(), stage.clock, stage.foresight, {}, news=lambda call_id: news[0])

    async def breaks() -> None:
        news[0] = (Phrase("Авария.", "storm"),)

    phone.during.extend([None, breaks, *[None] * 20, HUNG_UP])
    with pytest.raises(CallerHungUp):
        await there.wait(phone, ASKED)
    assert phone.heard.count("storm") == 1
    again = Listener(stage, "two")
    again.during.extend([*[None] * 12, HUNG_UP])
    with pytest.raises(CallerHungUp):
        await there.wait(again, ASKED)
    assert "storm" not in again.heard


async def test_a_queue_that_goes_first_and_a_matter_that_asks_for_a_skill() -> None:
    stage = Stage()
    busy(stage)
    demands = Demands({Q: 0}, {"balance": (Need("billing", 5),)})
    there = WaitingRoom(stage.line, Voice(), stage.clock, stage.foresight, {}, demands=demands)
    phone = Listener(stage)
    asked: list[tuple[int, tuple[Need, ...]]] = []

    async def look() -> None:
        entry = stage.line.callers.of(EntryId("one")).entry
        asked.append((entry.priority, entry.needs))

    for topic in ("balance", "news"):
        phone.during.extend([look, HUNG_UP])
        with pytest.raises(CallerHungUp):
            await there.wait(phone, ASKED, topic=topic)
    assert asked == [(0, (Need("billing", 5),)), (0, ())]


async def test_an_operator_who_hangs_up_while_he_is_told_of_him_lets_him_pass_to_the_next() -> None:
    stage = Stage()
    stage.on_duty(ANNA, BORIS)
    phone = Listener(stage)

    async def answer() -> None:
        await stage.answers(stage.last)

    async def hang_up() -> None:
        stage.line.leg_ended(stage.last.offer, clearly=True)

    phone.during.extend([answer, hang_up, answer, HUNG_UP])
    assert await waiting_room(stage).wait(phone, ASKED) is Waited.JOINED
    assert stage.told("one") == ["offered", "answered", "missed", "offered", "answered"]
    assert (stage.state(ANNA), stage.state(BORIS), phone.heard) == (State.MISSED, State.TALKING, [])
    stage.line.leg_ended(stage.last.offer, clearly=True)
    assert stage.told("one")[-1] == "talk_ended"
