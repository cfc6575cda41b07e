"""What is personal is told only after the proof, whichever way a caller comes to it."""

import pytest

from ivr.dialogue.engine import resume, start
from ivr.dialogue.loader import load
from ivr.dialogue.model import Gather, Match, Reply, Request, Say

FLOW_TEXT = """
flow: small
start: notice
root: main
operator: operator
silence: hello
mistake: hello
failure: sorry
queues: {all: {mon-fri: "08:00-20:00"}}
nodes:
  notice: {kind: say, say: hello, next: main}
  main: {kind: menu, say: choose, silence: help, keys: {"1": payment}}
  payment: {kind: tell, what: payment, unproven: owner, item: hello, none: sorry, failure: choose, next: main}
  owner:
    {kind: identify, proof: true, proof_ask: hello, proof_silence: help, proof_wrong: sorry, ask: hello, silence: help,
     confirm: choose, unknown: sorry, failure: choose, next: payment}
  operator: {kind: operator, queue: all, connecting: hello, closed: sorry}
texts: {hello: Здравствуйте., choose: Выберите., help: Нажмите кнопку., sorry: Извините.}
"""
FLOW = load(FLOW_TEXT, "small.yaml")


def test_the_proof_comes_first() -> None:
    sprint = resume(FLOW, start(FLOW, {}).session, Match("1"))
    assert sprint.session.node == "owner" and isinstance(sprint.wait, Gather)


def test_what_was_told_before_is_forgotten() -> None:
    facts = {"proven": True, "account_found": True, "account": "1"}
    sprint = resume(FLOW, start(FLOW, facts).session, Match("1"))
    assert sprint.wait == Request("tell", {"what": "payment", "account": "1"})
    told = resume(FLOW, sprint.session, Reply({"tell_count": 1, "tell_1_paid_kopecks": 5}))
    assert not [name for name in told.session.facts if name.startswith("tell_")]


LONG = FLOW_TEXT.replace("what: payment", "what: outages").replace("item: hello", "item: hello, item_why: choose")


@pytest.mark.parametrize(
    ("more", "case", "said"),
    [
        ("", "", "Здравствуйте."),
        ("", "why", "Выберите."),
        (", item_days: help", "", "Нажмите кнопку."),
        (", item_days: help", "why", "Нажмите кнопку."),
        (", item_days: help, item_days_why: sorry", "why", "Извините."),
    ],
)
def test_an_outage_that_ends_on_another_day_has_its_own_words(more: str, case: str, said: str) -> None:
    flow = load(LONG.replace("item_why: choose", "item_why: choose" + more), "small.yaml")
    asked = resume(flow, start(flow, {"proven": True, "account_found": True, "account": "1"}).session, Match("1"))
    outage = {"tell_1_outage_from": "2026-07-25T09:00", "tell_1_outage_until": "2026-07-27T18:00", "tell_1_case": case}
    told = resume(flow, asked.session, Reply({"tell_count": 1, **outage}))
    assert [effect.prompt[0].text for effect in told.effects if isinstance(effect, Say)] == [said]
