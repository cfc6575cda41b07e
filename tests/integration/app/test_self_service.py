"""What the wiring brings together, on an engine of its own without Asterisk: accounts of billing, offered by number and
proven; the reading goes to billing; contacts and audit are written; a number of its own begins at its line."""

import json
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.integration.app.test_engine import Engine, prepared, until

__all__ = ["prepared"]  # a fixture

OWNER = "+79991000001"
ACCOUNT = {
    "number": "1000000001",
    "contract": "00-5678",
    "kind": "person",
    "phones": [OWNER],
    "meters": [
        {
            "serial": "A-1",
            "registers": [{"tariff": "single", "digits": 6, "readings": [{"value": 7, "on": "2026-01-20"}]}],
        }
    ],
}
NEVER_MET = "7777777777"
PASS = ""
"""A sound that is listened to."""


class Billing(ThreadingHTTPServer):
    """Knows one account; keeps the readings it is given. `down`: every request fails."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.got: list[dict[str, Any]] = []
        self.down = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answer(BaseHTTPRequestHandler):
    server: Billing

    def do_GET(self) -> None:
        self._tell([ACCOUNT["number"]] if "?" in self.path else ACCOUNT)

    def do_POST(self) -> None:
        reading = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.server.down:
            self.server.got.append(reading)
        self._tell({})

    def _tell(self, what: object) -> None:
        body = json.dumps(what).encode()
        self.send_response(503 if self.server.down else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing to the test's output."""


@pytest.fixture
def billing() -> Iterator[Billing]:
    with Billing() as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield server
        server.shutdown()
        serving.join()


@pytest.fixture
def engine(tmp_path: Path, prepared: Path) -> Iterator[Engine]:
    one = Engine(tmp_path, prepared)
    try:
        yield one
    finally:
        one.kill()


def ring(engine: Engine, call: str, number: str = "88005550100") -> socket.socket:
    line = socket.create_connection(("127.0.0.1", engine.fastagi), timeout=20)
    head = f"agi_network_script: inbound\nagi_uniqueid: {call}\nagi_callerid: {OWNER}\n"
    line.sendall(f"{head}agi_extension: 1\nagi_arg_1: {number}\n\n".encode())
    return line


def press(line: socket.socket, *keys: str) -> None:
    """Answer as Asterisk does; each sound that a key may interrupt is interrupted by the next of `keys`."""
    waiting = list(keys)
    commands = line.makefile("rb")
    while waiting:
        command = commands.readline()
        assert command, f"the engine hung up before {waiting}"
        key = waiting.pop(0) if command.startswith(b"STREAM") and b"0123456789" in command else PASS
        line.sendall(f"200 result={ord(key) if key else 0} endpos=8000\n".encode())


def rows(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(engine.folder / "var/ivr.db", timeout=20)) as database:
        return database.execute(query).fetchall()


def test_a_reading_of_an_offered_and_proven_account_comes_to_billing(engine: Engine, billing: Billing) -> None:
    engine.configure(billing={"url": billing.url})
    engine.start()
    with ring(engine, "centre-1.1") as line:
        press(line, "1", "1", *"5678", *"10#", "1", PASS)
        until(lambda: rows(engine, "SELECT 1 FROM contacts WHERE settled_at IS NOT NULL"), f"{engine.logged}")
    until(lambda: billing.got, "billing has the reading")
    assert [(got["account"], got["meter"], got["value"]) for got in billing.got] == [("1000000001", "A-1", 10)]
    contacts = "SELECT topic, account, result FROM contacts WHERE ended_at IS NOT NULL"
    assert until(lambda: rows(engine, contacts), "the call has ended") == [("readings", "1000000001", "done")]
    audit = {(action, result) for action, result in rows(engine, "SELECT action, result FROM audit")}
    assert audit == {("offered", ""), ("identified", "offered"), ("proof", "contract right"), ("reading", "stored")}


def test_a_reading_is_taken_while_billing_is_down_and_comes_to_it_later(engine: Engine, billing: Billing) -> None:
    engine.configure(billing={"url": billing.url, "timeout_s": 0.5})
    engine.start()
    with ring(engine, "centre-1.1") as line:
        press(line, "1", "2")  # in the middle of the call, at the question for the number …
        billing.down = True  # … billing goes
        press(line, *NEVER_MET, "1", "1", *"10#", "1", PASS)
        until(lambda: rows(engine, "SELECT 1 FROM contacts WHERE settled_at IS NOT NULL"), f"{engine.logged}")
    stored = rows(engine, "SELECT account, tariff, value FROM unchecked_readings")
    assert stored == [(NEVER_MET, "single", 10)]
    contacts = "SELECT topic, result, detail FROM contacts WHERE ended_at IS NOT NULL"
    assert until(lambda: rows(engine, contacts), "the call has ended") == [("readings", "done", "unchecked")]
    assert billing.got == []
    billing.down = False
    until(lambda: billing.got, "billing has the reading", within_s=120)
    assert [(got["account"], got["value"], got["status"]) for got in billing.got] == [(NEVER_MET, 10, "unchecked")]


def test_a_number_of_its_own_begins_at_its_line(engine: Engine) -> None:
    engine.configure(lines={"88005550101": "companies"})
    engine.start()
    with ring(engine, "centre-1.1"), ring(engine, "centre-1.2", "+78005550101"):
        both = {"companies": 1, "main": 1}
        until(lambda: engine.in_dialogue() == both, f"both are at their beginnings: {engine.in_dialogue()}")
