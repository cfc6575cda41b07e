"""Every number of every standard is told, with its clause."""

from dataclasses import fields, replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from ivr.dialogue.standards_file import load_standards
from ivr.domain.hours import every_day
from ivr.domain.standards import Hours, Standard
from ivr.standards_report import LABELS, compare, documents, numbers, show

FILE = Path(__file__).parents[2] / "dialplans/standards.yaml"
STANDARDS = load_standards(FILE.read_text(encoding="utf-8"), FILE.name)


def words(name: str) -> dict[str, str]:
    return {number.name: number.words for number in numbers(STANDARDS[name])}


def test_every_number_has_a_label() -> None:
    sections = ("hours", "recording", "targets", "menu", "network", "informing", "messages", "surveys")
    kinds = [type(part) for section in sections for one in STANDARDS.values() if (part := getattr(one, section))]
    known = {f"{section}." for section in sections}
    named = {field.name for kind in kinds for field in fields(kind)} - {"clause"}
    assert {name.partition(".")[0] + "." for name in LABELS} == known
    assert {name.partition(".")[2] for name in LABELS} == named


@pytest.mark.parametrize("name", STANDARDS)
def test_every_number_has_a_clause(name: str) -> None:
    told = numbers(STANDARDS[name])
    assert told and all(number.clause and number.words for number in told)


def test_numbers_as_they_are_told() -> None:
    gazprom, omsk, rosatom, noviten = (words(name) for name in ("gazprom_bryansk", "omskenergo", "rosatom", "noviten"))
    assert gazprom["hours.operators"] == "mon-fri 08:00-20:00, sat-sun 08:00-18:00, holidays open"
    assert (gazprom["targets.lost_share"], gazprom["network.loss_share"]) == ("15 %", "0.3 %")
    assert omsk["menu.seconds"] == "15 s" and omsk["menu.items"] == "4"
    assert omsk["informing.after_negative_s"] == "5400 s" and omsk["informing.public_holidays"] == "no"
    assert rosatom["informing.after_negative_s"] == "300–1800 s" and rosatom["targets.wait"] == "100 s average"
    assert rosatom["recording.months"] == "6 months" and rosatom["recording.menus"] == "yes"
    assert noviten["hours.dispatcher"] == "mon-sun 00:00-24:00"
    assert "recording.menus" not in noviten and "menu.items" not in noviten


def test_a_single_day_is_named_alone() -> None:
    assert words("belgorod")["hours.callback_staff"] == "mon-fri 08:00-18:00, sat 09:00-17:00"


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(TypeError, match=r"hours\.days_a_week is a str"):
        numbers(replace(STANDARDS["rosatom"], hours=Hours("п. 1", days_a_week="five")))  # type: ignore[arg-type]


def test_json_holds_values_units_and_clauses() -> None:
    document = documents([STANDARDS["omskenergo"]])[0]
    assert document["name"] == "omskenergo"
    told = document["numbers"]
    assert isinstance(told, dict)
    assert told["menu.seconds"]["value"] == 15 and told["menu.seconds"]["unit"] == "s"
    assert told["hours.operators"]["value"] == {"mon-sat": "08:00-17:00"}
    assert told["informing.after_negative_s"]["value"] == [5400, 5400]


def text_of(table: object) -> str:
    console = Console(width=400, file=StringIO())
    console.print(table)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_one_standard_as_a_table() -> None:
    lines = [line for line in text_of(show(STANDARDS["omskenergo"])).splitlines() if "words on a level" in line]
    assert len(lines) == 1 and "15 s" in lines[0] and "приложение 1, п. 2" in lines[0]


def test_standards_side_by_side() -> None:
    text = text_of(compare(list(STANDARDS.values())))
    wait = next(line for line in text.splitlines() if "wait for an operator" in line)
    assert [word in wait for word in ("180 s", "100 s", "600 s", "40 s", "60 s")] == [True] * 5
    assert next(line for line in text.splitlines() if "items on a level" in line).count("–") == 4


def test_what_no_standard_says_has_no_row() -> None:
    bare: Standard = replace(STANDARDS["noviten"], hours=Hours("п. 1", operators=every_day(480, 1140)))
    assert "self-service" not in text_of(compare([bare]))


def test_duties_without_numbers_are_told_too() -> None:
    gazprom, omsk, rosatom, noviten, belgorod = (
        words(name) for name in ("gazprom_bryansk", "omskenergo", "rosatom", "noviten", "belgorod")
    )
    assert (gazprom["network.full_duplex"], gazprom["targets.callback_agreed"]) == ("yes", "yes")
    assert noviten["targets.callback_agreed"] == "yes"
    assert (omsk["targets.specialist"], omsk["targets.talk_specialist"]) == ("40 s average", "300 s average")
    assert rosatom["messages.public_holidays"] == "no" and "messages.public_holidays" not in omsk
    assert belgorod["messages.channels"] == "e-mail, SMS, Viber"
    assert belgorod["surveys.at_least_every_months"] == "6 months" and "surveys.at_most_every_months" not in belgorod
