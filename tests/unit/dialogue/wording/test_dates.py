"""Dates and times of day."""

from datetime import date, time

import pytest

from ivr.dialogue.wording.dates import MONTHS, clock, day_month, full_date
from ivr.dialogue.wording.plural import Case
from tests.unit.dialogue.wording.reader import form, read

ORDINALS = [
    "перв",
    "втор",
    "трет",
    "четвёрт",
    "пят",
    "шест",
    "седьм",
    "восьм",
    "девят",
    "десят",
    "одиннадцат",
    "двенадцат",
    "тринадцат",
    "четырнадцат",
    "пятнадцат",
    "шестнадцат",
    "семнадцат",
    "восемнадцат",
    "девятнадцат",
    "двадцат",
]


def ordinal_day(day: int, end: str) -> str:
    """By hand: 1…31 with the neuter ending `end`; третье and третьего are soft."""
    if day == 30:
        return f"тридцат{end}"
    tens = {2: "двадцать ", 3: "тридцать "}[day // 10] if day > 20 else ""
    stem = ORDINALS[(day % 10 if day > 20 else day) - 1]
    return f"{tens}{stem}{'ь' + {'ое': 'е', 'ого': 'его'}[end] if stem == 'трет' else end}"


@pytest.mark.parametrize("month", range(1, 13))
def test_every_day_of_the_year(month):
    for day in range(1, 29 if month == 2 else 31):
        when = date(2026, month, day)
        assert day_month(when) == f"{ordinal_day(day, 'ое')} {MONTHS[month - 1]}"
        assert day_month(when, Case.GENITIVE) == f"{ordinal_day(day, 'ого')} {MONTHS[month - 1]}"


def test_full_dates():
    assert full_date(date(2026, 11, 20)) == "двадцатое ноября две тысячи двадцать шестого года"
    assert full_date(date(2031, 3, 3), Case.GENITIVE) == "третьего марта две тысячи тридцать первого года"
    assert full_date(date(1999, 12, 31)) == "тридцать первое декабря тысяча девятьсот девяносто девятого года"


@pytest.mark.parametrize(
    ("case", "letter", "hours", "minutes"),
    [
        (Case.NOMINATIVE, "n", ["час", "часа", "часов"], ["минута", "минуты", "минут"]),
        (Case.GENITIVE, "g", ["часа", "часов", "часов"], ["минуты", "минут", "минут"]),
    ],
)
def test_every_minute_of_a_day_reads_back(case, letter, hours, minutes):
    for hour in range(24):
        for minute in range(60):
            words = clock(time(hour, minute), case).split()
            at = next(place for place, word in enumerate(words) if word in hours)
            assert (read(" ".join(words[:at]), "m", letter), words[at]) == (hour, form(hour, hours))
            rest = words[at + 1 :]
            if minute:
                assert (read(" ".join(rest[:-1]), "f", letter), rest[-1]) == (minute, form(minute, minutes))
            else:
                assert rest == []
