"""The roster is checked whole, and every softphone has a secret of its own."""

import re
from datetime import datetime
from pathlib import Path

import pytest

from ivr.adapters.files.roster import FALLBACK, SKILLED, api_token, load, softphone_secret, whose_token
from ivr.domain.errors import ConfigurationError


def mistakes(folder: Path, text: str) -> tuple[str, ...]:
    (folder / "operators.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(folder)
    return caught.value.mistakes


def test_the_shipped_roster() -> None:
    operators = load(Path(__file__).parents[4] / "agents")
    assert len(operators) >= 3
    assert all(FALLBACK in operator.queues and operator.skills for operator in operators)
    assert len({operator.extension for operator in operators}) == len(operators)


def test_defaults(tmp_path: Path) -> None:
    (tmp_path / "operators.yaml").write_text('operators: [{name: Анна, extension: "101"}]', encoding="utf-8")
    (operator,) = load(tmp_path)
    assert (operator.skills, operator.queues, operator.penalty) == ({}, (FALLBACK,), 0)
    assert (operator.shifts, operator.week, operator.reserve) == ({}, None, False)


def test_a_roster_of_before_skills_had_levels(tmp_path: Path) -> None:
    (tmp_path / "operators.yaml").write_text(
        "operators:\n  - {name: Анна, extension: 101, skills: [readings, billing], queues: [fallback], penalty: 1}\n",
        encoding="utf-8",
    )
    (operator,) = load(tmp_path)
    assert operator.extension == "101"
    assert operator.skills == {"readings": SKILLED, "billing": SKILLED}


def test_all_that_an_operator_has(tmp_path: Path) -> None:
    (tmp_path / "night.yaml").write_text(
        "operators:\n"
        '  - {name: Нина, extension: "201", skills: {outages: 10}, queues: [dispatcher, fallback],\n'
        '     shifts: {mon-fri: "20:00-24:00", sat: "08:00-12:00, 13:00-17:00"}, reserve: true}\n',
        encoding="utf-8",
    )
    (operator,) = load(tmp_path)
    assert operator.skills == {"outages": 10}
    assert operator.queues == ("dispatcher", "fallback") and operator.reserve
    assert operator.week is not None
    assert operator.week.is_open(datetime(2026, 11, 23, 21)) and not operator.week.is_open(datetime(2026, 11, 28, 12))


def test_every_mistake_is_told_with_its_line_and_remedy(tmp_path: Path) -> None:
    found = mistakes(
        tmp_path,
        "operators:\n"
        '  - {name: Анна, extension: "12"}\n'
        '  - {name: "", extension: "102", skill: [a], penalty: -1}\n'
        '  - name: "a\\nb"\n'
        '    extension: "0101"\n'
        "    skills: {billing: 11, Ы: 1, readings: yes}\n"
        "  - name: Борис\n"
        "    queues: Persons\n"
        "    shifts: {mon-fry: 08:00-17:00}\n"
        "    reserve: 1\n"
        "  - {name: Вера, extension: 104, shifts: {mon: always}, queues: [Я]}\n",
    )
    told = {mistake.removeprefix(f"{tmp_path}/operators.yaml:") for mistake in found}
    starts = {": ".join(mistake.split(": ")[:2]) for mistake in told}
    assert starts == {
        "2: operators.0.extension",
        "3: operators.1.name",
        "3: operators.1.skill",
        "3: operators.1.penalty",
        "4: operators.2.name",
        "5: operators.2.extension",
        "6: operators.2.skills.billing",
        "6: operators.2.skills.Ы.[key]",
        "6: operators.2.skills.readings",
        "7: operators.3.extension",
        "8: operators.3.queues",
        "9: operators.3.shifts",
        "10: operators.3.reserve",
        "11: operators.4.shifts",
        "11: operators.4.queues.0",
    }
    assert all("; " in mistake for mistake in told), "each has its remedy"
    assert "3: operators.1.skill: there is no such key; did you mean 'skills'?" in told
    (shifts,) = (mistake for mistake in told if mistake.startswith("9:"))
    assert shifts.startswith("9: operators.3.shifts: 'mon-fry' is no day; write mon, tue")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("operators: []", "operators.yaml:1: operators: "),
        ("- a", "operators.yaml:1: (the whole file): "),
        ("", "operators.yaml:1: (the whole file): "),
        ("a: [", "not YAML"),
        ('operators:\n  - name: a\n    name: b\n    extension: "101"', "operators.yaml:3: name: is given twice"),
        ("operators: &all\n  - *all", "operators.yaml:1: operators.0: "),
    ],
)
def test_a_wrong_whole(tmp_path: Path, text: str, words: str) -> None:
    (mistake,) = mistakes(tmp_path, text)
    assert words in mistake


def test_a_key_given_twice_beside_another_mistake(tmp_path: Path) -> None:
    assert len(mistakes(tmp_path, "operators:\n  - {name: a, name: b, extension: 1}")) == 2


def test_an_extension_is_one_operators(tmp_path: Path) -> None:
    (tmp_path / "another.yaml").write_text('operators:\n  - name: c\n    extension: "102"\n', encoding="utf-8")
    found = mistakes(
        tmp_path,
        'operators:\n  - {name: a, extension: "101"}\n  - {name: b, extension: "101"}\n'
        '  - {name: d, extension: "102"}\n',
    )
    here = f"{tmp_path}/operators.yaml"
    assert found == (
        f"{here}:3: extension given twice: 101; {here}:2 has it too: give another one",
        f"{here}:4: extension given twice: 102; {tmp_path}/another.yaml:3 has it too: give another one",
    )


def test_several_files_are_one_roster(tmp_path: Path) -> None:
    for name, extension in (("b", "102"), ("a", "101")):
        text = f'operators: [{{name: {name}, extension: "{extension}"}}]'
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    assert [operator.extension for operator in load(tmp_path)] == ["101", "102"]


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"operators\.yaml: cannot be read"):
        load(tmp_path)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "operators.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="not YAML"):
        load(tmp_path)


def test_secrets_differ_and_stay() -> None:
    secrets = {softphone_secret(root, extension) for root in ("r" * 32, "q" * 32) for extension in ("101", "102")}
    assert len(secrets) == 4
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{32}", secret) for secret in secrets)
    assert softphone_secret("r" * 32, "101") == softphone_secret("r" * 32, "101")


def test_a_token_tells_whose_it_is_and_cannot_be_made_up() -> None:
    root = "r" * 32
    token = api_token(root, "101")
    assert whose_token(root, token) == "101"
    assert token.partition(".")[2] != softphone_secret(root, "101")
    for wrong in ("", "101", "101.", token.replace("101", "102"), api_token("q" * 32, "101"), "é.é"):
        assert whose_token(root, wrong) is None
