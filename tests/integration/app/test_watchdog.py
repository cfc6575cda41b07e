"""A frozen loop ends its process and says where it stands; a busy, a stopped and a paused one live."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from ivr.adapters.watchdog import EXIT_FROZEN

REPOSITORY = Path(__file__).parents[3]
PROGRAMME = """
import asyncio, sys, time
from ivr.adapters import watchdog

def freeze_here():
    while True:
        time.sleep(0.01)

async def main(way):
    watched = watchdog.start(asyncio.get_running_loop(), limit_s=1.0)
    print("watched", flush=True)
    if way == "frozen":
        freeze_here()
    if way == "unwatched":
        watched.set()
        time.sleep(2.5)
    until = time.monotonic() + 2.5
    while time.monotonic() < until:
        time.sleep(0.02)  # busy, but alive
        await asyncio.sleep(0)

asyncio.run(main(sys.argv[1]))
print("ended well", flush=True)
"""


def start(way: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAMME, way],
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "PYTHONASYNCIODEBUG": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stdout.readline() == "watched\n"
    return process


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    with process:
        try:
            output, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    return process.returncode, output, errors


def test_a_frozen_loop_ends_with_its_traceback() -> None:
    code, output, errors = ended(start("frozen"))
    assert code == EXIT_FROZEN == 70
    assert "the event loop gave no sign of life for 1.0 s: ending" in errors
    assert "in freeze_here" in errors
    assert "ended well" not in output


def test_a_busy_loop_lives() -> None:
    assert ended(start("busy")) == (0, "ended well\n", "")


def test_one_that_is_no_longer_watched_may_take_its_time() -> None:
    assert ended(start("unwatched")) == (0, "ended well\n", "")


def test_a_process_that_was_stopped_for_long_goes_on() -> None:
    process = start("busy")
    os.kill(process.pid, signal.SIGSTOP)
    try:
        subprocess.run(["sleep", "2"], check=True)  # longer than the limit: that is the point
    finally:
        os.kill(process.pid, signal.SIGCONT)
    assert ended(process) == (0, "ended well\n", "")
