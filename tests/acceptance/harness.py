"""A whole centre of a test's own: real Asterisk, the real engine as a process, its database, on free loopback ports."""

import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import sys
import urllib.error
import urllib.request
import wave
from asyncio import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ivr import live_callbacks, live_queue
from ivr.adapters.asterisk.conf import render
from ivr.adapters.asterisk.process import AsteriskProcess
from ivr.adapters.files.roster import softphone_secret
from ivr.adapters.speech import SystemVoice
from ivr.asterisk_values import asterisk_values
from ivr.config import Centre, Secrets, load
from ivr.dialogue.limits import SAMPLES
from ivr.dialogue.loader import load as load_flow
from ivr.dialogue.model import Fact, Phrase
from ivr.dialogue.wording import phrase
from ivr.places import Places, layout, voice_settings
from ivr.prepare import FIXED
from ivr.simulate.city.alaw import Sound
from ivr.simulate.city.ear import Ear

REPOSITORY = Path(__file__).resolve().parents[2]
NUMBER = "88005550100"
DEAD_TELEPHONE = "44"  # Q.850: the channel is not available any more
OPEN = {"mon-sun": "00:00-24:00"}
CLOSED = {"mon": "00:00-00:01", "holidays": "open"}  # no holiday has words of its own then


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_range(size: int) -> int:
    """First of `size` UDP ports below those that the kernel gives away, free at both ends."""
    while True:
        first = random.randrange(14000, 31000 - size, 2)
        with contextlib.suppress(OSError):
            for port in (first, first + size - 1):
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                    probe.bind(("127.0.0.1", port))
            return first


def read_sound(path: Path) -> Sound:
    """Samples of a mono 16-bit WAV file, -1…1."""
    with wave.open(str(path)) as sound:
        return np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(np.float32) / 32768


async def until(condition: Callable[[], Any], within_s: float, what: str) -> Any:
    """Poll until it is true and give it. Raises AssertionError naming `what`."""
    deadline = asyncio.get_running_loop().time() + within_s
    while not (value := condition()):
        assert asyncio.get_running_loop().time() < deadline, f"not in {within_s} s: {what}"
        await asyncio.sleep(0.05)
    return value


