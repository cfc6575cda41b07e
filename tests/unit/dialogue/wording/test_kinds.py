"""Every kind, with facts it says and facts it refuses."""

import pytest

from ivr.dialogue.wording.kinds import KINDS

SAID = {
    "text": ("  два   слова ", "два слова"),
    "number": (21, "двадцать один"),
    "number_f": ("-21", "минус двадцать одна"),
    "number_n": ("0021", "двадцать одно"),
    "ordinal": (3, "третий"),
    "ordinal_f": (3, "третья"),
    "ordinal_n": (3, "третье"),
    "digits": ("007", "ноль ноль семь"),
    "account": (1234, "один два, три четыре"),
    "phone": ("112", "сто двенадцать"),
    "money": (12101, "сто двадцать один рубль одна копейка"),
    "money_gen": (100, "одного рубля"),
    "money_acc": (1, "одну копейку"),
    "date": ("2026-11-20", "двадцатое ноября две тысячи двадцать шестого года"),
    "date_gen": ("2026-11-20T23:59:00+03:00", "двадцатого ноября две тысячи двадцать шестого года"),
    "day_month": ("2026-01-02", "второе января"),
    "day_month_gen": ("2026-01-02", "второго января"),
    "time": ("08:30", "восемь часов тридцать минут"),
    "time_gen": ("2026-11-20T21:01:00", "двадцати одного часа одной минуты"),
    "since": ("2026-11-20T09:00:00", "девяти"),
    "weekday": ("2026-11-20", "пятница"),
    "weekday_acc": (3, "среду"),
    "request_status": ("in_progress", "в работе"),
    "tariff": ("half_peak", "полупиковый тариф"),
    "tariff_dat": ("night", "ночному тарифу"),
    "wait": ("2-4", "от двух до четырёх минут"),
    "place": (3, "вы третий в очереди"),
    "ahead": (2, "перед вами два человека"),
    "kwh": (12345, "двенадцать тысяч триста сорок пять киловатт-часов"),
    "kwh_gen": (1, "одного киловатт-часа"),
    "kwh_acc": (2, "два киловатт-часа"),
    "seconds": (1, "одна секунда"),
    "seconds_gen": (10, "десяти секунд"),
    "seconds_acc": (1, "одну секунду"),
    "minutes": (2, "две минуты"),
    "minutes_gen": (5, "пяти минут"),
    "minutes_acc": (1, "одну минуту"),
    "hours": (24, "двадцать четыре часа"),
    "hours_gen": (1, "одного часа"),
    "hours_acc": (5, "пять часов"),
    "days": (11, "одиннадцать дней"),
    "days_gen": (2, "двух дней"),
    "days_acc": (1, "один день"),
    "weekdays": (3, "три рабочих дня"),
    "weekdays_gen": (1, "одного рабочего дня"),
    "weekdays_acc": (5, "пять рабочих дней"),
}
REFUSED = [
    *[(kind, fact) for kind in KINDS for fact in (True, "", "\x00", "слово\nслово")],
    ("number", "1.5"),
    ("number", "²"),
    ("money", 10**15),
    ("date", "2026-02-30"),
    ("time", "25:00"),
    ("weekday", 0),
    ("weekday", 8),
    ("tariff", "weekend"),
    ("digits", -5),
    ("account", "12-АБ"),
    ("text", 5),
    ("wait", 3),
    ("wait", "4-2"),
    ("wait", "2–4"),
    ("wait", "-4"),
    ("wait", "0-"),
    ("place", 0),
    ("ahead", -1),
]


def test_every_kind_is_tested():
    assert set(SAID) == set(KINDS)


@pytest.mark.parametrize("kind", SAID)
def test_what_a_kind_says(kind):
    fact, said = SAID[kind]
    assert KINDS[kind](fact) == said


@pytest.mark.parametrize(("kind", "fact"), REFUSED)
def test_what_a_kind_refuses(kind, fact):
    with pytest.raises(ValueError):
        KINDS[kind](fact)


def test_a_status_nobody_knows_is_not_said() -> None:
    with pytest.raises(ValueError, match="is not one of new, in_progress, done, refused"):
        KINDS["request_status"]("lost")
