"""The engine as a process of its own, with no Asterisk there: it starts, says so, takes a call, and stops when told."""

import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).parents[3]
ASTERISK = Path(os.environ.get("IVR_TEST_ASTERISK_ROOT", REPOSITORY / "var/asterisk"))
ENVIRONMENT = os.environ | {
    "IVR_AMI_SECRET": "a" * 24,
    "IVR_OPERATOR_SECRET": "o" * 24,
    "PYTHONPATH": str(REPOSITORY),
    "COLUMNS": "400",
}
CALLER = "79991234567"
HEADER = f"agi_network_script: inbound\nagi_uniqueid: centre-1772438400.1\nagi_callerid: {CALLER}\nagi_extension: 1\n\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], Any], what: str, within_s: float = 60) -> Any:
    deadline = time.monotonic() + within_s
    while not (value := condition()):
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
    return value


def command(folder: Path, word: str) -> list[str]:
    return [sys.executable, "-m", "ivr", word, "--config", str(folder / "config.yaml")]


def give_up(folder: Path) -> str:
    """What an engine says that cannot start."""
    done = subprocess.run(command(folder, "engine"), env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, sounds: Path) -> Path:
    """A centre's folder with its database and sounds."""
    folder = tmp_path_factory.mktemp("prepared")
    shutil.copytree(REPOSITORY / "dialplans", folder / "dialplans")
    settings = {
        "agents": str(REPOSITORY / "agents"),
        "asterisk": {"private_root": str(ASTERISK)},
        "speech": {"cache": str(sounds)},
        "hearing": {"engine": "off"},
        "sample": True,
        "shutdown_grace_s": 0.5,
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    done = subprocess.run(command(folder, "prepare"), env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


class Engine:
    """A prepared centre of a test's own, without Asterisk."""

    def __init__(self, folder: Path, prepared: Path) -> None:
        shutil.copytree(prepared, folder, dirs_exist_ok=True)
        self.folder = folder
        self.web, self.fastagi = free_port(), free_port()
        settings = yaml.safe_load((prepared / "config.yaml").read_text(encoding="utf-8"))
        settings["asterisk"]["ami_port"] = free_port()
        settings |= {"fastagi": {"port": self.fastagi}, "web": {"port": self.web}}
        (folder / "config.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
        self.log = folder / "engine.log"
        self.process: subprocess.Popen[bytes] | None = None

    def configure(self, **settings: Any) -> None:
        file = self.folder / "config.yaml"
        given = yaml.safe_load(file.read_text(encoding="utf-8"))
        file.write_text(yaml.safe_dump(given | settings), encoding="utf-8")

    def start(self) -> None:
        with self.log.open("ab") as sink:
            self.process = subprocess.Popen(command(self.folder, "engine"), env=ENVIRONMENT, stdout=sink, stderr=sink)
        until(lambda: self.get("health")[0], f"the engine is there: {self.logged}")

    def end(self, number: int) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout=60)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    @property
    def logged(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def get(self, path: str) -> tuple[int, str]:
        """Status and body; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.web}/{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def ring(self) -> socket.socket:
        """A call as Asterisk brings it."""
        line = socket.create_connection(("127.0.0.1", self.fastagi), timeout=20)
        line.sendall(HEADER.encode())
        return line

    def in_dialogue(self) -> dict[str, int]:
        return dict(json.loads(self.get("api/status")[1])["calls"])


@pytest.fixture
def engine(tmp_path: Path, prepared: Path) -> Iterator[Engine]:
    one = Engine(tmp_path, prepared)
    try:
        yield one
    finally:
        one.kill()


def test_it_says_what_is_there_and_stops_when_told(engine: Engine) -> None:
    engine.start()
    code, body = engine.get("health")
    assert code == 503
    assert {**json.loads(body), "version": ""} == {"ready": False, "asterisk": False, "database": True, "version": ""}
    told = engine.get("metrics")[1]
    assert "ivr_asterisk_up 0.0" in told and 'ivr_queue_waiting{queue="persons"} 0.0' in told
    assert engine.get("")[0] == engine.get("board.js")[0] == 200
    assert engine.end(signal.SIGTERM) == 0
    assert '"event": "engine_stopped"' in engine.logged


def test_a_stop_leaves_a_caller_to_the_dialplan_and_keeps_his_call(engine: Engine) -> None:
    engine.start()
    with engine.ring() as line:
        assert line.recv(1000).startswith(b"STREAM FILE ")
        assert engine.in_dialogue() == {"main": 1}
        assert engine.end(signal.SIGTERM) == 0
        rest = b""
        while chunk := line.recv(1000):
            rest += chunk
    assert b"IVR_RESULT" not in rest
    assert CALLER not in engine.logged
    assert '"reason": "engine_stopped"' in engine.logged
    engine.start()  # what the first one wrote is there for the next
    assert json.loads(engine.get("api/status")[1])["calls"] == {}
    assert not list((engine.folder / "var/centre/spool").iterdir())


def test_a_database_that_went_is_told(engine: Engine) -> None:
    engine.start()
    with contextlib.closing(sqlite3.connect(engine.folder / "var/ivr.db", timeout=20)) as database:
        database.execute("ALTER TABLE calls RENAME TO gone")
    until(lambda: json.loads(engine.get("health")[1])["database"] is False, "the loss is told")
    assert json.loads(engine.get("api/status")[1])["today"] == {}


def test_a_port_that_is_taken_ends_it_in_words(engine: Engine) -> None:
    with socket.create_server(("127.0.0.1", engine.web)):
        assert str(engine.web) in give_up(engine.folder)


def test_a_broken_flow_ends_it_with_every_mistake(engine: Engine) -> None:
    flow = engine.folder / "dialplans/rosatom/main.yaml"
    text = flow.read_text(encoding="utf-8")
    flow.write_text(text.replace('"1": readings', '"1": nowhere').replace("next: addresses", "next: never"), "utf-8")
    for kept in (engine.folder / "var/centre").glob("last-good-flow*"):
        shutil.rmtree(kept) if kept.is_dir() else kept.unlink()
    told = give_up(engine.folder)
    assert "'nowhere'" in told and "'never'" in told and str(flow) in told
