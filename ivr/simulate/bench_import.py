"""`ivr bench import`: a file of invented accounts goes into an empty database, and once more with nothing changed.

Meanwhile another process's part is played by a reader and a writer of the same database, as live calls would be: an
account is read and a reading stored every 50 ms, and the longest wait of each is told.
"""

import asyncio
import csv
import multiprocessing
import resource
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from ivr.adapters.db.customer_import import SqlCustomerImport
from ivr.adapters.db.customers import SqlCustomers, SqlReadings
from ivr.adapters.db.engine import Database
from ivr.adapters.db.schema import upgrade
from ivr.adapters.files.customer_file import CustomerFile
from ivr.domain.customer import Reading
from ivr.domain.customer_row import CustomerRow
from ivr.domain.errors import StoreUnavailable
from ivr.service.customers import import_customers

ACCOUNTS = 255_000
CALLER = "1000000001"
PAUSE_S = 0.05
TIMEOUT_S = 2.0  # of the live calls: the engine's own default
PATIENCE_S = 60.0  # of the import
ZONE = ZoneInfo("Europe/Moscow")
SCRAMBLE = 7919
"""Makes numbers of contracts that the account's number does not tell: else they would prove nothing."""
HEADINGS = (
    "лицевой счёт",
    "договор",
    "ФИО",
    "тип",
    "адрес",
    "район",
    "телефоны",
    "тарифный план",
    "долг",
    "дата сальдо",
    "последний платёж",
    "дата последнего платежа",
    "счётчик",
    "тариф",
    "разрядность",
    "дата поверки",
    "цена",
    "последнее показание",
    "дата показания",
)
ZONES: tuple[tuple[tuple[str, str], ...], ...] = ((("единый", "6,43"),), (("день", "7,39"), ("ночь", "3,12")))


def write_file(path: Path, accounts: int) -> int:
    """A file of so many invented accounts, every fifth with a meter of two registers; gives its rows."""
    rows = 0
    with path.open("w", encoding="cp1251", newline="") as out:
        writer = csv.writer(out, delimiter=";")
        writer.writerow(HEADINGS)
        for number in range(1, accounts + 1):
            zones = ZONES[number % 5 == 0]
            for zone, price in zones:
                writer.writerow(_row(number, zone, price, len(zones)))
                rows += 1
    return rows


def _row(number: int, zone: str, price: str, registers_of_meter: int) -> list[str]:
    debt = f"{number % 9000 - 2000:,}".replace(",", " ") + f",{number % 100:02d}"
    return [
        f"{2_000_000_000 + number}",
        f"00-{number * SCRAMBLE % 10**8:08d}",
        f"Вымышленный Абонент {number}",
        "юрлицо" if number % 10 == 0 else "физлицо",
        f"Примерск, улица Вымышленная, дом {number % 300}, квартира {number % 90}",
        f"Район {number % 40}",
        f"8 (999) {number % 1000:03d}-{number // 1000 % 100:02d}-{number % 100:02d}",
        "Одноставочный" if registers_of_meter == 1 else "Двухзонный",
        debt,
        "01.11.2026",
        f"{number % 5000},50",
        "2026-10-20",
        f"ПР-{number:09d}",
        zone,
        "6",
        "01.06.2031",
        price,
        f"{number % 900_000}",
        "25.10.2026",
    ]


def run(accounts: int = ACCOUNTS, url: str = "") -> dict[str, Any]:
    """Figures of a first import and of a second one of the same file. `url`: an empty database that may be filled;
    a new SQLite file when it is not given."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "customers.csv"
        rows = write_file(file, accounts)
        target = url or f"sqlite+aiosqlite:///{folder}/ivr.db"
        upgrade(target)
        result: dict[str, Any] = {
            "database": target.partition(":")[0],
            "accounts": accounts,
            "rows": rows,
            "megabytes": round(file.stat().st_size / 1e6, 1),
        }
        for name in ("first", "again"):
            # A process of its own each: its peak of memory is the import's alone.
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                importing = pool.apply_async(_import, (file, target))
                calls = asyncio.run(_live_calls(target, importing.ready))
                result[name] = {**importing.get(), "live_calls": calls}
        return result


async def _live_calls(url: str, over: Callable[[], bool]) -> dict[str, Any]:
    """Read an account and store a reading of it, again and again until the import is over."""
    database = Database(url, TIMEOUT_S)
    today = datetime.now(UTC).date()
    store = SqlCustomerImport(database, frozenset(), today, ZONE)
    await store.put([CustomerRow(2, CALLER, "00-1", "Звонящий Вымышленный", address="Примерск", meter="ПР-0")])
    customers, readings = SqlCustomers(database), SqlReadings(database, ZONE)
    account = await customers.account(CALLER)
    assert account is not None
    register = account.meters[0].registers[0].id
    reads: list[float] = []
    writes: list[float] = []
    failures = 0
    try:
        while not over():
            began = perf_counter()
            try:
                await customers.account(CALLER)
                reads.append(perf_counter() - began)
                began = perf_counter()
                await readings.submit(register, Reading(len(writes), datetime.now(UTC), call_id=f"bench-{began}"))
                writes.append(perf_counter() - began)
            except StoreUnavailable:
                failures += 1
            await asyncio.sleep(PAUSE_S)
    finally:
        await database.close()
    return {"failures": failures, "read": _figures(reads), "write": _figures(writes)}


def _figures(seconds: list[float]) -> dict[str, Any]:
    if not seconds:
        return {"count": 0}
    ordered = sorted(seconds)
    milliseconds = {"p50_ms": ordered[len(ordered) // 2], "p95_ms": ordered[int(len(ordered) * 0.95)]}
    milliseconds["max_ms"] = ordered[-1]
    return {"count": len(ordered), **{name: round(value * 1000, 1) for name, value in milliseconds.items()}}


def _import(file: Path, url: str) -> dict[str, Any]:
    async def work() -> dict[str, Any]:
        database = Database(url, PATIENCE_S)
        source = CustomerFile(file)
        try:
            store = SqlCustomerImport(database, source.columns, date(2026, 11, 1), ZONE)
            began = perf_counter()
            report = await import_customers(source, store, lambda done, of: None)
            seconds = perf_counter() - began
        finally:
            source.close()
            await database.close()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {
            "seconds": round(seconds, 1),
            "rows_per_s": round(report.rows / seconds),
            "peak_mb": round(peak / 1024),
            "bad_rows": report.bad_rows,
            "counts": asdict(report.counts),
        }

    return asyncio.run(work())
