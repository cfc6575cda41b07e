"""Who may be rung out of a talk: a list of the owner's, and nobody else."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from ivr.config import load
from ivr.domain.errors import ConfigurationError
from ivr.domain.talk.specialists import Specialist, SpecialistId
from ivr.specialists import SpecialistSettings, listed

LAB = {"number": "8 (495) 123-45-67", "name": "Лаборатория счётчиков", "short": "901"}


def test_a_number_is_brought_to_one_form() -> None:
    found = listed({"meter_lab": SpecialistSettings.model_validate(LAB)}, ["101"])
    assert found == (Specialist(SpecialistId("meter_lab"), "Лаборатория счётчиков", "+74951234567", "901"),)


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"number": "112"}, "no telephone number"),
        ({"number": "+7495"}, "no telephone number"),
        ({"number": "8 809 123 45 67"}, "pay extra"),
        ({"name": ""}, "at least 1"),
        ({"short": "9"}, "pattern"),
        ({"short": "0911"}, "pattern"),
        ({"prefix": "+7"}, "not permitted"),
    ],
)
def test_what_is_no_specialist_is_refused(more: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValidationError, match=wrong):
        SpecialistSettings.model_validate(LAB | more)


def test_a_short_number_is_of_one_alone() -> None:
    one = SpecialistSettings.model_validate(LAB)
    silent = one.model_copy(update={"short": ""})
    with pytest.raises(ConfigurationError) as refused:
        listed({"meter_lab": one, "grid": one, "legal": silent, "press": silent}, ["101"])
    assert refused.value.mistakes == ("specialists.grid.short: 901 is that of meter_lab already",)
    with pytest.raises(ConfigurationError, match="an operator's extension"):
        listed({"meter_lab": one}, ["901"])


def test_a_mistake_among_them_is_told_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump({"specialists": {"meter_lab": LAB | {"nmber": 1}}}, allow_unicode=True))
    with pytest.raises(ConfigurationError, match=r"nmber.*perhaps number is meant"):
        load(path)
    path.write_text(yaml.safe_dump({"specialists": {"101": LAB}}))
    with pytest.raises(ConfigurationError, match="101"):
        load(path)
