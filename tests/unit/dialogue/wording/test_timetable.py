"""The spoken week."""

from datetime import date, datetime

import pytest

from ivr.dialogue.wording.timetable import opening, timetable
from ivr.domain.hours import CLOSED, DayPlan, Span, Week

NINE_TO_SIX = (Span(9 * 60, 18 * 60),)
EIGHT_TO_EIGHT = (Span(8 * 60, 20 * 60),)
ROUND = (Span(0, 1440),)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (
            (EIGHT_TO_EIGHT,) * 5 + ((Span(9 * 60, 17 * 60),), ()),
            "с понедельника по пятницу с восьми до двадцати часов, в субботу с девяти до семнадцати часов, "
            "в воскресенье не работаем",
        ),
        ((ROUND,) * 7, "круглосуточно"),
        ((EIGHT_TO_EIGHT,) * 7, "ежедневно с восьми до двадцати часов"),
        (((),) * 7, "временно не работаем"),
        (
            (NINE_TO_SIX,) + (EIGHT_TO_EIGHT,) * 3 + (ROUND,) * 3,
            "в понедельник с девяти до восемнадцати часов, со вторника по четверг с восьми до двадцати часов, "
            "с пятницы по воскресенье круглосуточно",
        ),
        (
            ((), NINE_TO_SIX) + ((),) * 3 + (NINE_TO_SIX,) * 2,
            "в понедельник не работаем, во вторник с девяти до восемнадцати часов, со среды по пятницу не работаем, "
            "в субботу и воскресенье с девяти до восемнадцати часов",
        ),
        (
            ((Span(510, 720), Span(765, 1260)),) * 7,
            "ежедневно с восьми часов тридцати минут до двенадцати часов "
            "и с двенадцати часов сорока пяти минут до двадцати одного часа",
        ),
        (
            ((Span(60, 1261),),) * 7,
            "ежедневно с одного часа до двадцати одного часа одной минуты",
        ),
        ((NINE_TO_SIX, ()) * 3 + ((),), None),
    ],
)
def test_weeks_as_they_are_told(days, said):
    told = timetable(Week(days=days))
    if said is None:
        assert told.count(", ") == 5 and told.endswith("в субботу и воскресенье не работаем")
    else:
        assert told == said


DIFFERENT = Week(
    (EIGHT_TO_EIGHT,) * 7, dates={date(2026, 12, 31): DayPlan((Span(480, 900),)), date(2027, 1, 1): CLOSED}
)


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 12, 30), "ежедневно с восьми до двадцати часов"),
        (date(2026, 12, 31), "сегодня с восьми до пятнадцати часов, обычно ежедневно с восьми до двадцати часов"),
        (date(2027, 1, 1), "сегодня не работаем, обычно ежедневно с восьми до двадцати часов"),
    ],
)
def test_what_differs_today_is_told_first(today, said):
    assert timetable(DIFFERENT, today) == said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 12, 30, 8), "сегодня с восьми часов"),
        (datetime(2026, 12, 31, 9, 30), "завтра с девяти часов тридцати минут"),
        (datetime(2027, 1, 12, 8), "во вторник, двенадцатого января, с восьми часов"),
        (None, "позже"),
    ],
)
def test_the_next_opening_as_it_is_told(at, said):
    assert opening(at, datetime(2026, 12, 30, 21)) == said
