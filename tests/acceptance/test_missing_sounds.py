"""Sounds that are gone: made again where they can be; else the dialplan's own sounds lead to an operator."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from ivr.simulate.city.ear import silences
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Leg
from tests.acceptance.harness import NUMBER, CentreUnderTest

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre(
    new_centre: Callable[..., CentreUnderTest], sounds: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[CentreUnderTest]:
    """With sounds of its own, that may be spoilt."""
    own = tmp_path_factory.mktemp("sounds") / "cache"
    await asyncio.to_thread(shutil.copytree, sounds, own)
    one = new_centre(sounds=own)
    try:
        await one.start()
        yield one
    finally:
        await one.stop()


async def test_a_sound_file_is_missing(centre: CentreUnderTest, city: City, caller: str) -> None:
    """A sound that was deleted is made again; the caller waits a moment and hears it."""
    for sound in centre.centre.path(centre.centre.speech.cache).rglob("*.wav"):
        if sound.parent not in (centre.places.fixed, centre.places.quiet, centre.places.music):
            sound.unlink()

    # Made anew it is the same words, but espeak-ng's own flutter makes another sound: so it is not looked for by ear.
    async def person(leg: Leg) -> None:
        await leg.listen(until_silence_s=2.5, at_most_s=30)
        await leg.hang_up()

    encounter = await city.call(person, number=NUMBER, caller=caller)
    assert not silences(encounter.heard, 4.0)
    nodes = [step["node"] for step in centre.steps((await centre.ended(caller))["id"])]
    assert nodes[-1] == "main"


async def test_a_garbled_sound_is_made_anew(centre: CentreUnderTest, city: City, caller: str) -> None:
    kept = (centre.places.fixed, centre.places.quiet, centre.places.music)
    for sound in centre.centre.path(centre.centre.speech.cache).rglob("*.wav"):
        if sound.parent not in kept:
            sound.write_bytes(b"RIFF garbage")

    async def person(leg: Leg) -> None:
        await leg.listen(until_silence_s=2.5, at_most_s=30)
        await leg.hang_up()

    encounter = await city.call(person, number=NUMBER, caller=caller)
    assert not silences(encounter.heard, 4.0)
    call = await centre.ended(caller)
    assert (call["outcome"], centre.steps(call["id"])[-1]["node"]) == ("abandoned", "main")


async def test_a_sound_can_neither_be_found_nor_made(centre: CentreUnderTest, city: City, caller: str) -> None:
    """The cache cannot be written: the engine leaves the caller to the dialplan, whose own sounds are still there."""
    cache = centre.centre.path(centre.centre.speech.cache)
    hidden = cache.with_name("hidden")
    flow_sounds = [
        folder
        for folder in cache.iterdir()
        if folder not in (centre.places.fixed, centre.places.quiet, centre.places.music)
    ]
    hidden.mkdir()
    for folder in flow_sounds:
        folder.rename(hidden / folder.name)
        folder.write_text("not a folder")
    try:

        async def person(leg: Leg) -> None:
            await leg.until_hung_up(40)

        encounter = await city.call(person, number=NUMBER, caller=caller)
    finally:
        for folder in flow_sounds:
            folder.unlink()
            (hidden / folder.name).rename(folder)
        hidden.rmdir()
    call = await centre.ended(caller)
    assert call["outcome"] == "operator"
    assert call["reason"] == "phone_failed"
    assert encounter.by_centre
