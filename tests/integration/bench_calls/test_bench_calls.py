"""Both sides of the bench on a real Asterisk, with a handful of callers."""

import asyncio
import json
import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from ivr.config import Asterisk, Centre, Secrets, Speech
from ivr.domain.errors import ConfigurationError
from ivr.simulate.bench_calls.load import ring
from ivr.simulate.bench_calls.pace import pacing
from ivr.simulate.bench_calls.plan import KEYS, Load, Plan
from ivr.simulate.bench_calls.probe import Probe, probing
from ivr.simulate.bench_calls.stage import Stage
from ivr.simulate.bench_calls.usage import Meter
from ivr.simulate.bench_readings import run_bench

REPOSITORY = Path(__file__).parents[3]
CALLS = 3


def given(home: Path) -> tuple[Centre, Secrets]:
    root = Path(os.environ.get("IVR_TEST_ASTERISK_ROOT", REPOSITORY / "var" / "asterisk"))
    centre = Centre(
        dialplans=REPOSITORY / "dialplans",
        agents=REPOSITORY / "agents",
        asterisk=Asterisk(private_root=root),
        speech=Speech(cache=REPOSITORY / "var/cache/acceptance-sounds"),
        home=home,
    )
    return centre, Secrets(ami_secret=SecretStr("a" * 20), operator_secret=SecretStr("b" * 20))


def made(home: Path) -> Stage:
    return Stage(*given(home))


@pytest.mark.parametrize("engine", [False, True], ids=["bare", "engine"])
async def test_every_call_comes_to_the_end(tmp_path: Path, engine: bool) -> None:
    stage = made(tmp_path)
    await stage.build(lambda *_: None)
    plan = Plan.of(stage.lengths)

    async with stage.running(engine=engine) as pids:
        meter = Meter.begin(pids)
        load = Load(concurrent=CALLS, rate=10, calls=CALLS)
        outcome, (probe,) = await asyncio.gather(
            ring(stage.address, stage.centre.number, plan, load, stage.scenario, stage.folder),
            probing(stage.address, stage.centre.number, KEYS, count=1, begun_s=0),
        )
        meter.end()

    assert (outcome.good, outcome.failed) == (CALLS, 0)
    assert probe.good
    assert all(delay > 0 for delay in probe.delays_ms)
    assert stage.ended_well() == CALLS + 1
    assert len(meter.cpu_s) == (2 if engine else 1)
    assert all(seconds > 0 for seconds in meter.cpu_s)
    assert all(peak > 10 for peak in meter.peak_mb)
    if engine:
        assert stage.ended_in_engine() == CALLS + 1


async def test_a_wrong_key_is_no_good_end(tmp_path: Path) -> None:
    stage = made(tmp_path)
    await stage.build(lambda *_: None)

    async with stage.running(engine=False):
        probe = Probe(stage.address, stage.centre.number, "13")
        async with pacing() as pace:
            await probe.call(pace)

    assert probe.ended  # by the centre, in the place for wrong keys
    assert stage.ended_well() == 0


async def test_every_caller_submits_a_reading(tmp_path: Path) -> None:
    figures = await run_bench(*given(tmp_path), concurrent=(1,), url="", quiet=True, on_progress=lambda *_: None)
    (run,) = figures["runs"]
    assert (run["heard_all"], run["confirmed"], run["rows"], run["failed"]) == (1, 1, 1, 0)


async def test_two_benches_do_not_share_a_folder(tmp_path: Path) -> None:
    one, other = made(tmp_path), made(tmp_path)
    with one.alone(), pytest.raises(ConfigurationError, match="another bench"), other.alone():
        pass


async def test_nobody_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.simulate.bench_calls.probe._ANSWER_S", 0.2)
    stage = made(tmp_path)
    probe = Probe(stage.address, "1", KEYS)

    async with pacing() as pace:
        await probe.call(pace)

    assert not probe.ended
    assert not probe.good
    assert json.dumps(probe.delays_ms) == "[]"
