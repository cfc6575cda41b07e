"""The command line: `ivr --help`. Thin: each command reads the configuration and calls one function."""

import asyncio
import os

import typer
from rich.console import Console

from ivr import logs
from ivr.commands.bench import bench
from ivr.commands.contacts import audit, news, requests
from ivr.commands.operators import operators
from ivr.commands.queue import queue
from ivr.commands.shell import DEFAULT, AsJson, Bars, Config, or_exit, read, secrets_file
from ivr.commands.simulate import simulate
from ivr.commands.speech import speech
from ivr.commands.staffing import staffing
from ivr.commands.standards import standards
from ivr.commands.subscribers import customers, readings
from ivr.commands.supply import supply
from ivr.config import load

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Contact centre for electricity suppliers.")
app.add_typer(bench, name="bench")
app.add_typer(simulate, name="simulate")
app.add_typer(queue, name="queue")
app.add_typer(customers, name="customers")
app.add_typer(readings, name="readings")
app.add_typer(requests, name="requests")
app.command("audit")(audit)
app.add_typer(news, name="news")
app.add_typer(supply, name="supply")
app.add_typer(standards, name="standards")
app.add_typer(speech, name="speech")
app.add_typer(operators, name="operators")
app.command()(staffing)

PRIVATE = 0o027
"""Recordings, database and logs are for this user and his group only, whoever writes them."""


@app.command()
def run(config: Config = DEFAULT) -> None:
    """Start the whole centre: database, sounds, Asterisk, engine, web. Ctrl-C stops everything it started."""
    from ivr.launch import launch
    from ivr.prepare import prepare

    def work() -> int:
        os.umask(PRIVATE)
        centre, keys = read(config)
        with Bars() as show:
            asyncio.run(prepare(centre, show))
        return asyncio.run(launch(centre, keys, config))

    raise typer.Exit(or_exit(work))


@app.command()
def prepare(config: Config = DEFAULT) -> None:
    """Make what is missing before a start: the database, its sample, every sound."""
    from ivr.prepare import prepare as work

    def prepared() -> None:
        with Bars() as show:
            asyncio.run(work(load(config), show))

    or_exit(prepared)


@app.command()
def engine(config: Config = DEFAULT, debug: bool = False) -> None:
    """The engine alone, beside an Asterisk that already runs (what `run` starts, and what systemd would)."""
    from ivr.app import run_engine

    logs.configure(debug=debug)
    os.umask(PRIVATE)

    def work() -> None:
        centre, keys = read(config)
        asyncio.run(run_engine(centre, keys))

    or_exit(work)


@app.command()
def check(config: Config = DEFAULT) -> None:
    """Prove configuration, flows, sounds and Asterisk before a start; every mistake is listed at once."""
    from ivr.check import check as check_all

    console = Console()

    def report(part: str, mistakes: list[str]) -> None:
        console.print(f"{'✗' if mistakes else '✓'} {part}", style="red" if mistakes else "green")
        for mistake in mistakes:
            console.print(f"    {mistake}", markup=False, soft_wrap=True)

    good = asyncio.run(check_all(config, secrets_file(config.resolve().parent), report))
    raise typer.Exit(0 if good else 1)


@app.command()
def demo(config: Config = DEFAULT, as_json: AsJson = False) -> None:
    """Let simulated callers ring the running centre and show what both sides say."""
    from ivr.simulate.demo import run_demo

    def work() -> int:
        centre, keys = read(config)
        return asyncio.run(run_demo(centre, keys, as_json=as_json, console=Console(stderr=as_json)))

    raise typer.Exit(or_exit(work))
