"""One way into the database: every piece of work is one transaction with one deadline.

A piece of work past its deadline is answered StoreUnavailable at once, and its transaction is rolled back behind the
scenes, never committed. On SQLite the wait for another writer happens at BEGIN IMMEDIATE, so a transaction that has
begun to write never waits for a lock at COMMIT. What remains is a disk (or a network to PostgreSQL) that hangs inside
COMMIT itself: nobody can know then whether it was stored. It is logged, and every write here may safely be repeated.

Durability: SQLite runs with synchronous=FULL, because in WAL mode NORMAL may lose the last commits to a power cut, and
a reading the caller was told is accepted must not be lost. One fsync a commit is cheap while writes come in batches.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import nullcontext
from sqlite3 import Connection as SqliteConnection
from typing import Any, TypeVar

import structlog
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from ivr.domain.errors import RecordRefused, StoreUnavailable

log = structlog.get_logger()

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]

LOCK_SHARE = 0.9
"""The database itself gives up waiting for a lock at this share of the deadline: it then knows that it did."""

READERS = 4  # connections of SQLite besides the writer's; each is a thread


class Database:
    """Runs work on the database of `url`. `timeout_s` is the deadline of one piece of work, waiting included."""

    def __init__(self, url: str, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._leftovers: set[asyncio.Task[Any]] = set()
        self._committing: set[asyncio.Task[Any]] = set()
        parsed = make_url(url)
        self._one_writer = asyncio.Lock() if parsed.get_backend_name() == "sqlite" else None
        # Neither spends time on BEGIN for what only reads.
        self._reading_options: dict[str, Any] = (
            {"ivr_reading": True} if self._one_writer else {"isolation_level": "AUTOCOMMIT"}
        )
        self._engine = _sqlite(parsed, timeout_s) if self._one_writer else _postgresql(parsed, timeout_s)

    async def read(self, work: Work[T]) -> T:
        """Run `work`, which only reads: each of its statements sees the newest state. Raises StoreUnavailable."""
        return await self._within(self._reading(work))

    async def write(self, work: Work[T]) -> T:
        """Run `work` and commit it. Raises StoreUnavailable, or RecordRefused when it broke a rule of the tables."""
        return await self._within(self._writing(work))

    async def settle(self) -> None:
        """Wait until everything given up at its deadline has been rolled back."""
        while self._leftovers:
            await asyncio.wait(set(self._leftovers))

    async def close(self) -> None:
        """Wait for what is being rolled back, by the deadline; then drop it and every connection."""
        try:
            async with asyncio.timeout(self._timeout_s):
                await self.settle()
        except TimeoutError:
            log.error("closed_with_work_hanging", pieces=len(self._leftovers))
            for task in self._leftovers:
                task.cancel()
        await self._engine.dispose()

    async def _reading(self, work: Work[T]) -> T:
        async with self._engine.connect() as connection:
            await connection.execution_options(**self._reading_options)
            return await work(connection)

    async def _writing(self, work: Work[T]) -> T:
        # SQLite has one writer: our own wait is first come first served, where its wait for the file's lock is a poll.
        async with (
            self._one_writer or nullcontext(),
            self._engine.connect() as connection,
            connection.begin() as transaction,
        ):
            result = await work(connection)
            task = asyncio.current_task()
            assert task is not None
            self._committing.add(task)
            try:
                await transaction.commit()
            finally:
                self._committing.discard(task)
            return result

    async def _within(self, work: Coroutine[Any, Any, T]) -> T:
        # A task of its own: cleaning up after a hanging connection takes longer than the caller may wait.
        task = asyncio.create_task(work)
        try:
            await asyncio.wait({task}, timeout=self._timeout_s)
        except asyncio.CancelledError:
            self._give_up(task)
            raise
        if not task.done():
            self._give_up(task)
            raise StoreUnavailable(f"not done in {self._timeout_s} s") from TimeoutError()
        try:
            return task.result()
        except (SQLAlchemyError, OSError, OverflowError, UnicodeError) as error:
            refused = RecordRefused if _is_refusal(error) else StoreUnavailable
            raise refused(type(getattr(error, "orig", None) or error).__name__) from error

    def _give_up(self, task: asyncio.Task[Any]) -> None:
        if task in self._committing:
            log.error("commit_overdue")  # it can be neither stopped nor foretold; `_buried` tells how it came out
        else:
            task.cancel()
        self._leftovers.add(task)
        task.add_done_callback(self._buried)

    def _buried(self, task: asyncio.Task[Any]) -> None:
        self._leftovers.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        log.warning("work_ended_late", stored=error is None, error=type(error).__name__ if error else "")


def _is_refusal(error: Exception) -> bool:
    """Whether the database, or its driver, refused what it was given, and would do so again."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, StatementError | OverflowError | UnicodeError)
    # Of SQLSTATE, class 22 is bad data and 23 a broken constraint; asyncpg's own refusals of a value are ValueErrors.
    state = str(getattr(error.orig, "sqlstate", None) or "")
    cause = error.orig.__cause__ if error.orig else None
    return isinstance(error, IntegrityError | DataError) or state[:2] in ("22", "23") or isinstance(cause, ValueError)


def _sqlite(url: URL, timeout_s: float) -> AsyncEngine:
    engine = create_async_engine(
        url,
        hide_parameters=True,
        pool_size=READERS + 1,
        max_overflow=0,
        pool_timeout=timeout_s,
        pool_reset_on_return=None,  # every transaction here is ended before its connection goes back
        # isolation_level None: the driver begins nothing by itself, so `_begin` decides.
        connect_args={"timeout": timeout_s * LOCK_SHARE, "isolation_level": None},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: SqliteConnection, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("ivr_reading"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _postgresql(url: URL, timeout_s: float) -> AsyncEngine:
    milliseconds = int(timeout_s * 1000)
    return create_async_engine(
        url,
        hide_parameters=True,
        pool_size=10,
        max_overflow=10,
        pool_timeout=timeout_s,
        pool_pre_ping=True,
        connect_args={
            "timeout": timeout_s,
            "server_settings": {
                "application_name": "ivr",
                "timezone": "UTC",
                "statement_timeout": str(milliseconds),
                "lock_timeout": str(int(milliseconds * LOCK_SHARE)),
                # The server drops a transaction whose engine has hung or gone without a word.
                "idle_in_transaction_session_timeout": str(5 * milliseconds),
            },
        },
    )
