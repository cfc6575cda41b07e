"""`ivr customers`, `ivr readings`: accounts in, readings out."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ivr.commands.shell import DEFAULT, Bars, Config, group, or_exit
from ivr.config import load

customers = group("Accounts, meters and balances from the supplier's files.")
readings = group("Readings on their way to billing.")


@customers.command("import")
def customers_import(
    file: Annotated[
        Path, typer.Argument(help="CSV (UTF-8 or cp1251; ; , or tab) or XLSX; docs/data.md lists columns.")
    ],
    config: Config = DEFAULT,
    check: Annotated[bool, typer.Option("--check", help="Tell what would be done, and write nothing.")] = False,
    close_missing: Annotated[bool, typer.Option("--close-missing", help="Close accounts the file leaves out.")] = False,
    close_most: Annotated[bool, typer.Option("--close-most", help="… even more than a fifth of them.")] = False,
) -> None:
    """Take accounts, meters and balances in; the same file again changes nothing. Exit code 1: some rows were bad."""
    from ivr import subscribers

    def work() -> int:
        centre = load(config)
        with Bars() as show:
            rows = subscribers.import_file(
                centre,
                file,
                lambda done, of: show("accounts", done, of),
                check=check,
                close_missing=close_missing,
                close_most=close_most,
            )
            report = asyncio.run(rows)
        subscribers.tell_import(report, file, centre, Console(), check=check)
        return 1 if report.bad_rows else 0

    raise typer.Exit(or_exit(work))


@customers.command("show")
def customers_show(number: str, config: Config = DEFAULT) -> None:
    """One account as callers are told of it. Shows personal data."""
    from zoneinfo import ZoneInfo

    from ivr import subscribers

    def work() -> int:
        centre = load(config)
        account = asyncio.run(subscribers.show(centre, number))
        if account is None:
            Console(stderr=True).print("✗ there is no such account in force", style="red")
            return 1
        Console().print(subscribers.tell_account(account, ZoneInfo(centre.timezone)))
        return 0

    raise typer.Exit(or_exit(work))


@customers.command("unlock")
def customers_unlock(number: str, config: Config = DEFAULT) -> None:
    """Open identification again that failures have locked: of an account, or of the number that a caller rings from."""
    from ivr import subscribers

    def work() -> int:
        found = asyncio.run(subscribers.unlock(load(config), number))
        words = "unlocked" if found else "there were no failures to forget"
        Console().print(f"{'✓' if found else '–'} {number}: {words}", markup=False)
        return 0 if found else 1

    raise typer.Exit(or_exit(work))


@readings.command("export")
def readings_export(
    out: Annotated[Path, typer.Option("--out", help="The file to make; it must not be there yet.")],
    format: Annotated[str, typer.Option("--format", help="csv, xlsx or json.")] = "csv",
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Leave earlier days for later.")] = None,
    again: Annotated[int | None, typer.Option(help="Write this old batch once more, word for word.")] = None,
    config: Config = DEFAULT,
) -> None:
    """Give billing every reading that no file has held yet, each once. Exit code 1: an earlier file still waits."""
    from ivr import subscribers

    def work() -> int:
        day = since.date() if since else None
        done = asyncio.run(subscribers.export_file(load(config), out, format, day, again))
        for each in done:
            if each.trouble:
                words = f"batch {each.batch.id} still waits to become {each.batch.path}: {each.trouble}"
                Console(stderr=True).print(f"✗ {words}", style="red", markup=False, soft_wrap=True)
                continue
            left = " (left behind by an export that was cut short)" if each.earlier else ""
            words = f"batch {each.batch.id}: {each.readings} readings in {each.batch.path}{left}"
            Console().print(words, markup=False, soft_wrap=True)
        if not done:
            Console().print("nothing new to export")
        return 1 if any(each.trouble for each in done) else 0

    raise typer.Exit(or_exit(work))
