"""The Rosatom preset itself: the notice first, levels short enough to be listened to, every standard's limits."""

import time

import pytest

from ivr.dialogue.engine import start
from ivr.dialogue.limits import check, levels
from ivr.dialogue.model import Gather, Phrase, Say
from ivr.dialogue.nodes.menu import Menu
from ivr.dialogue.standards_file import load_standards
from ivr.dialogue.throughput import FACTS, steps_per_second
from ivr.domain.standards import Standard
from tests.flows.scenario import ROOT, read_flow

FLOW = read_flow()
WORDS_A_SECOND = 150 / 60


def standards() -> dict[str, Standard]:
    path = ROOT / "dialplans/standards.yaml"
    return dict(load_standards(path.read_text(encoding="utf-8"), path.name))


def spoken_seconds(phrase: Phrase) -> float:
    return len([word for word in phrase.text.split() if word != "—"]) / WORDS_A_SECOND


def test_the_first_words_are_the_notice_and_cannot_be_cut_off() -> None:
    first = next(effect for effect in start(FLOW, FACTS).effects if isinstance(effect, Say))
    assert not first.interruptible
    assert "записываются" in first.prompt[0].text


def test_static_texts_keep_their_names_for_the_studio() -> None:
    wait = start(FLOW, FACTS).wait
    assert isinstance(wait, Gather)
    assert [phrase.name for phrase in wait.prompt] == ["main_menu"]


@pytest.mark.parametrize("name", ["noviten", "rosatom", "gazprom_bryansk", "belgorod"])
def test_it_keeps_the_standards_without_menu_limits(name: str) -> None:
    assert check(FLOW, standards()[name], spoken_seconds, {}) == []


def test_of_omskenergo_it_breaks_only_the_number_of_items() -> None:
    mistakes = check(FLOW, standards()["omskenergo"], spoken_seconds, {})
    assert [mistake.partition(": 6 items")[0].rpartition(":")[2] for mistake in mistakes] == [" node 'main'"]


def test_no_menu_lies_deeper_than_two() -> None:
    assert max(levels(FLOW).values()) == 2


def test_the_main_menu_offers_the_operator_in_words() -> None:
    menu = FLOW.nodes["main"]
    assert isinstance(menu, Menu)
    assert "Оператор — ноль" in FLOW.texts[menu.say[0]]


def test_throughput_is_measured() -> None:
    assert steps_per_second(FLOW, 5, time.perf_counter) > 0
