"""A real Asterisk with as little configuration as the link needs, on free loopback ports."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ivr.adapters.asterisk.ami_events import filter_lines
from ivr.adapters.asterisk.layout import private_copy

REPOSITORY = Path(__file__).parents[3]
MODULES = (
    "pbx_config app_verbose app_playback app_stack app_echo app_senddtmf app_read bridge_simple func_channel "
    "func_callerid func_strings format_wav format_sln codec_ulaw res_timing_timerfd res_speech res_agi "
    "res_audiosocket app_audiosocket app_mixmonitor"
)
SECRET = "a-secret-of-this-test"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RealAsterisk:
    """`start` and `kill` may alternate; ports and configuration stay."""

    def __init__(self, folder: Path) -> None:
        root = Path(os.environ.get("IVR_TEST_ASTERISK_ROOT", REPOSITORY / "var" / "asterisk"))
        self.installation = private_copy(root)
        self.folder = folder
        self.ami_port = free_port()
        self.agi_port = free_port()
        self.process: asyncio.subprocess.Process | None = None
        self._write()

    def _write(self) -> None:
        places = {
            "astetcdir": self.folder,
            "astmoddir": self.installation.modules,
            "astdatadir": self.installation.data,
            "astvarlibdir": self.folder / "lib",
            "astdbdir": self.folder / "lib",
            "astspooldir": self.folder / "spool",
            "astrundir": self.folder / "run",
            "astlogdir": self.folder / "log",
        }
        for name in ("lib", "spool", "run", "log"):
            (self.folder / name).mkdir()
        files = {
            "asterisk.conf": ["[directories]", *(f"{key} => {place}" for key, place in places.items())],
            "logger.conf": ["[logfiles]", "full => notice,warning,error"],
            "modules.conf": ["[modules]", "autoload=no", *(f"load = {name}.so" for name in MODULES.split())],
            "manager.conf": [
                *("[general]", "enabled = yes", "bindaddr = 127.0.0.1", f"port = {self.ami_port}"),
                *("[engine]", f"secret = {SECRET}", "read = system,call,agent,dtmf", "write = all", *filter_lines()),
            ],
            "extensions.conf": [
                "[test]",
                "exten => caller,1,Answer()",
                " same => n,Wait(60)",
                f"exten => agi,1,AGI(agi://127.0.0.1:{self.agi_port}/inbound,первый)",
                " same => n,Verbose(fallback)",
                " same => n,Wait(60)",
                "exten => keys,1,Answer()",
                " same => n,Wait(0.2)",
                " same => n,SendDTMF(42)",
                " same => n,Wait(60)",
                "exten => speaker,1,Answer()",
                " same => n,Wait(1)",
                f" same => n,Playback({self.folder}/words)",
                " same => n,SendDTMF(${KEYS})",
                " same => n,Wait(60)",
            ],
        }
        for name, lines in files.items():
            (self.folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            *(*self.installation.command, "-f", "-C", str(self.folder / "asterisk.conf")),
            cwd=self.folder,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )

    async def kill(self) -> None:
        if self.process is not None and self.process.returncode is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            await self.process.wait()


@pytest.fixture
async def asterisk(tmp_path: Path) -> AsyncIterator[RealAsterisk]:
    real = RealAsterisk(tmp_path)
    await real.start()
    yield real
    await real.kill()
