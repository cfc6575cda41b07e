"""`ivr operators` as it is typed."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.adapters.files.roster import api_token, softphone_secret
from ivr.cli import app

ROOT = "o" * 24
SECRET = softphone_secret(ROOT, "101")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "secrets.env").write_text(f"IVR_AMI_SECRET={'a' * 24}\nIVR_OPERATOR_SECRET={ROOT}\n")
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "operators.yaml").write_text(
        "operators:\n"
        '  - {name: Анна, extension: "101", skills: {billing: 7}, queues: [persons],\n'
        '     shifts: {mon-fri: "08:00-17:00"}}\n'
        '  - {name: Глеб, extension: "102", reserve: true}\n',
        encoding="utf-8",
    )
    path = tmp_path / "config.yaml"
    path.write_text("sip: {host: 10.0.0.5, port: 5070}\n")
    return path


def operators(config: Path, *arguments: object) -> tuple[int, str]:
    words = ["operators", *(str(argument) for argument in arguments), "--config", str(config)]
    done = CliRunner().invoke(app, words)
    return done.exit_code, done.output


def test_the_accounts(config: Path) -> None:
    code, told = operators(config)
    assert code == 0 and all(word in told for word in ("Анна", "101", "10.0.0.5:5070 (UDP)", SECRET))


def test_the_roster_tells_no_secret(config: Path) -> None:
    code, told = operators(config, "list")
    assert code == 0 and SECRET not in told
    assert all(word in told for word in ("billing 7", "persons", "mon-fri 08:00-17:00", "any", "yes"))
    code, told = operators(config, "list", "--json")
    first, second = json.loads(told)["operators"]
    assert first["skills"] == {"billing": 7} and first["shifts"] == {"mon-fri": "08:00-17:00"} and second["reserve"]


def test_what_to_enter(config: Path) -> None:
    code, told = operators(config, "provision", 101)
    assert code == 0 and SECRET not in told
    assert all(word in told for word in ("linphone", "microsip", "zoiper", "101@10.0.0.5:5070", "IVR_OPERATOR_SECRET"))
    code, told = operators(config, "provision", 101, "--client", "microsip", "--secret")
    assert code == 0 and SECRET in told and "zoiper: " not in told
    code, told = operators(config, "provision", 101, "--client", "zoiper", "--json")
    document = json.loads(told)
    assert (document["server"], document["port"], list(document["softphones"])) == ("10.0.0.5", 5070, ["zoiper"])


def test_linphones_file_and_its_code(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "101.xml"
    file.write_text("old")
    file.chmod(0o644)
    address = "https://centre.example/101.xml"
    code, told = operators(config, "provision", 101, "--linphone-file", file, "--url", address)
    assert code == 0 and "▄" in told and SECRET not in told
    assert SECRET in file.read_text() and file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["999"], "no operator has the extension 999; there are: 101, 102"),
        (["101", "--client", "skype"], "no softphone 'skype'; there are: linphone, microsip, zoiper"),
        (["101", "--url", "http://centre.example/101.xml"], "must begin with https://"),
        (["101", "--url", "https://"], "must begin with https://"),
        (["101", "--linphone-file", "/nowhere/at/all.xml"], "No such file or directory"),
    ],
)
def test_what_cannot_be_provisioned(config: Path, arguments: list[str], words: str) -> None:
    code, told = operators(config, "provision", *arguments)
    assert code == 2 and words in told


def test_a_wrong_roster(config: Path) -> None:
    (config.parent / "agents" / "operators.yaml").write_text('operators:\n  - {name: a, extension: "1"}\n')
    for arguments in ([], ["list"], ["provision", "101"]):
        code, told = operators(config, *arguments)
        assert code == 2 and "operators.yaml:2: operators.0.extension" in told


def test_a_token_for_the_api(config: Path) -> None:
    assert operators(config, "token", 101) == (0, api_token(ROOT, "101") + "\n")
    code, told = operators(config, "token", 999)
    assert code == 2 and "no operator has the extension 999" in told
