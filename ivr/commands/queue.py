"""`ivr queue`: what the queue did and why, its promises, callbacks."""

import asyncio
import json
from datetime import date, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ivr.commands.shell import DEFAULT, AsJson, Config, Days, OtherRules, group, or_exit, print_table
from ivr.config import load

queue = group("What the queue did and why, what callers were promised, who is to be rung back.")

storm = group("Storm mode: a power cut makes everybody ring at once.")
queue.add_typer(storm, name="storm")

On = Annotated[
    datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="One local day instead of the last days.")
]

InDistrict = Annotated[
    list[str] | None, typer.Option("--district", help="Of this district, as accounts name it; may be given again.")
]


def _day(on: datetime | None) -> date | None:
    return on.date() if on is not None else None


@queue.command("log")
def queue_log(
    entry: Annotated[str, typer.Argument(help="Every step of this one (a call's id); left out: all who waited.")] = "",
    on: On = None,
    days: Days = 1,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 200,
    config: Config = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Who waited how long, and why. As JSON: the figures of the time."""
    from ivr import queue_report

    if as_json:
        return _show(or_exit(lambda: asyncio.run(queue_report.figures(load(config), _day(on), days))), as_json)
    print_table(lambda: queue_report.log(load(config), _day(on), days, entry, limit))


@queue.command("promises")
def queue_promises(on: On = None, days: Days = 7, config: Config = DEFAULT, as_json: AsJson = False) -> None:
    """What callers were promised of their wait, and how it came true."""
    from ivr import queue_report

    _show(or_exit(lambda: asyncio.run(queue_report.told(load(config), _day(on), days))), as_json)


@queue.command("replay")
def queue_replay(
    on: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="The local day.")],
    operators: Annotated[
        int | None, typer.Option(min=1, help="Operators in the busiest half hour; left out: as recorded.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Another number, other chance.")] = 1,
    rules: OtherRules = None,
    config: Config = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """A recorded day beside the same callers in the simulator; `ivr simulate queue --replay` has more to turn."""
    from ivr import queue_report

    _show(
        or_exit(lambda: queue_report.replayed(load(config), on, operators, seed, load(rules) if rules else None)),
        as_json,
    )


@queue.command("callbacks")
def queue_callbacks(
    days: Days = 7,
    waiting: Annotated[bool, typer.Option(help="Only those that are still to be made.")] = False,
    config: Config = DEFAULT,
) -> None:
    """Who is to be rung back, who was, and what came of it. Shows personal data."""
    from ivr import queue_report

    print_table(lambda: queue_report.callbacks(load(config), days, open_only=waiting))


@queue.command("withdraw")
def queue_withdraw(
    number: Annotated[str, typer.Argument(help="The number as `ivr queue callbacks` shows it, or the call's id.")],
    config: Config = DEFAULT,
) -> None:
    """Take a callback back: it leaves the line within seconds."""
    from ivr import queue_report

    if not or_exit(lambda: asyncio.run(queue_report.withdraw(load(config), number))):
        Console(stderr=True).print("✗ no callback of this number waits", style="red")
        raise typer.Exit(1)


@storm.command("on")
def storm_on(
    text: Annotated[str, typer.Argument(help="What callers are told, in Russian: one or two short sentences.")],
    hours: Annotated[float, typer.Option(min=0.1, max=72, help="It ends by itself then.")] = 3.0,
    district: InDistrict = None,
    config: Config = DEFAULT,
) -> None:
    """Tell every caller before the menu, and those who wait; offer callbacks at once; shorten the dialogue.

    With --district: callers whose number is in an account of that district."""
    from ivr import queue_report

    or_exit(lambda: asyncio.run(queue_report.begin_storm(load(config), text, hours, district or [])))
    Console(stderr=True).print(f"told to {', '.join(district or ['everybody'])} for {hours:g} h", markup=False)


@storm.command("off")
def storm_off(district: InDistrict = None, config: Config = DEFAULT) -> None:
    """Every storm is over; with --district that of it alone."""
    from ivr import queue_report

    calm = or_exit(lambda: asyncio.run(queue_report.end_storm(load(config), district or [])))
    for each in calm:
        Console(stderr=True).print(f"✗ {each}", style="red", markup=False, soft_wrap=True)
    if calm:
        raise typer.Exit(1)


@storm.command("show")
def storm_show(config: Config = DEFAULT) -> None:
    """Who is told what now, and until when."""
    from ivr import queue_report

    print(or_exit(lambda: asyncio.run(queue_report.storm(load(config)))))


def _show(figures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(figures))
        return
    table = Table("what", "value")
    for name, value in figures.items():
        table.add_row(name, "–" if value is None else str(value) if isinstance(value, int) else f"{value:.2f}")
    Console().print(table)
