"""What `ivr customers` and `ivr readings` do: files in and out of the centre's own tables."""

import asyncio
import fcntl
import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from ivr.adapters.db.calls import SqlCallLog
from ivr.adapters.db.customer_import import SqlCustomerImport
from ivr.adapters.db.customers import SqlCustomers
from ivr.adapters.db.engine import Database
from ivr.adapters.db.reading_export import SqlBatches
from ivr.adapters.db.schema import upgrade
from ivr.adapters.db.tallies import SqlTallies
from ivr.adapters.files.customer_file import CustomerFile
from ivr.adapters.files.reading_file import FORMATS, ReadingFiles
from ivr.adapters.phone_numbers import e164
from ivr.config import Centre
from ivr.domain.call import Audit
from ivr.domain.customer import Account
from ivr.domain.errors import ConfigurationError
from ivr.import_report import tell_mistakes
from ivr.service.customers import ImportReport, import_customers
from ivr.service.readings import Exported, export_again, export_readings

PATIENCE_S = 60.0
"""The deadline of one portion: an import may wait for live calls, not they for it."""


async def import_file(
    centre: Centre,
    file: Path,
    progress: Callable[[int, int], None],
    *,
    check: bool,
    close_missing: bool,
    close_most: bool,
) -> ImportReport:
    """Take the accounts of `file` in. Raises ConfigurationError, StoreUnavailable."""
    await asyncio.to_thread(upgrade, centre.database_url)
    zone = ZoneInfo(centre.timezone)
    source = await asyncio.to_thread(CustomerFile, file)
    database = Database(centre.database_url, PATIENCE_S)
    try:
        store = SqlCustomerImport(database, source.columns, datetime.now(zone).date(), zone, check=check)
        return await import_customers(source, store, progress, close_missing=close_missing, close_most=close_most)
    finally:
        source.close()
        await database.close()


def tell_import(report: ImportReport, file: Path, centre: Centre, console: Console, *, check: bool) -> None:
    """The outcome in words, and what is wrong with the file's rows."""
    counts = report.counts
    console.print("Nothing was written: this is a check." if check else "Done.", style="bold")
    console.print(f"rows {report.rows}, of them bad {report.bad_rows}")
    console.print(
        f"accounts: new {counts.added}, changed {counts.changed}, as they were {counts.same}, closed {counts.closed}"
    )
    console.print(f"registers: new {counts.registers_added}, taken away {counts.registers_removed}")
    if counts.told_contracts:
        wrong = "accounts whose number tells the end of the contract, which proves nothing then"
        words = f"{wrong}: {counts.told_contracts}"
        console.print(words, style="yellow")
    if counts.without_proof:
        wrong = "accounts that callers cannot prove to be theirs (docs/data.md, Identity)"
        words = f"{wrong}: {counts.without_proof}"
        console.print(words, style="yellow", markup=False)
    if report.ignored:
        console.print(f"columns not known, and left out: {', '.join(report.ignored)}", style="yellow", markup=False)
    if report.left_alone:
        console.print(report.left_alone, style="yellow", markup=False)
    tell_mistakes(file, report.mistakes, centre, console)


async def show(centre: Centre, number: str) -> Account | None:
    """An account as callers are told of it; the look is written into the audit. Raises StoreUnavailable."""
    database = Database(centre.database_url, PATIENCE_S)
    try:
        account = await SqlCustomers(database).account(number)
        if account is not None:
            await SqlCallLog(database).write([_look("shown", account.number, "")])
        return account
    finally:
        await database.close()


async def unlock(centre: Centre, number: str) -> bool:
    """Open the identification that failures from a caller's number (written as people do), or about an account, have
    locked. Gives whether there were any; it is written into the audit. Raises StoreUnavailable."""
    database = Database(centre.database_url, PATIENCE_S)
    try:
        found = await SqlTallies(database).unlock([f"caller:{e164(number) or number}", f"account:{number}"])
        await SqlCallLog(database).write([_look("unlocked", number, "" if found else "nothing_locked")])
        return bool(found)
    finally:
        await database.close()


def _look(action: str, subject: str, result: str) -> Audit:
    """By whoever has typed the command."""
    return Audit(uuid4().hex, datetime.now(UTC), "", f"command line: {getpass.getuser()}", action, subject, result)


def tell_account(account: Account, zone: ZoneInfo) -> Table:
    table = Table(show_header=False)
    table.add_row("account", account.number)
    table.add_row("contract", account.contract)
    table.add_row("customer", f"{account.customer} ({account.kind.value})")
    table.add_row("address", f"{account.address} · {account.district}")
    table.add_row("telephones", ", ".join(account.phones))
    if account.tariff:
        prices = ", ".join(f"{of} {kopecks / 100:.2f}" for of, kopecks in account.tariff.prices)
        table.add_row("tariff", f"{account.tariff.name}: {prices}")
    if balance := account.balance:
        table.add_row("owes", f"{balance.debt_kopecks / 100:.2f} on {balance.as_of}")
        if balance.last_payment_kopecks is not None:
            table.add_row("last payment", f"{balance.last_payment_kopecks / 100:.2f} on {balance.last_payment_on}")
    for meter in account.meters:
        for register in meter.registers:
            last = register.history[-1] if register.history else None
            told = f"{last.value} on {last.taken_at.astimezone(zone):%Y-%m-%d}" if last else "no reading yet"
            due = f", verification due {meter.verification_due}" if meter.verification_due else ""
            table.add_row(f"meter {meter.serial}", f"{register.tariff}, {register.digits} digits: {told}{due}")
    return table


async def export_file(centre: Centre, out: Path, format: str, since: date | None, again: int | None) -> list[Exported]:
    """Give billing its readings as a file. Raises ConfigurationError, StoreUnavailable, OSError."""
    zone = ZoneInfo(centre.timezone)
    if format not in FORMATS:
        raise ConfigurationError([f"'{format}' is no format; write one of {', '.join(FORMATS)}"])
    database = Database(centre.database_url, PATIENCE_S)
    target = await asyncio.to_thread(out.absolute)  # an export cut short may be finished from another folder
    batches = SqlBatches(database, zone, lambda: datetime.now(UTC))
    try:
        with _alone(centre.path(Path("var/readings-export.lock"))):
            if again is not None:
                return [await export_again(batches, ReadingFiles(), again, target, format)]
            start = datetime.combine(since, time(), zone) if since else None
            return await export_readings(batches, ReadingFiles(), target, format, start)
    finally:
        await database.close()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One export at a time: a second would take the first one's batch for one that was left behind."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(["another export is at work; wait until it is done"]) from None
        yield
