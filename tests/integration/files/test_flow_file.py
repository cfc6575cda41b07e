"""Flow files held to their standard on real sounds; what config.yaml adds; edits while the centre runs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from ivr.adapters.files.flows import FlowFile, read_flow, read_standard, read_standards
from ivr.adapters.speech import SystemVoice, VoiceSettings
from ivr.dialogue.flow import Flow
from ivr.dialogue.model import Gather, Phrase, Say
from ivr.domain.errors import ConfigurationError
from tests.flows.scenario import HERE, PRESETS, ROOT, preset, sprints

STANDARDS = ROOT / "dialplans/standards.yaml"
HOLIDAYS = ROOT / "dialplans/holidays/own.yaml"
SMALL = """
flow: small
start: notice
root: main
operator: operator
silence: again
mistake: again
failure: again
queues: {persons: {mon-fri: "08:00-20:00"}}
nodes:
  notice: {kind: say, say: recording_notice, interruptible: false, next: main}
  main: {kind: menu, say: again, silence: help, keys: {"1": main}}
  operator: {kind: operator, queue: persons, connecting: again, closed: closed}
texts:
  recording_notice: Запись.
  again: Ещё раз.
  help: Один.
  closed: "{timetable:text}"
"""

Make = Callable[..., FlowFile]


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache of sounds for all tests: most presets say the same words."""
    return tmp_path_factory.mktemp("sounds")


@pytest.fixture
async def voice(sounds: Path) -> AsyncIterator[SystemVoice]:
    pronunciation = ROOT / "dialplans/pronunciation.yaml"
    voice = SystemVoice(
        VoiceSettings(
            cache=sounds,
            studio=sounds / "studio",
            engine="espeak",
            workers=2,
            pronunciation=pronunciation,
            deadline_s=60,
        )
    )
    yield voice
    await voice.close()


@pytest.fixture
def make(voice: SystemVoice) -> Make:
    """A FlowFile of a path and a standard, with what config.yaml adds."""

    def build(path: Path, standard: str = "rosatom", **own: object) -> FlowFile:
        return FlowFile(path, read_standard(STANDARDS, standard), voice, {"supplier": "Энергосбыт-Пример"}, **own)  # type: ignore[arg-type]

    return build


@pytest.mark.parametrize("name", PRESETS)
async def test_each_preset_keeps_its_standard_on_real_sounds(make: Make, name: str) -> None:
    flow = await make(ROOT / f"dialplans/{name}/main.yaml", name, holidays=HOLIDAYS).load()
    assert flow.name == name
    assert (date(2027, 1, 1) in flow.queues["companies"].holidays) == (name not in ("noviten", "gazprom_bryansk"))


async def test_whatever_omskenergo_says_between_two_keys_keeps_to_fifteen_seconds(voice: SystemVoice) -> None:
    limit = read_standard(STANDARDS, "omskenergo").menu.seconds
    assert limit is not None
    breaths = {breath for path in (HERE / "scenarios/omskenergo").glob("*.yaml") for breath in spoken(path)}
    lengths = {breath: sum([await voice.seconds(phrase) for phrase in breath]) for breath in breaths}
    assert len(lengths) > 20
    assert {" ".join(phrase.text for phrase in breath): s for breath, s in lengths.items() if s > limit.value} == {}


def spoken(path: Path) -> list[tuple[Phrase, ...]]:
    """All that a scenario has the caller hear, from each of his answers to the next question."""
    found, heard = [], []
    for _, sprint in sprints(preset("omskenergo"), yaml.safe_load(path.read_text(encoding="utf-8"))):
        heard += [phrase for effect in sprint.effects if isinstance(effect, Say) for phrase in effect.prompt]
        if isinstance(sprint.wait, Gather) or sprint.wait is None:
            found.append((*heard, *(sprint.wait.prompt if sprint.wait else ())))
            heard = []
    return found


async def test_a_preset_of_five_items_is_refused_by_omskenergo(make: Make) -> None:
    with pytest.raises(
        ConfigurationError, match=r"noviten/main\.yaml:\d+: node 'main': 6 items, at most 4 are allowed"
    ):
        await make(ROOT / "dialplans/noviten/main.yaml", "omskenergo").load()


