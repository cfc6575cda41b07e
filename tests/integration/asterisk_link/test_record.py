"""What a caller says is recorded on a real Asterisk: whole, under its own name, or not at all."""

import asyncio
import math
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import numpy as np
import pytest

from ivr.adapters.asterisk.agi_connection import AgiConnection
from ivr.adapters.asterisk.agi_server import AgiServer
from ivr.adapters.asterisk.ami_link import AmiLink
from ivr.adapters.asterisk.phone import AsteriskPhone
from ivr.adapters.asterisk.tones import ToneFeed
from ivr.dialogue.model import Phrase, Record, Taken
from ivr.domain.errors import CallerHungUp, PhoneFailed

from .conftest import RealAsterisk
from .test_real_asterisk import connected

RATE = 8000
WORDS_S = 2.0


class Voice:
    """Every phrase is a tenth of a second of silence."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "quiet.wav"
        write(self._path, np.zeros(RATE // 10))

    async def sound(self, phrase: Phrase) -> Path:
        return self._path

    async def seconds(self, phrase: Phrase) -> float:
        return 0.1


def write(path: Path, samples: np.ndarray) -> None:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(samples.astype("<i2").tobytes())


@asynccontextmanager
async def recording(
    asterisk: RealAsterisk, record: Record, *, keys: str = "#", then_silent_s: float = 0, takes: Path | None
) -> AsyncIterator[tuple[AmiLink, "asyncio.Future[Taken]"]]:
    """A caller speaks for two seconds and presses `keys`; gives the link and what became of the recording."""
    time = np.arange(int(RATE * WORDS_S)) / RATE
    said = 9000 * np.sin(2 * math.pi * 500 * time)
    write(asterisk.folder / "words.wav", np.concatenate([said, np.zeros(int(RATE * then_silent_s))]))
    voice = Voice(asterisk.folder)
    done: asyncio.Future[Taken] = asyncio.get_running_loop().create_future()

    async def handler(connection: AgiConnection) -> None:
        await connection.set_variable("CHANNEL(language)", "ru")
        phone = AsteriskPhone(connection, voice, ToneFeed(), asterisk.folder, lambda: False, takes)
        try:
            done.set_result(await phone.record(record))
        except (CallerHungUp, PhoneFailed) as error:
            done.set_exception(error)

    server = AgiServer("127.0.0.1", asterisk.agi_port, handler, max_calls=1, header_timeout_s=5, command_timeout_s=5)
    await server.start()
    try:
        async with connected(asterisk) as link:
            call = {"Channel": "Local/speaker@test", "Context": "test", "Exten": "agi", "Priority": "1"}
            await link.action("Originate", {**call, "Async": "true", "Variable": [f"__KEYS={keys}"]})
            async with asyncio.timeout(60):
                yield link, done
    finally:
        await server.stop(0)


PROMPT = (Phrase("После сигнала скажите новость."),)


def heard_s(path: Path) -> float:
    """Seconds of the caller's own tone."""
    with wave.open(str(path)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, RATE)
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
    return float(np.count_nonzero(np.abs(samples) > 1000) / RATE)


async def test_a_hash_ends_the_recording(asterisk: RealAsterisk, tmp_path: Path) -> None:
    takes = tmp_path / "takes of news"
    takes.mkdir()
    async with recording(asterisk, Record(PROMPT, 30, 10), takes=takes) as (_, done):
        taken = await done
    assert [path.name for path in takes.iterdir()] == [taken.sound]
    assert heard_s(takes / taken.sound) == pytest.approx(WORDS_S * 0.93, abs=0.4)
    assert taken.seconds >= WORDS_S - 0.3


async def test_silence_ends_it(asterisk: RealAsterisk, tmp_path: Path) -> None:
    async with recording(asterisk, Record(PROMPT, 30, 2), keys="w", then_silent_s=8, takes=tmp_path) as (_, done):
        taken = await done
    assert heard_s(tmp_path / taken.sound) == pytest.approx(WORDS_S * 0.93, abs=0.4)
    assert taken.seconds < 8


async def test_the_length_ends_it(asterisk: RealAsterisk, tmp_path: Path) -> None:
    async with recording(asterisk, Record(PROMPT, 2, 20), keys="w", takes=tmp_path) as (_, done):
        taken = await done
    assert 1.5 < taken.seconds < 2.5


async def test_a_caller_who_hangs_up_leaves_nothing(asterisk: RealAsterisk, tmp_path: Path) -> None:
    takes = tmp_path / "takes"
    takes.mkdir()
    async with recording(asterisk, Record(PROMPT, 30, 20), keys="w", takes=takes) as (link, done):
        while not any(takes.iterdir()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        for channel in await link.action_list("CoreShowChannels"):
            with suppress(PhoneFailed):
                await link.action("Hangup", {"Channel": channel.get("Channel")})
        with pytest.raises(CallerHungUp):
            await done
    assert list(takes.iterdir()) == []


@pytest.mark.parametrize("there", [True, False])
async def test_a_folder_that_takes_nothing_is_named(asterisk: RealAsterisk, tmp_path: Path, there: bool) -> None:
    async with recording(asterisk, Record(PROMPT, 5, 2), takes=tmp_path / "missing" if there else None) as (_, done):
        with pytest.raises(PhoneFailed):
            await done
