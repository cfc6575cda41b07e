"""The recogniser that config.yaml wants: ready, off, or named with what is wrong."""

import asyncio
import re
import shutil
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from ivr.adapters.asterisk.speech_turns import SpeechTurns
from ivr.adapters.files.phrases import PhraseFolder
from ivr.config import Centre
from ivr.dialogue.asks import Number
from ivr.dialogue.model import Digits, Gather, Spoken
from ivr.domain.call import CallId
from ivr.domain.errors import ConfigurationError
from ivr.hearing import SHIPPED, checked, models_of, open_ears, open_phrases, unknown_words
from ivr.service.phrases import HeardPhrase, Why
from tests.flows.scenario import preset
from tests.integration.recognition.server import Server, serving


def centre(home: Path, **hearing: Any) -> Centre:
    return Centre.model_validate({"home": home, "hearing": hearing})


async def opened(one: Centre) -> tuple[SpeechTurns | None, list[dict[str, Any]]]:
    with capture_logs() as logs:
        async with AsyncExitStack() as stack:
            return await open_ears(one, stack), [dict(log) for log in logs]
    raise AssertionError


async def test_the_model_that_ships_hears_in_any_centre(tmp_path: Path) -> None:
    await checked(centre(tmp_path))
    turns, logs = await opened(centre(tmp_path))
    assert turns is not None
    assert [(log["event"], log["recogniser"]) for log in logs] == [("speech_recognition_ready", "ivr-ru-phone-8k")]


async def test_a_centre_may_be_deaf_on_purpose(tmp_path: Path) -> None:
    await checked(centre(tmp_path, engine="off"))
    assert await opened(centre(tmp_path, engine="off")) == (None, [])


def spoilt(home: Path) -> None:
    shutil.copytree(SHIPPED / "ivr-ru-phone-8k", home / "var/asr_models/ivr-ru-phone-8k")
    (home / "var/asr_models/ivr-ru-phone-8k/am/final.mdl").write_bytes(b"")


@pytest.mark.parametrize("other", ["", "another"])
async def test_a_model_that_is_broken_is_named_and_the_next_one_hears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    """A compiled copy by what it was made of; when that is not there, by another."""
    spoilt(tmp_path)
    next_one = SHIPPED / "ivr-ru-phone-8k"
    if other:
        next_one = tmp_path / "asr_models" / other
        shutil.copytree(SHIPPED / "ivr-ru-phone-8k", next_one)
        monkeypatch.setattr("ivr.hearing.SHIPPED", tmp_path / "none")
    broken = centre(tmp_path, model="ivr-ru-phone-8k")
    with pytest.raises(ConfigurationError, match="asr_models/ivr-ru-phone-8k: the model does not load") as refused:
        await checked(broken)
    reason, instead = refused.value.mistakes
    assert instead == f"callers are heard by {next_one} until this is mended"
    turns, logs = await opened(broken)
    assert turns is not None
    assert [(log["event"], log.get("reason"), log.get("recogniser")) for log in logs] == [
        ("speech_model_refused", reason, None),
        ("speech_recognition_ready", None, next_one.name),
    ]


@pytest.mark.parametrize(
    ("hearing", "told"),
    [
        ({}, "the model does not load"),
        ({"model": "vosk-large"}, "no speech model vosk-large; there are: ivr-ru-phone-8k"),
    ],
)
async def test_what_does_not_work_is_named_and_keys_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hearing: dict[str, str], told: str
) -> None:
    spoilt(tmp_path)
    monkeypatch.setattr("ivr.hearing.SHIPPED", tmp_path / "none")
    with pytest.raises(ConfigurationError, match=told):
        await checked(centre(tmp_path, **hearing))
    turns, logs = await opened(centre(tmp_path, **hearing))
    assert turns is None
    assert logs[-1]["event"] == "speech_recognition_off"
    assert re.search(told, str([log["reason"] for log in logs]))


