"""The bench's own centre: folder, free ports, Asterisk and, for the product's side, the engine as a real process."""

import asyncio
import fcntl
import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import aiohttp
import yaml

from ivr.adapters import child
from ivr.adapters.asterisk.conf import render
from ivr.adapters.asterisk.process import AsteriskProcess
from ivr.adapters.child import Running
from ivr.adapters.files.flows import FlowFile, read_standard
from ivr.adapters.speech import SystemVoice
from ivr.asterisk_values import asterisk_values
from ivr.config import Asterisk, Centre, Database, FastAgi, Queue, Recording, Secrets, Sip, Speech, StormMode, Web
from ivr.dialogue import limits
from ivr.domain.errors import ConfigurationError
from ivr.places import Places, layout, voice_settings
from ivr.prepare import Progress, prepare

HOST = "127.0.0.1"
END = "bench_end"
"""The reason with which the flow's right end hangs up (dialplans/bench/menu.yaml)."""
_START_S = 30.0
_STOP_S = 15.0
_RESULT = 5  # place of IVR_RESULT in a line of Asterisk's journal
_RTP_PORTS = 4000


def _free_ports(kind: socket.SocketKind, count: int) -> list[int]:
    sockets = [socket.socket(socket.AF_INET, kind) for _ in range(count)]
    try:
        for one in sockets:
            one.bind((HOST, 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


def bench_centre(centre: Centre, folder: Path) -> Centre:
    """The centre's own configuration moved to `folder` and to free ports of loopback."""
    (sip,) = _free_ports(socket.SOCK_DGRAM, 1)
    ami, agi, web = _free_ports(socket.SOCK_STREAM, 3)
    first = centre.sip.rtp_last + 1 if centre.sip.rtp_last + _RTP_PORTS < 32000 else centre.sip.rtp_first - _RTP_PORTS
    asterisk = centre.asterisk
    return Centre(
        standard="rosatom",
        number=centre.number,
        dialplans=folder / "dialplans",
        agents=centre.path(centre.agents),
        sip=Sip(port=sip, rtp_first=first, rtp_last=first + _RTP_PORTS - 1),
        asterisk=Asterisk(
            binary=asterisk.binary,
            private_root=centre.path(asterisk.private_root),
            state=folder / "state",
            ami_port=ami,
        ),
        fastagi=FastAgi(port=agi),
        web=Web(port=web),
        database=Database(url=f"sqlite+aiosqlite:///{folder}/bench.db"),
        speech=Speech(
            engine=centre.speech.engine,
            studio=folder / "studio",
            cache=centre.path(centre.speech.cache),
        ),
        hearing=centre.hearing.model_copy(update={"models": centre.path(centre.hearing.models), "keep": False}),
        recording=Recording(directory=folder / "recordings"),
        queue=Queue(storm=StormMode(detect=False)),
        home=folder,
    )


class Stage:
    """`lengths`: seconds of every sound by its name, once `build` is done."""

    def __init__(self, centre: Centre, secrets: Secrets) -> None:
        self.folder = centre.home / "var" / "bench"
        self._dialplans = centre.path(centre.dialplans)
        self._secrets = secrets
        self.centre = bench_centre(centre, self.folder)
        self.lengths: dict[str, float] = {}

    @contextmanager
    def alone(self) -> Iterator[None]:
        """The folder is ours alone meanwhile. Raises ConfigurationError when another bench runs in it."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with self.folder.with_suffix(".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ConfigurationError([f"another bench runs in {self.folder}; wait for its end"]) from None
            yield

    @property
    def _flow(self) -> Path:
        """What callers go through."""
        return self._dialplans / "bench" / "menu.yaml"

    @property
    def scenario(self) -> Path:
        return self._dialplans / "bench" / "caller.xml"

    @property
    def address(self) -> tuple[str, int]:
        return HOST, self.centre.sip.port

    async def build(self, progress: Progress) -> None:
        """Make the folder anew: flow, templates, database, sounds. Raises ConfigurationError, PhoneFailed, OSError."""
        shutil.rmtree(self.folder, ignore_errors=True)
        flows = self.folder / "dialplans"
        (flows / "rosatom").mkdir(parents=True)
        shutil.copyfile(self._flow, flows / "rosatom" / "main.yaml")
        for name in ("standards.yaml", "pronunciation.yaml"):
            with suppress(FileNotFoundError):
                shutil.copyfile(self._dialplans / name, flows / name)
        for name in ("asterisk", "bare"):
            shutil.copytree(self._dialplans / "asterisk", flows / name)
        shutil.copyfile(self._dialplans / "bench" / "extensions.conf.j2", flows / "bare" / "extensions.conf.j2")
        given = self.centre.model_dump(mode="json")
        self.config.write_text(yaml.safe_dump(given, allow_unicode=True), encoding="utf-8")
        await prepare(self.centre, progress)
        if self._database.exists():
            self._database.rename(self._empty)
        else:
            self._empty.touch()  # the database is a server's
        await self._sounds()

    @property
    def _database(self) -> Path:
        return self.folder / "bench.db"

    @property
    def _empty(self) -> Path:
        """The database as prepared, with no calls in it."""
        return self.folder / "empty.db"

    @property
    def config(self) -> Path:
        return self.folder / "config.yaml"

    async def _sounds(self) -> None:
        """Under their names, for the bare dialplan: the very sounds that the engine plays."""
        target = self.folder / "sounds"
        target.mkdir()
        voice = SystemVoice(voice_settings(self.centre))
        try:
            places = Places.of(self.centre)
            standard = read_standard(places.standards, self.centre.standard)
            flow = await FlowFile(places.flow, standard, voice, {}).load()
            for phrase in limits.phrases(flow, {}):
                shutil.copyfile(await voice.sound(phrase), target / f"{phrase.name}.wav")
                self.lengths[phrase.name] = await voice.seconds(phrase)
        finally:
            await voice.close()

    @asynccontextmanager
    async def running(self, *, engine: bool) -> AsyncIterator[list[int]]:
        """Asterisk with an empty state, and the engine when asked for; their process ids."""
        places = Places.of(self.centre)
        shutil.rmtree(places.state, ignore_errors=True)
        shutil.rmtree(places.recordings, ignore_errors=True)
        places.make()
        for left in self.folder.glob("bench.db*"):
            left.unlink()
        shutil.copyfile(self._empty, self._database)
        place = layout(self.centre)
        place.make_folders()
        values = asterisk_values(self.centre, self._secrets, place)
        values = replace(values, values={**values.values, "bench_sounds": self.folder / "sounds"})
        render(self.folder / "dialplans" / ("asterisk" if engine else "bare"), place.conf, values)
        asterisk = AsteriskProcess(place)
        await asterisk.start()
        process: Running | None = None
        try:
            if engine:
                process = await self._engine()
            assert asterisk.pid is not None
            yield [asterisk.pid, *([process.pid] if process else [])]
        finally:
            if process is not None:
                await child.stop(process, _STOP_S)
            await asterisk.stop()
            shutil.rmtree(places.recordings, ignore_errors=True)

    async def _engine(self) -> Running:
        command = (sys.executable, "-m", "ivr", "engine", "--config", str(self.config))
        environment = os.environ | {
            "IVR_AMI_SECRET": self._secrets.ami_secret.get_secret_value(),
            "IVR_OPERATOR_SECRET": self._secrets.operator_secret.get_secret_value(),
        }
        said = self.folder / "engine.log"
        said.unlink(missing_ok=True)
        process = await child.start(command, Path.cwd(), said, environment)
        try:
            async with asyncio.timeout(_START_S):
                await self._ready(process)
        except BaseException as error:
            await child.kill(process)
            words = said.read_text(encoding="utf-8", errors="replace").splitlines()[-8:]
            if isinstance(error, TimeoutError):
                raise ConfigurationError(["the engine did not start; its last words:", *words]) from error
            raise
        return process

    async def _ready(self, process: Running) -> None:
        """Return when the engine says so itself."""
        url = f"http://{HOST}:{self.centre.web.port}/health"
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            while process.returncode is None:
                with suppress(aiohttp.ClientError, TimeoutError):
                    async with session.get(url) as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.1)
        raise TimeoutError

    def ended_well(self) -> int:
        """Calls that Asterisk's journal says came to the menu's end, since Asterisk was started."""
        files = sorted(Places.of(self.centre).journal.glob("*.csv"))
        lines = [line.split(",") for file in files for line in file.read_text(encoding="utf-8").splitlines()]
        return sum(len(fields) > _RESULT and fields[_RESULT] == "hang_up" for fields in lines)

    def ended_in_engine(self) -> int:
        """Calls that the engine says came to the flow's right end, since it was started."""
        lines = (self.folder / "engine.log").read_text(encoding="utf-8").splitlines()
        return sum('"dialogue_ended"' in line and f'"{END}"' in line for line in lines)

    def stored(self) -> int:
        """Calls whose rows have come to the database as served."""
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as database:
            return int(database.execute("select count(*) from calls where outcome = 'served'").fetchone()[0])
