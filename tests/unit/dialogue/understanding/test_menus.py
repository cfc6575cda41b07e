"""What may be said to a menu, and how who said it is led through the menus on the way."""

from typing import Any

import pytest

from ivr.dialogue.asks import Wish
from ivr.dialogue.engine import resume, start
from ivr.dialogue.flow import Flow
from ivr.dialogue.loader import load
from ivr.dialogue.model import Ending, EndingKind, Gather, Match, Mode, NoMatch, Note, Reply, Request, Result, Sprint
from ivr.dialogue.throughput import FACTS
from ivr.dialogue.understanding.menus import KEPT, MenuTopics, items, ways

FLOW = """
flow: words
start: notice
root: main
operator: operator
silence: again
mistake: again
failure: again
queues: {persons: {mon-sun: "00:00-24:00"}}
nodes:
  notice: {kind: say, say: recording_notice, interruptible: false, next: main}
  main: {kind: menu, say: menu, silence: help, keys: {"1": deep, "2": news, "3": companies, "4": deeper}}
  deep: {kind: menu, say: menu, silence: help, keys: {"5": code, "6": short}}
  code: {kind: ask, say: menu, silence: help, digits: 1, fact: code, next: hidden}
  hidden: {kind: hang_up, phrases: скрытое, say: menu}
  short: {kind: say, say: menu, next: deeper}
  deeper:
    kind: menu
    say: menu
    silence: help
    keys: {"7": forget, "8": main}
    silent_next: over
  over: {kind: hang_up, phrases: до свидания, say: again}
  forget: {kind: set, facts: {seen: true}, next: branch}
  branch: {kind: go, when: [{fact: seen, is: true, to: tariff}], to: main}
  tariff: {kind: say, phrases: [узнать тариф, тариф], say: menu, next: deeper}
  news: {kind: news, phrases: новости, intro: menu, item: news, none: menu, next: main}
  companies: {kind: menu, phrases: для организаций, queue: persons, say: menu, silence: help, keys: {"1": contract}}
  contract: {kind: say, phrases: договор, say: menu, next: main}
  operator: {kind: operator, phrases: пожаловаться, queue: persons, connecting: again, closed: help}
texts: {recording_notice: Запись., menu: Меню., help: Помощь., again: Ещё раз., news: "{news:text}"}
"""


@pytest.fixture(scope="module")
def flow() -> Flow:
    return load(FLOW, "words.yaml")


def of(flow: Flow, name: str) -> dict[str, str]:
    node: Any = flow.nodes[name]
    return ways(flow, name, node.answers)


def test_all_that_lies_behind_the_keys_is_reached_by_the_shortest_way(flow: Flow) -> None:
    assert of(flow, "main") == {"tariff": "4", "news": "2", "companies": "3"}


def test_what_is_behind_a_question_for_a_number_behind_words_or_for_other_people_is_not(flow: Flow) -> None:
    assert "hidden" not in of(flow, "main")
    assert of(flow, "deep") == {}
    assert "contract" not in of(flow, "main")
    assert of(flow, "companies") == {"contract": "1"}


def test_matters_that_only_people_settle_have_the_operators_key(flow: Flow) -> None:
    assert items(flow, "companies", {"1": "contract"}) == {"contract": "1", "operator": "0"}


def test_a_flow_whose_operator_has_no_phrases() -> None:
    flow = load(FLOW.replace("phrases: пожаловаться, ", ""), "words.yaml")
    assert items(flow, "companies", {"1": "contract"}) == {"contract": "1"}


def at_main(flow: Flow) -> Sprint:
    return start(flow, FACTS)


def nodes(sprint: Sprint) -> list[str]:
    return [effect.node for effect in sprint.effects if isinstance(effect, Note) and effect.event == "entered"]


