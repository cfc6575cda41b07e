"""An import that is killed, and files that end in the middle: the next import finishes, and nothing is there twice."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

from ivr.simulate.bench_import import write_file

ACCOUNTS = 20_000
ROOT = Path(__file__).resolve().parents[3]
DEADLINE_S = 120.0


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text("database: {url: 'sqlite+aiosqlite:///ivr.db'}\n")
    return path


def started(file: Path, config: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "ivr", "customers", "import", str(file), "--config", str(config)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    return subprocess.Popen(
        words, env=environment, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def finished(file: Path, config: Path) -> tuple[int, str]:
    with started(file, config) as process:
        told, _ = process.communicate(timeout=DEADLINE_S)
        return process.returncode, told


def count(folder: Path, table: str) -> int:
    try:
        with closing(sqlite3.connect(f"file:{folder / 'ivr.db'}?mode=ro", uri=True, timeout=20)) as database:
            return int(database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])
    except sqlite3.OperationalError:  # not made yet
        return 0


def test_a_killed_import_is_finished_by_the_next_without_anything_twice(tmp_path: Path, config: Path) -> None:
    file = tmp_path / "customers.csv"
    rows = write_file(file, ACCOUNTS)
    with started(file, config) as process:
        deadline = time.monotonic() + DEADLINE_S
        while count(tmp_path, "accounts") < ACCOUNTS / 10:
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait(DEADLINE_S)
    left = count(tmp_path, "accounts")
    assert 0 < left < ACCOUNTS
    code, told = finished(file, config)
    assert code == 0, told
    assert f"new {ACCOUNTS - left}" in told and f"as they were {left}" in told
    tables = ("accounts", "meters", "registers", "account_phones", "balances")
    assert [count(tmp_path, table) for table in tables] == [ACCOUNTS, ACCOUNTS, rows, ACCOUNTS, ACCOUNTS]
    readings = count(tmp_path, "readings")
    assert finished(file, config)[0] == 0
    assert count(tmp_path, "readings") == readings


def test_of_a_file_cut_short_the_last_row_is_told_and_whole_ones_are_taken(tmp_path: Path, config: Path) -> None:
    file = tmp_path / "customers.csv"
    write_file(file, 50)
    whole = file.read_bytes()
    lines = whole.splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:20]) + lines[20][:25])  # in the middle of the customer's name
    code, told = finished(file, config)
    assert code == 1 and "of them bad 1" in told, told
    assert (tmp_path / "customers.csv.mistakes.csv").exists()
    taken = count(tmp_path, "accounts")
    file.write_bytes(whole)
    code, told = finished(file, config)
    assert code == 0 and f"new {50 - taken}" in told, told
    assert count(tmp_path, "accounts") == 50
    assert not (tmp_path / "customers.csv.mistakes.csv").exists()


def test_half_a_spreadsheet_is_refused_and_nothing_is_taken(tmp_path: Path, config: Path) -> None:
    file = tmp_path / "customers.xlsx"
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (("лицевой счёт", "договор", "ФИО", "счётчик"), ("1", "Д-1", "Вымыслова", "A-1")):
        book.active.append(row)
    book.save(file)
    file.write_bytes(file.read_bytes()[:-200])
    code, told = finished(file, config)
    assert code == 2 and "customers.xlsx" in told and "Traceback" not in told, told
    assert count(tmp_path, "accounts") == 0
