"""What is personal is told only after the proof, whichever way a caller comes to it."""

from ivr.dialogue.engine import resume, start
from ivr.dialogue.loader import load
from ivr.dialogue.model import Gather, Match, Reply, Request

FLOW = load(
    """
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
""",
    "small.yaml",
)


def test_the_proof_comes_first() -> None:
    sprint = resume(FLOW, start(FLOW, {}).session, Match("1"))
    assert sprint.session.node == "owner" and isinstance(sprint.wait, Gather)


def test_what_was_told_before_is_forgotten() -> None:
    facts = {"proven": True, "account_found": True, "account": "1"}
    sprint = resume(FLOW, start(FLOW, facts).session, Match("1"))
    assert sprint.wait == Request("tell", {"what": "payment", "account": "1"})
    told = resume(FLOW, sprint.session, Reply({"tell_count": 1, "tell_1_paid_kopecks": 5}))
    assert not [name for name in told.session.facts if name.startswith("tell_")]
