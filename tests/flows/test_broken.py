"""Every broken flow is refused with exactly the text beside it: file, line, place, what is wrong, what to do."""

from pathlib import Path

import pytest

from ivr.dialogue.loader import MAX_CHARACTERS, load
from ivr.domain.errors import ConfigurationError
from tests.flows.scenario import HERE

FILES = sorted((HERE / "broken").glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_broken_flow(path: Path, update: bool) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(path.read_text(encoding="utf-8"), path.name)
    text = "\n".join(caught.value.mistakes) + "\n"
    expected = path.with_suffix(".txt")
    if update:
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")


def test_a_file_too_long_is_refused_unread() -> None:
    with pytest.raises(ConfigurationError, match="longer than"):
        load("#" * (MAX_CHARACTERS + 1), "long.yaml")


def test_a_forbidden_character_is_named() -> None:
    with pytest.raises(ConfigurationError, match="forbids"):
        load("flow: \x00", "zero.yaml")
