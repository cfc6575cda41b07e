"""`ivr requests`, `ivr audit`, `ivr news`: what callers turned to the centre for, who looked, what all of them hear."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ivr.commands.shell import DEFAULT, Config, Days, group, or_exit, print_table
from ivr.config import load

requests = group("What callers turned to the centre for, and what became of it.")
news = group("News that was recorded: by telephone, or a sound file of yours.")


@requests.command("list")
def requests_list(
    number: Annotated[str, typer.Argument(help="An account's or a caller's number; left out: all.")] = "",
    topic: Annotated[str, typer.Option(help="One topic only.")] = "",
    days: Days = 30,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 100,
    config: Config = DEFAULT,
) -> None:
    """The newest matters of calls. Shows personal data."""
    from ivr import contact_report

    print_table(lambda: contact_report.listed(load(config), number, topic, days, limit))


@requests.command("report")
def requests_report(days: Days = 30, config: Config = DEFAULT) -> None:
    """How many matters of each topic came out how."""
    from ivr import contact_report

    print_table(lambda: contact_report.counted(load(config), days))


def audit(
    number: Annotated[str, typer.Argument(help="An account's number; left out: all.")] = "",
    days: Days = 30,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 100,
    config: Config = DEFAULT,
) -> None:
    """Who looked at personal data or tried to prove an account, and how it came out. Nobody can change these rows."""
    from ivr import contact_report

    print_table(lambda: contact_report.audited(load(config), number, days, limit))


@news.command("list")
def news_list(config: Config = DEFAULT) -> None:
    """Recorded news that are or will be in force."""
    from ivr import contact_report

    print_table(lambda: contact_report.news(load(config)))


@news.command("add")
def news_add(
    file: Annotated[Path, typer.Argument(help="WAV, MP3, OGG, FLAC or M4A.")],
    first: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day; left out: today.")] = None,
    last: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; left out: until removed.")
    ] = None,
    title: Annotated[str, typer.Option(help="Said instead should the file be gone.")] = "",
    config: Config = DEFAULT,
) -> None:
    """Publish a sound file as a piece of news."""
    from ivr import contact_report

    days = (first or datetime.now()).date(), last.date() if last else None
    number = or_exit(lambda: asyncio.run(contact_report.add_news(load(config), file, *days, title)))
    Console().print(f"published as number {number}")


@news.command("remove")
def news_remove(number: int, config: Config = DEFAULT) -> None:
    """Take a piece of recorded news back."""
    from ivr import contact_report

    if not or_exit(lambda: asyncio.run(contact_report.remove_news(load(config), number))):
        Console(stderr=True).print("✗ there is no recorded news of this number", style="red")
        raise typer.Exit(1)


@news.command("pin")
def news_pin(
    pin: Annotated[str, typer.Option(prompt="PIN", hide_input=True, confirmation_prompt=True, help="Left out: asked.")],
) -> None:
    """The line of var/secrets.env that lets whoever knows the PIN record news by telephone."""
    from ivr.adapters.pin import hashed

    print(f"IVR_NEWS_PIN_HASH='{or_exit(lambda: hashed(pin))}'")
