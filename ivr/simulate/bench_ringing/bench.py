"""The run: so many callers on the line, and ten operators who get ready, take a call of a second, and rest."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from ivr.adapters.files.roster import api_token, softphone_secret
from ivr.config import Centre, Queue, Secrets, StormMode
from ivr.prepare import Progress
from ivr.simulate.bench_calls.figures import share
from ivr.simulate.bench_calls.stage import HOST, Stage
from ivr.simulate.bench_calls.usage import cpu_s
from ivr.simulate.bench_ringing.callers import Crowd
from ivr.simulate.bench_ringing.operator import Operator

OPERATORS = 10
SHARE = 5
"""At least so many callers to an operator who works: somebody waits whenever one gets ready."""
FIRST = 201
RATE = 8.0
"""New callers a second until all are there."""
GATHER_S = 60.0
"""All are in line so long after the last has rung, or the machine is too small."""
SETTLE_S = 12.0  # the first words to those who wait are over, which all hear at the same age
_LOOK_S = 0.2


class RingingStage(Stage):
    """The bench's centre, where every caller is led straight to ten operators of its own."""

    def __init__(self, centre: Centre, secrets: Secrets) -> None:
        super().__init__(centre, secrets)
        self._root = secrets.operator_secret.get_secret_value()
        queue = Queue(wrap_up_s=0, mark=False, storm=StormMode(detect=False))
        self.centre = self.centre.model_copy(update={"agents": self.folder / "agents", "queue": queue})

    @property
    def _flow(self) -> Path:
        return self._dialplans / "bench" / "ringing.yaml"

    async def _sounds(self) -> None:
        """There is no bare dialplan here."""

    async def build(self, progress: Progress) -> None:
        await super().build(progress)
        agents = self.centre.agents
        agents.mkdir(parents=True)
        staff = [{"name": f"Оператор {extension}", "extension": extension} for extension in extensions()]
        (agents / "operators.yaml").write_text(yaml.safe_dump({"operators": staff}), encoding="utf-8")

    @asynccontextmanager
    async def operators(self) -> AsyncIterator[list[Operator]]:
        """Registered, on duty, and paused. Raises PhoneFailed, aiohttp.ClientError."""
        async with AsyncExitStack() as stack:
            made = []
            for extension in extensions():
                api = await stack.enter_async_context(
                    aiohttp.ClientSession(
                        f"http://{HOST}:{self.centre.web.port}/api/",
                        headers={"Authorization": f"Bearer {api_token(self._root, extension)}"},
                    )
                )
                one = Operator(self.address, extension, softphone_secret(self._root, extension), api)
                stack.callback(one.close)
                await one.register()
                made.append(one)
            await asyncio.gather(*(one.pause() for one in made))
            yield made


def extensions() -> list[str]:
    return [str(FIRST + number) for number in range(OPERATORS)]


async def run_bench(
    centre: Centre, secrets: Secrets, *, concurrent: Sequence[int], calls: int, on_progress: Progress
) -> dict[str, Any]:
    """`runs` has an entry for each number of `concurrent` callers; `calls`: how often a telephone rings in each.

    Raises ConfigurationError (Asterisk missing, nothing starts), PhoneFailed, aiohttp.ClientError, OSError."""
    runs = []
    stage = RingingStage(centre, secrets)
    with stage.alone():
        await stage.build(on_progress)
        for count in concurrent:
            async with stage.running(engine=True) as pids:
                runs.append(await _run(stage, count, calls, pids, on_progress))
    return {"at": f"{datetime.now(UTC):%Y-%m-%dT%H:%MZ}", "cores": os.cpu_count(), "runs": runs}


async def _run(
    stage: RingingStage, count: int, calls: int, pids: Sequence[int], on_progress: Progress
) -> dict[str, Any]:
    loop, ramp_s = asyncio.get_running_loop(), count / RATE
    async with stage.operators() as staff, Crowd(stage.address, stage.centre.number, count, ramp_s) as crowd:
        with suppress(TimeoutError):
            async with asyncio.timeout(ramp_s + GATHER_S):
                await crowd.full.wait()
        await asyncio.sleep(SETTLE_S)
        at_once: list[int] = []
        before, began = sum(map(cpu_s, pids)), loop.time()
        at_work = staff[: max(1, count // SHARE)]
        work = [asyncio.create_task(one.work(-(-calls // len(at_work)))) for one in at_work]
        while not all(task.done() for task in work):
            at_once.append(crowd.now)
            on_progress(f"{count} callers", sum(len(one.delays_ms) for one in staff), calls)
            await asyncio.sleep(_LOOK_S)
        await asyncio.gather(*work)
        busy = (sum(map(cpu_s, pids)) - before) / (loop.time() - began)
        return figures(count, [delay for one in staff for delay in one.delays_ms]) | {
            "api_p95_ms": rounded(share([each for one in staff for each in one.api_ms], 95)),
            "at_once": round(sum(at_once) / len(at_once)),
            "not_rung": sum(one.lost for one in staff),
            "not_answered": crowd.failed,
            "cores_busy": round(busy, 2),
        }


def figures(count: int, delays_ms: Sequence[float]) -> dict[str, Any]:
    told = {f"p{percent}_ms": share(delays_ms, percent) for percent in (50, 95, 99)}
    return {
        "concurrent": count,
        "rung": len(delays_ms),
        **{name: rounded(value) for name, value in told.items()},
        "max_ms": round(max(delays_ms), 1) if delays_ms else None,
    }


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
