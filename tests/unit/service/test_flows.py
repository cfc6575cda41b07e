"""Publishing swaps the live flow at once, and says so when it is another one."""

import dataclasses
from pathlib import Path

from structlog.testing import capture_logs

from ivr.dialogue.loader import load
from ivr.service.flows import FlowShelf

FLOW = load((Path(__file__).parent / "small.yaml").read_text(encoding="utf-8"), "small.yaml")


def test_a_new_version_is_live_at_once_and_told() -> None:
    shelf, newer = FlowShelf(FLOW), dataclasses.replace(FLOW, version="newer")
    with capture_logs() as logs:
        shelf.publish(newer)
        shelf.publish(newer)
    assert shelf.live() is newer
    assert [(entry["event"], entry["version"], entry["replaces"]) for entry in logs] == [
        ("flow_published", "newer", FLOW.version)
    ]
