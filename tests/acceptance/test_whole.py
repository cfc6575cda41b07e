"""The product as its user runs it: `ivr run` in a terminal, `ivr demo` in another, Ctrl-C."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from typing import Any

import psutil
import pytest
import pytest_asyncio

from tests.acceptance.harness import CentreUnderTest, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre(new_centre: Callable[..., CentreUnderTest]) -> AsyncIterator[CentreUnderTest]:
    """Started by its supervisor."""
    one = new_centre()
    supervisor = await one.command("run")
    try:
        await until(lambda: one.health().get("ready"), 180, "the centre is up")  # new sounds on busy cores
        yield one
        supervisor.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(supervisor.wait(), 40) == 0
        assert processes_of(one) == []
    finally:
        for process in [supervisor.pid, *(process.pid for process in processes_of(one))]:
            if psutil.pid_exists(process):
                os.kill(process, signal.SIGKILL)


def processes_of(centre: CentreUnderTest) -> list[psutil.Process]:
    """Everything that runs on this centre's folder."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if any(str(centre.folder) in word for word in process.info["cmdline"] or ()):
            found.append(process)
    return found


def engine_of(centre: CentreUnderTest) -> int:
    """Its process id; 0 while there is none."""
    engines = (process.pid for process in processes_of(centre) if "engine" in process.info["cmdline"])
    return next(engines, 0)


async def demo(centre: CentreUnderTest) -> tuple[int, dict[str, Any], str]:
    output = centre.folder / "demo.json"
    output.unlink(missing_ok=True)
    process = await centre.command("demo", "--json", log=output)
    code = await asyncio.wait_for(process.wait(), 300)
    text = output.read_text(encoding="utf-8")
    told = [line for line in text.splitlines() if line.startswith("{")]
    return code, json.loads(told[0]) if told else {}, text


async def test_it_says_where_to_ring_and_where_to_look(centre: CentreUnderTest) -> None:
    ring = f"sip:{centre.centre.number}@127.0.0.1:{centre.centre.sip.port}"
    await until(lambda: ring in centre.log.read_text(encoding="utf-8"), 10, "it says where to ring")
    look = f"http://127.0.0.1:{centre.centre.web.port}"
    await until(lambda: look in centre.log.read_text(encoding="utf-8"), 10, "it says where to look")


async def test_a_port_in_use_is_named_with_its_key_and_nothing_is_started(
    centre: CentreUnderTest, new_centre: Callable[..., CentreUnderTest]
) -> None:
    second = new_centre(fastagi={"port": centre.centre.fastagi.port})
    process = await second.command("run")
    assert await asyncio.wait_for(process.wait(), 60) == 2
    said = second.log.read_text(encoding="utf-8")
    assert "fastagi.port" in said and str(centre.centre.fastagi.port) in said
    assert processes_of(second) == []


async def test_a_killed_engine_comes_back_by_itself(centre: CentreUnderTest) -> None:
    engine = engine_of(centre)
    os.kill(engine, signal.SIGKILL)
    await until(lambda: engine_of(centre) not in (0, engine) and centre.health().get("ready"), 60, "a new engine")


async def test_the_demo_shows_all_as_it_should_be(centre: CentreUnderTest) -> None:
    code, told, text = await demo(centre)
    assert code == 0, text
    assert [person["ok"] for person in told["people"]] == [True] * 7
    assert told["recordings"]
    assert all(row["ok"] for row in told["presses"])


async def test_the_demo_can_be_run_again_the_same_day(centre: CentreUnderTest) -> None:
    code, _, text = await demo(centre)
    assert code == 0, text
