"""The five presets: the notice first, each its own standard's limits, as many keys to press as its original asks."""

import dataclasses
import time
from collections.abc import Iterator

import pytest

from ivr.dialogue.engine import resume, start
from ivr.dialogue.flow import Flow
from ivr.dialogue.limits import check, levels
from ivr.dialogue.model import Gather, Match, Note, Phrase, Say
from ivr.dialogue.nodes.menu import Menu
from ivr.dialogue.nodes.operator import Operator
from ivr.dialogue.standards_file import load_standards
from ivr.dialogue.throughput import FACTS, steps_per_second
from ivr.dialogue.week import parse_week
from ivr.domain.standards import Standard
from tests.flows.scenario import PRESETS, ROOT, preset, read_flow

FLOWS = {name: preset(name) for name in PRESETS}
BEGINNINGS = [(name, line) for name, flow in FLOWS.items() for line in ("", *flow.entries)]
WORDS_A_SECOND = 150 / 60


def standards() -> dict[str, Standard]:
    path = ROOT / "dialplans/standards.yaml"
    return dict(load_standards(path.read_text(encoding="utf-8"), path.name))


def spoken_seconds(phrase: Phrase) -> float:
    return len([word for word in phrase.text.split() if word != "—"]) / WORDS_A_SECOND


def presses(flow: Flow, target: str, line: str = "") -> str:
    """The fewest keys of menus from the beginning of a call to a node."""
    ways = [(flow.entries.get(line, flow.start), "")]
    seen: set[str] = set()
    while ways:
        node, keys = ways.pop(0)
        if node == target:
            return keys
        if node not in seen:
            seen.add(node)
            ways += [(link, keys + key) for key, link in ahead(flow, node)]
            ways.sort(key=lambda way: len(way[1]))
    raise AssertionError(f"nothing leads to {target}")


def ahead(flow: Flow, node: str) -> Iterator[tuple[str, str]]:
    for link in flow.links:
        if link.node == node:
            slot, _, key = link.slot.partition(" ")
            yield (key if slot == "keys" else ""), link.target


@pytest.mark.parametrize(("name", "line"), BEGINNINGS)
def test_the_first_words_are_the_notice_and_cannot_be_cut_off(name: str, line: str) -> None:
    first = next(effect for effect in start(FLOWS[name], FACTS, line).effects if isinstance(effect, Say))
    assert not first.interruptible
    assert "записываются" in first.prompt[0].text


def test_static_texts_keep_their_names_for_the_studio() -> None:
    wait = start(FLOWS["rosatom"], FACTS).wait
    assert isinstance(wait, Gather)
    assert [phrase.name for phrase in wait.prompt] == ["main_menu"]


@pytest.mark.parametrize("name", PRESETS)
def test_each_preset_keeps_its_own_standard(name: str) -> None:
    assert check(FLOWS[name], standards()[name], spoken_seconds, {}) == []


def test_of_omskenergo_rosatom_breaks_the_number_of_items() -> None:
    assert "node 'main': 6 items" in check(FLOWS["rosatom"], standards()["omskenergo"], spoken_seconds, {})[0]


def test_what_cannot_be_said_is_named_once_and_not_again_for_its_breath() -> None:
    flow = FLOWS["omskenergo"]
    wrong = dataclasses.replace(flow, texts={**flow.texts, "balance_debt": "{supplier:money}"})
    (told,) = check(wrong, standards()["omskenergo"], spoken_seconds, {})
    assert "node 'balance': 'debt' cannot be said" in told


def test_what_is_heard_through_several_nodes_is_measured_as_a_whole() -> None:
    flow = FLOWS["omskenergo"]
    long = {**flow.texts, "balance_debt": "очень " * 32 + "много."}
    told = check(dataclasses.replace(flow, texts=long), standards()["omskenergo"], spoken_seconds, {})
    assert [mistake.partition(": ")[2] for mistake in told] == [
        "node 'balance': balance → after_balance: 17.2 s are said before a key can be chosen, "
        "at most 15 s are allowed; say it shorter, or ask in between "
        "(Омскэнерго: приложение 1, п. 2: время предоставления информации на уровне)"
    ]


def test_what_is_said_only_at_night_is_measured_too() -> None:
    flow = FLOWS["omskenergo"]
    long = {**flow.texts, "greeting_closed": "очень " * 25 + "поздно."}
    (told,) = check(dataclasses.replace(flow, texts=long), standards()["omskenergo"], spoken_seconds, {})
    assert "node 'notice': notice → greeting → main: " in told


def test_omskenergo_has_at_most_four_items_on_a_level_and_four_levels() -> None:
    flow = FLOWS["omskenergo"]
    menus = [node for node in flow.nodes.values() if isinstance(node, Menu)]
    assert max(len(menu.keys) for menu in menus) == 4
    assert max(levels(flow).values()) == 4


@pytest.mark.parametrize("name", PRESETS)
def test_the_main_menu_offers_the_operator_in_words(name: str) -> None:
    flow = FLOWS[name]
    menu = flow.nodes[flow.root]
    assert isinstance(menu, Menu)
    for texts in {menu.say, tuple(flow.short.get(text, text) for text in menu.say)}:
        assert "ператор" in flow.texts[texts[0]] and "ноль" in flow.texts[texts[0]]


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("rosatom", {"readings": "1", "balance": "2", "news": "3", "hours": "4", "companies": "5"}),
        ("noviten", {"outage": "1", "readings": "2", "balance": "3", "news": "4", "contract": "51", "hours": "54"}),
        ("gazprom_bryansk", {"readings": "1", "balance": "2", "other_meters": "3", "hours": "51", "news": "52"}),
        ("omskenergo", {"readings": "1", "balance": "21", "hours": "31", "news": "32", "companies": "4"}),
        ("belgorod", {"readings": "1", "balance": "2", "hours": "4", "news": "5"}),
    ],
)
def test_the_keys_to_press(name: str, keys: dict[str, str]) -> None:
    assert {target: presses(FLOWS[name], target) for target in keys} == keys


