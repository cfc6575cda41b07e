"""The presses of each preset, and a flow that asks for more than its original."""

import pytest

from ivr.dialogue.loader import load
from ivr.simulate.presses import presses
from tests.flows.scenario import PRESETS, ROOT, preset, read


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_asks_for_as_many_presses_as_its_original(name: str) -> None:
    table = presses(name, preset(name))
    assert [one for one in table if not one.ok] == []


def test_belgorod_gives_readings_the_first_key_and_a_line_without_any() -> None:
    ways = {(one.matter, one.line): one.keys for one in presses("belgorod", preset("belgorod"))}
    assert ways["reading", ""] == "1"
    assert ways["reading", "readings_line"] == ""


def test_omskenergo_has_the_balance_on_the_second_level() -> None:
    ways = {one.matter: one.keys for one in presses("omskenergo", preset("omskenergo"))}
    assert ways == {"reading": "1", "balance": "21", "operator": "0"}


def test_other_keys_than_the_original_asks_are_found() -> None:
    path = "dialplans/belgorod/main.yaml"
    text = (ROOT / path).read_text(encoding="utf-8")
    text = text.replace('"1": readings', '"1": balance').replace('"2": balance', '"2": readings')
    text = text.replace("next: readings}", "next: main}")
    wrong = [one for one in presses("belgorod", load(text, path, read)) if not one.ok]
    assert [(one.line, one.keys) for one in wrong] == [("", "2"), ("readings_line", "2")]
