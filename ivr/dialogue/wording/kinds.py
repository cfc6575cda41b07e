"""The kinds of a placeholder: how a fact becomes words. Every speaker raises ValueError saying what it cannot say."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time

from ivr.dialogue.model import Fact
from ivr.dialogue.wording import dates, digits, wait
from ivr.dialogue.wording.money import money
from ivr.dialogue.wording.numbers import cardinal, ordinal, quantity, spelt
from ivr.dialogue.wording.plural import DAY, HOUR, KILOWATT_HOUR, MINUTE, SECOND, WORKING_DAY, Case, Gender, Noun

Speaker = Callable[[Fact], str]

_RANGE = re.compile(r"(\d{1,2})-(\d{1,2})?", re.ASCII)

_TARIFFS = {
    "single": ("единый", "единому"),
    "day": ("дневной", "дневному"),
    "night": ("ночной", "ночному"),
    "peak": ("пиковый", "пиковому"),
    "half_peak": ("полупиковый", "полупиковому"),
}

_REQUEST_STATUSES = {
    "new": "принято, ещё не рассмотрено",
    "in_progress": "в работе",
    "done": "выполнено",
    "refused": "отклонено",
}
"""Of an обращение, which is neuter."""


def _whole(fact: Fact) -> int:
    """An int, or a str of one. True is no number."""
    if isinstance(fact, int) and not isinstance(fact, bool):
        return fact
    if isinstance(fact, str) and fact.isascii() and fact.removeprefix("-").isdigit():
        return int(fact)
    raise ValueError("is not a whole number")


def _string(fact: Fact) -> str:
    if not isinstance(fact, str) or not fact.strip():
        raise ValueError("is not a text")
    if not all(character.isprintable() for character in fact):
        raise ValueError("has control characters")
    return " ".join(fact.split())


def _digit_string(fact: Fact) -> str:
    """Digits to be spelt; an int is taken as written, without the zeros it cannot have."""
    return str(fact) if isinstance(fact, int) and not isinstance(fact, bool) else _string(fact)


def _date(fact: Fact) -> date:
    """The date of an ISO 8601 date or date-time, as it is written: zones are the flow's care."""
    return datetime.fromisoformat(_string(fact)).date()


def _time(fact: Fact) -> time:
    """HH:MM, HH:MM:SS, or the time of an ISO 8601 date-time."""
    text = _string(fact)
    return datetime.fromisoformat(text).time() if "T" in text else time.fromisoformat(text)


def _weekday(fact: Fact, names: tuple[str, ...]) -> str:
    """By an ISO weekday (1 is Monday) or a date."""
    try:
        number = _whole(fact)
    except ValueError:
        return names[_date(fact).weekday()]
    if not 1 <= number <= 7:
        raise ValueError("is not a weekday 1..7")
    return names[number - 1]


def _tariff(fact: Fact, form: int) -> str:
    if (name := _string(fact)) not in _TARIFFS:
        raise ValueError(f"is not one of {', '.join(_TARIFFS)}")
    return f"{_TARIFFS[name][form]} {('тариф', 'тарифу')[form]}"


def _request_status(fact: Fact) -> str:
    if (name := _string(fact)) not in _REQUEST_STATUSES:
        raise ValueError(f"is not one of {', '.join(_REQUEST_STATUSES)}")
    return _REQUEST_STATUSES[name]


def _wait(fact: Fact) -> str:
    """`2-4`, `3-3`, or `20-`, minutes."""
    if match := _RANGE.fullmatch(_string(fact)):
        return wait.wait(int(match[1]), int(match[2]) if match[2] else None)
    raise ValueError("is no range of minutes as 2-4")


def _count(noun: Noun, case: Case) -> Speaker:
    return lambda fact: quantity(_whole(fact), noun, case)


def _number(gender: Gender) -> Speaker:
    return lambda fact: cardinal(_whole(fact), gender)


def _counted() -> dict[str, Speaker]:
    """Quantities, each in the cases prompts need: `minutes`, `minutes_gen` (около …), `minutes_acc` (через …)."""
    nouns = {
        "kwh": KILOWATT_HOUR,
        "seconds": SECOND,
        "minutes": MINUTE,
        "hours": HOUR,
        "days": DAY,
        "weekdays": WORKING_DAY,
    }
    cases = {"": Case.NOMINATIVE, "_gen": Case.GENITIVE, "_acc": Case.ACCUSATIVE}
    return {name + end: _count(noun, case) for name, noun in nouns.items() for end, case in cases.items()}


KINDS: Mapping[str, Speaker] = {
    "text": _string,
    "number": _number("m"),
    "number_f": _number("f"),
    "number_n": _number("n"),
    "ordinal": lambda fact: ordinal(_whole(fact)),
    "ordinal_f": lambda fact: ordinal(_whole(fact), "f"),
    "ordinal_n": lambda fact: ordinal(_whole(fact), "n"),
    "digits": lambda fact: spelt(_digit_string(fact)),
    "account": lambda fact: digits.account(_digit_string(fact)),
    "phone": lambda fact: digits.phone(_digit_string(fact)),
    "money": lambda fact: money(_whole(fact)),
    "money_gen": lambda fact: money(_whole(fact), Case.GENITIVE),
    "money_acc": lambda fact: money(_whole(fact), Case.ACCUSATIVE),
    "date": lambda fact: dates.full_date(_date(fact)),
    "date_gen": lambda fact: dates.full_date(_date(fact), Case.GENITIVE),
    "day_month": lambda fact: dates.day_month(_date(fact)),
    "day_month_gen": lambda fact: dates.day_month(_date(fact), Case.GENITIVE),
    "time": lambda fact: dates.clock(_time(fact)),
    "time_gen": lambda fact: dates.clock(_time(fact), Case.GENITIVE),
    "since": lambda fact: dates.since(_time(fact)),
    "weekday": lambda fact: _weekday(fact, dates.WEEKDAYS),
    "weekday_acc": lambda fact: _weekday(fact, dates.WEEKDAYS_ACCUSATIVE),
    "request_status": _request_status,
    "tariff": lambda fact: _tariff(fact, 0),
    "tariff_dat": lambda fact: _tariff(fact, 1),
    "wait": _wait,
    "place": lambda fact: wait.place(_whole(fact)),
    "ahead": lambda fact: wait.ahead(_whole(fact)),
} | _counted()
"""Every kind a template may name."""
