"""The rows of storms, on both databases."""

from ivr.adapters.db.engine import Database
from ivr.adapters.db.storms import SqlStorms
from ivr.domain.storm import Storm

AT = 1_800_000_000.0


async def test_one_rages_at_a_time_until_its_end(database: Database) -> None:
    rows = SqlStorms(database)
    assert await rows.storm(AT) is None
    assert not await rows.end(AT)
    first, second = Storm("Авария.", AT + 600), Storm("Авария в Октябрьском районе.", AT + 900)
    await rows.begin(first, "surge", AT)
    assert await rows.storm(AT + 599) == first and await rows.storm(AT + 600) is None
    await rows.begin(second, "by hand", AT + 60)
    assert await rows.storm(AT + 61) == second
    assert await rows.end(AT + 70)
    assert await rows.storm(AT + 71) is None
