"""The supervisor on a real Asterisk: children die and return, leftovers are found, a stop leaves nothing.

The engine is a stand-in that says it is ready, so that what is proved here is the supervisor alone.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from ivr.adapters.leftovers import ProcessBook, birth
from ivr.asterisk_values import asterisk_values
from ivr.config import Asterisk, Centre, FastAgi, Secrets, Sip, Web
from ivr.domain.errors import ConfigurationError
from ivr.launch import launch
from ivr.places import layout

REPOSITORY = Path(__file__).parents[3]
DEADLINE_S = 30.0
SECRETS = Secrets(ami_secret=SecretStr("a" * 24), operator_secret=SecretStr("o" * 24))
STAND_IN = """
import http.server, sys
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(sys.argv[2])); self.end_headers(); self.wfile.write(b"{}")
    def log_message(self, *words): pass
http.server.HTTPServer.allow_reuse_address = True
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Health).serve_forever()
"""


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return Centre(
        home=tmp_path,
        dialplans=REPOSITORY / "dialplans",
        agents=REPOSITORY / "agents",
        shutdown_grace_s=5,
        sip=Sip(port=free_port(socket.SOCK_DGRAM), rtp_first=24000, rtp_last=24099),
        asterisk=Asterisk(private_root=REPOSITORY / "var" / "asterisk", ami_port=free_port()),
        fastagi=FastAgi(port=free_port()),
        web=Web(port=free_port()),
    )


class Started:
    """A launched centre, and what it said."""

    def __init__(self, centre: Centre, engine: list[str]) -> None:
        self.said: list[str] = []
        self.task = asyncio.create_task(launch(centre, SECRETS, centre.home / "config.yaml", self.said.append, engine))
        self.book = ProcessBook(centre.home / "var" / "centre" / "processes.json")

    def has_said(self, words: str, times: int = 1) -> bool:
        return sum(words in line for line in self.said) >= times

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while not condition():
                if self.task.done():
                    await self.task
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(DEADLINE_S):
            assert await self.task == 0


def stand_in(centre: Centre, status: int = 200) -> list[str]:
    return [sys.executable, "-c", STAND_IN, str(centre.web.port), str(status)]


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path) -> Iterator[None]:
    yield
    book = ProcessBook(tmp_path / "var" / "centre" / "processes.json")
    left = {name: pid for name, pid in book.alive().items() if pid != os.getpid()}
    for pid in left.values():
        os.killpg(pid, signal.SIGKILL)
    assert left == {}


@pytest.fixture
async def started(centre: Centre) -> AsyncIterator[Started]:
    begun = Started(centre, stand_in(centre))
    await begun.until(lambda: begun.has_said("The centre answers."))
    yield begun
    if not begun.task.done():
        await begun.stop()


async def test_it_says_where_to_ring_and_stops_whole(started: Started, centre: Centre) -> None:
    assert started.has_said(f"sip:88005550100@127.0.0.1:{centre.sip.port}")
    assert started.has_said(f"http://127.0.0.1:{centre.web.port}/")
    pids = started.book.alive()
    assert set(pids) == {"asterisk", "engine", "supervisor"}
    await started.stop()
    assert started.book.alive() == {}
    assert birth(pids["asterisk"]) is None and birth(pids["engine"]) is None


async def test_a_killed_engine_returns_and_asterisk_stays(started: Started) -> None:
    before = started.book.alive()
    os.kill(before["engine"], signal.SIGKILL)
    await started.until(lambda: started.book.alive().get("engine", before["engine"]) != before["engine"])
    assert started.has_said("The engine ended (SIGKILL)")
    assert started.book.alive()["asterisk"] == before["asterisk"]


async def test_a_killed_asterisk_returns_and_the_engine_stays(started: Started) -> None:
    before = started.book.alive()
    os.kill(before["asterisk"], signal.SIGKILL)
    await started.until(lambda: started.book.alive().get("asterisk", before["asterisk"]) != before["asterisk"])
    assert started.has_said("Asterisk ended (SIGKILL)")
    assert started.book.alive()["engine"] == before["engine"]


SUPERVISOR = """
import asyncio, sys
from pathlib import Path
from ivr.config import Centre, Secrets
from ivr.launch import launch
centre = Centre.model_validate_json(sys.argv[1]).model_copy(update={"home": Path(sys.argv[2])})
secrets = Secrets(ami_secret="a" * 24, operator_secret="o" * 24)
say = lambda line: print(line, flush=True)
asyncio.run(launch(centre, secrets, centre.home / "config.yaml", say, sys.argv[3:]))
"""


async def separately(centre: Centre) -> asyncio.subprocess.Process:
    """The centre under a supervisor in a process of its own."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SUPERVISOR, centre.model_dump_json(), str(centre.home), *stand_in(centre)),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def left_by_a_killed_one(centre: Centre) -> dict[str, int]:
    """Start the centre and kill its supervisor alone; what still runs."""
    first = await separately(centre)
    assert first.stdout is not None
    async with asyncio.timeout(DEADLINE_S):
        while b"The centre answers." not in await first.stdout.readline():
            assert not first.stdout.at_eof()
    first.kill()
    await first.communicate()
    return ProcessBook(centre.home / "var" / "centre" / "processes.json").alive()


