"""Calls are counted on their way to the log, and handed on unchanged."""

from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, generate_latest

from ivr.adapters.metrics import CountedCalls, expose, expose_line
from ivr.domain.call import Call, CallId, Outcome, Step

AT = datetime(2026, 3, 1, tzinfo=UTC)
CALL = Call(CallId("centre-1.1"), "+79990000001", "88005550100", AT)


class Notebook:
    def __init__(self) -> None:
        self.kept: list[object] = []

    def begin(self, call: Call) -> None:
        self.kept.append(call)

    def step(self, call_id: CallId, step: Step) -> None:
        self.kept.append((call_id, step))

    def end(self, call: Call) -> None:
        self.kept.append(call)


def test_a_call_is_counted_and_handed_on() -> None:
    registry, notebook = CollectorRegistry(), Notebook()
    counted = CountedCalls(notebook, registry)
    heard = Step(1, AT, "account", "match", "5001234567")
    failed = Step(2, AT, "account", "failure", "", "store_unavailable")
    counted.begin(CALL)
    counted.step(CALL.id, heard)
    counted.step(CALL.id, failed)
    counted.end(CALL)
    assert notebook.kept == [CALL, (CALL.id, heard), (CALL.id, failed), CALL]
    assert registry.get_sample_value("ivr_dialogues_started_total") == 1
    assert registry.get_sample_value("ivr_dialogues_ended_total", {"outcome": "open"}) == 1
    assert registry.get_sample_value("ivr_dialogues_ended_total", {"outcome": "served"}) == 0
    assert registry.get_sample_value("ivr_requests_failed_total", {"code": "store_unavailable"}) == 1
    assert registry.get_sample_value("ivr_requests_failed_total", {"code": ""}) is None
    told = generate_latest(registry).decode()
    assert "5001234567" not in told and "79990000001" not in told


def test_every_outcome_of_a_dialogue_is_there_before_the_first_call() -> None:
    registry = CollectorRegistry()
    CountedCalls(Notebook(), registry)
    for outcome in (Outcome.OPEN, Outcome.SERVED, Outcome.ABANDONED, Outcome.FAILED):
        assert registry.get_sample_value("ivr_dialogues_ended_total", {"outcome": outcome.value}) == 0


def test_what_is_true_now_is_read_when_asked_for() -> None:
    registry, now = CollectorRegistry(), {"calls": 2, "up": True, "sounds": 5}
    expose(
        registry,
        in_dialogue=lambda: now["calls"],
        asterisk_up=lambda: bool(now["up"]),
        sounds_rendered=lambda: now["sounds"],
    )
    for calls, up, sounds in ((2, True, 5), (0, False, 6)):
        now.update(calls=calls, up=up, sounds=sounds)
        assert registry.get_sample_value("ivr_calls_in_dialogue") == calls
        assert registry.get_sample_value("ivr_asterisk_up") == up
        assert registry.get_sample_value("ivr_sounds_rendered_total") == sounds


def test_who_waits_and_who_works_is_read_when_asked_for() -> None:
    registry, waits, states = CollectorRegistry(), {"persons": [12.0, 31.5]}, ["ready", "talking", "ready"]
    expose_line(registry, {"persons", "companies"}, lambda: waits, lambda: states)

    def told(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(name, labels)

    assert (told("ivr_queue_waiting", queue="persons"), told("ivr_queue_waiting", queue="companies")) == (2, 0)
    longest = "ivr_queue_longest_wait_seconds"
    assert (told(longest, queue="persons"), told(longest, queue="companies")) == (31.5, 0)
    assert (told("ivr_operators", state="ready"), told("ivr_operators", state="paused")) == (2, None)
    waits["dispatcher"] = [1.0]
    states.append("paused")
    assert (told("ivr_queue_waiting", queue="dispatcher"), told("ivr_operators", state="paused")) == (1, 1)
