"""A line of its own: who rings the number for readings is asked for the reading at once."""

from collections.abc import Callable

import pytest

from ivr.simulate.city.network import City
from ivr.simulate.city.people import Leg
from tests.acceptance.harness import NUMBER, CentreUnderTest, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINE = "4722770849"


@pytest.fixture(scope="module")
def new_centre(new_centre: Callable[..., CentreUnderTest]) -> Callable[..., CentreUnderTest]:
    """Every centre of this module runs by Belgorod's standard."""

    def make(**options: object) -> CentreUnderTest:
        return new_centre(standard="belgorod", lines={LINE: "readings_line"}, **options)

    return make


@pytest.mark.parametrize(
    ("number", "way"),
    [(LINE, ["line_notice", "line_greeting", "readings"]), (NUMBER, ["notice", "greeting", "open_now", "main"])],
)
async def test_the_number_that_is_rung_decides_where_the_call_begins(
    centre: CentreUnderTest, city: City, caller: str, number: str, way: list[str]
) -> None:
    def nodes() -> list[str]:
        query = "SELECT s.node FROM call_steps s JOIN calls c ON c.id = s.call_id WHERE c.caller = ? ORDER BY s.number"
        return list(dict.fromkeys(row["node"] for row in centre.rows(query, caller)))

    async def person(leg: Leg) -> None:
        await until(lambda: way[-1] in nodes(), 20, f"{way[-1]} is reached")
        await leg.hang_up()

    await city.call(person, number=number, caller=caller, check=False)
    await centre.ended(caller)
    assert nodes()[: len(way)] == way
