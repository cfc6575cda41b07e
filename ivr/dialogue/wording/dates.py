"""Dates and times of day."""

from datetime import date, time

from ivr.dialogue.wording.numbers import cardinal, ordinal, quantity
from ivr.dialogue.wording.plural import HOUR, MINUTE, Case

MONTHS = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)
WEEKDAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
WEEKDAYS_ACCUSATIVE = ("понедельник", "вторник", "среду", "четверг", "пятницу", "субботу", "воскресенье")
WEEKDAYS_GENITIVE = ("понедельника", "вторника", "среды", "четверга", "пятницы", "субботы", "воскресенья")


def day_month(day: date, case: Case = Case.NOMINATIVE) -> str:
    """«двадцатое ноября», genitive «двадцатого ноября»."""
    return f"{ordinal(day.day, 'n', case)} {MONTHS[day.month - 1]}"


def full_date(day: date, case: Case = Case.NOMINATIVE) -> str:
    """«двадцатое ноября две тысячи двадцать шестого года»."""
    return f"{day_month(day, case)} {ordinal(day.year, 'm', Case.GENITIVE)} года"


def clock(at: time, case: Case = Case.NOMINATIVE) -> str:
    """«восемь часов тридцать минут», genitive «восьми часов тридцати минут»; full hours without minutes."""
    hours = quantity(at.hour, HOUR, case)
    return f"{hours} {quantity(at.minute, MINUTE, case)}" if at.minute else hours


def since(at: time) -> str:
    """The beginning of a span, whose end names the hours: «с *девяти* до семнадцати часов»."""
    return clock(at, Case.GENITIVE) if at.minute else cardinal(at.hour, "m", Case.GENITIVE)
