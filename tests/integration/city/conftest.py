"""A city, and a stub of a centre for it to ring: the product's Asterisk configuration with the test's own dialplan."""

import os
import socket
import subprocess
from collections.abc import AsyncIterator, Callable
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from ivr.adapters.asterisk.conf import AsteriskValues, Line, render
from ivr.adapters.asterisk.layout import Layout, private_copy
from ivr.adapters.asterisk.process import AsteriskProcess
from ivr.adapters.speech.samples import level, telephone, trim
from ivr.adapters.speech.wavefile import read_wav, write_wav
from ivr.simulate.city.alaw import Sound
from ivr.simulate.city.ear import Ear
from ivr.simulate.city.network import City, CitySettings
from ivr.simulate.city.people import OperatorPhone

REPOSITORY = Path(__file__).parents[3]
SECRET = "s" * 24
ASTERISK = Path(os.environ.get("IVR_TEST_ASTERISK_ROOT", REPOSITORY / "var" / "asterisk"))
PROMPTS = {
    "notice": "Здравствуйте! Все разговоры записываются.",
    "menu": "Передать показания — нажмите один. Оператор — ноль.",
    "ask": "Наберите десять цифр лицевого счёта.",
    "thanks": "Показание принято. Спасибо!",
    "refused": "Показание не принято. Проверьте цифры.",
    "bye": "Спасибо за звонок. До свидания!",
}
WORDS = {
    "operator": "Оператор Мария, слушаю вас.",
    "caller": "Добрый день, у меня погас свет.",
}
DIALPLAN = """
[inbound]
exten => 100,1,MixMonitor({recording},D)
 same => n,Answer()
 same => n,Playback({sounds}/notice)
 same => n,Read(KEY,{sounds}/menu,1,,1,5)
 same => n,GotoIf($["${{KEY}}" = "0"]?operator)
 same => n,Read(NUMBER,{sounds}/ask,,,1,5)
 same => n,GotoIf($["${{KEY}}${{NUMBER}}" = "11234567890"]?thanks)
 same => n,Playback({sounds}/refused)
 same => n,Hangup(16)
 same => n(thanks),Playback({sounds}/thanks&{sounds}/bye)
 same => n,Hangup(16)
 same => n(operator),Queue(fallback,,,,15)
 same => n,Playback({sounds}/bye)
 same => n,Hangup(16)
exten => 200,1,Hangup(17)
exten => 300,1,Answer()
 same => n,Wait(60)
exten => 400,1,Answer()
 same => n,Playback({sounds}/notice)
 same => n,Wait(2)
 same => n,Playback({sounds}/bye)
 same => n,Hangup(16)
"""


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of all prompts and words as telephone sound, spoken by the real espeak-ng."""
    folder = tmp_path_factory.mktemp("sounds")
    for name, text in (PROMPTS | WORDS).items():
        raw = folder / f"{name}-raw.wav"
        subprocess.run(["espeak-ng", "-v", "ru", "-s", "150", "-w", str(raw), text], check=True)
        samples, rate = read_wav(raw)
        raw.unlink()
        write_wav(folder / f"{name}.wav", level(trim(telephone(samples, rate)), -23.0))
    return folder


def sound(folder: Path, name: str) -> Sound:
    return read_wav(folder / f"{name}.wav")[0].astype(np.float32)


@pytest.fixture(scope="session")
def ear(sounds: Path) -> Ear:
    return Ear({name: sound(sounds, name) for name in PROMPTS | WORDS})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where centre and city lie. The centre's recording of the last call to 100 is centre.raw here."""
    return tmp_path_factory.mktemp("network")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre(folder: Path, sounds: Path) -> AsyncIterator[tuple[str, int]]:
    """Its SIP address."""
    layout = Layout(private_copy(ASTERISK), folder / "centre")
    values = AsteriskValues(
        layout=layout,
        node="centre",
        sip_host="127.0.0.1",
        sip_port=free_port(socket.SOCK_DGRAM),
        rtp_first=18000,
        rtp_last=18999,
        ami_port=free_port(socket.SOCK_STREAM),
        ami_secret=SECRET,
        music=sounds,
        operators=(Line("101", SECRET), Line("102", SECRET, penalty=1)),
        values={"agi_host": "127.0.0.1", "agi_port": 1, "fallback_timeout_s": 20}
        | {name: folder for name in ("recordings_dir", "journal_dir", "sounds_dir")},
    )
    render(REPOSITORY / "dialplans" / "asterisk", layout.conf, values)
    dialplan = DIALPLAN.format(sounds=sounds, recording=folder / "centre.raw")
    (layout.conf / "extensions.conf").write_text(dialplan, encoding="utf-8")
    asterisk = AsteriskProcess(layout)
    await asterisk.start()
    yield "127.0.0.1", values.sip_port
    await asterisk.kill()


@pytest.fixture(scope="module")
def one_phone() -> OperatorPhone:
    return OperatorPhone("101")


@pytest.fixture
def phone(one_phone: OperatorPhone) -> OperatorPhone:
    """The operator's telephone of the city, as it was in the beginning."""
    fresh = OperatorPhone(one_phone.extension)
    for entry in fields(fresh):
        setattr(one_phone, entry.name, getattr(fresh, entry.name))
    return one_phone


@pytest.fixture(scope="module")
def city_settings(centre: tuple[str, int]) -> Callable[[Path], CitySettings]:
    """Makes the settings of a city in a folder of its own, on ports of its own."""

    def make(state: Path) -> CitySettings:
        return CitySettings(
            installation=private_copy(ASTERISK),
            state=state,
            templates=REPOSITORY / "dialplans" / "city",
            centre=centre,
            secret=lambda _: SECRET,
            sip_port=free_port(socket.SOCK_DGRAM),
            ami_port=free_port(socket.SOCK_STREAM),
            limit_s=60,
        )

    return make


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(
    folder: Path, city_settings: Callable[[Path], CitySettings], one_phone: OperatorPhone, ear: Ear, sounds: Path
) -> AsyncIterator[City]:
    async def voice(words: str) -> Path:
        return sounds / f"{next(name for name, text in WORDS.items() if text == words)}.wav"

    async with City(city_settings(folder / "city"), [one_phone], ear=ear, voice=voice) as running:
        await running.registered()
        yield running
