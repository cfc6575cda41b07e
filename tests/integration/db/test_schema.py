import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlalchemy.ext.asyncio import create_async_engine

from ivr.adapters.db.schema import upgrade
from ivr.adapters.db.tables_queue import metadata  # the others', and the queue's
from ivr.domain.errors import StoreUnavailable


async def test_the_newest_migration_equals_the_tables(url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, metadata))

    engine = create_async_engine(url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        found = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    await engine.dispose()
    assert found == set(metadata.tables) | {"alembic_version"}


def test_upgrading_twice_changes_nothing(url: str) -> None:
    upgrade(url)


def test_a_missing_sqlite_file_is_made_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "ivr.db"
    upgrade(f"sqlite+aiosqlite:///{file}")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_upgrade_of_what_is_no_database_is_told(tmp_path: Path) -> None:
    file = tmp_path / "ivr.db"
    file.write_text("this is not a database, and must not be taken for an empty one" * 20)
    with pytest.raises(StoreUnavailable, match="not a database"):
        upgrade(f"sqlite+aiosqlite:///{file}")
