"""What `ivr queue` says where there is nothing to show or to end, on a real database."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ivr.adapters.db.engine import Database
from ivr.adapters.db.queue import SqlQueue
from ivr.adapters.db.schema import upgrade
from ivr.adapters.db.storms import SqlStorms
from ivr.config import Centre
from ivr.domain.acd.model import EntryId, OperatorId
from ivr.domain.acd.records import Note, What
from ivr.domain.errors import ConfigurationError
from ivr.domain.storm import Storm
from ivr.queue_report import end_storm, log, storm


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    centre = Centre(home=tmp_path)
    (tmp_path / "var").mkdir()
    upgrade(centre.database_url)
    return centre


@pytest.fixture
async def database(centre: Centre) -> AsyncIterator[Database]:
    database = Database(centre.database_url, 10.0)
    yield database
    await database.close()


async def test_a_storm_elsewhere_goes_on_and_is_named(centre: Centre, database: Database) -> None:
    assert await end_storm(centre, []) == ["there is no storm"]
    now = time.time()
    for district in ("Омск", "Тара"):
        await SqlStorms(database).begin(Storm("Авария.", now + 3600, district), "by hand", now)
    with pytest.raises(ConfigurationError, match="no account is of Нигде"):
        await end_storm(centre, ["Нигде"])
    assert await end_storm(centre, ["омск"]) == []
    assert "Омск" not in await storm(centre) and "Тара" in await storm(centre)
    assert await end_storm(centre, []) == []
    assert await storm(centre) == "no storm"


async def test_an_unknown_call_and_an_empty_day_are_told(centre: Centre, database: Database) -> None:
    assert str((await log(centre, None, 1, "", 10)).caption).startswith("nobody waited in that time")
    with pytest.raises(ConfigurationError, match="nothing of nosuch is in the log"):
        await log(centre, None, 1, "nosuch", 10)
    await SqlQueue(database).write([Note(time.time(), What.LEFT, EntryId("c-1"), OperatorId(""))])
    assert (await log(centre, None, 1, "c-1", 10)).row_count == 1
    table = await log(centre, None, 1, "", 10)
    assert (table.row_count, table.caption) == (1, None)
