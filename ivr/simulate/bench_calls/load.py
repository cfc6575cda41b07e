"""The load: SIPp rings, `media` plays, and both say how it went."""

import asyncio
import csv
import json
import os
import shutil
import sys
from asyncio import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from ivr.domain.errors import ConfigurationError
from ivr.simulate.bench_calls.plan import Load, Plan

HOST = "127.0.0.1"
_LINE_LIMIT = 1 << 20
_PATIENCE_S = 60.0
_LAST_LINES = 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """good, failed: calls by SIPp's statistics. peak: most calls at once. late_ms: the most that sound was late by."""

    good: int
    failed: int
    peak: int
    late_ms: float


def sipp() -> str:
    """Path of SIPp. Raises ConfigurationError."""
    found = shutil.which("sipp")
    if found is None:
        raise ConfigurationError(["SIPp is not installed: apt-get install sip-tester"])
    return found


async def ring(centre: tuple[str, int], number: str, plan: Plan, load: Load, scenario: Path, folder: Path) -> Outcome:
    """Make all calls of `load` and wait for their end. `folder` takes SIPp's files. Raises ConfigurationError."""
    async with _sound(plan, load.calls) as (ports, result):
        own = folder / "ports.csv"
        own.write_text("\n".join(["SEQUENTIAL", *map(str, ports), ""]), encoding="utf-8")
        statistics = folder / "sipp.csv"
        statistics.unlink(missing_ok=True)
        await _run_sipp(_command(centre, number, load, scenario, own, statistics), folder, plan, load)
    good, failed, peak = read_statistics(statistics.read_text(encoding="utf-8"))
    return Outcome(good, failed, peak, result["latest_ms"])


def _command(
    centre: tuple[str, int], number: str, load: Load, scenario: Path, ports: Path, statistics: Path
) -> list[str]:
    options: dict[str, object] = {
        "-sf": scenario,
        "-inf": ports,
        "-s": number,
        "-i": HOST,
        "-r": 1000,
        "-rp": round(1000 * 1000 / load.rate),  # so many calls in so many milliseconds
        "-l": load.concurrent,
        "-m": load.calls,
        "-stf": statistics,
        "-fd": 1,
    }
    words = [word for name, value in options.items() for word in (name, str(value))]
    return [sipp(), *words, "-trace_stat", "-nostdin", f"{centre[0]}:{centre[1]}"]


async def _run_sipp(command: list[str], folder: Path, plan: Plan, load: Load) -> None:
    """Exit code 1 tells of failed calls, which the statistics count; others mean that it did not run at all."""
    limit_s = plan.seconds * (load.calls / load.concurrent + 1) + _PATIENCE_S
    screen = folder / "sipp.txt"
    with screen.open("wb") as sink:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=os.environ | {"TERM": "dumb"}, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink
        )
    try:
        async with asyncio.timeout(limit_s):
            code = await process.wait()
    except TimeoutError:
        raise ConfigurationError([f"SIPp did not come to an end in {limit_s:.0f} s: see {screen}"]) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if code not in (0, 1):
        words = screen.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]
        raise ConfigurationError([f"SIPp ended with code {code}:", *words])


def read_statistics(text: str) -> tuple[int, int, int]:
    """Good calls, failed calls, most calls at once, of SIPp's statistics file. Raises ConfigurationError."""
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    try:
        last = rows[-1]
        peak = max(int(row["CurrentCall"]) for row in rows)
        return int(last["SuccessfulCall(C)"]), int(last["FailedCall(C)"]), peak
    except (IndexError, KeyError, ValueError) as error:
        raise ConfigurationError([f"SIPp's statistics cannot be read: {error!r}"]) from error


@asynccontextmanager
async def _sound(plan: Plan, calls: int) -> AsyncIterator[tuple[list[int], dict[str, float]]]:
    """The player and its ports; its own words are in the dictionary when it has ended."""
    result: dict[str, float] = {}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ivr.simulate.bench_calls.media"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        limit=_LINE_LIMIT,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        wanted = {"sockets": calls, "keys": plan.keys, "seconds": plan.seconds}
        process.stdin.write(json.dumps(wanted).encode() + b"\n")
        line = await process.stdout.readline()
        if not line:
            raise ConfigurationError(["the bench's sound could not be started: see above"])
        yield json.loads(line), result
        process.stdin.close()
        result |= json.loads(await process.stdout.readline())
    finally:
        if process.returncode is None:
            process.stdin.close()
            process.kill()
        await process.wait()
