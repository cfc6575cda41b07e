"""`ivr check` as it is given at a terminal: everything that is wrong, in one run."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from ivr.cli import app

REPOSITORY = Path(__file__).parents[3]
ASTERISK = Path(os.environ.get("IVR_TEST_ASTERISK_ROOT", REPOSITORY / "var/asterisk"))
SECRETS = {"IVR_AMI_SECRET": "a" * 24, "IVR_OPERATOR_SECRET": "o" * 24}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A centre's folder whose dialplans and roster may be spoilt."""
    shutil.copytree(REPOSITORY / "dialplans", tmp_path / "dialplans")
    shutil.copytree(REPOSITORY / "agents", tmp_path / "agents")
    return tmp_path


def configure(home: Path, sounds: Path, **settings: Any) -> None:
    given = {"asterisk": {"private_root": str(ASTERISK)}, "speech": {"cache": str(sounds)}, **settings}
    (home / "config.yaml").write_text(yaml.safe_dump(given), encoding="utf-8")


def check(home: Path, secrets: Mapping[str, str] = SECRETS) -> tuple[int, str]:
    """Exit code and output of `ivr check` in a process of its own."""
    ours = (*SECRETS, "PYTHONASYNCIODEBUG")  # whose warnings are no mistakes of the centre's
    environment = {name: value for name, value in os.environ.items() if name not in ours} | dict(secrets)
    done = subprocess.run(
        [sys.executable, "-m", "ivr", "check", "--config", str(home / "config.yaml")],
        env=environment | {"PYTHONPATH": str(REPOSITORY), "COLUMNS": "400"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=110,
        check=False,
    )
    assert "Traceback" not in done.stdout, done.stdout
    return done.returncode, done.stdout


def spoil(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_good_centre_passes_and_says_what_was_looked_at(home: Path, sounds: Path) -> None:
    configure(home, sounds, lines={"88005550101": "companies"})
    code, told = check(home)
    assert told.splitlines() == [
        "✓ configuration",
        "✓ ports and folders",
        "✓ operators",
        "✓ queue",
        "✓ self-service",
        "✓ speech",
        "✓ hearing",
        "✓ flow and its sounds",
        "✓ Asterisk",
    ]
    assert code == 0
    assert not (home / "var").exists()  # looking changes nothing


def test_what_goes_before_the_standards_own_is_noted(home: Path, sounds: Path) -> None:
    always = {"mon-sun": "00:00-24:00"}
    own = {"mon-fri": "08:00-18:00"}
    configure(home, sounds, standard="rosatom", timezone="Asia/Omsk", hours={"persons": always, "companies": own})
    code, told = check(home)
    flow = home / "dialplans/rosatom/main.yaml"
    assert [line for line in told.splitlines() if "note" in line] == [
        "    note: hours.persons: mon-sun 00:00-24:00 goes before mon-fri 08:00-20:00, sat 09:00-17:00 of "
        f"{flow}; left out, that holds",
        f"    note: lines: no number leads to 'companies' of {flow}; if it has one: lines: {{\"NUMBER\": companies}}",
        "    note: timezone: Asia/Omsk; the region of 'rosatom' has Europe/Moscow",
    ]
    assert code == 0


def test_words_of_the_suppliers_lists_are_held_to_the_standards_seconds(home: Path, sounds: Path) -> None:
    configure(home, sounds, standard="omskenergo")
    offices = home / "offices.csv"
    hours = "пн-чт 08:00-12:00, 13:00-17:00; пт 08:00-12:00, 13:00-16:00; сб 09:00-14:00"
    offices.write_text(f'название;адрес;часы\nЦентральный офис;город Примерск, улица Длинная, дом один;"{hours}"\n')
    (home / "var").mkdir()
    taken = CliRunner().invoke(
        app, ["supply", "import", "offices", str(offices), "--config", str(home / "config.yaml")]
    )
    assert taken.exit_code == 0, taken.output
    code, told = check(home)
    assert code == 0 and "note: with the longest words of `ivr supply`: " in told, told


def test_specialists_without_a_trunk_are_noted_and_a_short_number_of_an_operator_is_refused(
    home: Path, sounds: Path
) -> None:
    lab = {"number": "+74951234567", "name": "Лаборатория", "short": "901"}
    configure(home, sounds, specialists={"meter_lab": lab})
    code, told = check(home)
    assert code == 0 and "note: specialists cannot be rung without sip.trunk" in told
    configure(home, sounds, specialists={"meter_lab": lab | {"short": "101"}})
    code, told = check(home)
    assert code == 1 and "specialists.meter_lab.short: 101 is an operator's extension already" in told


def test_every_mistake_is_told_in_one_run(home: Path, sounds: Path) -> None:
    missing = home / "no-asterisk"
    configure(
        home,
        sounds,
        web={"port": 99999},
        colour="green",
        timezone="Mars/Base",
        sip={"rtp_first": 20000, "rtp_last": 20001},
        asterisk={"private_root": str(missing)},
        billing={"mapping": {"debit": "saldo"}},
    )
    spoil(home / "dialplans/rosatom/main.yaml", '"1": readings', '"1": nowhere')
    spoil(home / "agents/operators.yaml", '"101"', '"001"')
    code, told = check(home, {**SECRETS, "IVR_NEWS_PIN_HASH": "482913"})
    assert code == 1
    lines = told.splitlines()
    for part, mistake in [
        ("configuration", ": web.port: "),
        ("configuration", ": colour: "),
        ("configuration", ": timezone: "),
        ("configuration", ": sip: "),
        ("operators", "operators.yaml:"),
        ("self-service", "billing.mapping: 'debit' is no field"),
        ("self-service", "IVR_NEWS_PIN_HASH: no argon2 hash"),
        ("flow and its sounds", "node 'main'"),
        ("Asterisk", f"asterisk.private_root: no Asterisk in {missing}"),
    ]:
        begins = lines.index(f"✗ {part}")
        (place,) = [number for number, line in enumerate(lines) if mistake in line and number > begins][:1]
        assert all(line.startswith("    ") for line in lines[begins + 1 : place + 1]), told
    assert "✓ speech" in lines


def test_ports_in_each_others_place_and_folders_nobody_can_make_are_told(home: Path, sounds: Path) -> None:
    configure(
        home,
        sounds,
        fastagi={"port": 18080},
        web={"port": 18080},
        recording={"directory": "config.yaml/in"},
        hearing={"kept": "/etc/hostname"},
    )
    code, told = check(home)
    assert code == 1
    assert "hearing.kept: /etc/hostname is a file, not a folder; name another place" in told
    assert "fastagi.port and web.port are both 18080/tcp: give one of them another port" in told
    assert f"recording.directory: {home / 'config.yaml'} is a file, not a folder; name another place" in told


def test_a_configuration_that_asterisk_does_not_take_is_told_in_its_words(home: Path, sounds: Path) -> None:
    configure(home, sounds)
    with (home / "dialplans/asterisk/pjsip.conf.j2").open("a", encoding="utf-8") as template:
        template.write("\n[broken]\ntype = endpoint\ncolour = green\n")
    code, told = check(home)
    assert code == 1
    assert "✗ Asterisk" in told and "Asterisk does not take its configuration: " in told and "colour" in told


def test_a_missing_configuration_is_named(home: Path) -> None:
    code, told = check(home)
    assert code == 1
    assert f"{home / 'config.yaml'}: no such file" in told and told.startswith("✗ configuration")


def test_missing_secrets_are_named_and_the_rest_is_looked_at(home: Path, sounds: Path) -> None:
    configure(home, sounds)
    code, told = check(home, secrets={})
    assert code == 1
    assert "IVR_AMI_SECRET" in told and "IVR_OPERATOR_SECRET" in told
    assert told.splitlines()[-1] == "✓ Asterisk"


@pytest.mark.parametrize("content", ["- a list\n", "a: [\n", "\x80"])
def test_what_is_no_configuration_at_all_is_told(home: Path, content: str) -> None:
    (home / "config.yaml").write_bytes(content.encode("latin-1"))
    code, told = check(home)
    assert code == 1
    assert str(home / "config.yaml") in told
