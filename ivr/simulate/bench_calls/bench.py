"""The run: for each number of callers both sides in turn, each on an Asterisk just started."""

import asyncio
import os
import platform
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from ivr.config import Centre, Secrets
from ivr.prepare import Progress
from ivr.simulate.bench_calls.figures import Measured, compared
from ivr.simulate.bench_calls.load import ring, sipp
from ivr.simulate.bench_calls.plan import KEYS, RAMP_S, Load, Plan
from ivr.simulate.bench_calls.probe import probing
from ivr.simulate.bench_calls.stage import Stage
from ivr.simulate.bench_calls.usage import Meter

PROBES = 16
_STEP_S = 1.0


async def run_bench(
    centre: Centre,
    secrets: Secrets,
    *,
    concurrent: Sequence[int] = (50, 150, 300),
    rounds: int = 1,
    on_progress: Progress,
) -> dict[str, Any]:
    """`runs` has an entry for each number of `concurrent` calls. `centre` lends its Asterisk, voice and templates; its
    ports and data are left alone. `rounds` repeats each comparison of about 110 s. `on_progress(what, done, of)`.

    Raises ConfigurationError (SIPp or Asterisk missing, nothing starts), PhoneFailed, OSError.
    """
    sipp()
    stage = Stage(centre, secrets)
    with stage.alone():
        await stage.build(on_progress)
        plan = Plan.of(stage.lengths)
        runs = []
        for number, callers in enumerate(concurrent):
            pairs = []
            for turn in range(rounds):
                # Which side goes first changes, so that a machine that grows warm or busy favours neither.
                order = (False, True) if (number + turn) % 2 == 0 else (True, False)
                load = Load.of(callers)
                sides = {engine: await _side(stage, plan, load, on_progress, engine=engine) for engine in order}
                pairs.append((sides[False], sides[True]))
            runs.append(compared(callers, pairs))
    return {"runs": runs, "call_s": round(plan.seconds, 1), "machine": _machine()}


async def _side(stage: Stage, plan: Plan, load: Load, on_progress: Progress, *, engine: bool) -> Measured:
    """One side under one load."""
    name = f"{load.concurrent} {'engine' if engine else 'bare'}"
    async with stage.running(engine=engine) as pids:
        meter = Meter.begin(pids)
        shown = asyncio.create_task(_show(name, plan, load, on_progress))
        try:
            async with asyncio.TaskGroup() as group:
                loading = group.create_task(
                    ring(stage.address, stage.centre.number, plan, load, stage.scenario, stage.folder)
                )
                probing_task = group.create_task(_probe(stage, plan, load))
            meter.end()
        finally:
            shown.cancel()
    outcome, probes = loading.result(), probing_task.result()
    calls = load.calls + len(probes)
    good = [outcome.good + sum(probe.good for probe in probes), stage.ended_well()]
    if engine:
        good.append(stage.ended_in_engine())
    return Measured(
        calls=calls,
        stored=stage.stored() if engine else 0,
        good=good,
        peak=outcome.peak,
        cpu_s=sum(meter.cpu_s),
        engine_cpu_s=sum(meter.cpu_s[1:]),
        asterisk_mb=meter.peak_mb[0],
        engine_mb=sum(meter.peak_mb[1:]),
        renderer_mb=meter.children_mb,
        delays_ms=[delay for probe in probes for delay in probe.delays_ms],
        late_ms=outcome.late_ms,
    )


async def _probe(stage: Stage, plan: Plan, load: Load) -> list[Any]:
    """Probes from the moment the load has reached its height, for as long as it stays there."""
    await asyncio.sleep(RAMP_S)
    height_s = (load.calls / load.concurrent - 1) * plan.seconds - RAMP_S
    return list(await probing(stage.address, stage.centre.number, KEYS, PROBES, height_s))


async def _show(name: str, plan: Plan, load: Load, on_progress: Progress) -> None:
    whole = round(RAMP_S + load.calls / load.concurrent * plan.seconds)
    for second in range(whole):
        on_progress(name, second, whole)
        await asyncio.sleep(_STEP_S)


def _machine() -> dict[str, Any]:
    model = platform.processor()
    with suppress(OSError), open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "load_1m": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
    }
