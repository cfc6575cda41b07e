"""Holds a flow to the service standard in force: levels, items, seconds of speech, the recording notice, hours."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from ivr.dialogue.flow import Flow, Spoken
from ivr.dialogue.model import Fact, Phrase
from ivr.dialogue.nodes.menu import Menu
from ivr.dialogue.nodes.operator import Operator
from ivr.dialogue.nodes.say import SayNode
from ivr.dialogue.week import written
from ivr.dialogue.wording import WordingError, phrase, placeholders
from ivr.domain.standards import Bound, Standard

RECORDING_NOTICE = "recording_notice"
"""The text that tells the caller of the recording. The phone notes by this name that it was said."""

SAMPLES: Mapping[str, Fact] = {
    "supplier": "Энергосбыт-Пример",
    "timetable": "с понедельника по пятницу с восьми до двадцати часов",
    "next_open": "в понедельник, двенадцатого января, с восьми часов",
    "news": "С первого июля принимаем показания круглосуточно",
    "address": "улица Примерная, дом пять",
    "tariff": "half_peak",
    "last_on": "2026-06-25",
    "balance_on": "2026-06-25",
    "paid_on": "2026-06-25",
    "debt_kopecks": 123456,
    "overpaid_kopecks": 12345,
    "paid_kopecks": 123456,
    "number": "4007001234",
    "account": "4007001234",
    "meter_end": "1234",
    "digits": 5,
    "last": 12345,
    "value": 12567,
    "used_kwh": 222,
    "usual_kwh": 210,
    "window_first": 15,
    "window_last": 25,
    "valid_first": "2026-06-25",
    "valid_last": "2026-07-25",
    "offer_end": "1234",
    "offer_key": 1,
    "price_kopecks": 673,
    "outage_from": "2026-07-25T09:00:00+03:00",
    "outage_until": "2026-07-25T13:30:00+03:00",
    "outage_why": "замена проводов",
    "request_number": "1024",
    "request_topic": "проверка счётчика",
    "request_status": "in_progress",
    "request_on": "2026-06-25",
    "request_due_on": "2026-07-25",
    "request_result": "счётчик исправен",
    "due_on": "2030-06-25",
    "pay_how": "В личном кабинете на сайте, в приложении банка и на почте",
    "office_name": "Центральный офис",
    "office_address": "улица Примерная, дом пять",
    "office_hours": "с понедельника по пятницу с восьми до семнадцати часов",
}
"""Facts of an ordinary customer: texts are measured as he would hear them."""


def check(flow: Flow, standard: Standard, seconds: Callable[[Phrase], float], facts: Mapping[str, Fact]) -> list[str]:
    """Every way in which the flow breaks the standard. `seconds` measures real sound; `facts` go before the samples."""
    return [
        *_notice(flow, standard),
        *_levels(flow, standard),
        *_items(flow, standard),
        *_hours(flow, standard),
        *_seconds(flow, standard, seconds, {**SAMPLES, **facts}),
    ]


def phrases(flow: Flow, facts: Mapping[str, Fact]) -> list[Phrase]:
    """Everything the flow can say, as an ordinary customer hears it: to be rendered before the first call.

    What cannot be said is left out here: `check` names it.
    """
    known = {**SAMPLES, **facts}
    found: list[Phrase] = []
    for name, template in flow.texts.items():
        with suppress(WordingError):
            found.append(_words(template, name, known))
    return found


def levels(flow: Flow) -> dict[str, int]:
    """How many menus deep each menu lies: the first one met is level 1. The shortest way counts."""
    found: dict[str, int] = {}
    ahead = [(name, 0) for name in flow.beginnings]
    seen: set[str] = set()
    while ahead:
        # Nodes of one level before those of the next: going through a menu costs one level, anything else nothing.
        ahead.sort(key=lambda entry: entry[1])
        name, level = ahead.pop(0)
        if name in seen:
            continue
        seen.add(name)
        if isinstance(flow.nodes[name], Menu):
            level += 1
            found[name] = level
        ahead += [(link.target, level) for link in flow.links if link.node == name]
    return found


def _notice(flow: Flow, standard: Standard) -> Iterator[str]:
    for name in dict.fromkeys(flow.beginnings):
        first = flow.nodes[name]
        told = isinstance(first, SayNode) and not first.interruptible and RECORDING_NOTICE in first.say
        if standard.recording.warned and not told:
            what = f"the first node must say the text '{RECORDING_NOTICE}', with 'interruptible: false'"
            yield _place(flow, name) + f"{what} ({standard.title}: {standard.recording.clause})"


def _levels(flow: Flow, standard: Standard) -> Iterator[str]:
    bound = standard.menu.levels
    if bound is not None:
        for name, level in levels(flow).items():
            if level > bound.value:
                what = f"level {level}, at most {bound.value:g} are allowed; lead to it from a higher menu"
                yield _place(flow, name) + what + _clause(standard, bound)


def _items(flow: Flow, standard: Standard) -> Iterator[str]:
    bound = standard.menu.items
    if bound is not None:
        for name, node in flow.nodes.items():
            if isinstance(node, Menu) and len(node.keys) > bound.value:
                what = f"{len(node.keys)} items, at most {bound.value:g} are allowed; move some to a menu below"
                yield _place(flow, name) + what + _clause(standard, bound)


def _hours(flow: Flow, standard: Standard) -> Iterator[str]:
    """Operators who work less than the standard asks. Where it asks for days and hours a day, those decide."""
    asked, operator = standard.hours, flow.nodes[flow.operator]
    week = flow.queues.get(operator.queue) if isinstance(operator, Operator) else None
    if week is None or asked.operators is None:
        return
    if asked.days_a_week is None or asked.hours_a_day is None:
        enough, least = week.covers(asked.operators), " ".join(f"{d} {h}" for d, h in written(asked.operators).items())
    else:
        long = [day for day in week.days if sum(s.closes_min - s.opens_min for s in day) >= 60 * asked.hours_a_day]
        enough, least = len(long) >= asked.days_a_week, f"{asked.days_a_week} days of {asked.hours_a_day} hours"
    if not enough:
        what = f"its queue must work at least {least}; lengthen the queue's hours"
        yield _place(flow, flow.operator) + f"{what} ({standard.title}: {asked.clause})"


def _seconds(
    flow: Flow, standard: Standard, seconds: Callable[[Phrase], float], facts: Mapping[str, Fact]
) -> Iterator[str]:
    """Speech that is too long; and, whatever the standard, speech whose facts do not fit their kinds."""
    bound = standard.menu.seconds
    joined = tuple(_joined(flow)) if bound else ()
    for said in (*flow.spoken, *joined):
        place = _place(flow, said.node, said.line)
        sets = {tuple(flow.said(name, b, a) for name in said.texts) for b in (False, True) for a in (False, True)}
        try:
            prompts = [[_words(flow.texts[name], name, facts) for name in texts] for texts in sets]
        except WordingError as error:
            if said not in joined:  # its parts have been named
                yield place + f"'{said.slot}' cannot be said: {error}; name a kind that fits the fact"
            continue
        if bound is None or said.slot == "item":  # the length of news is not the flow's
            continue
        length = max(sum(seconds(words) for words in prompt) for prompt in prompts)
        if length > bound.value:
            what = f"'{said.slot}' lasts {length:.1f} s, at most {bound.value:g} s are allowed; say it shorter"
            yield place + what + _clause(standard, bound)


def _joined(flow: Flow) -> Iterator[Spoken]:
    """What nodes say in one breath, as if it were one slot."""
    spoken = {(said.node, said.slot): said for said in flow.spoken}
    for name, node in flow.nodes.items():
        for slots in node.breaths:
            parts = [spoken[name, slot] for slot in slots if (name, slot) in spoken]
            if len(parts) > 1:
                texts = tuple(text for part in parts for text in part.texts)
                yield Spoken(name, " + ".join(part.slot for part in parts), texts, parts[0].line)


def _words(template: str, name: str, facts: Mapping[str, Fact]) -> Phrase:
    """The text as an ordinary customer hears it; for a fact of the flow's own stands a keyed number."""
    own = {fact: "12" for fact, _ in placeholders(template) if fact not in facts}
    return phrase(template, {**facts, **own}, name)


def _place(flow: Flow, node: str, line: int | None = None) -> str:
    where = flow.where(line or (flow.lines or {}).get(node, 1))
    return f"{where}: node '{node}': " if node else f"{where}: "


def _clause(standard: Standard, bound: Bound) -> str:
    return f" ({standard.title}: {bound.clause})"
