"""docs/flows.md names every kind of node and every key it may have, and no other."""

import pytest

from ivr.dialogue.fields import Fields
from ivr.dialogue.nodes import KINDS
from ivr.dialogue.source import parse
from tests.flows.scenario import ROOT

SECTIONS = dict(
    section.split("\n", 1)
    for section in (ROOT / "docs/flows.md").read_text(encoding="utf-8").split("## Standards")[0].split("### ")[1:]
)


def test_every_kind_has_a_section() -> None:
    assert list(SECTIONS) == list(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_explained(kind: str) -> None:
    fields = Fields("x", parse(f"kind: {kind}\nproof: true", "x.yaml"), "kind")
    KINDS[kind].read(fields)
    missing = [key for key in fields.known if key != "kind" and not explained(key, SECTIONS[kind])]
    assert missing == []


def explained(key: str, text: str) -> bool:
    return any(f"`{key}{end}" in text for end in ("`", ":", "s`"))
