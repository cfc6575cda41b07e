"""What a flow knows at its start, and the hours of each queue."""

import dataclasses
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from ivr.dialogue import facts
from ivr.dialogue.loader import load
from ivr.domain.hours import Week
from ivr.service.desk import Desk
from ivr.service.flows import FlowShelf
from ivr.service.ports import Phone
from ivr.service.selfservice import Hours

FLOW = load((Path(__file__).parent / "small.yaml").read_text(encoding="utf-8"), "small.yaml")  # mon-fri 09:00-18:00
ZONE = ZoneInfo("Asia/Yekaterinburg")  # UTC+5


def desk(at: datetime) -> Desk:
    return Desk("Энергосбыт-Пример", FlowShelf(FLOW).live, lambda: at, ZONE)


def phone(caller: str) -> Phone:
    return cast(Phone, SimpleNamespace(caller=caller))


def local(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, 0, tzinfo=ZONE)


def test_the_facts_are_those_a_flow_may_speak_of() -> None:
    assert set(desk(local(2, 9)).facts(phone(""))) == set(facts.START)


def test_a_known_caller_in_working_hours() -> None:
    told = desk(datetime(2026, 3, 2, 4, 0, tzinfo=UTC)).facts(phone("+79990000001"))  # Monday, nine o'clock there
    assert told["open"] is True and told["caller_known"] is True
    assert told["supplier"] == "Энергосбыт-Пример"


def test_the_day_is_the_suppliers_own() -> None:
    told = desk(datetime(2026, 3, 2, 20, 0, tzinfo=UTC)).facts(phone(""))  # already Tuesday there
    assert told["today"] == "2026-03-03"
    assert told["caller_known"] is False and told["open"] is False


@pytest.mark.parametrize(
    ("at", "is_open", "next_open"),
    [
        (local(2, 9), True, "в понедельник, второго марта, в девять часов"),
        (local(2, 18), False, "во вторник, третьего марта, в девять часов"),
        (local(6, 19), False, "в понедельник, девятого марта, в девять часов"),  # Friday evening: Monday
    ],
)
def test_hours_of_a_queue(at: datetime, is_open: bool, next_open: str) -> None:
    hours = desk(at).hours("persons", at)
    assert (hours.open, hours.next_open) == (is_open, next_open)
    assert hours.timetable == (
        "с понедельника по пятницу с девяти до восемнадцати часов, в субботу и воскресенье не работаем"
    )


def test_a_queue_without_hours_works_round_the_clock() -> None:
    assert desk(local(1, 3)).hours("unknown", local(1, 3)) == Hours(True, "круглосуточно", "")


def test_a_queue_that_never_opens_promises_nothing() -> None:
    never = dataclasses.replace(FLOW, queues={"persons": Week(((),) * 7)})
    hours = Desk("Пример", FlowShelf(never).live, lambda: local(2, 9), ZONE).hours("persons", local(2, 9))
    assert (hours.open, hours.next_open) == (False, "")
