"""The corners of the flow reader and of a turn that no shipped flow comes by."""

from pathlib import Path

import pytest

from ivr.dialogue.fields import Case
from ivr.dialogue.loader import load
from ivr.dialogue.nodes.ask import AskNode
from ivr.dialogue.nodes.go import GoNode
from ivr.dialogue.source import Mistakes
from ivr.dialogue.turn import Turn
from ivr.domain.errors import ConfigurationError

DEEP = (Path(__file__).parent / "deep.yaml").read_text(encoding="utf-8")
FLOW = load(DEEP, "deep.yaml")


def test_one_mistake_found_twice_is_told_once() -> None:
    mistakes = Mistakes(["a.yaml"], [])
    mistakes.add(3, "nodes", "wrong")
    mistakes.add(3, "nodes", "wrong")
    mistakes.add(1, "", "wrong too")
    assert mistakes.sorted() == ["a.yaml:1: wrong too", "a.yaml:3: nodes: wrong"]


def test_a_list_where_keys_belong_is_called_a_list() -> None:
    with pytest.raises(ConfigurationError, match="is a list"):
        load(DEEP.replace("nodes:", "nodes: [one, two]\nothers:"), "deep.yaml")


@pytest.mark.parametrize(("written", "called"), [("one", "is 'one'"), ("", "is empty")])
def test_a_word_where_keys_belong_is_named(written: str, called: str) -> None:
    with pytest.raises(ConfigurationError, match=called):
        load(DEEP.replace("nodes:", f"nodes: {written}\nothers:"), "deep.yaml")


def test_a_length_may_be_a_range() -> None:
    asked = load(DEEP.replace("digits: 2", "digits: {at_least: 3, at_most: 5}"), "deep.yaml").nodes["floor"]
    assert isinstance(asked, AskNode)
    assert (asked.at_least, asked.at_most) == (3, 5)


def test_saying_nothing_leaves_no_trace() -> None:
    turn = Turn(FLOW, FLOW.start, {}, {}, (), 0)
    turn.say(())
    assert turn.effects == []


def test_the_ways_of_a_go_node_as_far_as_facts_are_known() -> None:
    node = GoNode("x", (Case("open", False, "away"), Case("holiday", True, "feast")), "on")
    assert [target for _, target in node.decided({})] == ["away", "feast", "on"]
    assert [target for _, target in node.decided({"open": True})] == ["feast", "on"]
    assert [target for _, target in node.decided({"open": False})] == ["away"]
