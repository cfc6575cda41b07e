"""A full disk and a slow one, made by the kernel itself: a limit on the engine's files, a delay in its system calls."""

import resource
from collections.abc import Callable

import psutil
import pytest

from ivr.adapters.files.sample import ONE_REGISTER
from ivr.simulate.city.ear import silences
from ivr.simulate.city.people import Leg, OperatorPhone
from tests.acceptance.conftest import city_of
from tests.acceptance.harness import NUMBER, CentreUnderTest, Sounds
from tests.acceptance.readings import last_reading, of_call, to_account

pytestmark = pytest.mark.asyncio(loop_scope="module")

NO_ROOM_BYTES = 4096
WRITING = "pwrite64,fdatasync,fsync"
SLOW = [
    *("strace", "--follow-forks", "--quiet=all", "--output=/dev/null"),
    *("-e", f"trace={WRITING}", "-e", f"inject={WRITING}:delay_enter=150000"),
]


async def test_the_disk_is_full(
    new_centre: Callable[..., CentreUnderTest], tmp_path_factory: pytest.TempPathFactory, caller: str
) -> None:
    """A reading that cannot be written is not accepted, and the caller is told so and led to an operator. When there is
    room again, all that is known of the call is stored, with no restart."""
    centre = new_centre()
    try:
        await centre.start()
        ear = await Sounds(centre).ear()
        value = last_reading(centre, ONE_REGISTER) + 90

        async def person(leg: Leg) -> None:
            await to_account(leg, ONE_REGISTER)
            await leg.hears("reading_ask", within_s=30)
            await leg.press(f"{value}#")
            await leg.hears("confirm", within_s=30)
            room_for_files(centre, NO_ROOM_BYTES)
            await leg.press("1")
            await leg.hears("reading_not_stored", within_s=30)
            await leg.until_hung_up(40)

        operator = OperatorPhone("101", talk_s=3.0)
        async with city_of(centre, ear, [operator], tmp_path_factory) as city:
            await city.registered()
            await city.call(person, number=NUMBER, caller=caller)
        assert operator.rung == 1
        assert stored_anywhere(centre, value) == 0
        room_for_files(centre, resource.RLIM_INFINITY)
        call = await centre.ended(caller, within_s=30)
        assert (call["outcome"], call["operator"], call["account"]) == ("operator", "101", ONE_REGISTER)
        assert [step["number"] for step in centre.steps(call["id"])][-1] == len(centre.steps(call["id"])) > 10
    finally:
        await centre.stop()


def room_for_files(centre: CentreUnderTest, most_bytes: int) -> None:
    """From now on the kernel lets no file of the engine grow past `most_bytes`."""
    assert centre.engine is not None
    for process in [centre.engine.pid, *(child.pid for child in psutil.Process(centre.engine.pid).children())]:
        resource.prlimit(process, resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))


def stored_anywhere(centre: CentreUnderTest, value: int) -> int:
    return len(centre.rows("SELECT id FROM readings WHERE value = ? AND call_id != ''", value))


async def test_the_disk_is_slow(
    new_centre: Callable[..., CentreUnderTest], tmp_path_factory: pytest.TempPathFactory, caller: str
) -> None:
    """Each write to a file takes 0.15 s more, a commit seconds: no dead air, and the reading is stored."""
    centre = new_centre(database={"timeout_s": 5.0})
    try:
        await centre.prepare()
        await centre.start_asterisk()
        await centre.start_engine(wrapper=SLOW)
        ear = await Sounds(centre).ear()
        value = last_reading(centre, ONE_REGISTER) + 90

        async def person(leg: Leg) -> None:
            await to_account(leg, ONE_REGISTER)
            await leg.hears("reading_ask", within_s=30)
            await leg.press(f"{value}#")
            await leg.hears("confirm", within_s=30)
            await leg.press("1")
            await leg.hears("after_reading", within_s=30)
            await leg.hang_up()

        async with city_of(centre, ear, [], tmp_path_factory) as city:
            encounter = await city.call(person, number=NUMBER, caller=caller)
        call = await centre.ended(caller, within_s=60)
        assert of_call(centre, call["id"]) == [value]
        assert not silences(encounter.heard, 6.0)
    finally:
        await centre.stop()
