"""`ivr bench readings`: so many callers at once, each of whom submits a reading through the real Asterisk.

Every caller is real SIP and RTP: he waits for the end of each prompt, keys his account, its proof and the reading,
confirms it, and hangs up when he is told that it is accepted. Then the rows are held against what was confirmed.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db import engine as db
from ivr.adapters.db.customer_import import SqlCustomerImport
from ivr.adapters.db.customers import SqlCustomers
from ivr.adapters.db.tables import contacts, readings
from ivr.adapters.files.customer_file import CustomerFile
from ivr.config import Centre, Database, Secrets
from ivr.prepare import Progress
from ivr.service.customers import import_customers
from ivr.simulate.bench_calls.figures import share
from ivr.simulate.bench_calls.pace import pacing
from ivr.simulate.bench_calls.probe import Probe
from ivr.simulate.bench_calls.stage import Stage
from ivr.simulate.bench_import import write_file

RAMP_S = 30.0
"""All callers have rung after so long; a call lasts some 50 s, so that for a while all of them are there."""

SETTLE_S = 5.0  # of rows on their way when the last caller has hung up
TIMEOUT_S = 60.0
USED_KWH = 100


class ReadingStage(Stage):
    """The bench's centre with the Rosatom flow and invented subscribers. `url`: a database of its own, empty."""

    def __init__(self, centre: Centre, secrets: Secrets, url: str) -> None:
        super().__init__(centre, secrets)
        if url:
            self.centre = self.centre.model_copy(update={"database": Database(url=url)})

    @property
    def _flow(self) -> Path:
        return self._dialplans / "rosatom" / "main.yaml"

    async def _sounds(self) -> None:
        """There is no bare dialplan here."""

    async def subscribers(self, count: int) -> list[Sequence[str]]:
        """Take invented accounts in; what each caller keys."""
        path, zone = self.folder / "accounts.csv", ZoneInfo(self.centre.timezone)
        numbers = [number for number in range(1, count * 2) if number % 5][:count]  # every fifth has two registers
        write_file(path, numbers[-1])
        database = db.Database(self.centre.database_url, TIMEOUT_S)
        source = CustomerFile(path)
        try:
            today = datetime.now(zone).date()
            store = SqlCustomerImport(database, source.columns, today, zone)
            await import_customers(source, store, lambda done, of: None, close_missing=False, close_most=False)
            customers = SqlCustomers(database)
            return [await _keys(customers, number) for number in numbers]
        finally:
            source.close()
            await database.close()

    async def outcome(self) -> tuple[int, int]:
        """Readings stored by calls, and calls whose matter came out as an accepted reading."""
        rows = select(func.count()).where(readings.c.call_id.is_not(None))
        accepted = select(func.count()).where(contacts.c.topic == "readings", contacts.c.detail == "accepted")

        async def work(connection: AsyncConnection) -> tuple[int, int]:
            return await connection.scalar(rows) or 0, await connection.scalar(accepted) or 0

        database = db.Database(self.centre.database_url, TIMEOUT_S)
        try:
            return await database.read(work)
        finally:
            await database.close()


async def _keys(customers: SqlCustomers, number: int) -> Sequence[str]:
    account = await customers.account(f"{2_000_000_000 + number}")
    assert account is not None
    (last,) = account.meters[0].registers[0].history[-1:]
    return "1", account.number, "1", account.contract[-4:], f"{last.value + USED_KWH}#", "1"


async def run_bench(
    centre: Centre, secrets: Secrets, *, concurrent: Sequence[int], url: str, quiet: bool, on_progress: Progress
) -> dict[str, Any]:
    """`runs` has an entry for each number of `concurrent` callers. `url`: an empty database; empty: SQLite.
    `quiet`: telephones that send nothing in silence.

    Raises ConfigurationError (Asterisk missing, nothing starts), StoreUnavailable, PhoneFailed, OSError."""
    runs = []
    for callers in concurrent:
        stage = ReadingStage(centre, secrets, url)
        with stage.alone():
            await stage.build(on_progress)
            async with stage.running(engine=True):
                keys = await stage.subscribers(callers)
                before = await stage.outcome()
                probes = await _ring(stage, keys, quiet, on_progress)
                await asyncio.sleep(SETTLE_S)
                runs.append(_figures(probes, before, await stage.outcome()))
    sends = "tones alone" if quiet else "sound all the time"
    return {
        "database": "PostgreSQL" if url else "SQLite",
        "hearing": centre.hearing.engine,
        "callers_send": sends,
        "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%MZ}",
        "runs": runs,
    }


async def _ring(stage: ReadingStage, keys: Sequence[Sequence[str]], quiet: bool, on_progress: Progress) -> list[Probe]:
    probes = [Probe(stage.address, stage.centre.number, each, leaves=True, quiet=quiet) for each in keys]
    done = 0

    async def call(place: int, probe: Probe) -> None:
        nonlocal done
        await asyncio.sleep(RAMP_S * place / len(probes))
        await probe.call(pace)
        done += 1
        on_progress("callers", done, len(probes))

    async with pacing() as pace, asyncio.TaskGroup() as group:
        for place, probe in enumerate(probes):
            group.create_task(call(place, probe))
    return probes


def _figures(probes: Sequence[Probe], before: tuple[int, int], after: tuple[int, int]) -> dict[str, Any]:
    rows, confirmed = (now - then for now, then in zip(after, before, strict=True))
    heard = [probe for probe in probes if probe.answered]
    delays = [delay for probe in probes for delay in probe.delays_ms]
    return {
        "callers": len(probes),
        "heard_all": len(heard),
        "confirmed": confirmed,
        "failed": len(probes) - confirmed,
        "rows": rows,
        "rows_equal_confirmed": rows == confirmed,
        "tone_to_sound_p50_ms": _rounded(share(delays, 50)),
        "tone_to_sound_p95_ms": _rounded(share(delays, 95)),
        "reading_stored_p95_ms": _rounded(share([probe.delays_ms[-1] for probe in heard], 95)),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
