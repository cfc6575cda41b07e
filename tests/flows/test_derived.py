"""Flows that extend others: what is inherited, what is replaced, and that a mistake names the file it is in."""

from pathlib import Path

import pytest

from ivr.dialogue.engine import resume, start
from ivr.dialogue.flow import Flow
from ivr.dialogue.loader import load
from ivr.dialogue.model import Gather, Match, Say
from ivr.dialogue.nodes.menu import Menu
from ivr.domain.errors import ConfigurationError
from tests.flows.scenario import HERE, read

FILES = sorted((HERE / "derived").glob("*.yaml"))
FOLDER = "tests/flows/derived"


def derive(text: str) -> Flow:
    return load("extends: bases/base.yaml\nflow: mine\n" + text, f"{FOLDER}/mine.yaml", read)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_broken_derivation(path: Path, update: bool) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(path.read_text(encoding="utf-8"), f"{FOLDER}/{path.name}", read)
    text = "\n".join(caught.value.mistakes) + "\n"
    expected = path.with_suffix(".txt")
    if update:
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")


def test_nothing_can_be_inherited_where_no_file_can_be_read() -> None:
    with pytest.raises(ConfigurationError, match=r"a\.yaml:1: 'extends' goes through more than"):
        load("extends: base.yaml", "a.yaml")


def test_a_chain_of_files_has_an_end() -> None:
    with pytest.raises(ConfigurationError, match="more than 5 files"):
        load("extends: x0.yaml", "a.yaml", lambda file, _: ("extends: x.yaml", file + "x"))


def test_a_base_too_long_is_refused_unread() -> None:
    with pytest.raises(ConfigurationError, match=r"b\.yaml:1: longer than"):
        load("extends: b.yaml", "a.yaml", lambda file, named: ("#" * 200_001, named))


def test_what_is_not_said_is_inherited() -> None:
    base, mine = load(read(f"{FOLDER}/x", "bases/base.yaml")[0], "base.yaml"), derive("")
    assert (mine.name, mine.texts, mine.nodes, mine.queues) == ("mine", base.texts, base.nodes, base.queues)
    assert mine.version != base.version
    assert mine.files == (f"{FOLDER}/mine.yaml", f"{FOLDER}/bases/base.yaml")


def test_texts_queues_and_keys_are_replaced_one_by_one() -> None:
    mine = derive('texts: {open: Мы здесь.}\nqueues: {more: {mon: "10:00-11:00"}}\nkeys: {operator: "7"}')
    assert mine.texts["open"] == "Мы здесь." and mine.texts["closed"] == "Закрыто."
    assert list(mine.queues) == ["all", "more"]
    assert (mine.keys.operator, mine.keys.root) == ("7", "8")


def test_a_node_without_a_kind_changes_single_keys() -> None:
    menu = derive('nodes: {main: {keys: {"3": hours}, queue: null}}').nodes["main"]
    assert isinstance(menu, Menu)
    assert (menu.keys, menu.queue, menu.say) == ({"3": "hours"}, "", ("main_menu",))


def test_a_node_with_a_kind_takes_the_place_of_the_inherited_one() -> None:
    mine = derive("nodes: {news: {kind: say, say: none, next: main}}")
    assert mine.nodes["news"].kind == "say"


def test_what_is_inherited_and_unused_falls_away() -> None:
    mine = derive('nodes: {main: {keys: {"2": hours}}}')
    assert set(mine.nodes) == {"notice", "main", "hours", "operator"}
    assert "item" not in mine.texts and "none" not in mine.texts


def test_the_short_twin_of_a_changed_text_falls_away() -> None:
    assert derive("").short == {"main_menu": "main_menu_short"}
    assert derive("texts: {main_menu: Другое меню.}").short == {}
    assert derive("texts: {main_menu: Другое меню.}\nshort: {main_menu: Кратко.}").texts["main_menu_short"] == "Кратко."


@pytest.mark.parametrize(("before", "said"), [(False, "Новости — один. Часы — два."), (True, "Один или два.")])
def test_who_has_rung_before_hears_the_short_words(before: bool, said: str) -> None:
    wait = start(derive(""), {"caller_before": before}).wait
    assert isinstance(wait, Gather)
    assert [phrase.text for phrase in wait.prompt] == [said]
    assert wait.prompt[0].name == ("main_menu_short" if before else "main_menu")


def test_a_twin_of_a_changed_text_for_closed_hours_falls_away() -> None:
    closed = "closed: {main_menu: Меню ночью.}\n"
    base = read(f"{FOLDER}/x", "bases/base.yaml")[0] + closed

    def over(text: str) -> Flow:
        return load("extends: base.yaml\nflow: mine\n" + text, "a.yaml", lambda _, named: (base, named))

    assert over("").closed == {"main_menu": "main_menu_closed"}
    assert over("texts: {main_menu: Другое меню.}").closed == {}
    assert over("texts: {main_menu: Другое меню.}\n" + closed).texts["main_menu_closed"] == "Меню ночью."


@pytest.mark.parametrize(
    ("closed", "before", "open_now", "said"),
    [
        ("main_menu", False, True, "main_menu"),
        ("main_menu", False, False, "main_menu_closed"),
        ("main_menu", True, True, "main_menu_short"),
        ("main_menu", True, False, "main_menu_closed"),
        ("main_menu_short", True, False, "main_menu_short_closed"),
        ("main_menu_short", False, False, "main_menu"),
    ],
)
def test_while_operators_are_away_what_is_true_goes_before_what_is_short(
    closed: str, before: bool, open_now: bool, said: str
) -> None:
    wait = start(derive(f"closed: {{{closed}: Ночью.}}"), {"caller_before": before, "open": open_now}).wait
    assert isinstance(wait, Gather)
    assert [phrase.name for phrase in wait.prompt] == [said]


def test_a_line_of_its_own_begins_at_its_node() -> None:
    mine = derive(
        "lines: {hours_line: hours_notice}\n"
        "nodes: {hours_notice: {kind: say, say: recording_notice, interruptible: false, next: hours}}"
    )
    first = start(mine, {}, "hours_line")
    assert isinstance(first.effects[1], Say) and first.session.node == "hours"
    assert start(mine, {}, "unknown").session.node == "main"
    assert resume(mine, start(mine, {}).session, Match("2")).session.node == "hours"
