"""A flow's file: its sounds made, held to the standard on them, and each edit taken or refused on the run."""

import asyncio
import dataclasses
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivr.adapters.files.flows import FlowFile, read_standard
from ivr.adapters.speech import SystemVoice, VoiceSettings
from ivr.dialogue.flow import Flow
from ivr.dialogue.model import Phrase
from ivr.domain.errors import ConfigurationError

REPOSITORY = Path(__file__).parents[3]
STANDARDS = REPOSITORY / "dialplans/standards.yaml"
SMALL = (REPOSITORY / "tests/unit/service/small.yaml").read_text(encoding="utf-8")
TEXT = SMALL.replace("say: notice", "say: recording_notice").replace("  notice: Все", "  recording_notice: Все")
MAIN = "Показания — один. Закончить — два."
LONG = " ".join(["Чтобы передать показания прибора учёта, нажмите один."] * 6)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same sounds for all tests here: made once."""
    return tmp_path_factory.mktemp("sounds")


@pytest.fixture
async def voice(cache: Path, tmp_path: Path) -> AsyncIterator[SystemVoice]:
    one = SystemVoice(VoiceSettings(cache=cache, studio=tmp_path / "studio", engine="espeak", deadline_s=60))
    yield one
    await one.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "main.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def edit(file: Path, old: str, new: str) -> None:
    """Save the flow with `new` for `old`, as an editor does: never half written."""
    part = file.with_suffix(".part")
    part.write_text(TEXT.replace(old, new), encoding="utf-8")
    part.rename(file)


def remove(file: Path) -> None:
    file.unlink()


def flow_file(path: Path, voice: SystemVoice, standard: str = "omskenergo", **options: object) -> FlowFile:
    return FlowFile(path, read_standard(STANDARDS, standard), voice, {"supplier": "Пример"}, **options)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@asynccontextmanager
async def watching(source: FlowFile, published: list[Flow]) -> AsyncIterator[None]:
    task = asyncio.create_task(source.watch(published.append, every_s=0.005))
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def refusals(logs: list[dict[str, object]]) -> list[str]:
    return [str(entry["mistake"]) for entry in logs if entry["event"] == "flow_refused"]


async def test_loading_makes_every_sound_beforehand(file: Path, voice: SystemVoice) -> None:
    told: list[tuple[int, int]] = []
    flow = await flow_file(file, voice).load(lambda done, of: told.append((done, of)))
    assert told == [(number, len(told)) for number in range(1, len(told) + 1)] and len(told) >= len(flow.texts) - 1
    made = voice.rendered
    sound = await voice.sound(Phrase(MAIN, "main"))
    assert sound.stat().st_size > 16000
    assert voice.rendered == made  # it was there


async def test_a_menu_that_lasts_too_long_is_refused_with_its_measured_seconds(file: Path, voice: SystemVoice) -> None:
    edit(file, MAIN, LONG)
    seconds = await voice.seconds(Phrase(LONG, "main"))
    assert seconds > 15
    with pytest.raises(ConfigurationError) as refused:
        await flow_file(file, voice).load()
    (mistake,) = [mistake for mistake in refused.value.mistakes if "'say' lasts" in mistake]
    assert str(file) in mistake and f"'say' lasts {seconds:.1f} s, at most 15 s are allowed" in mistake
    assert "Омскэнерго" in mistake


async def test_a_standard_that_sets_no_seconds_takes_it(file: Path, voice: SystemVoice) -> None:
    edit(file, MAIN, LONG)
    assert (await flow_file(file, voice, "rosatom").load()).texts["main"] == LONG


async def test_the_centres_own_hours_go_before_the_flows(file: Path, voice: SystemVoice) -> None:
    own = await flow_file(file, voice, hours={"persons": {"tue-sat": "10:00-18:00"}}).load()
    assert [bool(day) for day in own.queues["persons"].days] == [False, *[True] * 5, False]
    with pytest.raises(ConfigurationError) as refused:
        await flow_file(file, voice, hours={"nobody": {"mon": "10:00-12:00"}, "persons": {"mon": "morning"}}).load()
    assert [mistake.partition(":")[0] for mistake in refused.value.mistakes] == ["hours.nobody", "hours.persons"]


def test_a_standard_nobody_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no standard 'moscow'; there are: .*rosatom"):
        read_standard(STANDARDS, "moscow")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_standard(tmp_path / "none.yaml", "rosatom")


async def test_an_edit_is_published_once(file: Path, voice: SystemVoice) -> None:
    source, published = flow_file(file, voice), list[Flow]()
    before = await source.load()
    edit(file, "До свидания!", "Всего доброго!")  # before the watch has begun
    async with watching(source, published):
        await until(lambda: len(published) == 1)
        assert published[0].version != before.version
        edit(file, "До свидания!", "Спасибо за звонок!")
        await until(lambda: len(published) >= 2)
    assert [flow.texts["bye"] for flow in published] == ["Всего доброго!", "Спасибо за звонок!"]


async def test_a_broken_edit_is_refused_by_file_node_and_rule_and_a_mended_one_taken(
    file: Path, voice: SystemVoice
) -> None:
    source, published = flow_file(file, voice), list[Flow]()
    await source.load()
    with capture_logs() as logs:
        async with watching(source, published):
            edit(file, '"2": bye', '"2": bey')
            await until(lambda: bool(refusals(logs)))
            assert published == []
            edit(file, "До свидания!", "Всего доброго!")
            await until(lambda: len(published) == 1)
    assert any(str(file) in told and "node 'main'" in told and "'bey'" in told for told in refusals(logs))


async def test_a_file_taken_away_and_put_back_is_taken_again(file: Path, voice: SystemVoice) -> None:
    source, published = flow_file(file, voice), list[Flow]()
    await source.load()
    with capture_logs() as logs:
        async with watching(source, published):
            remove(file)
            await until(lambda: bool(refusals(logs)))
            edit(file, "До свидания!", "Всего доброго!")
            await until(lambda: len(published) == 1)
    assert all("cannot be read" in told for told in refusals(logs))


async def test_an_error_nobody_expected_refuses_the_edit_and_the_watch_goes_on(file: Path, voice: SystemVoice) -> None:
    source, tries, published = flow_file(file, voice), [RuntimeError("a fault of ours")], list[Flow]()
    await source.load()

    def publish(flow: Flow) -> None:
        if tries:
            raise tries.pop()
        published.append(flow)

    with capture_logs() as logs:
        task = asyncio.create_task(source.watch(publish, every_s=0.005))
        try:
            edit(file, "До свидания!", "Всего доброго!")
            await until(lambda: bool(refusals(logs)))
            edit(file, "До свидания!", "Спасибо за звонок!")
            await until(lambda: len(published) == 1)
        finally:
            task.cancel()
            await asyncio.wait({task})
    assert refusals(logs) == [f"{file}: RuntimeError"]


async def test_words_that_cannot_be_made_are_named(file: Path, voice: SystemVoice) -> None:
    unmade = SystemVoice(dataclasses.replace(voice._settings, cache=Path("/proc/no-such-place")))
    try:
        with pytest.raises(ConfigurationError, match=r"main\.yaml: /proc/no-such-place"):
            await flow_file(file, unmade).load()
    finally:
        await unmade.close()


async def test_an_engine_that_starts_on_a_broken_flow_takes_the_last_good_one(
    file: Path, voice: SystemVoice, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    good = await flow_file(file, voice, kept=kept).load_or_kept()
    edit(file, "say: recording_notice", "say: nowhere")
    with capture_logs() as logs:
        assert (await flow_file(file, voice, kept=kept).load_or_kept()).version == good.version
    assert any("nowhere" in mistake for mistake in refusals(logs))
    with pytest.raises(ConfigurationError):
        await flow_file(file, voice, kept=kept).load()
    shutil.rmtree(kept)
    with pytest.raises(ConfigurationError):
        await flow_file(file, voice, kept=kept).load_or_kept()


async def test_what_the_last_good_flow_was_made_of_is_kept_whole_and_its_mending_is_seen(
    file: Path, voice: SystemVoice, tmp_path: Path
) -> None:
    own, dates, kept = tmp_path / "own" / "main.yaml", tmp_path / "dates.yaml", tmp_path / "kept"
    own.parent.mkdir()
    own.write_text("extends: ../main.yaml\n", encoding="utf-8")
    dates.write_text("2027-03-03: closed\n", encoding="utf-8")
    good = await flow_file(own, voice, kept=kept, holidays=dates).load()
    dates.write_text("2027-03-03: when we like\n", encoding="utf-8")
    edit(file, '"2": bye', '"2": bey')
    source, published = flow_file(own, voice, kept=kept, holidays=dates), list[Flow]()
    flow = await source.load_or_kept()
    assert (flow.version, flow.queues) == (good.version, good.queues)
    with capture_logs() as logs:
        async with watching(source, published):
            edit(file, "До свидания!", "Всего доброго!")
            await until(lambda: bool(refusals(logs)))
            dates.unlink()
            await until(lambda: len(published) == 1)
    assert published[0].texts["bye"] == "Всего доброго!"


async def test_a_flow_that_was_never_good_here_has_no_copy(file: Path, voice: SystemVoice, tmp_path: Path) -> None:
    kept, other = tmp_path / "own" / "kept", tmp_path / "own" / "main.yaml"
    other.parent.mkdir()
    other.write_text(TEXT, encoding="utf-8")
    await flow_file(other, voice, kept=kept).load()
    edit(file, "say: recording_notice", "say: nowhere")
    with pytest.raises(ConfigurationError, match="nowhere"):
        await flow_file(file, voice, kept=kept).load_or_kept()


async def test_a_copy_that_cannot_be_written_costs_only_the_copy(file: Path, voice: SystemVoice) -> None:
    with capture_logs() as logs:
        await flow_file(file, voice, kept=Path("/proc/no-such-place")).load()
    assert [entry["event"] for entry in logs if entry["log_level"] == "warning"] == ["flow_not_kept"]