def test_who_says_what_he_wants_is_led_there_and_menus_on_the_way_do_not_ask(flow: Flow) -> None:
    came = resume(flow, at_main(flow).session, Match("4", Mode.SPEECH, wanted="tariff"))
    assert nodes(came) == ["deeper", "forget", "branch", "tariff", "deeper"]
    assert came.effects[0] == Note("main", "match", "4", "speech tariff")
    assert isinstance(came.wait, Gather), "having told it, the menu asks"
    assert came.session.wanted == ""


def test_what_cannot_be_reached_is_forgotten(flow: Flow) -> None:
    came = resume(flow, at_main(flow).session, Match("1", Mode.SPEECH, wanted="hidden"))
    assert (came.session.node, came.session.wanted) == ("deep", "")


def test_who_says_a_menus_name_is_asked_there(flow: Flow) -> None:
    came = resume(flow, at_main(flow).session, Match("3", Mode.SPEECH, wanted="companies"))
    assert (came.session.node, came.session.wanted) == ("companies", "")


def test_where_silence_leads_may_be_asked_for_in_words(flow: Flow) -> None:
    assert of(flow, "deeper")["over"] == "" and "over" not in of(flow, "main")
    deeper = resume(flow, at_main(flow).session, Match("4"))
    came = resume(flow, deeper.session, Match("", Mode.SPEECH, words="до свидания", wanted="over"))
    assert came.effects[0] == Note("deeper", "match", "", "speech over")
    assert came.ending == Ending(EndingKind.HANG_UP, "served")


PROOF = """
flow: proof
start: notice
root: main
operator: operator
silence: again
mistake: again
failure: again
queues: {persons: {mon-sun: "00:00-24:00"}}
nodes:
  notice: {kind: say, say: recording_notice, interruptible: false, next: main}
  main: {kind: menu, say: menu, silence: help, keys: {"1": who}}
  who: {kind: identify, digits: 4, ask: menu, silence: help, confirm: again, unknown: again, next: account}
  account: {kind: menu, say: account, silence: help, keys: {"1": news, "2": hours}}
  news: {kind: news, phrases: новости, intro: menu, item: news, none: menu, next: account}
  hours: {kind: hours, phrases: когда работаете, queue: persons, open: menu, closed: again, next: account}
  operator: {kind: operator, queue: persons, connecting: again, closed: help}
texts: {recording_notice: Запись., menu: Меню., account: Счёт., help: Помощь., again: Ещё раз., news: "{news:text}"}
"""


@pytest.fixture(scope="module")
def proof() -> Flow:
    return load(PROOF, "proof.yaml")


def asked_for_hours(proof: Flow) -> Sprint:
    came = resume(proof, at_main(proof).session, Match("1", Mode.SPEECH, wanted="hours"))
    assert (came.session.node, came.session.wanted) == ("who", "hours")
    return came


def test_what_was_wanted_is_remembered_while_the_caller_is_identified(proof: Flow) -> None:
    keyed = resume(proof, asked_for_hours(proof).session, Match("4007"))
    looked_up = resume(proof, keyed.session, Match("1"))
    assert isinstance(looked_up.wait, Request)
    known = resume(proof, looked_up.session, Reply({"account_found": True, "account": "4007"}))
    assert nodes(known) == ["account", "hours"]


@pytest.mark.parametrize("answer", [Match("*"), NoMatch("9"), Match("0")])
def test_who_turns_away_is_not_led_back(proof: Flow, answer: Result) -> None:
    assert resume(proof, asked_for_hours(proof).session, answer).session.wanted == ""


def test_topics_are_made_ready_once_and_forgotten_now_and_then() -> None:
    made: list[str] = []

    def forms(word: str) -> list[str]:
        made.append(word)
        return [word]

    ready = MenuTopics(forms)
    asked = Wish({"news": ("новости",)}, {"news": "1"})
    assert ready(asked) is ready(asked)
    assert made == ["новости"]
    for number in range(KEPT):
        ready(Wish({"news": (f"новость {number}",)}, {"news": "1"}))
    ready(asked)
    assert made.count("новости") == 2