async def test_a_vosk_server_hears(tmp_path: Path) -> None:
    async with serving() as server:
        assert isinstance(server, Server)
        one = centre(tmp_path, engine="server", server=server.url)
        await checked(one)
        turns, logs = await opened(one)
        assert turns is not None and turns.hears
        assert [(log["event"], log["recogniser"]) for log in logs] == [("speech_recognition_ready", server.url)]


async def test_a_server_that_starts_later_hears_from_then_on_and_one_that_goes_is_missed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    monkeypatch.setattr("ivr.hearing.LOOK_S", 0.05)
    one = centre(tmp_path, engine="server", server=f"ws://127.0.0.1:{unused_tcp_port}/")
    with pytest.raises(ConfigurationError, match="does not recognise"):
        await checked(one)

    async def until(turns: SpeechTurns, hears: bool) -> None:
        async with asyncio.timeout(10):
            while turns.hears is not hears:  # noqa: ASYNC110 - it tells nobody but its log
                await asyncio.sleep(0.01)

    with capture_logs() as logs:
        async with AsyncExitStack() as stack:
            turns = await open_ears(one, stack)
            assert turns is not None and turns.hears is False
            await asyncio.sleep(0.2)
            async with serving(unused_tcp_port):
                await until(turns, True)
            await until(turns, False)
    told = [log["event"] for log in logs]
    assert told == ["speech_recognition_off", "speech_recognition_ready", "speech_recognition_off"]
    assert "keys" in logs[0]["instead"]


def test_a_server_needs_its_address(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needs the key server"):
        centre(tmp_path, engine="server")


def test_models_of_the_centres_own_are_found_beside_the_shipped_one(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED / "ivr-ru-phone-8k", tmp_path / "models/large")
    assert [model.folder.name for model in models_of(centre(tmp_path, models="models"))] == ["ivr-ru-phone-8k", "large"]


def now() -> datetime:
    return datetime.now(UTC)


async def kept(one: Centre) -> list[str]:
    """A phrase is heard by this centre; what lies in its folder then."""
    async with AsyncExitStack() as stack:
        phrases = (await open_phrases(one, stack)).of(CallId("c"), now)
        if phrases is not None:
            phrases.heard("reading", Gather((), Digits(1, 7), asks=Number(1, 7)), Spoken((), sound=bytes(1600)), ())
    return [path.suffix for path in sorted(one.path(one.hearing.kept).glob("2*"))]


async def test_phrases_are_kept_only_where_config_yaml_says_so(tmp_path: Path) -> None:
    assert await kept(centre(tmp_path)) == []
    assert await kept(centre(tmp_path, keep=True)) == [".jsonl", ".wav"]


async def test_what_is_too_old_goes_when_the_engine_starts_also_where_nothing_is_kept_any_more(tmp_path: Path) -> None:
    folder = PhraseFolder(tmp_path / "var/phrases")
    for days in (1, 20):
        at = now() - timedelta(days=days)
        folder.keep(HeardPhrase("c", at, "reading", "n", bytes(1600), "", "", 0.0, Why.REFUSED))
    assert await kept(centre(tmp_path, keep_days=7)) == [".jsonl", ".wav"]
    assert len(folder.all()) == 1


async def test_a_folder_that_cannot_be_read_stops_no_engine(tmp_path: Path) -> None:
    (tmp_path / "var/phrases").mkdir(parents=True)
    (tmp_path / "var/phrases/2026-01-01.jsonl").mkdir()
    with capture_logs() as logs:
        await kept(centre(tmp_path))
    assert [log["event"] for log in logs] == ["old_phrases_not_forgotten"]


def test_words_that_the_model_does_not_know_are_named(tmp_path: Path) -> None:
    flow = preset("rosatom")
    assert unknown_words(centre(tmp_path), flow) == []
    strange = replace(flow, phrases={"news": ("квантовая хромодинамика", "новости")})
    (told,) = unknown_words(centre(tmp_path), strange)
    assert "does not know the words квантовая, хромодинамика" in told and "ivr speech compile" in told
    assert unknown_words(centre(tmp_path, engine="off"), strange) == []
