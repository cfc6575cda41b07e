"""Sounds are the same in all these centres, and those of the acceptance tests: rendered once, kept."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def sounds() -> Path:
    return Path(__file__).parents[3] / "var/cache/acceptance-sounds"
