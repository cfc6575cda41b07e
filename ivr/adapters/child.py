"""Processes as we hold them: our own children, and those of a supervisor before us."""

import asyncio
import os
import signal
from asyncio import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

_LOG_LIMIT = 20_000_000


class Running(Protocol):
    """What both kinds have. `returncode` is None while it runs."""

    @property
    def pid(self) -> int: ...

    @property
    def returncode(self) -> int | None: ...

    async def wait(self) -> int: ...


class Adopted:
    """A process that is not our child. How it ends cannot be known, so its code is -1."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = asyncio.Event()
        self._handle = os.pidfd_open(pid)
        asyncio.get_running_loop().add_reader(self._handle, self._end)

    def _end(self) -> None:
        asyncio.get_running_loop().remove_reader(self._handle)
        os.close(self._handle)
        self.returncode = -1
        self._ended.set()

    async def wait(self) -> int:
        await self._ended.wait()
        return -1


async def start(command: Sequence[str], folder: Path, log: Path, environment: Mapping[str, str]) -> Running:
    """Start it in a process group of its own; what it says goes to `log`, renamed when it has grown long."""
    _keep_short(log)
    with log.open("ab") as sink:
        return await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )


def _keep_short(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".1.log"))


async def stop(process: Running, patience_s: float) -> None:
    """SIGTERM; after `patience_s`, or when cancelled, SIGKILL to it and all its children."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)
        try:
            async with asyncio.timeout(patience_s):
                await process.wait()
        except TimeoutError:
            pass
        finally:
            if process.returncode is None:
                await kill(process)


async def kill(process: Running) -> None:
    """SIGKILL to it and all its children, and wait until it is gone."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
