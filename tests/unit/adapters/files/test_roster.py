"""The roster is checked whole, and every softphone has a secret of its own."""

import re
from pathlib import Path

import pytest

from ivr.adapters.files.roster import FALLBACK, load, softphone_secret
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
    assert (operator.skills, operator.queues, operator.penalty) == ((), (FALLBACK,), 0)


def test_every_mistake_is_told_with_its_place(tmp_path: Path) -> None:
    found = mistakes(
        tmp_path,
        "operators:\n"
        '  - {name: Анна, extension: "12"}\n'
        '  - {name: "", extension: "102", skill: [a], penalty: -1}\n'
        '  - {name: "a\\nb", extension: "0101", skills: [Ы]}\n'
        '  - {name: Анна, extension: "103"}\n',
    )
    places = {mistake.removeprefix(f"{tmp_path}/operators.yaml: ").split(":")[0] for mistake in found}
    assert places == {
        "operators.0.extension",
        "operators.1.name",
        "operators.1.skill",
        "operators.1.penalty",
        "operators.2.name",
        "operators.2.extension",
        "operators.2.skills.0",
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('operators: [{name: a, extension: "101"}, {name: b, extension: "101"}]', "given twice: 101"),
        ("operators: []", "operators: "),
        ("- a", "(the whole file)"),
        ("", "(the whole file)"),
        ("a: [", "not YAML"),
    ],
)
def test_a_wrong_whole(tmp_path: Path, text: str, words: str) -> None:
    (mistake,) = mistakes(tmp_path, text)
    assert words in mistake


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
