"""The order of files."""

import pytest

LONGEST = ("tests/acceptance/test_whole.py", "tests/integration/bench_calls/", "tests/integration/city/")
"""They begin first, so that no core is idle at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
