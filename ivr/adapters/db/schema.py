"""Brings the tables of a database to the newest version. Run once before the engine starts."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from ivr.domain.errors import StoreUnavailable

ADVISORY_LOCK = 0x697672  # "ivr": engines that start at the same moment migrate one after the other
UPGRADE_TIMEOUT_S = 60.0


def upgrade(url: str) -> None:
    """Upgrade the database of `url` to the newest tables, all or nothing; makes a missing SQLite file.

    Not to be called from a running event loop. Raises StoreUnavailable.
    """
    asyncio.run(_upgrade(url))


async def _upgrade(url: str) -> None:
    parsed = make_url(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    options = {"timeout": UPGRADE_TIMEOUT_S, "isolation_level": None} if sqlite else {"timeout": UPGRADE_TIMEOUT_S}
    engine = create_async_engine(url, poolclass=NullPool, connect_args=options)
    try:
        if sqlite and parsed.database:
            _make_private(Path(parsed.database))
        async with asyncio.timeout(UPGRADE_TIMEOUT_S), engine.connect() as connection:
            if sqlite:
                await connection.exec_driver_sql("PRAGMA journal_mode=WAL")
                await connection.commit()
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
            await connection.run_sync(_migrate)
            await connection.commit()
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        raise StoreUnavailable(f"the tables could not be upgraded: {error}") from error
    finally:
        await engine.dispose()


def _make_private(file: Path) -> None:
    """The file holds personal data: for its owner only. SQLite gives its -wal and -shm files the same rights."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "ivr.adapters.db:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
