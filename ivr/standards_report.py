"""`ivr standards show|compare`: the numbers of the service standards, each with the clause it comes from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from rich.table import Table
from rich.text import Text

from ivr.dialogue.week import in_words, written
from ivr.domain.hours import Week
from ivr.domain.standards import Bound, Duty, Standard, Target

LABELS: Mapping[str, tuple[str, str]] = {
    "hours.operators": ("operators work", ""),
    "hours.dispatcher": ("dispatcher takes outages", ""),
    "hours.days_a_week": ("days a week, at least", ""),
    "hours.hours_a_day": ("hours a day, at least", ""),
    "hours.self_service_always": ("self-service round the clock", ""),
    "hours.callback_staff": ("callbacks are made", ""),
    "recording.warned": ("caller is told of the recording", ""),
    "recording.menus": ("menus are recorded too", ""),
    "recording.months": ("recordings are kept, at least", "months"),
    "recording.export": ("recordings can be exported", ""),
    "targets.wait": ("wait for an operator", "s"),
    "targets.wait_at_peak": ("wait in an emergency", "s"),
    "targets.answer": ("operator answers an offered call", "s"),
    "targets.find": ("finding the customer", "s"),
    "targets.talk": ("talk", "s"),
    "targets.talk_readings": ("talk: readings", "s"),
    "targets.talk_general": ("talk: without personal data", "s"),
    "targets.talk_personal": ("talk: with personal data", "s"),
    "targets.specialist": ("reaching a specialist", "s"),
    "targets.talk_specialist": ("talk: with a specialist", "s"),
    "targets.wrap_up": ("wrap-up", "s"),
    "targets.contact": ("one contact", "s"),
    "targets.lost_share": ("lost calls, at most", "%"),
    "targets.callback_days": ("answer to a hard question", "working days"),
    "targets.callback_days_departments": ("… with other departments", "working days"),
    "targets.callback_days_third_parties": ("… with third parties", "days"),
    "targets.callback_agreed": ("… the day is agreed with the customer", ""),
    "menu.levels": ("levels of menus, at most", ""),
    "menu.items": ("items on a level, at most", ""),
    "menu.seconds": ("words on a level, at most", "s"),
    "menu.readings_first": ("readings are item 1", ""),
    "menu.readings_line": ("readings have a line of their own", ""),
    "network.one_way_ms": ("network delay one way, at most", "ms"),
    "network.loss_share": ("network loss, at most", "%"),
    "network.full_duplex": ("line to the carrier is full duplex", ""),
    "informing.longest_s": ("informing call, at most", "s"),
    "informing.after_positive_days": ("after a positive call, the next", "days"),
    "informing.after_negative_s": ("after a negative call, the next", "s"),
    "informing.tries": ("tries, at most", ""),
    "informing.hours": ("informing calls are made", ""),
    "informing.public_holidays": ("… on public holidays", ""),
    "messages.sms_characters": ("SMS, at most", "characters"),
    "messages.sms_every_days": ("SMS until positive, every", "days"),
    "messages.sms_hours": ("SMS are sent", ""),
    "messages.public_holidays": ("… on public holidays", ""),
    "messages.channels": ("messages are sent by", ""),
    "messages.email_every_days": ("e-mail until positive, every", "days"),
    "messages.auto_reply_s": ("automatic reply to e-mail, at most", "s"),
    "surveys.at_most_every_months": ("surveys, at most every", "months"),
    "surveys.at_least_every_months": ("surveys, at least every", "months"),
    "surveys.mark_after_talk": ("a mark is offered after a talk", ""),
}
"""What each number is, and its unit. A share is shown in per cent."""
ANSWERED_NO = frozenset({"informing.public_holidays", "messages.public_holidays"})
"""A no of these is said by the standard; any other no means that it says nothing."""

Plain = str | float | bool | Sequence[float] | Sequence[str] | dict[str, str]


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a standard: `value` as in standards.yaml, `words` for a person."""

    name: str
    value: Plain
    words: str
    clause: str


def numbers(standard: Standard) -> list[Number]:
    """Everything the standard asks for, in the order of `LABELS`."""
    found = {number.name: number for number in _numbers(standard)}
    return [found[name] for name in LABELS if name in found]


def documents(standards: Sequence[Standard]) -> list[dict[str, object]]:
    """For --json."""
    return [
        {
            "name": standard.name,
            "title": standard.title,
            "document": standard.document,
            "numbers": {
                number.name: {"value": number.value, "unit": LABELS[number.name][1], "clause": number.clause}
                for number in numbers(standard)
            },
        }
        for standard in standards
    ]


def show(standard: Standard) -> Table:
    table = Table("what", "number", "clause", title=f"{standard.name}: {standard.document}")
    for number in numbers(standard):
        table.add_row(LABELS[number.name][0], Text(number.words), Text(number.clause))
    return table


def compare(standards: Sequence[Standard]) -> Table:
    """A row for each number any of them has; `–`: it says nothing."""
    table = Table("what", *(standard.name for standard in standards), title="The standards side by side")
    told = [{number.name: number for number in numbers(standard)} for standard in standards]
    for name, (label, _) in LABELS.items():
        if any(name in one for one in told):
            table.add_row(label, *(_cell(one.get(name)) for one in told))
    return table


def _cell(number: Number | None) -> Text:
    if number is None:
        return Text("–", style="dim")
    return Text.assemble(number.words, "\n", (number.clause, "dim"))


def _numbers(standard: Standard) -> Iterator[Number]:
    for section in ("hours", "recording", "targets", "menu", "network", "informing", "messages", "surveys"):
        part = getattr(standard, section)
        if part is None:
            continue
        for field in fields(part):
            name, value = f"{section}.{field.name}", getattr(part, field.name)
            said = value is not None and (value is not False or name in ANSWERED_NO)
            if said and field.name != "clause":
                yield _number(name, value, getattr(part, "clause", ""))


def _number(name: str, value: object, clause: str) -> Number:
    unit = LABELS[name][1]
    match value:
        case Target(seconds=seconds, measure=measure):
            return Number(name, seconds, f"{seconds:g} s {measure}", value.clause)
        case Bound(value=bound):
            return Number(name, bound, _measured(bound, unit), value.clause)
        case Duty():
            return Number(name, True, "yes", value.clause)
        case Week():
            return Number(name, written(value), in_words(value), clause)
        case bool():
            return Number(name, value, "yes" if value else "no", clause)
        case (int(least), int(most)):
            words = _measured(least, unit) if least == most else f"{least}–{_measured(most, unit)}"
            return Number(name, [least, most], words, clause)
        case tuple():
            return Number(name, [str(one) for one in value], ", ".join(map(str, value)), clause)
        case int() | float():
            return Number(name, value, _measured(value, unit), clause)
    raise TypeError(f"{name} is a {type(value).__name__}")


def _measured(value: float, unit: str) -> str:
    return f"{value * 100:g} %" if unit == "%" else f"{value:g} {unit}".rstrip()
