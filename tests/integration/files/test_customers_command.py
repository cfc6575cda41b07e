"""`ivr customers` as it is typed."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.adapters.db.engine import Database
from ivr.adapters.db.tallies import SqlTallies
from ivr.cli import app
from ivr.config import load
from ivr.domain.identity import IdentityRules

HEADINGS = "лицевой счёт;договор;ФИО;адрес;долг;счётчик;непонятно"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text("database: {url: 'sqlite+aiosqlite:///ivr.db'}\n")
    return path


def ivr(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})
    return done.exit_code, done.output


def test_good_rows_are_taken_bad_ones_told_and_an_account_shown(tmp_path: Path, config: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text(f"{HEADINGS}\n1;Д-1;Вымыслова;Дом 1;10,50;A-1;\n2;Д-2;Вымыслов;Дом 2;сто;A-2;\n", encoding="cp1251")
    code, told = ivr("customers", "import", file, "--config", config, "--check")
    assert code == 1 and "this is a check" in told and "new 1" in told
    assert ivr("customers", "show", "1", "--config", config)[0] == 1
    code, told = ivr("customers", "import", file, "--config", config)
    assert code == 1 and "непонятно" in told and "is no sum of money" in told
    assert (tmp_path / "customers.csv.mistakes.csv").exists()
    code, told = ivr("customers", "show", "1", "--config", config)
    assert code == 0 and "Вымыслова" in told and "10.50" in told and "meter A-1" in told
    assert ivr("customers", "show", "2", "--config", config)[0] == 1


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, config: Path) -> None:
    code, told = ivr("customers", "import", tmp_path / "none.csv", "--config", config)
    assert code == 2 and "No such file" in told


@pytest.mark.parametrize("kind", ["customers", "supply"])
def test_bad_rows_are_told_even_when_no_report_can_be_written(tmp_path: Path, config: Path, kind: str) -> None:
    folder = tmp_path / "files"
    (folder / "list.csv.mistakes.csv").mkdir(parents=True)  # its name is taken
    bad = [f"x{number}" for number in range(30)]
    if kind == "customers":
        file, command = folder / "list.csv", ("customers", "import")
        file.write_text("\n".join(["лс;договор;ФИО;адрес", "1;Д-1;Вымыслова;Дом 1", *bad]))
    else:
        file, command = folder / "list.csv", ("supply", "import", "payment")
        file.write_text("\n".join(["тип;текст", "физлицо;На почте.", *(f"{each};нет" for each in bad)]))
    code, told = ivr(*command, file, "--config", config)
    spare = tmp_path / "var" / "import-reports" / "list.csv.mistakes.csv"
    assert code == 1 and "Done." in told and f"no report in {folder}: " in told and f"All of them: {spare}" in told
    assert told.index("what is wrong") < told.index("no report") and "… and 10 more" in told
    assert len(spare.read_text(encoding="utf-8-sig").splitlines()) == 31
    spare.unlink()
    spare.mkdir()
    code, told = ivr(*command, file, "--config", config)
    assert code == 1 and told.count("no report in") == 2 and told.count("what is wrong") == 2
    assert re.findall(r"^│ (\d+) ", told, re.MULTILINE) == [str(row) for row in range(3, 33)]


def test_accounts_without_a_proof_are_remarked(tmp_path: Path, config: Path) -> None:
    file = tmp_path / "customers.csv"
    rows = ("4007001234;4007001234;А;Дом 1", "4007001235;4007001235;Б;Дом 12, кв. 3", "4007001236;00-4321;В;Дом 1")
    file.write_text("\n".join(["лс;договор;ФИО;адрес", *rows]))
    code, told = ivr("customers", "import", file, "--config", config)
    assert code == 0 and "which proves nothing then: 2" in told
    assert "cannot prove to be theirs (docs/data.md, Identity): 1" in told
    file.write_text("\n".join(["лс;договор;ФИО;адрес", "4007001237;00-4321;Г;Дом 1"]))
    assert "proves nothing" not in ivr("customers", "import", file, "--config", config)[1]


def test_a_lock_is_opened_and_every_look_leaves_a_trace(tmp_path: Path, config: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("лс;договор;ФИО;адрес\n1;Д-1;Вымыслова;Дом 1\n", encoding="utf-8")
    assert ivr("customers", "import", file, "--config", config)[0] == 0
    rules = IdentityRules(most_failures=1)

    async def locked(fail: bool) -> bool:
        database, now = Database(load(config).database_url, 10), datetime.now(UTC)
        try:
            tallies = SqlTallies(database)
            if fail:
                await tallies.judge(["account:1"], False, now, rules)
            return await tallies.locked(["account:1"], now)
        finally:
            await database.close()

    assert asyncio.run(locked(fail=True))
    assert ivr("customers", "unlock", "2", "--config", config)[0] == 1
    code, told = ivr("customers", "unlock", "1", "--config", config)
    assert code == 0 and "1: unlocked" in told
    assert not asyncio.run(locked(fail=False))
    assert ivr("customers", "show", "1", "--config", config)[0] == 0
    looks = ivr("audit", "--config", config)[1]
    assert [word for word in ("unlocked", "nothing_locked", "shown", "command line: ") if word not in looks] == []
