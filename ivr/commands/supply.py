"""`ivr supply`: planned outages, offices, how to pay, requests of customers."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ivr.commands.shell import DEFAULT, Config, group, or_exit, print_table
from ivr.config import load

supply = group("Planned outages, offices, how to pay, requests: what callers are told besides their own figures.")


@supply.command("import")
def supply_import(
    kind: Annotated[str, typer.Argument(help="outages, offices, payment or requests.")],
    file: Annotated[Path, typer.Argument(help="CSV or XLSX; docs/data.md lists columns.")],
    config: Config = DEFAULT,
    check: Annotated[bool, typer.Option("--check", help="Tell what is wrong, and write nothing.")] = False,
) -> None:
    """Take a list in: the file's outages to come, or its offices, replace all that were there; requests are added or
    renewed by number. Exit code 1: some rows were bad."""
    from ivr import supply_report

    def work() -> int:
        centre = load(config)
        found = asyncio.run(supply_report.import_file(centre, kind, file, check=check))
        supply_report.tell_import(found, file, centre, Console(), check=check)
        return 1 if found.mistakes else 0

    raise typer.Exit(or_exit(work))


@supply.command("list")
def supply_list(
    kind: Annotated[str, typer.Argument(help="outages, offices, payment or requests.")], config: Config = DEFAULT
) -> None:
    """What callers are told now; of requests those that wait for an answer."""
    from ivr import supply_report

    print_table(lambda: supply_report.shown(load(config), kind))
