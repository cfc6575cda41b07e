"""What a flow is told at its start, and the hours of each queue."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ivr.dialogue.facts import START
from ivr.dialogue.loader import load
from ivr.domain.call import CallId
from ivr.domain.errors import StoreUnavailable
from ivr.domain.hours import CLOSED, Calendar, DayPlan, Span, Week
from ivr.domain.readings import ReadingRules
from ivr.service import desk as module
from ivr.service.desk import Desk
from ivr.service.selfservice import Hours
from tests.flows.scenario import preset

MOSCOW = ZoneInfo("Europe/Moscow")
YEKATERINBURG = ZoneInfo("Asia/Yekaterinburg")  # UTC+5
FLOW = preset("rosatom")
SMALL = load((Path(__file__).parent / "small.yaml").read_text(encoding="utf-8"), "small.yaml")  # mon-fri 09:00-18:00
CALENDAR = Calendar(
    frozenset({date(2026, 11, 4)}),
    {date(2026, 11, 3): DayPlan((Span(480, 900),)), date(2026, 11, 5): CLOSED},
)
LIVE = replace(FLOW, queues={name: CALENDAR.of(name, week) for name, week in FLOW.queues.items()})


class Phone:
    hears = False
    call_id = CallId("one")

    def __init__(self, caller: str) -> None:
        self.caller = caller


class Past:
    """Past calls of one number; `error` is raised, `slow` never answers."""

    def __init__(self, known: str = "", error: Exception | None = None, slow: bool = False) -> None:
        self.known, self.error, self.slow = known, error, slow
        self.asked: list[str] = []

    async def called_before(self, caller: str) -> bool:
        self.asked.append(caller)
        if self.slow:
            await asyncio.Event().wait()
        if self.error:
            raise self.error
        return caller == self.known


def at(day: int, hour: int) -> Callable[[], datetime]:
    return lambda: datetime(2026, 11, day, hour, tzinfo=MOSCOW).astimezone(UTC)


def make(clock: Callable[[], datetime], past: Past | None = None) -> Desk:
    return Desk("Энергосбыт", lambda: LIVE, clock, MOSCOW, past)


async def test_every_fact_of_the_start_is_told_and_no_other() -> None:
    facts = await make(at(2, 12)).facts(Phone(""))
    assert set(facts) == set(START)
    assert (facts["supplier"], facts["today"], facts["caller_known"]) == ("Энергосбыт", "2026-11-02", False)


@pytest.mark.parametrize(
    ("day", "hour", "open_", "holiday", "timetable", "next_open"),
    [
        (2, 12, True, False, "с понедельника", "сегодня с двенадцати часов"),
        (2, 21, False, False, "с понедельника", "завтра с восьми часов"),
        (3, 16, False, False, "сегодня с восьми до пятнадцати часов, обычно с", "в пятницу, шестого ноября, с восьми"),
        (4, 12, False, True, "сегодня не работаем, обычно с", "в пятницу, шестого ноября, с восьми часов"),
        (5, 12, False, False, "сегодня не работаем, обычно с", "завтра с восьми часов"),
    ],
)
async def test_the_hours_are_the_truth_of_today(
    day: int, hour: int, open_: bool, holiday: bool, timetable: str, next_open: str
) -> None:
    facts = await make(at(day, hour)).facts(Phone("+79990000001"))
    assert (facts["open"], facts["holiday"]) == (open_, holiday)
    assert str(facts["timetable"]).startswith(timetable)
    assert str(facts["next_open"]).startswith(next_open)


def test_a_queue_without_hours_works_round_the_clock() -> None:
    hours = make(at(4, 3)).hours("nobody", datetime(2026, 11, 4, 3, tzinfo=MOSCOW))
    assert hours == Hours(True, "круглосуточно", "", holiday=False)


def test_a_queue_that_never_opens_promises_nothing() -> None:
    never = replace(FLOW, queues={"persons": Week(((),) * 7)})
    hours = Desk("Пример", lambda: never, at(2, 9), MOSCOW).hours("persons", datetime(2026, 11, 2, 9, tzinfo=MOSCOW))
    assert (hours.open, hours.next_open) == (False, "позже")


@pytest.mark.parametrize(
    ("day", "hour", "is_open", "next_open"),
    [
        (2, 9, True, "сегодня с девяти часов"),
        (2, 18, False, "завтра с девяти часов"),
        (6, 19, False, "в понедельник, девятого марта, с девяти часов"),  # Friday evening: Monday
    ],
)
def test_hours_of_a_queue(day: int, hour: int, is_open: bool, next_open: str) -> None:
    local = datetime(2026, 3, day, hour, tzinfo=YEKATERINBURG)
    hours = Desk("Пример", lambda: SMALL, lambda: local, YEKATERINBURG).hours("persons", local)
    assert (hours.open, hours.next_open) == (is_open, next_open)
    assert hours.timetable == (
        "с понедельника по пятницу с девяти до восемнадцати часов, в субботу и воскресенье не работаем"
    )


@pytest.mark.parametrize(
    ("hour", "caller", "today", "is_open"),
    [
        (4, "+79990000001", "2026-03-02", True),  # Monday, nine o'clock there
        (20, "", "2026-03-03", False),  # already Tuesday there
    ],
)
async def test_the_day_and_the_hour_are_the_suppliers_own(hour: int, caller: str, today: str, is_open: bool) -> None:
    def clock() -> datetime:
        return datetime(2026, 3, 2, hour, tzinfo=UTC)

    told = await Desk("Энергосбыт", lambda: SMALL, clock, YEKATERINBURG).facts(Phone(caller))
    assert (told["today"], told["open"], told["caller_known"]) == (today, is_open, bool(caller))


async def before(past: Past | None, caller: str = "+79990000001") -> object:
    return (await make(at(2, 12), past).facts(Phone(caller)))["caller_before"]


async def test_whether_the_number_has_called_before() -> None:
    assert await before(Past("+79990000001")) is True
    assert await before(Past("+79990000002")) is False
    assert await before(None) is False


async def test_a_hidden_number_is_not_looked_up() -> None:
    past = Past("")
    assert await before(past, "") is False
    assert past.asked == []


async def test_a_failing_or_slow_look_up_makes_a_newcomer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await before(Past(error=StoreUnavailable("locked"))) is False
    monkeypatch.setattr(module, "LOOK_UP_S", 0.01)
    assert await before(Past(slow=True)) is False


async def test_in_a_hurry_a_newcomer_hears_the_short_words_too() -> None:
    desk = Desk("Энергосбыт", lambda: LIVE, at(2, 12), MOSCOW, Past(), lambda call_id: True)
    assert (await desk.facts(Phone("+79990000001")))["caller_before"] is True


async def test_the_days_readings_are_taken_on() -> None:
    rules = ReadingRules(window=(15, 25), zone=MOSCOW)
    desk = Desk("Энергосбыт", lambda: LIVE, at(14, 23), MOSCOW, rules=rules)
    told = await desk.facts(Phone(""))
    assert (told["readings_taken"], told["window_first"], told["window_last"]) == (False, 15, 25)
    assert (await Desk("Энергосбыт", lambda: LIVE, at(15, 0), MOSCOW, rules=rules).facts(Phone("")))["readings_taken"]
