"""A storm of one district: its callers hear of it before the menu, nobody else does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from ivr.adapters.speech import SystemVoice
from ivr.dialogue.model import Phrase
from ivr.places import voice_settings
from ivr.simulate.city.ear import Ear
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Leg
from tests.acceptance.harness import NUMBER, CentreUnderTest, Sounds

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORDS = "В посёлке порвало провода, бригада уже выехала, свет дадут к вечеру."
LEARNS_S = 4.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ear(centre: CentreUnderTest) -> Ear:
    voice = SystemVoice(voice_settings(centre.centre))
    try:
        path: Path = await voice.sound(Phrase(WORDS))
    finally:
        await voice.close()
    return await Sounds(centre).ear(("storm", path))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def storm_in(centre: CentreUnderTest) -> AsyncIterator[str]:
    """The district of the storm; the engine knows of it."""
    (row,) = centre.rows("SELECT district, count(*) FROM accounts GROUP BY district ORDER BY 2 DESC LIMIT 1")
    district = str(row["district"])
    on = await centre.command("queue", "storm", "on", WORDS, "--district", district.upper())
    assert await on.wait() == 0
    await asyncio.sleep(LEARNS_S)
    yield district


def caller_of(centre: CentreUnderTest, condition: Callable[[set[str]], bool]) -> str:
    """A telephone whose accounts are of such districts."""
    rows = centre.rows("SELECT phone, district FROM account_phones JOIN accounts ON accounts.id = account_id")
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["phone"], set()).add(row["district"])
    return next(phone for phone, districts in sorted(found.items()) if condition(districts))


async def test_its_callers_hear_of_it_and_no_others(
    centre: CentreUnderTest, city: City, storm_in: str, caller: str
) -> None:
    async def concerned(leg: Leg) -> None:
        await leg.hears("recording_notice")
        await leg.hears("storm", to_the_end=True)
        await leg.hears("main_menu")
        await leg.hang_up()

    async def spared(leg: Leg) -> None:
        heard = await leg.hears("storm", "main_menu")
        assert heard.name == "main_menu"
        await leg.hang_up()

    mine = caller_of(centre, lambda districts: storm_in in districts)
    others = caller_of(centre, lambda districts: storm_in not in districts)
    async with asyncio.TaskGroup() as group:
        group.create_task(city.call(concerned, number=NUMBER, caller=mine))
        group.create_task(city.call(spared, number=NUMBER, caller=others))
        group.create_task(city.call(spared, number=NUMBER, caller=caller))
