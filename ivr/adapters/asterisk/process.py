"""One Asterisk as a child process: started, asked through its control socket, stopped. The centre's or the city's."""

import asyncio
import re
from asyncio import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ivr.adapters import child
from ivr.adapters.asterisk.layout import Layout
from ivr.adapters.child import Running
from ivr.domain.errors import ConfigurationError, LinkDown

_VERSION = re.compile(r"^Asterisk (?:certified/|GIT-)?(\d+)\.(\d+)", re.MULTILINE)
_LAST_LINES = 15
_NEEDED = (
    ((22, 0), "the long-term line 22"),
    ((22, 1), "stereo recording (MixMonitor's option D) and AMI event filters by name"),
)
"""What the product uses, by the first version of the line 22 that has it (Asterisk's change logs)."""


def missing(version: tuple[int, int]) -> list[str]:
    """What an Asterisk of `version` lacks of what the product uses."""
    return [f"{what} (since {major}.{minor})" for (major, minor), what in _NEEDED if version < (major, minor)]


class AsteriskProcess:
    """Runs the Asterisk of `layout`, whose configuration is already rendered. It lives in a process group of its own,
    so that Ctrl-C at our terminal does not reach it before we have said goodbye to its callers."""

    def __init__(self, layout: Layout, *, boot_timeout_s: float = 30.0, cli_timeout_s: float = 5.0) -> None:
        self.layout = layout
        self._boot_timeout_s = boot_timeout_s
        self._cli_timeout_s = cli_timeout_s
        self._process: Running | None = None

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return None if self._process is None or self._process.returncode is not None else self._process.pid

    @property
    def console(self) -> Path:
        """What it writes to its standard output and error."""
        return self.layout.log / "console.log"

    def command(self, *options: str) -> tuple[str, ...]:
        """The whole command line with `options`. It must run in `layout.state` (see `Layout.run`)."""
        return (*self.layout.installation.command, "-C", str(self.layout.conf / "asterisk.conf"), *options)

    async def version(self) -> tuple[int, int]:
        """Major and minor version. Raises ConfigurationError when it cannot be run or is older than 22."""
        try:
            text = await self._output((*self.layout.installation.command, "-V"), Path("/"))
        except (OSError, LinkDown) as error:
            raise ConfigurationError([f"asterisk.binary: cannot be run: {error}"]) from error
        found = _VERSION.search(text)
        if found is None:
            raise ConfigurationError([f"asterisk.binary: is no Asterisk: it says {text.strip()[:80]!r}"])
        version = (int(found[1]), int(found[2]))
        if lacks := missing(version):
            raise ConfigurationError([f"asterisk.binary: is {version[0]}.{version[1]} and lacks {'; '.join(lacks)}"])
        return version

    async def start(self) -> None:
        """Start it and wait until it is fully booted. Raises ConfigurationError with its last words when it is not."""
        await self.version()
        self.layout.make_folders()
        with self.console.open("wb") as console:
            self._process = await asyncio.create_subprocess_exec(
                *self.command("-f", "-n"),
                cwd=self.layout.state,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                start_new_session=True,
            )
        try:
            async with asyncio.timeout(self._boot_timeout_s):
                await self._booted(self._process)
        except TimeoutError:
            await self.kill()
            raise ConfigurationError([self._failure(f"has not booted in {self._boot_timeout_s:.0f} s")]) from None
        except BaseException:
            await self.kill()
            raise

    def adopt(self, pid: int) -> None:
        """Take over the Asterisk of this layout that runs already, with its talks."""
        self._process = child.Adopted(pid)

    async def _booted(self, process: Running) -> None:
        while process.returncode is None:
            with suppress(LinkDown):
                # It answers only when the boot is over; before the socket is there, the command fails at once.
                if "fully booted" in await self.cli("core waitfullybooted", self._boot_timeout_s):
                    return
            await asyncio.sleep(0.1)
        raise ConfigurationError([self._failure(f"ended with code {process.returncode} while starting")])

    async def cli(self, command: str, timeout_s: float | None = None) -> str:
        """The answer to one command of its console. Raises LinkDown when it does not answer in time."""
        return await self._output(self.command("-rx", command), self.layout.state, timeout_s)

    async def _output(self, command: Sequence[str], folder: Path, timeout_s: float | None = None) -> str:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        try:
            async with asyncio.timeout(timeout_s or self._cli_timeout_s):
                output, _ = await process.communicate()
        except TimeoutError:
            raise LinkDown(f"Asterisk did not answer {command[-1]!r} in time") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        text = output.decode(errors="replace")
        if process.returncode != 0:
            raise LinkDown(f"Asterisk does not take {command[-1]!r}: {text.strip()[-200:]}")
        return text

    async def wait(self) -> int:
        """Wait until it ends; its exit code (negative: the signal). Raises LinkDown when it was never started."""
        if self._process is None:
            raise LinkDown("Asterisk was not started")
        return await self._process.wait()

    async def stop(self, grace_s: float = 0.0, kill_after_s: float = 5.0) -> None:
        """Let calls end for `grace_s` while no new ones are taken, then stop at once; kill what does not obey."""
        if self.pid is None:
            return
        if grace_s > 0 and await self._asked_to_stop("core stop gracefully", grace_s):
            return
        if not await self._asked_to_stop("core stop now", kill_after_s):
            await self.kill()

    async def _asked_to_stop(self, command: str, patience_s: float) -> bool:
        try:
            async with asyncio.timeout(patience_s):
                with suppress(LinkDown):  # it may hang up on its own console before answering
                    await self.cli(command)
                await self.wait()
        except TimeoutError:
            return False
        return True

    async def kill(self) -> None:
        """End it and its children at once."""
        if self._process is not None:
            await child.kill(self._process)

    def words(self, last: int | None = None) -> list[str]:
        """Lines it wrote to its console and its log, the `last` ones of each or all."""
        lines: list[str] = []
        for path in (self.console, self.layout.log / "messages.log"):
            with suppress(OSError):
                lines += path.read_text(encoding="utf-8", errors="replace").splitlines()[-last if last else 0 :]
        return lines

    def _failure(self, what: str) -> str:
        lines = self.words(_LAST_LINES)
        return "\n    ".join([f"Asterisk {what}; its last words:", *(lines or ["(none)"])])
