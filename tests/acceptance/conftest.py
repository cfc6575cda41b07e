"""One running centre and one city for a whole module; each caller has a number of his own."""

import itertools
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from ivr.adapters.asterisk.layout import private_copy
from ivr.simulate.city.ear import Ear
from ivr.simulate.city.network import City
from ivr.simulate.city.people import OperatorPhone
from ivr.simulate.city.settings import CitySettings
from tests.acceptance.harness import REPOSITORY, CentreUnderTest, Sounds, free_port, free_range

CALLERS = itertools.count(79990000001)


@pytest.fixture(scope="session")
def asterisk_root() -> Path:
    return Path(os.environ.get("IVR_TEST_ASTERISK_ROOT", REPOSITORY / "var/asterisk"))


@pytest.fixture(scope="session")
def sounds() -> Path:
    """The sounds are the same for all centres: rendered once."""
    folder = REPOSITORY / "var/cache/acceptance-sounds"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def caller() -> str:
    return f"+{next(CALLERS)}"


@pytest.fixture(scope="module")
def new_centre(
    tmp_path_factory: pytest.TempPathFactory, asterisk_root: Path, sounds: Path
) -> Iterator[Callable[..., CentreUnderTest]]:
    def make(**options: Any) -> CentreUnderTest:
        own_sounds = options.pop("sounds", sounds)
        return CentreUnderTest(tmp_path_factory.mktemp("centre"), asterisk_root, own_sounds, **options)

    yield make


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre(new_centre: Callable[..., CentreUnderTest]) -> AsyncIterator[CentreUnderTest]:
    one = new_centre()
    try:
        await one.start()
        yield one
    finally:
        await one.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ear(centre: CentreUnderTest) -> Ear:
    return await Sounds(centre).ear()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def operator() -> OperatorPhone:
    return OperatorPhone("101", talk_s=4.0)


def city_of(
    centre: CentreUnderTest,
    ear: Ear,
    operators: Sequence[OperatorPhone],
    folders: pytest.TempPathFactory,
    sip_port: int | None = None,
) -> City:
    """A city around this centre, with these operators' telephones."""
    rtp = free_range(400)
    settings = CitySettings(
        installation=private_copy(centre.centre.path(centre.centre.asterisk.private_root)),
        state=folders.mktemp("city"),
        templates=REPOSITORY / "dialplans/city",
        centre=("127.0.0.1", centre.centre.sip.port),
        secret=centre.softphone_secret,
        sip_port=sip_port or free_port(socket.SOCK_DGRAM),
        ami_port=free_port(),
        rtp_first=rtp,
        rtp_last=rtp + 399,
    )
    return City(settings, operators, ear=ear)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(
    centre: CentreUnderTest, ear: Ear, operator: OperatorPhone, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[City]:
    async with city_of(centre, ear, [operator], tmp_path_factory) as one:
        await one.registered()
        yield one
