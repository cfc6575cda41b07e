"""Both databases, each with the newest tables and nothing in them."""

import shutil
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest

from ivr.adapters.db.engine import Database
from ivr.adapters.db.schema import upgrade
from tests.postgres import Postgres, running_postgres

TIMEOUT_S = 10.0
numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        upgrade(server.create("newest"))
        yield server


@pytest.fixture(scope="session")
def newest_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("newest") / "ivr.db"
    upgrade(f"sqlite+aiosqlite:///{file}")
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        return server.create(f"test{next(numbers)}", "newest")
    shutil.copy(request.getfixturevalue("newest_sqlite"), tmp_path / "ivr.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'ivr.db'}"


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    database = Database(url, TIMEOUT_S)
    yield database
    await database.close()