def test_on_the_line_for_readings_no_key_is_pressed() -> None:
    assert presses(FLOWS["belgorod"], "readings", "readings_line") == ""


def test_companies_of_rosatom_begin_in_their_own_menu() -> None:
    assert presses(FLOWS["rosatom"], "companies", "companies") == ""


def test_the_dispatcher_of_noviten_works_through_holidays() -> None:
    flow = FLOWS["noviten"]
    dispatcher = flow.nodes["dispatcher"]
    assert isinstance(dispatcher, Operator)
    assert flow.queues[dispatcher.queue].on_holidays is None


@pytest.mark.parametrize("name", PRESETS)
def test_operators_and_dispatchers_work_the_hours_of_the_standard(name: str) -> None:
    hours, queues = standards()[name].hours, FLOWS[name].queues
    for asked, works in ((hours.operators, queues["persons"]), (hours.dispatcher, queues.get("dispatcher"))):
        assert asked is None or (works is not None and works.covers(asked))


@pytest.mark.parametrize("name", PRESETS)
def test_a_supplier_derives_his_own_with_a_few_lines(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("supplier")
    own = folder / "main.yaml"
    own.write_text(
        f"extends: {ROOT}/dialplans/{name}/main.yaml\nflow: own\ntexts:\n  greeting: Это «Энергия добра».\n",
        encoding="utf-8",
    )
    flow = read_flow(str(own))
    assert flow.texts["greeting"] == "Это «Энергия добра»."
    assert set(flow.nodes) == set(FLOWS[name].nodes)


def test_a_reading_begins_with_the_proof_wherever_it_is_entered_from() -> None:
    flow = FLOWS["rosatom"]
    sprint = resume(flow, start(flow, FACTS).session, Match("1"))
    entered = [effect.node for effect in sprint.effects if isinstance(effect, Note) and effect.event == "entered"]
    assert entered == ["readings", "reading_account"]


def test_throughput_is_measured() -> None:
    assert steps_per_second(FLOWS["rosatom"], 5, time.perf_counter) > 0


@pytest.mark.parametrize(
    ("name", "topics"),
    [
        ("noviten", {"outage": "power_cut", "dispatcher": "power_cut", "meter_works": "meter_works"}),
        ("gazprom_bryansk", {"other_meters": "other_meters"}),
        ("omskenergo", {"outage_advice": "power_cut"}),
    ],
)
def test_what_a_preset_adds_leaves_its_topic_in_the_contact(name: str, topics: dict[str, str]) -> None:
    assert {node: FLOWS[name].topics[node] for node in topics} == topics


def held(name: str, **queues: str) -> list[str]:
    """What `check` says of the preset with other hours: `mon-fri 09:00-10:00` and so on."""
    flow = FLOWS[name]
    weeks = {queue: parse_week(dict([written.split(" ", 1)])) for queue, written in queues.items()}
    return check(dataclasses.replace(flow, queues={**flow.queues, **weeks}), standards()[name], spoken_seconds, {})


@pytest.mark.parametrize(
    ("name", "queues", "mistake"),
    [
        ("noviten", {"dispatcher": "mon-fri 09:00-10:00"}, "node 'outage': its queue 'dispatcher' must work at least"),
        ("noviten", {"dispatcher": "mon-sun 08:00-20:00"}, "no operator node has a queue that works mon-sun 00:00-24:"),
        ("noviten", {"companies": "mon-fri 08:00-19:00"}, "node 'companies': its queue 'companies' must work at least"),
        ("noviten", {"persons": "mon-sun 08:00-19:00"}, "node 'operator': its queue must work at least mon-sun 08:00-"),
        ("gazprom_bryansk", {"persons": "mon-sun 08:00-20:00"}, "sat-sun 08:00-18:00, holidays open; lengthen"),
        ("omskenergo", {"companies": "mon-fri 09:00-16:00"}, "'companies' must work at least 5 days of 8 hours"),
    ],
)
def test_every_queue_must_work_as_the_standard_asks(name: str, queues: dict[str, str], mistake: str) -> None:
    assert any(mistake in one for one in held(name, **queues))


def test_belgorod_has_readings_behind_key_one_and_on_a_line_of_their_own() -> None:
    flow = FLOWS["belgorod"]
    main = flow.nodes["main"]
    assert isinstance(main, Menu)
    swapped = dataclasses.replace(main, keys={**main.keys, "1": "balance", "2": "readings"})
    wrong = dataclasses.replace(flow, nodes={**flow.nodes, "main": swapped}, entries={"readings_line": "greeting"})
    assert [mistake.partition(": ")[2] for mistake in check(wrong, standards()["belgorod"], spoken_seconds, {})] == [
        "node 'greeting': the first node must say the text 'recording_notice', with 'interruptible: false' "
        "(Белгородэнергосбыт: п. 7.4.1.4)",
        "node 'main': key '1' must lead to readings, through no other menu (Белгородэнергосбыт: п. 7.6.2: кнопка 1)",
        "one of 'lines' must lead to readings, through no menu (Белгородэнергосбыт: п. 7.6.2: (4722) 77-08-49)",
    ]


@pytest.mark.parametrize(
    ("name", "node", "served"),
    [("rosatom", "more", True), ("rosatom", "main", False), ("noviten", "more", True), ("noviten", "outage", False)],
)
def test_who_hangs_up_where_silence_would_end_his_call_was_served(name: str, node: str, served: bool) -> None:
    assert FLOWS[name].nothing_left(node) is served
