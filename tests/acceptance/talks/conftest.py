"""A centre with three operators and a supervisor who all have voices of their own, and a caller who has one."""

from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import pytest
import pytest_asyncio

from ivr.adapters.speech import SystemVoice
from ivr.dialogue.model import Phrase
from ivr.places import voice_settings
from ivr.simulate.city.ear import Ear
from ivr.simulate.city.network import City
from ivr.simulate.city.people import OperatorPhone
from tests.acceptance.conftest import city_of
from tests.acceptance.harness import CentreUnderTest, Sounds

ROSTER = """
operators:
  - {name: Анна, extension: "101"}
  - {name: Борис, extension: "102", queues: [companies]}
  - {name: Вера, extension: "103", queues: [companies]}
  - {name: Глава, extension: "104", queues: [], supervisor: true}
"""
VOICES = {
    "anna": "Анна на связи, сейчас посмотрю ваш договор.",
    "boris": "Это Борис, техник, расскажите про неполадки.",
    "vera": "Вера слушает, что случилось с квитанцией?",
    "chief": "Говорит начальник смены, не волнуйтесь.",
    "caller": "У меня с утра не горит лампочка в подъезде.",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre(
    new_centre: Callable[..., CentreUnderTest], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[CentreUnderTest]:
    agents = tmp_path_factory.mktemp("agents")
    (agents / "operators.yaml").write_text(ROSTER, encoding="utf-8")
    one = new_centre(agents=str(agents))
    try:
        await one.start()
        yield one
    finally:
        await one.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def voices(centre: CentreUnderTest) -> Mapping[str, Path]:
    voice = SystemVoice(voice_settings(centre.centre))
    try:
        return {name: await voice.sound(Phrase(text)) for name, text in VOICES.items()}
    finally:
        await voice.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ear(centre: CentreUnderTest, voices: Mapping[str, Path]) -> Ear:
    return await Sounds(centre).ear(*voices.items())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def phones() -> dict[str, OperatorPhone]:
    return {name: OperatorPhone(name) for name in ("101", "102", "103", "104")}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(
    centre: CentreUnderTest, ear: Ear, phones: dict[str, OperatorPhone], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[City]:
    async with city_of(centre, ear, list(phones.values()), tmp_path_factory) as one:
        await one.registered()
        yield one


@pytest.fixture(autouse=True)
def forgotten(phones: dict[str, OperatorPhone]) -> None:
    """No operator remembers the talks of an earlier test."""
    for phone in phones.values():
        phone.encounters.clear()
