"""`ivr bench`: measure the engine."""

import asyncio
import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ivr import logs
from ivr.commands.shell import DEFAULT, AsJson, Bars, Config, group, or_exit, read
from ivr.config import load
from ivr.domain.errors import ConfigurationError

if TYPE_CHECKING:  # every command of `ivr` imports this file
    from ivr.prepare import Progress

bench = group("Measure the engine; figures are ratios of one run.")


@bench.command()
def ami(events: Annotated[int, typer.Option(help="Events in the stream.")] = 20000, as_json: AsJson = False) -> None:
    """Events per second of our AMI codec against panoramisk's own, and what each corrupts."""
    from ivr.simulate import bench_ami

    print(json.dumps(bench_ami.run(events), ensure_ascii=False, indent=None if as_json else 2))


@bench.command()
def flow(
    calls: Annotated[int, typer.Option(min=1, help="Calls through the flow.")] = 2000,
    config: Config = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Steps a second of the flow engine alone, on one core, through the Rosatom flow; no telephone, no database."""
    from ivr.places import Places
    from ivr.simulate import bench_flow

    figures = or_exit(lambda: bench_flow.run(Places.of(load(config)).standards.parent, calls))
    print(json.dumps(figures, ensure_ascii=False, indent=None if as_json else 2))


@bench.command()
def queue(
    events: Annotated[int, typer.Option(min=100, help="Events timed at each size.")] = 20000,
    operators: Annotated[list[int] | None, typer.Option(min=1, help="Operators; may be given several times.")] = None,
    as_json: AsJson = False,
) -> None:
    """How long the ACD takes for one event, by operators and as many callers waiting, on one core; no telephone."""
    from ivr.simulate import bench_queue

    with Bars() as show:
        figures = bench_queue.run(events, operators or bench_queue.SIZES, show)
    print(json.dumps(figures, ensure_ascii=False, indent=None if as_json else 2))


@bench.command()
def calls(
    config: Config = DEFAULT,
    concurrent: Annotated[list[int] | None, typer.Option(help="Calls at once; may be given several times.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often both sides take turns.")] = 1,
    as_json: AsJson = False,
) -> None:
    """One tone menu as a bare Asterisk dialplan and through the engine, by SIPp: CPU, delay of the answer, failures."""
    from ivr.simulate.bench_calls.bench import run_bench

    def work() -> dict[str, Any]:
        centre, keys = read(config)
        with Bars() as show:
            return asyncio.run(
                run_bench(centre, keys, concurrent=concurrent or (50, 150, 300), rounds=rounds, on_progress=show)
            )

    print(json.dumps(or_exit(work), ensure_ascii=False, indent=None if as_json else 2))


@bench.command()
def ringing(
    config: Config = DEFAULT,
    concurrent: Annotated[list[int] | None, typer.Option(min=1, help="Callers at once; may be given often.")] = None,
    calls: Annotated[int, typer.Option(min=10, help="How often a telephone rings in each run.")] = 100,
    as_json: AsJson = False,
) -> None:
    """From an operator's «ready» (sent to the API) to the INVITE at his telephone, with so many callers on the line."""
    from ivr.simulate.bench_ringing.bench import run_bench

    def work() -> dict[str, Any]:
        centre, keys = read(config)
        with Bars() as show:
            ring = run_bench(centre, keys, concurrent=concurrent or (10, 50, 100, 200), calls=calls, on_progress=show)
            return asyncio.run(ring)

    print(json.dumps(or_exit(work), ensure_ascii=False, indent=None if as_json else 2))


@bench.command("readings")
def bench_readings(
    config: Config = DEFAULT,
    concurrent: Annotated[list[int] | None, typer.Option(help="Callers at once; may be given several times.")] = None,
    url: Annotated[str, typer.Option(help="An empty database to use instead of a new SQLite file.")] = "",
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Telephones send nothing in silence, as many mobile ones.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Callers who each submit a reading at once: failures, delay from tone to sound, rows against confirmations."""
    from ivr.simulate import bench_readings

    def work() -> dict[str, Any]:
        centre, keys = read(config)
        with Bars() as show:
            ring = bench_readings.run_bench(
                centre, keys, concurrent=concurrent or (50, 150, 300), url=url, quiet=quiet, on_progress=show
            )
            return asyncio.run(ring)

    print(json.dumps(or_exit(work), ensure_ascii=False, indent=None if as_json else 2))


@bench.command("import")
def bench_import(
    accounts: Annotated[int, typer.Option(help="Invented accounts in the file.")] = 255_000,
    url: Annotated[str, typer.Option(help="An empty database to fill instead of a new SQLite file.")] = "",
    as_json: AsJson = False,
) -> None:
    """Rows per second into an empty database and again, the peak of memory, and how long live calls wait meanwhile."""
    from ivr.simulate import bench_import

    print(json.dumps(bench_import.run(accounts, url), ensure_ascii=False, indent=None if as_json else 2))


@bench.command("wait")
def bench_wait(
    operators: Annotated[list[int] | None, typer.Option(min=1, help="Sizes of the centre; may be given often.")] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Simulated days of each.")] = 20,
    hours: Annotated[
        float, typer.Option(min=0.1, help="Hours judged of each, after a working week that teaches.")
    ] = 12,
    as_json: AsJson = False,
) -> None:
    """Our promise of the wait against what Asterisk's queue says: their errors, with and without staff vanishing."""
    from ivr.simulate import bench_wait

    with Bars() as show:
        figures = bench_wait.run(operators or (10, 30, 60), seeds, hours, show)
    print(json.dumps(figures, ensure_ascii=False, indent=None if as_json else 2))


class Calls(StrEnum):
    """Whether the bench of speech rings."""

    WITH = "with"
    WITHOUT = "without"
    ALONE = "alone"


@bench.command("speech")
def bench_speech(
    config: Config = DEFAULT,
    voices: Annotated[Path, typer.Option(help="Unpacked packages of the synthetic test voices.")] = Path(
        "var/speech/packages"
    ),
    model: Annotated[str, typer.Option(help="Name of the speech model; empty: the one in use.")] = "",
    quick: Annotated[bool, typer.Option(help="Fewer phrases through fewer lines: minutes.")] = False,
    calls: Annotated[Calls, typer.Option(help="Real calls through Asterisk: besides, not at all, or nothing else.")] = (
        Calls.WITH
    ),
    as_json: AsJson = False,
) -> None:
    """Readings heard rightly, by voices and lines; what is taken for a number; dialogues; cost; turns on the wire."""
    from ivr.simulate.bench_speech import bench as speech
    from ivr.simulate.bench_speech import report, wire

    logs.configure()  # standard output is for the figures

    async def measured(show: "Progress") -> dict[str, Any]:
        centre = load(config)
        told: dict[str, Any] = {}
        if calls is not Calls.ALONE:
            heard = speech.run_bench(centre, voices=centre.path(voices), model=model, quick=quick, on_progress=show)
            told = report.as_json(await heard)
        if calls is not Calls.WITHOUT:
            callers = wire.CALLERS[:1] if quick else wire.CALLERS
            try:
                told["wire"] = await wire.measured(*read(config), callers=callers, on_progress=show)
            except ConfigurationError as error:
                if not told:
                    raise
                told["left_out"] += ["calls:", *error.mistakes]
        return told

    def work() -> dict[str, Any]:
        with Bars() as show:
            return asyncio.run(measured(show))

    told = or_exit(work)
    print(json.dumps(told, ensure_ascii=False) if as_json else "\n".join(report.text(told)))
