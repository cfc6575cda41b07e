"""What `ivr supply` does: a supplier's lists taken in, and shown as callers are told of them."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from ivr.adapters.db.engine import Database
from ivr.adapters.db.schema import upgrade
from ivr.adapters.db.supply import SqlServiceRequests, SqlSupply
from ivr.adapters.db.supply_import import SqlSupplyImport
from ivr.adapters.files.supply_file import SHEETS, SupplyFile, read_supply
from ivr.config import Centre
from ivr.dialogue.week import written
from ivr.domain.customer import CustomerKind
from ivr.domain.errors import ConfigurationError
from ivr.import_report import tell_mistakes

PATIENCE_S = 60.0

SHOWN = 1000
"""Requests shown at most, the oldest first."""


async def import_file(centre: Centre, kind: str, file: Path, *, check: bool) -> SupplyFile:
    """Take the good rows of `file` in; with `check` nothing is written. Raises ConfigurationError, StoreUnavailable."""
    if kind not in SHEETS:
        raise ConfigurationError([f"'{kind}' is nothing that can be taken in; give one of {', '.join(SHEETS)}"])
    zone = ZoneInfo(centre.timezone)
    found = await asyncio.to_thread(read_supply, kind, file, zone)
    if not found.rows and found.mistakes:
        return found  # an empty list would take everything away because of a spoilt file
    await asyncio.to_thread(upgrade, centre.database_url)
    database = Database(centre.database_url, PATIENCE_S)
    try:
        store = SqlSupplyImport(database, zone)
        if kind == "requests" and not centre.billing.url:  # else it is billing that knows the accounts
            found = replace(found, unknown=await store.unknown(found.rows))
        if not check:
            await store.put(kind, found.rows, datetime.now(UTC))
    finally:
        await database.close()
    return found


def tell_import(found: SupplyFile, file: Path, centre: Centre, console: Console, *, check: bool) -> None:
    """The outcome in words, and what is wrong with the file's rows."""
    nothing = check or not found.rows
    console.print("Nothing was written." if nothing else "Done.", style="bold")
    bad = len({mistake.row for mistake in found.mistakes})
    console.print(f"rows {len(found.rows) + bad}, of them bad {bad}")
    if found.ignored:
        console.print(f"columns not known, and left out: {', '.join(found.ignored)}", style="yellow", markup=False)
    if found.unknown:
        console.print(f"accounts of requests that are not known here: {found.unknown}", style="yellow")
    tell_mistakes(file, found.mistakes, centre, console)


async def shown(centre: Centre, kind: str) -> Table:
    """Outages to come, the offices, how to pay, or requests not answered yet. Raises ConfigurationError and
    StoreUnavailable."""
    zone = ZoneInfo(centre.timezone)
    database = Database(centre.database_url, PATIENCE_S)
    supply = SqlSupply(database)
    try:
        match kind:
            case "outages":
                table = Table("from", "until", "district", "address", "why")
                for outage in await supply.all_outages(datetime.now(UTC)):
                    both = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (outage.starts_at, outage.ends_at))
                    table.add_row(*both, outage.district, outage.address, outage.text)
            case "offices":
                table = Table("name", "address", "district", "hours")
                for office in await supply.all_offices():
                    hours = "; ".join(f"{days} {spans}" for days, spans in written(office.week).items())
                    table.add_row(office.name, office.address, office.district, hours)
            case "payment":
                table = Table("kind", "text")
                for each in CustomerKind:
                    table.add_row(each.value, await supply.how_to_pay(each))
            case "requests":
                table = Table("number", "account", "topic", "status", "opened", "due")
                for asked in await SqlServiceRequests(database).waiting(SHOWN):
                    days = f"{asked.opened_at.astimezone(zone):%Y-%m-%d}", str(asked.due_on or "")
                    table.add_row(asked.number, asked.account, asked.topic, asked.status.value, *days)
            case _:
                raise ConfigurationError([f"'{kind}' cannot be listed; give outages, offices, payment or requests"])
        return table
    finally:
        await database.close()
