"""Every scenario leads to exactly what its file says, with the session stored and read back at each step.

`scenarios/*.yaml` are played by the Rosatom flow, `scenarios/PRESET/*.yaml` by that of the preset.
"""

from pathlib import Path

import pytest
import yaml

from tests.flows.scenario import HERE, PRESETS, play, preset

FLOWS = {name: preset(name) for name in PRESETS}
FILES = sorted((HERE / "scenarios").rglob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.with_suffix("").parts[-2:]))
def test_a_scenario(path: Path, update: bool) -> None:
    scenario = yaml.safe_load(path.read_text(encoding="utf-8"))
    played = play(FLOWS.get(path.parent.name, FLOWS["rosatom"]), scenario)
    if update:
        text = yaml.safe_dump({**scenario, "turns": played}, allow_unicode=True, sort_keys=False, width=4000)
        path.write_text(text, encoding="utf-8")
    assert played == (played if update else scenario["turns"])


def test_no_reading_is_called_accepted_before_it_is_stored() -> None:
    for path in FILES:
        stored = False
        for turn in yaml.safe_load(path.read_text(encoding="utf-8"))["turns"]:
            stored = turn.get("reply") == "stored"
            accepted = ("принято. Спасибо", "записано. Спасибо")
            said = [line for line in turn["then"] if line.startswith("say") and any(word in line for word in accepted)]
            assert bool(said) == stored, path.name


def test_no_balance_is_asked_for_before_the_proof() -> None:
    for path in FILES:
        proven = False
        for turn in yaml.safe_load(path.read_text(encoding="utf-8"))["turns"]:
            if any(line.startswith("request account") for line in turn["then"]):
                proven = False
            proven = proven or turn.get("reply") == "proven"
            assert proven or not any(line.startswith("request balance") for line in turn["then"]), path.name
