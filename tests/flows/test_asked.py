"""What callers say to the main menu of each preset, and what is made of it: understanding alone, without sound."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from ivr.adapters.speech.morphology import RussianForms
from ivr.dialogue.flow import Flow
from ivr.dialogue.understanding.commands import Command
from ivr.dialogue.understanding.heard import hypothesis
from ivr.dialogue.understanding.menus import MenuTopics, wish
from ivr.dialogue.understanding.topics import Chosen, EitherOf, wanted
from tests.flows.scenario import HERE, PRESETS, preset

ASKED: dict[str, Any] = yaml.safe_load(Path(HERE, "asked.yaml").read_text(encoding="utf-8"))
LEAST = 150
TOPICS = MenuTopics(RussianForms())


@cache
def flow_of(name: str) -> Flow:
    return preset(name)


def understood(name: str, text: str) -> str | set[str]:
    """The node that is wanted, `refused`, or the two that may be."""
    flow = flow_of(name)
    root: Any = flow.nodes[flow.root]
    match wanted([hypothesis(text)], TOPICS(wish(flow, flow.root, root.answers))):
        case Chosen(item):
            return item
        case EitherOf(first, second):
            return {first, second}
        case Command.OPERATOR:
            return flow.operator
    return "refused"


@pytest.mark.parametrize("name", PRESETS)
def test_ways_of_asking(name: str) -> None:
    wants = ASKED["wants"][name]
    said = [
        (text, set(wants[what]) if isinstance(wants[what], list) else wants[what])
        for what, texts in ASKED["asked"].items()
        if what in wants
        for text in texts
    ]
    assert len(said) >= LEAST
    wrong = {text: (item, found) for text, item in said if (found := understood(name, text)) != item}
    assert not wrong


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize(("text", "first", "second"), ASKED["either"])
def test_two_matters_at_once_are_put_to_the_caller(name: str, text: str, first: str, second: str) -> None:
    assert understood(name, text) == {first, second}


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("text", ["до свидания", "спасибо до свидания", "нет спасибо у меня всё", "больше ничего"])
def test_whoever_takes_his_leave_after_a_reading_is_let_go(name: str, text: str) -> None:
    flow = flow_of(name)
    menu: Any = flow.nodes["after_reading"]
    assert wanted([hypothesis(text)], TOPICS(wish(flow, menu.name, menu.answers))) == Chosen("goodbye")


@pytest.mark.parametrize("name", PRESETS)
def test_every_item_of_a_menu_can_be_asked_for_by_each_of_its_phrases(name: str) -> None:
    """Its own name leads to it, or asks between it and a neighbour that shares the phrase."""
    flow = flow_of(name)
    for menu in (node for node in flow.nodes.values() if node.kind == "menu"):
        keys: Any = menu
        asked = wish(flow, menu.name, keys.answers)
        for item, phrases in asked.phrases.items():
            for phrase in phrases:
                found = wanted([hypothesis(phrase)], TOPICS(asked))
                either = (found.first, found.second) if isinstance(found, EitherOf) else ()
                assert found == Chosen(item) or item in either, (menu.name, item, phrase, found)