async def test_what_is_inherited_is_held_to_the_standard_where_it_is_said(make: Make, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(f"extends: {ROOT}/dialplans/omskenergo/main.yaml\ntexts:\n  mistake: {'Нет, нет. ' * 30}\n")
    with pytest.raises(ConfigurationError, match=r"rosatom/main\.yaml:\d+: 'mistake' lasts .* at most 15 s"):
        await make(own, "omskenergo").load()


async def test_what_the_configuration_adds(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL + "lines: {own: notice}\n", encoding="utf-8")
    dates = tmp_path / "own.yaml"
    dates.write_text("2027-03-03: closed\n", encoding="utf-8")
    hours = {"persons": {"mon-sun": "10:00-11:00"}}
    flow = await make(
        path, hours=hours, lines={"4722770849": "own"}, holidays=dates, clock=lambda: datetime(2027, 1, 1, tzinfo=UTC)
    ).load()
    week = flow.queues["persons"]
    assert [len(week.spans(date(2027, 3, day))) for day in (3, 4, 8)] == [0, 1, 0]


async def test_every_mistake_of_the_configuration_is_named_at_once(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL + "lines: {own: notice}\n", encoding="utf-8")
    dates = tmp_path / "own.yaml"
    dates.write_text("2027-03-03: {nobody: closed}\n", encoding="utf-8")
    hours = {"persons": {"mon": "never"}, "claims": {"mon": "10:00-11:00"}}
    with pytest.raises(ConfigurationError) as caught:
        await make(path, hours=hours, lines={"4722770849": "onw", "1357": "x"}, holidays=dates).load()
    assert list(caught.value.mistakes) == [
        "lines.4722770849: the flow has no line 'onw'; did you mean 'own'?",
        "lines.1357: the flow has no line 'x'; there are: own",
        "hours.persons: 'never' are no hours; write them as 08:00-20:00",
        "hours.claims: the flow has no such queue; it has: persons",
        f"{dates}: the flow has no queue 'nobody'; there are: persons",
    ]


async def test_a_line_of_a_flow_without_lines_is_refused(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    with pytest.raises(
        ConfigurationError, match=r"lines\.1357: the flow has no line 'own'; name one under its 'lines'"
    ):
        await make(path, lines={"1357": "own"}).load()


async def test_an_edit_of_any_of_the_files_is_published_and_a_wrong_one_is_not(make: Make, tmp_path: Path) -> None:
    base, own, dates = tmp_path / "base.yaml", tmp_path / "main.yaml", tmp_path / "own.yaml"
    base.write_text(SMALL, encoding="utf-8")
    own.write_text("extends: base.yaml\n", encoding="utf-8")
    file = make(own, holidays=dates)
    await file.load()
    published: list[Flow] = []
    changed = asyncio.Event()

    def publish(flow: Flow) -> None:
        published.append(flow)
        changed.set()

    async def edit(path: Path, text: str) -> Flow:
        changed.clear()
        fresh = path.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
        async with asyncio.timeout(30):
            await changed.wait()
        return published[-1]

    watching = asyncio.create_task(file.watch(publish, every_s=0.02))
    try:
        assert (await edit(base, SMALL.replace("Ещё раз", "Снова"))).texts["again"] == "Снова."
        base.write_text(SMALL.replace("next: main", "next: nowhere"), encoding="utf-8")
        assert (await edit(base, SMALL)).texts["again"] == "Ещё раз."
        closed = (await edit(dates, f"{date.today().year}-12-30: closed\n")).queues["persons"]
        assert closed.spans(date(date.today().year, 12, 30)) == ()
        assert (await edit(own, "extends: base.yaml\ntexts: {again: Опять.}\n")).texts["again"] == "Опять."
    finally:
        watching.cancel()
        await asyncio.wait({watching})


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_flow(tmp_path / "missing.yaml")
    with pytest.raises(ConfigurationError, match="no standard 'nobody'; there are: noviten"):
        read_standard(STANDARDS, "nobody")
    assert list(read_standards(STANDARDS)) == ["noviten", "rosatom", "gazprom_bryansk", "omskenergo", "belgorod"]
