"""A week's working hours as they are told: «с понедельника по пятницу с восьми до двадцати часов, …»."""

from datetime import date, datetime

from ivr.dialogue.wording.dates import WEEKDAYS, WEEKDAYS_ACCUSATIVE, WEEKDAYS_GENITIVE, clock, day_month
from ivr.dialogue.wording.numbers import cardinal, quantity
from ivr.dialogue.wording.plural import HOUR, MINUTE, Case
from ivr.domain.hours import DAY_MINUTES, Span, Week

_GENITIVE = Case.GENITIVE


def timetable(week: Week, today: date | None = None) -> str:
    """The whole week in one sentence without its full stop; what is different `today` is told first."""
    runs = _runs(week)
    if len(runs) == 1:
        usual = _every_day(week.days[0])
    else:
        usual = ", ".join(_run(first, last, week.days[first]) for first, last in runs)
    if today is None or not week.differs(today):
        return usual
    spans = week.spans(today)
    return f"сегодня {_hours(spans) if spans else 'не работаем'}, обычно {usual}"


def opening(at: datetime | None, now: datetime) -> str:
    """When it opens: «завтра с восьми часов», «в понедельник, двенадцатого января, с восьми часов». None: some day."""
    if at is None:
        return "позже"
    since = f"с {clock(at.time(), _GENITIVE)}"
    match (at.date() - now.date()).days:
        case 0:
            return f"сегодня {since}"
        case 1:
            return f"завтра {since}"
    day = f"{_in(at.weekday())} {WEEKDAYS_ACCUSATIVE[at.weekday()]}"
    return f"{day}, {day_month(at.date(), _GENITIVE)}, {since}"


def _runs(week: Week) -> list[tuple[int, int]]:
    """Neighbouring days that are alike, as (first, last) weekdays."""
    runs: list[tuple[int, int]] = []
    for day, spans in enumerate(week.days):
        if runs and week.days[runs[-1][0]] == spans:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _every_day(spans: tuple[Span, ...]) -> str:
    if not spans:
        return "временно не работаем"
    if spans == (Span(0, DAY_MINUTES),):
        return "круглосуточно"
    return f"ежедневно {_hours(spans)}"


def _run(first: int, last: int, spans: tuple[Span, ...]) -> str:
    return f"{_days(first, last)} {_hours(spans) if spans else 'не работаем'}"


def _days(first: int, last: int) -> str:
    if first == last:
        return f"{_in(first)} {WEEKDAYS_ACCUSATIVE[first]}"
    if last == first + 1:
        return f"{_in(first)} {WEEKDAYS_ACCUSATIVE[first]} и {WEEKDAYS_ACCUSATIVE[last]}"
    # «со среды», «со вторника»: two consonants meet.
    since = "со" if WEEKDAYS[first] in ("вторник", "среда") else "с"
    return f"{since} {WEEKDAYS_GENITIVE[first]} по {WEEKDAYS_ACCUSATIVE[last]}"


def _in(day: int) -> str:
    return "во" if WEEKDAYS[day] == "вторник" else "в"


def _hours(spans: tuple[Span, ...]) -> str:
    if spans == (Span(0, DAY_MINUTES),):
        return "круглосуточно"
    return " и ".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    """«с восьми до двадцати часов»; with minutes anywhere, both ends are told in full."""
    opens, closes = divmod(span.opens_min, 60), divmod(span.closes_min, 60)
    if opens[1] or closes[1]:
        return f"с {_moment(*opens)} до {_moment(*closes)}"
    return f"с {cardinal(opens[0], 'm', _GENITIVE)} до {quantity(closes[0], HOUR, _GENITIVE)}"


def _moment(hour: int, minute: int) -> str:
    hours = quantity(hour, HOUR, _GENITIVE)
    return f"{hours} {quantity(minute, MINUTE, _GENITIVE)}" if minute else hours