async def test_a_second_start_is_refused(started: Started, centre: Centre) -> None:
    second = await separately(centre)
    _, complaint = await second.communicate()
    assert f"runs already (process {os.getpid()})" in complaint.decode()
    assert set(started.book.alive()) == {"asterisk", "engine", "supervisor"}


async def test_what_a_killed_supervisor_left_is_taken_over(centre: Centre) -> None:
    left = await left_by_a_killed_one(centre)
    assert set(left) == {"asterisk", "engine"}

    second = Started(centre, stand_in(centre))
    await second.until(lambda: second.has_said("The centre answers."))
    assert second.has_said(f"Taking over Asterisk and its calls from an earlier start (process {left['asterisk']})")
    assert second.has_said(f"Stopping the engine that an earlier start left behind (process {left['engine']})")
    assert second.book.alive()["asterisk"] == left["asterisk"]
    assert birth(left["engine"]) is None

    # The one taken over is watched like a child of our own.
    os.kill(left["asterisk"], signal.SIGKILL)
    await second.until(lambda: second.book.alive().get("asterisk", left["asterisk"]) != left["asterisk"])
    await second.stop()


async def test_an_asterisk_left_with_another_configuration_is_replaced(centre: Centre) -> None:
    asterisk = (await left_by_a_killed_one(centre))["asterisk"]
    changed = centre.model_copy(update={"sip": centre.sip.model_copy(update={"port": free_port(socket.SOCK_DGRAM)})})
    second = Started(changed, stand_in(centre))
    await second.until(lambda: second.has_said("The centre answers."))
    assert second.has_said(f"Stopping the Asterisk that an earlier start left behind (process {asterisk})")
    assert birth(asterisk) is None
    await second.stop()


async def test_a_port_in_use_is_named_before_anything_starts(centre: Centre) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", centre.web.port))
        taken.listen()
        said: list[str] = []
        with pytest.raises(ConfigurationError, match=rf"web\.port: .*{os.getpid()}"):
            await launch(centre, SECRETS, centre.home / "config.yaml", said.append, stand_in(centre))
    assert not any("Starting" in line for line in said)


async def test_an_engine_that_fails_at_the_start_ends_it_with_its_words(centre: Centre) -> None:
    engine = [sys.executable, "-c", "import sys; sys.exit('no flow for today')"]
    log = layout(centre).log / "engine.log"
    log.parent.mkdir(parents=True)
    log.write_text("words of an earlier engine\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"ended \(code 1\)") as failed:
        await launch(centre, SECRETS, centre.home / "config.yaml", lambda line: None, engine)
    words = str(failed.value)
    assert "no flow for today" in words and "an earlier engine" not in words
    assert log.read_text(encoding="utf-8").startswith("words of an earlier engine\n")


async def test_an_engine_that_is_never_ready_ends_it(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.launch.READY_S", 2.0)
    with pytest.raises(ConfigurationError, match=r"not ready after 2 s: .* says \{\}"):
        await launch(centre, SECRETS, centre.home / "config.yaml", lambda line: None, stand_in(centre, 503))


def test_the_values_follow_the_configuration(centre: Centre) -> None:
    values = asterisk_values(centre, SECRETS, layout(centre))
    assert (values.sip_port, values.ami_port) == (centre.sip.port, centre.asterisk.ami_port)
    assert len({line.secret for line in values.operators}) == len(values.operators) >= 3
    assert values.values["agi_port"] == centre.fastagi.port
    assert "eventfilter(action(include),name(Hangup)) =" in values.event_filters
