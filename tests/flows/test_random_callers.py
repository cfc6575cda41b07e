"""Whatever callers press and services answer, a call never fails, never runs in circles, and always ends."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.dialogue.engine import resume, session_from_json, session_to_json, start
from ivr.dialogue.model import (
    EndingKind,
    Failure,
    Gather,
    NoInput,
    NoMatch,
    Note,
    Record,
    Reply,
    Request,
    Result,
    Say,
    Sprint,
    Taken,
)
from ivr.dialogue.throughput import FACTS, keyed
from tests.flows.scenario import PRESETS, REPLIES, preset

FLOWS = {name: preset(name) for name in PRESETS}
BEGINNINGS = [(name, line) for name, flow in FLOWS.items() for line in ("", *flow.entries)]
KEYS = (
    "1",
    "2",
    "3",
    "4",
    "5",
    "1",
    "1",
    "6",
    "9",
    "0",
    "*",
    "#",
    "00",
    "12567#",
    "1234",
    "4007001234",
    "400700123456#",
)
ANSWERS = {
    "offers": ("no_offer", "one_offer", "three_offers", "locked", "empty"),
    "tell outages": ("outages", "long_outages", "nothing", "empty"),
    "tell tariff": ("prices", "price", "nothing"),
    "tell requests": ("requests", "nothing", "empty"),
    "tell verification": ("verification", "nothing"),
    "tell offices": ("offices", "nothing"),
    "tell pay": ("advice", "nothing"),
    "news_pin": ("author", "no_author", "pin_locked", "empty"),
    "news_list": ("recordings", "no_recordings", "empty"),
    "news_publish": ("published", "empty"),
    "news_withdraw": ("withdrawn", "empty"),
    "account": ("person", "by_house", "locked", "two_tariffs", "two_meters", "person", "no_meter", "unknown", "empty"),
    "proof": ("proven", "not_proven", "locked", "empty"),
    "reading_check": ("accepted", "accepted_first", "improbable", "lower", "outside", "odd", "nonsense", "empty"),
    "reading_submit": ("stored", "empty"),
    "balance": ("debt", "overpaid", "even", "empty"),
    "news": ("news", "recorded_news", "no_news", "empty"),
    "hours": ("open", "closed", "holiday", "empty"),
}


def answer(sprint: Sprint, choice: int) -> Result:
    """One of the things that may come; a choice of 0 is the most usual one."""
    if isinstance(sprint.wait, Request):
        if choice % 13 == 12:
            return Failure("store_unavailable")
        if choice % 29 == 28:
            return NoInput()
        names = ANSWERS[asked_for(sprint.wait)]
        return Reply(REPLIES[names[choice % len(names)]])
    if isinstance(sprint.wait, Record):
        return Taken("take.wav", choice % 7) if choice % 5 else Failure("phone_failed")
    assert isinstance(sprint.wait, Gather)
    if choice % 11 == 10:
        return NoInput()
    if choice % 31 == 30:
        return Reply({"proven": True}) if choice % 2 else NoMatch("A")
    return keyed(sprint.wait, KEYS[choice % len(KEYS)])


def asked_for(request: Request) -> str:
    return " ".join(filter(None, (request.kind, str(request.arguments.get("what") or ""))))


def play(choices: Sequence[int], then: Result | None, name: str = "rosatom", line: str = "") -> list[Sprint]:
    """The sprints of a call: the caller does as `choices` say, then always the same, or keeps silent."""
    flow, first = FLOWS[name], choices[0] if choices else 1
    facts = {"caller_known": first % 2 == 0, "caller_before": first % 3 == 0, "open": first % 5 > 0}
    sprints = [start(flow, {**FACTS, **facts}, line)]
    while sprints[-1].ending is None:
        assert len(sprints) <= flow.limits.call + 1, "the call does not end"
        sprint, number = sprints[-1], len(sprints) - 1
        session = session_from_json(session_to_json(sprint.session))
        assert session == sprint.session
        if number < len(choices):
            result = answer(sprint, choices[number])
        elif isinstance(sprint.wait, Request):
            result = Reply(REPLIES[ANSWERS[asked_for(sprint.wait)][0]])
        elif isinstance(sprint.wait, Record):
            result = Taken("", 0.0)
        else:
            result = then or NoInput()
        sprints.append(resume(flow, session, result))
    return sprints


@settings(max_examples=500, deadline=None)
@given(st.lists(st.integers(0, 5000), max_size=80), st.sampled_from(BEGINNINGS))
def test_every_call_ends(choices: list[int], beginning: tuple[str, str]) -> None:
    sprints = play(choices, None, *beginning)
    stored = proven = False
    for sprint in sprints:
        assert (sprint.wait is None) != (sprint.ending is None)
        notes = [effect for effect in sprint.effects if isinstance(effect, Note)]
        said = " ".join(words.text for effect in sprint.effects if isinstance(effect, Say) for words in effect.prompt)
        stored = any(note.event == "reply" and note.result == "reading_submit" for note in notes)
        proven = sprint.session.facts.get("proven") is True
        assert stored or "принято. Спасибо" not in said
        assert proven or not ("рубл" in said or "копе" in said)
        if (
            isinstance(sprint.wait, Request)
            and sprint.wait.kind in ("balance", "tell")
            and "account" in sprint.wait.arguments
        ):
            assert proven
        if any(note.event == "no_match" for note in notes) and isinstance(sprint.wait, Gather):
            assert sprint.wait.fresh or any(note.heard in ("0", "9") for note in notes)
    ending = sprints[-1].ending
    assert ending is not None and ending.reason != "flow_wording"
    assert ending.kind is EndingKind.HANG_UP or ending.queue in FLOWS[beginning[0]].queues


@pytest.mark.parametrize("key", ["#", "*", "9"])
def test_a_caller_who_presses_the_same_key_for_ever_gets_an_operator(key: str) -> None:
    sprints = play([], keyed_match(key))
    ending = sprints[-1].ending
    assert ending is not None
    assert (ending.kind, ending.reason, ending.queue) == (EndingKind.OPERATOR, "flow_limit", "persons")
    assert isinstance(sprints[-1].effects[-2], Say)


def keyed_match(key: str) -> Result:
    wait = start(FLOWS["rosatom"], FACTS).wait
    assert isinstance(wait, Gather)
    return keyed(wait, key)
