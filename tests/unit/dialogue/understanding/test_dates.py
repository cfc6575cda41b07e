from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.dialogue.understanding.dates import DateCandidate, dates
from ivr.dialogue.understanding.heard import hypothesis
from ivr.dialogue.understanding.ranking import Accepted, NotUnderstood, by_cost, decide
from ivr.dialogue.wording.dates import day_month, full_date
from ivr.dialogue.wording.plural import Case

TODAY = date(2026, 11, 21)
YEAR = 2026


def best(text: str, past: bool = True, today: date = TODAY) -> date | None:
    found = dates([hypothesis(text)], today, past)
    return found[0].day if found else None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("пятнадцатое ноября", date(YEAR, 11, 15)),
        ("ну пятнадцатого ноября этого года", date(YEAR, 11, 15)),
        ("двадцать первое ноября", date(YEAR, 11, 21)),
        ("двадцать второе ноября", date(YEAR - 1, 11, 22)),
        ("первого декабря две тысячи двадцать пятого года", date(2025, 12, 1)),
        ("первого декабря двадцать пятого", date(2025, 12, 1)),
        ("первого двенадцатого двадцать пятого", date(2025, 12, 1)),
        ("пятнадцатого одиннадцатого", date(YEAR, 11, 15)),
        ("пятнадцать одиннадцать двадцать шесть", date(YEAR, 11, 15)),
        ("ноль пятого ноль третьего", date(YEAR, 3, 5)),
        ("двадцать девятое февраля", date(2024, 2, 29)),
        ("сегодня", TODAY),
        ("вчера", TODAY - timedelta(days=1)),
        ("позавчера", TODAY - timedelta(days=2)),
        ("десятого числа", date(YEAR, 11, 10)),
        ("тридцатого числа", date(YEAR, 10, 30)),
        ("тридцать первого", date(YEAR, 10, 31)),
        ("десятого числа прошлого месяца", date(YEAR, 10, 10)),
        ("десятого этого месяца", date(YEAR, 11, 10)),
        ("пятнадцатое ноября нет шестнадцатое", date(YEAR, 11, 16)),
        ("пятнадцатое ноября ой октября", date(YEAR, 10, 15)),
        ("нет пятнадцатое ноября", date(YEAR, 11, 15)),
        ("ноября пятнадцатого", date(YEAR, 11, 15)),
        ("ноября пятнадцатого двадцать пятого", date(2025, 11, 15)),
        ("пятого ноября прошлого года", date(YEAR - 1, 11, 5)),
        ("пятого ноября позапрошлого года", date(YEAR - 2, 11, 5)),
        ("три дня назад", TODAY - timedelta(days=3)),
        ("неделю назад", TODAY - timedelta(days=7)),
        ("две недели назад", TODAY - timedelta(days=14)),
        ("два дня назад нет три", TODAY - timedelta(days=3)),
    ],
)
def test_dates_that_are_past(text: str, day: date) -> None:
    assert best(text) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("завтра", TODAY + timedelta(days=1)),
        ("через двадцать пять дней", TODAY + timedelta(days=25)),
        ("через неделю", TODAY + timedelta(days=7)),
        ("пятого", date(YEAR, 12, 5)),
        ("пятое января", date(YEAR + 1, 1, 5)),
        ("пятого числа следующего месяца", date(YEAR, 12, 5)),
    ],
)
def test_dates_to_come(text: str, day: date) -> None:
    assert best(text, past=False) == day


@pytest.mark.parametrize(
    "text",
    ["", "ноября", "кошка", "тридцать первое ноября", "сорокового", "тридцатое февраля двадцать пятого"],
)
def test_what_names_no_day_is_asked_again(text: str) -> None:
    assert isinstance(decide(by_cost(dates([hypothesis(text)], TODAY))), NotUnderstood)


def test_a_plain_date_is_read_back() -> None:
    assert decide(by_cost(dates([hypothesis("двадцать пятого мая")], TODAY))) == Accepted(
        DateCandidate(date(YEAR, 5, 25))
    )


def test_no_such_month_in_reach_is_no_date() -> None:
    assert best("тридцать первого", today=date(2026, 2, 5)) == date(2026, 1, 31)
    assert best("сорок пятого двенадцатого") is None


def test_a_date_that_can_be_read_in_two_ways_leaves_both_and_the_plainer_first() -> None:
    found = dates([hypothesis("двадцать пятого мая")], TODAY)
    assert found[0].day == date(YEAR, 5, 25)
    assert date(YEAR, 5, 5) in [each.day for each in found]
    assert [each.cost for each in found] == sorted(each.cost for each in found)


def test_words_that_do_not_belong_cost() -> None:
    (plain,), (strange,) = (dates([hypothesis(text)], TODAY) for text in ("пятое мая", "кошка пятое мая"))
    assert strange.cost > plain.cost


@given(st.dates(date(2000, 1, 1), date(2032, 12, 31)), st.sampled_from([Case.NOMINATIVE, Case.GENITIVE]))
@settings(deadline=None)
def test_every_date_as_we_say_it_ourselves(day: date, case: Case) -> None:
    assert best(full_date(day, case)) == day
    found = best(day_month(day, case), today=day)
    assert found == day


def test_one_date_or_another_are_both_meant() -> None:
    found = dates([hypothesis("пятого или шестого ноября")], TODAY)
    assert [one.day.day for one in found] == [5, 6]