class CentreUnderTest:
    """`hours` of all queues are the test's own, so that none depends on the time of day it runs at. `trunk`: the port
    that customers are dialled through."""

    def __init__(
        self,
        folder: Path,
        asterisk_root: Path,
        sounds: Path,
        *,
        hours: Mapping[str, str] = OPEN,
        trunk: int = 0,
        **settings: object,
    ) -> None:
        self.folder = folder
        shutil.copytree(REPOSITORY / "dialplans", folder / "dialplans")
        self.flow_file = folder / "dialplans/rosatom/main.yaml"
        rtp = free_range(400)
        self.config_file = folder / "config.yaml"
        self.config_file.write_text(
            yaml.safe_dump(
                {
                    "agents": str(REPOSITORY / "agents"),
                    "sample": True,
                    "sip": {
                        "port": free_port(socket.SOCK_DGRAM),
                        "rtp_first": rtp,
                        "rtp_last": rtp + 399,
                        "trunk": f"127.0.0.1:{trunk}" if trunk else "",
                    },
                    "asterisk": {
                        "private_root": str(asterisk_root),
                        "ami_port": free_port(),
                        "reconnect_cap_s": 1.0,
                    },
                    "fastagi": {"port": free_port()},
                    "web": {"port": free_port()},
                    "speech": {"cache": str(sounds)},
                    "hearing": {"engine": "off"},  # test_voice.py switches it on; all others are of keys
                    "shutdown_grace_s": 0,
                    "queue": {"wrap_up_s": 0},
                    "hours": {"persons": dict(hours), "companies": dict(hours)},
                    **settings,
                }
            ),
            encoding="utf-8",
        )
        self.secrets = Secrets(ami_secret="a" * 24, operator_secret="o" * 24)
        self.centre: Centre = load(self.config_file)
        self.places = Places.of(self.centre)
        self.asterisk = AsteriskProcess(layout(self.centre))
        self.engine: subprocess.Process | None = None
        self.log = folder / "engine.log"

    # ── Starting and breaking ──

    def _environment(self) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if name != "PYTHONASYNCIODEBUG"} | {
            "IVR_AMI_SECRET": self.secrets.ami_secret.get_secret_value(),
            "IVR_OPERATOR_SECRET": self.secrets.operator_secret.get_secret_value(),
            "PYTHONPATH": str(REPOSITORY),
        }

    async def command(self, *words: str, wrapper: Sequence[str] = (), log: Path | None = None) -> subprocess.Process:
        """`ivr WORDS` as a process of its own."""
        with (log or self.log).open("ab") as sink:
            return await asyncio.create_subprocess_exec(
                *wrapper,
                sys.executable,
                "-m",
                "ivr",
                *words,
                "--config",
                str(self.config_file),
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )

    async def prepare(self) -> None:
        process = await self.command("prepare")
        assert await process.wait() == 0, self.log.read_text(encoding="utf-8")[-3000:]

    async def start_asterisk(self) -> None:
        self.asterisk.layout.make_folders()
        self.places.make()
        render(
            self.places.templates,
            self.asterisk.layout.conf,
            asterisk_values(self.centre, self.secrets, self.asterisk.layout),
        )
        await self.asterisk.start()

    async def start_engine(self, wrapper: Sequence[str] = ()) -> None:
        self.engine = await self.command("engine", wrapper=wrapper)
        await self.ready()

    async def ready(self, within_s: float = 30.0) -> None:
        def answers() -> bool:
            assert self.engine is not None
            assert self.engine.returncode is None, self.log.read_text(encoding="utf-8")[-3000:]
            return bool(self.health().get("ready"))

        await until(answers, within_s, "the engine is ready")

    def health(self) -> dict[str, Any]:
        return self.get("health")

    def get(self, path: str) -> dict[str, Any]:
        """JSON of the web port; {} when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.centre.web.port}/{path}", timeout=5) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            with error:
                return dict(json.load(error))
        except OSError:
            return {}

    async def kill_engine(self) -> None:
        """kill -9, its rendering processes with it."""
        assert self.engine is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.engine.pid, signal.SIGKILL)
        await self.engine.wait()

    async def start(self) -> None:
        await self.prepare()
        await self.start_asterisk()
        await self.start_engine()

    async def stop(self) -> None:
        if self.engine is not None and self.engine.returncode is None:
            await self.kill_engine()
        await self.asterisk.kill()

    async def restart_asterisk(self) -> None:
        """As a crash is: killed, then started again."""
        await self.asterisk.kill()
        await self.asterisk.start()

    def softphone_secret(self, extension: str) -> str:
        return softphone_secret(self.secrets.operator_secret.get_secret_value(), extension)

    # ── What was stored ──

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        with contextlib.closing(sqlite3.connect(self.folder / "var/ivr.db", timeout=10)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(query, values)]

    def call_of(self, caller: str) -> dict[str, Any]:
        """The one call of this caller."""
        found = self.rows("SELECT * FROM calls WHERE caller = ?", caller)
        return found[0] if len(found) == 1 else {}

    async def ended(self, caller: str, within_s: float = 15.0) -> dict[str, Any]:
        """The call of this caller, when it is closed and its recording is finished."""

        def closed() -> dict[str, Any] | None:
            call = self.call_of(caller)
            done = call and call["ended_at"] and call["recording"].endswith(".wav")
            return call if done else None

        return dict(await until(closed, within_s, f"the call of {caller} is closed: {self.call_of(caller)}"))

    def steps(self, call_id: str) -> list[dict[str, Any]]:
        return self.rows("SELECT * FROM call_steps WHERE call_id = ? ORDER BY number", call_id)

    def recording(self, call: Mapping[str, Any]) -> Path:
        return self.places.recordings / str(call["recording"])

    def both_sides(self, call: Mapping[str, Any]) -> tuple[Sound, Sound]:
        """What the caller said and what he heard, of his recording."""
        with wave.open(str(self.recording(call))) as recording:
            sound = np.frombuffer(recording.readframes(recording.getnframes()), "<i2").reshape(-1, 2) / 32768
        said, heard = (np.ascontiguousarray(sound[:, side], dtype=np.float32) for side in (0, 1))
        return said, heard


class Sounds:
    """Gives an ear that knows what the centre can say: static texts by their names, dynamic ones as they are added."""

    def __init__(self, centre: CentreUnderTest) -> None:
        self._centre = centre
        self._flow = load_flow(centre.flow_file.read_text(encoding="utf-8"), "main.yaml")

    async def ear(self, *recorded: tuple[str, Path], **dynamic: Mapping[str, Fact]) -> Ear:
        """`dynamic`: text name → its facts; other texts with placeholders are said with the sample facts. `recorded`:
        sounds that no text says, by name."""
        facts = {**SAMPLES, "supplier": self._centre.centre.supplier}
        phrases = {f"fixed_{name}": Phrase(text, name) for name, text in FIXED.items() if name != "notice"}
        phrases |= {words.name: words for words in live_queue.PHRASES}
        phrases["callback_told"] = live_callbacks.told(self._centre.centre.supplier)
        for name, template in self._flow.texts.items():
            with contextlib.suppress(Exception):  # a text whose facts only a call knows
                phrases[name] = phrase(template, {**facts, **dynamic.get(name, {})}, name)
        voice = SystemVoice(voice_settings(self._centre.centre))
        try:
            sounds = {name: read_sound(await voice.sound(words)) for name, words in phrases.items()}
            return Ear(sounds | {name: read_sound(path) for name, path in recorded})
        finally:
            await voice.close()
