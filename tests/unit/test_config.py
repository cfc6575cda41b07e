"""What can be used of a configuration with mistakes: the rest of it, with defaults for what is wrong."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from ivr.config import Centre, load, usable
from ivr.domain.errors import ConfigurationError


def write(folder: Path, given: Any) -> Path:
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(given), encoding="utf-8")
    return path


def test_a_good_one_is_used_whole(tmp_path: Path) -> None:
    path = write(tmp_path, {"supplier": "Свет", "web": {"port": 81}})
    assert usable(path) == load(path)


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({"web": {"port": "no", "host": "::1"}}, {"web": {"host": "::1"}}),
        ({"web": "no"}, {}),
        ({"web": {"port": {"deep": {"deeper": 1}}}}, {}),
        ({"colour": "green", "sip": {"port": 5070, "codecs": 1}}, {"sip": {"port": 5070}}),
        ({"sip": {"carrier": ["10.0.0.0/8", 5]}}, {}),
        ({"sip": {"rtp_first": 20000, "rtp_last": 20001}, "node": "north"}, {"node": "north"}),
        ({"hours": {"persons": {"mon": 8}}, "timezone": "Mars/Base"}, {"hours": {"persons": {}}}),
    ],
)
def test_what_is_wrong_gives_way_to_its_default(tmp_path: Path, given: Any, left: Any) -> None:
    path = write(tmp_path, {"supplier": "Свет", **given})
    with pytest.raises(ConfigurationError):
        load(path)
    assert usable(path) == Centre.model_validate({"supplier": "Свет", **left, "home": tmp_path.resolve()})


def test_of_no_mapping_and_no_file_nothing_can_be_used(tmp_path: Path) -> None:
    assert usable(write(tmp_path, ["a list"])) is None
    assert usable(tmp_path / "none.yaml") is None
    assert usable(tmp_path) is None


def test_a_mistake_is_told_with_its_line_and_the_key_that_was_meant(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        "supplier: Свет\nweb:\n  prot: 81\n  host: 5\nsuplier: Тепло\n"
        "sip:\n  carrier:\n    - 10.0.0.0/8\n    - 7\nxyzzy: 1\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigurationError) as refused:
        load(path)
    mistakes = refused.value.mistakes
    begins = {mistake.removeprefix(str(path)).split(": ")[0]: mistake for mistake in mistakes}
    assert set(begins) == {":3", ":4", ":5", ":9", ":10"}
    assert begins[":3"].endswith("; perhaps port is meant")
    assert begins[":5"].endswith("; perhaps supplier is meant")
    assert "perhaps" not in begins[":10"] and "; known are" in begins[":10"] and "supplier, " in begins[":10"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("{server: 10.0.0.7}", "4: hearing.server: '10.0.0.7' is no address of a vosk-server; write ws://HOST:PORT"),
        ("{server: ws://10.0.0.7:70000}", "4: hearing.server: 'ws://10.0.0.7:70000' is no address of a vosk-server"),
        ("{engine: server}", "4: hearing: engine: server needs the key server, its address: ws://127.0.0.1:2700"),
    ],
)
def test_the_address_of_a_vosk_server_is_asked_for_in_words(tmp_path: Path, given: str, told: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(f"sample: true\n\n# ears\nhearing: {given}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load(path)
    [mistake] = refused.value.mistakes
    assert mistake.startswith(f"{path}:{told}")


@pytest.mark.parametrize(
    ("given", "zone"),
    [
        ({}, "Europe/Moscow"),
        ({"standard": "belgorod"}, "Europe/Moscow"),
        ({"standard": "omskenergo"}, "Asia/Omsk"),
        ({"standard": "omskenergo", "timezone": "Asia/Tomsk"}, "Asia/Tomsk"),
    ],
)
def test_the_zone_is_that_of_the_standards_region(given: Any, zone: str) -> None:
    assert Centre.model_validate(given).timezone == zone
