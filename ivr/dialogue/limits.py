"""Holds a flow to the service standard in force: levels, items, seconds of speech, the recording notice, hours."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from ivr.dialogue.flow import Flow
from ivr.dialogue.limits_hours import hours
from ivr.dialogue.limits_seconds import lengths, words
from ivr.dialogue.model import Fact, Phrase
from ivr.dialogue.nodes.identify import Identify
from ivr.dialogue.nodes.menu import Menu
from ivr.dialogue.nodes.reading import ReadingNode
from ivr.dialogue.nodes.say import SayNode
from ivr.dialogue.wording import WordingError
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
        *hours(flow, standard),
        *_readings(flow, standard),
        *lengths(flow, standard, seconds, {**SAMPLES, **facts}),
    ]


def phrases(flow: Flow, facts: Mapping[str, Fact]) -> list[Phrase]:
    """Everything the flow can say, as an ordinary customer hears it: to be rendered before the first call.

    What cannot be said is left out here: `check` names it.
    """
    known = {**SAMPLES, **facts}
    found: list[Phrase] = []
    for name, template in flow.texts.items():
        with suppress(WordingError):
            found.append(words(template, name, known))
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
            yield flow.place(name) + f"{what} ({standard.title}: {standard.recording.clause})"


def _levels(flow: Flow, standard: Standard) -> Iterator[str]:
    bound = standard.menu.levels
    if bound is not None:
        for name, level in levels(flow).items():
            if level > bound.value:
                what = f"level {level}, at most {bound.value:g} are allowed; lead to it from a higher menu"
                yield flow.place(name) + what + _clause(standard, bound)


def _items(flow: Flow, standard: Standard) -> Iterator[str]:
    bound = standard.menu.items
    if bound is not None:
        for name, node in flow.nodes.items():
            count = len(node.keys) if isinstance(node, Menu) else 0
            remedy = "move some to a menu below"
            if isinstance(node, Identify) and node.offer:
                count, remedy = node.offer_most + 1, "offer fewer accounts (offer_most)"
            if count > bound.value:
                what = f"{count} items, at most {bound.value:g} are allowed; {remedy}"
                yield flow.place(name) + what + _clause(standard, bound)


def _readings(flow: Flow, standard: Standard) -> Iterator[str]:
    """Where readings must be: item 1 of the first menu, a line of their own."""
    first, line = standard.menu.readings_first, standard.menu.readings_line
    root = flow.nodes[flow.root]
    if first is not None and not (isinstance(root, Menu) and _takes_readings(flow, root.keys.get("1", ""))):
        what = "key '1' must lead to readings, through no other menu"
        yield flow.place(flow.root) + f"{what} ({standard.title}: {first.clause})"
    if line is not None and not any(_takes_readings(flow, entry) for entry in flow.entries.values()):
        what = "one of 'lines' must lead to readings, through no menu"
        yield flow.place("") + f"{what} ({standard.title}: {line.clause})"


def _takes_readings(flow: Flow, beginning: str) -> bool:
    """Does a caller come from here to a reading without choosing from a menu?"""
    ahead, seen = [beginning], set()
    while ahead:
        name = ahead.pop()
        node = flow.nodes.get(name)
        if isinstance(node, ReadingNode):
            return True
        if node is not None and name not in seen and not isinstance(node, Menu):
            seen.add(name)
            ahead += [link.target for link in flow.links if link.node == name]
    return False


def _clause(standard: Standard, bound: Bound) -> str:
    return f" ({standard.title}: {bound.clause})"
