"""A database that is locked, frozen or gone answers by the deadline, and what was given up is never stored."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ivr.adapters.db.customers import SqlNews, SqlReadings
from ivr.adapters.db.engine import Database
from ivr.adapters.db.seed import seed
from ivr.adapters.db.tables import readings
from ivr.domain.customer import Account, CustomerKind, Meter, Reading, Register
from ivr.domain.errors import StoreUnavailable
from tests.postgres import Postgres, running_postgres

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
SHORT_S = 0.4
FOREVER_S = 30.0  # a guard of the tests, not a measure
ACCOUNT = Account(
    "0000000001", "00-1", "Выдумка", CustomerKind.PERSON, "", "", (Meter(1, "A", (Register(1, "single", 6),)),)
)
LOCKER = """
import asyncio, sys
from sqlalchemy.ext.asyncio import create_async_engine
async def main():
    engine = create_async_engine(sys.argv[1])
    async with engine.connect() as connection:
        for statement in sys.argv[2:]:
            await connection.exec_driver_sql(statement)
        print("held", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        await connection.rollback()
    await engine.dispose()
asyncio.run(main())
"""
Lock = Callable[[], AbstractAsyncContextManager[None]]


@pytest.fixture
def lock(url: str) -> Lock:
    """Another process holds the table of readings for as long as the context lasts."""
    sqlite = url.startswith("sqlite")
    statement = "UPDATE registers SET digits = digits" if sqlite else "LOCK TABLE readings IN ACCESS EXCLUSIVE MODE"

    @asynccontextmanager
    async def held() -> AsyncIterator[None]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", LOCKER, url, statement, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdin and process.stdout
        try:
            async with asyncio.timeout(FOREVER_S):
                assert await process.stdout.readline() == b"held\n"
            yield
        finally:
            process.stdin.close()
            assert await process.wait() == 0

    return held


@pytest.fixture
async def hasty(url: str) -> AsyncIterator[Database]:
    """A database with one account and a short deadline."""
    patient = Database(url, FOREVER_S)
    await seed(patient, [ACCOUNT], [], UTC)
    await patient.close()
    database = Database(url, SHORT_S)
    yield database
    await database.close()


async def stored(database: Database) -> int:
    async def work(connection: AsyncConnection) -> int:
        return int(await connection.scalar(select(func.count()).select_from(readings)) or 0)

    return await database.read(work)


async def test_a_locked_write_is_given_up_and_never_stored(hasty: Database, lock: Lock) -> None:
    store = SqlReadings(hasty)
    await SqlNews(hasty).current(AT)  # a connection is open already
    async with lock(), asyncio.timeout(FOREVER_S):
        with pytest.raises(StoreUnavailable) as given_up:
            await store.submit(1, Reading(5, AT, call_id="c"))
    assert given_up.value.__cause__ is not None
    await hasty.settle()
    assert await stored(hasty) == 0
    await store.submit(1, Reading(6, AT, call_id="c"))
    assert await stored(hasty) == 1


async def test_writes_that_queue_up_behind_a_lock_are_all_given_up(hasty: Database, lock: Lock) -> None:
    store = SqlReadings(hasty)
    async with lock(), asyncio.timeout(FOREVER_S):
        attempts = [store.submit(1, Reading(n, AT, call_id=f"c{n}")) for n in range(8)]
        results = await asyncio.gather(*attempts, return_exceptions=True)
    assert [type(result) for result in results] == [StoreUnavailable] * 8
    await hasty.settle()
    assert await stored(hasty) == 0


async def test_a_caller_who_hangs_up_while_the_write_waits_leaves_nothing(hasty: Database, lock: Lock) -> None:
    async with lock():
        task = asyncio.create_task(SqlReadings(hasty).submit(1, Reading(5, AT, call_id="c")))
        await asyncio.sleep(SHORT_S / 8)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await hasty.settle()
    assert await stored(hasty) == 0


async def test_readers_do_not_wait_for_a_writer_of_sqlite(hasty: Database, lock: Lock, url: str) -> None:
    async with lock(), asyncio.timeout(FOREVER_S):
        if url.startswith("sqlite"):
            assert await stored(hasty) == 0
        else:
            with pytest.raises(StoreUnavailable):
                await stored(hasty)


async def test_a_frozen_server_is_given_up(postgres: Postgres) -> None:
    database = Database(postgres.create("frozen", "newest"), SHORT_S)

    async def backend(connection: AsyncConnection) -> int:
        return int(await connection.scalar(text("SELECT pg_backend_pid()")) or 0)

    pid = await database.read(backend)
    os.kill(pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(FOREVER_S):
            with pytest.raises(StoreUnavailable):
                await SqlNews(database).current(AT)
    finally:
        os.kill(pid, signal.SIGCONT)
    await database.settle()
    assert await SqlNews(database).current(AT) == []
    await database.close()


@pytest.fixture
def hanging_commits(postgres: Postgres) -> Iterator[Callable[[], None]]:
    """Commits wait for a standby that does not exist, until the function given is called."""

    def wait_for(standby: str) -> None:
        postgres.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{standby}'")
        postgres.sql("SELECT pg_reload_conf()")

    wait_for("nobody")
    yield lambda: wait_for("")
    wait_for("")


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_commit_that_hangs_is_given_up_and_may_be_repeated(
    hasty: Database, hanging_commits: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """The one case in which what was given up may come to be stored: see engine.py."""
    reading = Reading(5, AT, call_id="c")
    async with asyncio.timeout(FOREVER_S):
        with pytest.raises(StoreUnavailable):
            await SqlReadings(hasty).submit(1, reading)
        hanging_commits()
        await hasty.settle()
    assert "commit_overdue" in capsys.readouterr().out
    await SqlReadings(hasty).submit(1, reading)
    assert await stored(hasty) == 1


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_closing_does_not_wait_for_ever(hasty: Database, hanging_commits: Callable[[], None]) -> None:
    with pytest.raises(StoreUnavailable):
        await SqlReadings(hasty).submit(1, Reading(5, AT, call_id="c"))
    async with asyncio.timeout(FOREVER_S):
        await hasty.close()


async def test_a_server_that_is_gone_and_comes_back() -> None:
    with running_postgres() as server:
        server.sql("CREATE TABLE news (id int, text text, valid_from timestamptz, valid_until timestamptz)")
        database = Database(server.url("postgres"), FOREVER_S)
        news = SqlNews(database)
        assert await news.current(AT) == []
        server.stop()
        with pytest.raises(StoreUnavailable):
            await news.current(AT)
        server.start()
        assert await news.current(AT) == []
        await database.close()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_a_full_disk_stores_nothing(url: str) -> None:
    database = Database(url, FOREVER_S)
    await seed(database, [ACCOUNT], [], UTC)

    async def fill(connection: AsyncConnection) -> None:
        await connection.exec_driver_sql("PRAGMA max_page_count = 1")  # SQLite sets it to the pages in use

    await database.read(fill)
    full = Reading(5, AT, "x" * 100_000, "c")
    with pytest.raises(StoreUnavailable) as refused:
        await SqlReadings(database).submit(1, full)
    assert "full" in str(refused.value.__cause__)
    assert await stored(database) == 0
    await database.close()
