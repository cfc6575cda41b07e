"""How fast the engine alone runs: calls that submit a reading, without telephone, services or database."""

from collections.abc import Callable, Mapping

from ivr.dialogue.digits import DigitCollector
from ivr.dialogue.engine import resume, start
from ivr.dialogue.flow import Flow
from ivr.dialogue.model import Fact, Gather, Reply, Request, Result, Sprint

KEYS = ("1", "4007001234", "1", "1234", "12567#", "1", "2", "3", "0")
REPLIES: Mapping[str, Mapping[str, Fact]] = {
    "account": {
        "account_found": True,
        "account": "4007001234",
        "address": "улица Примерная, дом 5",
        "kind": "person",
        "proof_kind": "contract",
        "registers": 1,
        "register_1_id": 1,
        "register_1_tariff": "single",
        "register_1_meter": "00001234",
        "register_1_digits": 5,
        "register_1_last": 12345,
        "register_1_last_on": "2026-06-25",
    },
    "proof": {"proven": True},
    "reading_check": {"verdict": "accepted", "reason": "", "used_kwh": 222, "usual_kwh": 210},
    "reading_submit": {"reading_id": 1},
    "news": {"news_count": 1, "news_1": "С первого июля меняется график работы офисов."},
    "hours": {"open": True, "timetable": "круглосуточно", "next_open": "сейчас"},
}
FACTS: Mapping[str, Fact] = {
    "supplier": "Энергосбыт-Пример",
    "open": True,
    "timetable": "круглосуточно",
    "next_open": "сейчас",
    "caller_known": False,
    "today": "2026-07-20",
    "readings_taken": True,
    "window_first": 15,
    "window_last": 25,
}


def steps_per_second(flow: Flow, calls: int, clock: Callable[[], float]) -> float:
    """Turns of the engine a second over `calls` calls through `flow` (one like the Rosatom preset), by `clock`."""
    began, steps = clock(), 0
    for _ in range(calls):
        sprint, keys = start(flow, FACTS), list(KEYS)
        steps += 1
        while sprint.wait is not None:
            sprint = resume(flow, sprint.session, _result(sprint, keys))
            steps += 1
    return steps / (clock() - began)


def _result(sprint: Sprint, keys: list[str]) -> Result:
    if isinstance(sprint.wait, Gather):
        return keyed(sprint.wait, keys.pop(0) if keys else "0")
    kind = sprint.wait.kind if isinstance(sprint.wait, Request) else ""
    return Reply(REPLIES.get(kind, {}))


def keyed(gather: Gather, keys: str) -> Result:
    """What the caller's keys mean to the question, when he keys them in one go and then waits."""
    collector = DigitCollector(gather.grammar, gather.first_timeout_s, gather.next_timeout_s)
    collector.prompt_ended(0.0)
    for key in keys:
        if collector.press(key, 0.0) is not None:
            break
    answer = collector.answer or collector.tick(gather.first_timeout_s + gather.next_timeout_s)
    assert answer is not None  # its deadline has passed
    return answer
