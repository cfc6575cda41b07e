"""The supervisor behind `ivr run`: Asterisk and the engine as two children that die and return apart from each other.

A killed engine leaves Asterisk and its talks alone and comes back by itself; a killed Asterisk is started again while
the engine reconnects. When the supervisor itself is killed, both live on, and the next start finds them.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

import aiohttp

from ivr.adapters import child
from ivr.adapters.asterisk.conf import render
from ivr.adapters.asterisk.process import AsteriskProcess
from ivr.adapters.child import Running
from ivr.adapters.leftovers import ProcessBook
from ivr.adapters.ports import Port
from ivr.adapters.ports import mistakes as port_mistakes
from ivr.asterisk_values import asterisk_values
from ivr.config import Centre, Secrets
from ivr.domain.errors import ConfigurationError, LinkDown
from ivr.places import Places, layout

Say = Callable[[str], None]
REPOSITORY = Path(__file__).resolve().parent.parent
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0
READY_S = 60.0
_ASKING = aiohttp.ClientTimeout(total=2)
STEADY_S = 60.0
"""A child that lived so long is started again without having to wait for its earlier failures."""


def ports(centre: Centre) -> tuple[list[Port], list[Port]]:
    """Ports that Asterisk opens, and those that the engine opens. Asterisk finds free ones for sound by itself."""
    asterisk = [
        Port("sip.port", centre.sip.host, centre.sip.port, "udp"),
        Port("asterisk.ami_port", "127.0.0.1", centre.asterisk.ami_port, "tcp"),
    ]
    engine = [
        Port("fastagi.port", centre.fastagi.host, centre.fastagi.port, "tcp"),
        Port("web.port", centre.web.host, centre.web.port, "tcp"),
    ]
    return asterisk, engine


def tell(line: str) -> None:
    print(line, flush=True)


def engine_command(config: Path) -> list[str]:
    return [sys.executable, "-m", "ivr", "engine", "--config", str(config.resolve())]


async def launch(
    centre: Centre, secrets: Secrets, config: Path, say: Say = tell, engine: Sequence[str] | None = None
) -> int:
    """Run the centre until SIGINT or SIGTERM, then give 0. A second signal skips the grace.

    `engine` is the engine's command, where it is not the product's own. Raises ConfigurationError when the centre
    cannot be started; then nothing of it is left running.
    """
    stop, hurry = asyncio.Event(), asyncio.Event()

    def signalled() -> None:
        (hurry if stop.is_set() else stop).set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, signalled)
    supervisor = Supervisor(centre, secrets, engine or engine_command(config), say)
    running = asyncio.create_task(supervisor.run())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        stopping.cancel()
        running.cancel()
        await asyncio.wait({running})
        await supervisor.stop(hurry)
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
    return 0


class Supervisor:
    """Holds the two children. `run` never ends by itself; `stop` ends what it started."""

    def __init__(self, centre: Centre, secrets: Secrets, engine: Sequence[str], say: Say) -> None:
        self._centre = centre
        self._secrets = secrets
        self._command = engine
        self._say = say
        self._values = asterisk_values(centre, secrets, layout(centre))
        self._asterisk = AsteriskProcess(self._values.layout)
        self._engine: Running | None = None
        self._log = self._values.layout.log / "engine.log"
        self._said_before = 0  # bytes of the log, by earlier engines
        self._book = ProcessBook(self._values.layout.state / "processes.json")
        self._ours = False

    async def run(self) -> None:
        places = Places.of(self._centre)
        places.make()
        self._values.layout.make_folders()
        await self._clear_the_ground(places)
        if self._asterisk.pid is None:
            await self._start_asterisk()
        await self._start_engine()
        await self._until_ready()
        self._welcome()
        async with asyncio.TaskGroup() as children:
            children.create_task(self._keep("Asterisk", self._asterisk.wait, self._start_asterisk))
            children.create_task(self._keep("The engine", self._engine_wait, self._start_engine))

    async def stop(self, hurry: asyncio.Event) -> None:
        """Engine first, so that no dialogue is cut; then Asterisk, when its talks have ended. `hurry` ends patience."""
        if not self._ours:
            return
        self._say("Stopping; Ctrl-C again to stop at once")
        leaving = asyncio.create_task(self._leave())
        hurrying = asyncio.create_task(hurry.wait())
        await asyncio.wait({leaving, hurrying}, return_when=asyncio.FIRST_COMPLETED)
        hurrying.cancel()
        if not leaving.done():
            leaving.cancel()
        await asyncio.wait({leaving})
        if self._engine is not None and self._engine.returncode is None:
            await child.kill(self._engine)
        await self._asterisk.stop()
        for name in ("engine", "asterisk", "supervisor"):
            self._book.write(name, None)
        self._say("Stopped")

    async def _leave(self) -> None:
        grace_s = self._centre.shutdown_grace_s
        if self._engine is not None:
            await child.stop(self._engine, grace_s + 5)
        await self._asterisk.stop(grace_s)

    # ── What a killed supervisor left ──

    async def _clear_the_ground(self, places: Places) -> None:
        left = self._book.alive()
        if "supervisor" in left:
            raise ConfigurationError([f"The centre runs already (process {left['supervisor']}); stop that one first"])
        self._book.write("supervisor", os.getpid())
        self._ours = True
        if "engine" in left:
            self._say(f"Stopping the engine that an earlier start left behind (process {left['engine']})")
            await child.stop(child.Adopted(left["engine"]), self._centre.shutdown_grace_s + 5)
        changed = render(places.templates, self._values.layout.conf, self._values)
        if "asterisk" in left:
            await self._take_over(left["asterisk"], changed)
        asterisk, engine = ports(self._centre)
        wanted = engine if self._asterisk.pid else asterisk + engine
        if mistakes := port_mistakes(wanted):
            raise ConfigurationError(mistakes)

    async def _take_over(self, pid: int, changed: bool) -> None:
        self._asterisk.adopt(pid)
        if not changed:
            with suppress(LinkDown):
                await self._asterisk.cli("core show uptime")
                self._say(f"Taking over Asterisk and its calls from an earlier start (process {pid})")
                return
        self._say(f"Stopping the Asterisk that an earlier start left behind (process {pid})")
        await self._asterisk.stop(self._centre.shutdown_grace_s)

    # ── The children ──

    async def _start_asterisk(self) -> None:
        self._say("Starting Asterisk")
        await self._asterisk.start()
        self._book.write("asterisk", self._asterisk.pid)

    async def _start_engine(self) -> None:
        self._say("Starting the engine")
        environment = os.environ | {
            "IVR_AMI_SECRET": self._secrets.ami_secret.get_secret_value(),
            "IVR_OPERATOR_SECRET": self._secrets.operator_secret.get_secret_value(),
            "PYTHONPATH": str(REPOSITORY),
        }
        self._said_before = self._log.stat().st_size if self._log.exists() else 0
        self._engine = await child.start(self._command, self._centre.home, self._log, environment)
        self._book.write("engine", self._engine.pid)

    async def _engine_wait(self) -> int:
        assert self._engine is not None
        return await self._engine.wait()

    async def _keep(self, name: str, wait: Callable[[], Awaitable[int]], start: Callable[[], Awaitable[None]]) -> None:
        """Start the child again whenever it ends. Pauses double up to a cap."""
        loop = asyncio.get_running_loop()
        pause_s = FIRST_PAUSE_S
        while True:
            begun = loop.time()
            code = await wait()
            if loop.time() - begun > STEADY_S:
                pause_s = FIRST_PAUSE_S
            self._say(f"{name} ended ({_meaning(code)}); starting it again in {pause_s:.1f} s")
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            try:
                await start()
            except (ConfigurationError, OSError) as error:
                self._say(str(error))

    async def _until_ready(self) -> None:
        """Wait for the engine's own word."""
        assert self._engine is not None
        url = f"http://{_reachable(self._centre.web.host)}:{self._centre.web.port}/health"
        said = "nothing"
        try:
            async with asyncio.timeout(READY_S), aiohttp.ClientSession(timeout=_ASKING) as session:
                while self._engine.returncode is None:
                    with suppress(aiohttp.ClientError, TimeoutError):
                        async with session.get(url) as answer:
                            if answer.status == 200:
                                return
                            said = await answer.text()
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise ConfigurationError([f"The engine is not ready after {READY_S:.0f} s: {url} says {said}"]) from None
        how = _meaning(self._engine.returncode)
        raise ConfigurationError([f"The engine ended ({how}) while starting; its last words:", *self._words()])

    def _words(self) -> list[str]:
        """The last of what this engine has said; the log has that of earlier ones too, unless it was begun anew."""
        log = self._log.read_bytes()
        mine = log[self._said_before :] if len(log) >= self._said_before else log
        return mine.decode("utf-8", errors="replace").splitlines()[-15:]

    def _welcome(self) -> None:
        sip, web = self._centre.sip, self._centre.web
        self._say(
            "The centre answers.\n"
            f"    ring  sip:{self._centre.number}@{_shown(sip.host)}:{sip.port}\n"
            f"    look  http://{_shown(web.host)}:{web.port}/\n"
            f"    logs  {self._log.parent}\n"
            "Ctrl-C stops it."
        )


def _meaning(code: int | None) -> str:
    if code is None or code >= 0:
        return f"code {code}"
    return "cause unknown" if code == -1 else signal.Signals(-code).name


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "") else f"[{host}]" if ":" in host else host


def _shown(host: str) -> str:
    return socket.gethostname() if host in ("0.0.0.0", "::", "") else host
