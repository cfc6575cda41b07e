"""What is logged of an error tells where it was, and nothing of the caller it happened to."""

import json
import subprocess
import sys

ACCOUNT = "5001234567"
NAME = "Иванов"
PROGRAMME = """
import logging, sys
import structlog
from ivr import logs

def fail(account, name):
    try:
        {}[account]
    except KeyError as error:
        raise ValueError(f"no account {account} of '{name}'") from error

logs.configure(debug="debug" in sys.argv)
log = structlog.get_logger()
log.debug("call_step")
with structlog.contextvars.bound_contextvars(call_id="centre-1.1"):
    try:
        fail(*sys.argv[1:3])
    except ValueError as error:
        log.error("call_failed", exc_info=error)
        logging.getLogger("aiohttp.server").exception("Error handling request")
"""


def logged(*options: str) -> list[str]:
    """Lines on standard error of a programme that fails over a caller's account and name."""
    command = [sys.executable, "-c", PROGRAMME, ACCOUNT, NAME, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ACCOUNT not in done.stderr and NAME not in done.stderr
    return done.stderr.splitlines()


def test_an_error_is_one_line_with_its_place_and_without_its_values() -> None:
    line = json.loads(logged()[0])
    assert (line["event"], line["level"], line["call_id"]) == ("call_failed", "error", "centre-1.1")
    assert "in fail" in line["exception"]
    assert "KeyError: …" in line["exception"] and "ValueError: no account … of …" in line["exception"]


def test_so_is_what_a_library_logs() -> None:
    lines = logged()
    assert lines[1] == "ERROR aiohttp.server Error handling request"
    assert lines[-1] == "ValueError: no account … of …"


def test_debug_lines_are_for_debugging_only() -> None:
    assert json.loads(logged("debug")[0])["event"] == "call_step"
