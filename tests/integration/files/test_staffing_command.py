"""`ivr staffing` as it is typed: a file of calls, an even stream, and what is wrong with a file."""

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from ivr.cli import app

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(f"dialplans: {REPOSITORY / 'dialplans'}\n")
    return path


def staffing(config: Path, *arguments: object) -> tuple[int, str]:
    words = ["staffing", *(str(argument) for argument in arguments), "--config", str(config)]
    done = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
    return done.exit_code, done.output


def test_a_file_of_half_hours(config: Path, tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text("время;звонки\n08:00;30\n08:30;75,0\n09:00;150\n09:30;300\n03:00;0\n", encoding="cp1251")
    code, told = staffing(config, calls, "--json", "--shrinkage", "0.3")
    assert code == 0
    document = json.loads(told)
    # The table of Erlang A at 60, 150, 300 and 600 calls an hour.
    assert [row["operators"] for row in document["half_hours"]] == [8, 16, 28, 52, 0]
    assert [row["rostered"] for row in document["half_hours"]] == [12, 23, 40, 75, 0]
    assert document["target"] == {"mean_wait_s": 100, "lost_share": 0.05, "p95_s": None}
    assert document["operator_hours"] == 52
    assert all(row["lost_share"] <= 0.05 and row["mean_wait_s"] <= 100 for row in document["half_hours"])
    assert document["half_hours"][4]["occupancy"] == 0


def test_the_same_as_csv_and_as_a_table(config: Path, tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text("date,time,calls,aht\n2026-11-23,08:00,300,300\n24.11.2026,08:30-09:00,300,240\n")
    code, told = staffing(config, calls, "--csv")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(told)))
    assert [(row["date"], row["begins"], row["operators"]) for row in rows] == [
        ("2026-11-23", "08:00", "52"),
        ("2026-11-24", "08:30", rows[1]["operators"]),
    ]
    assert int(rows[1]["operators"]) < 52
    code, told = staffing(config, calls)
    assert code == 0
    assert all(word in told for word in ("2026-11-24", "08:30", "52", "operator hours", "lost ≤ 5%"))
    assert "rostered" not in told


def test_the_simulation_stands_beside_erlang_a(config: Path, tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text("time,calls\n08:00,30\n08:30,75\n09:00,75\n12:00,0\n")
    asked = (calls, "--simulate", 12)
    code, told = staffing(config, *asked, "--json")
    assert code == 0, told
    first, second, third, nobody = json.loads(told[told.index("{") :])["half_hours"]
    for row in (first, second, third):
        assert row["simulated_lost_share"] == pytest.approx(row["lost_share"], abs=0.05)
        assert row["simulated_mean_wait_s"] == pytest.approx(row["mean_wait_s"], abs=12)
        assert 0 < row["simulated_p95_wait_s"] < 120 and 0.4 < row["simulated_occupancy"] < 1
    assert nobody["simulated_mean_wait_s"] is None and nobody["simulated_lost_share"] is None
    _, told = staffing(config, *asked, "--csv")
    rows = list(csv.DictReader(io.StringIO(told[told.index("date,") :])))
    assert [float(row["simulated_lost_share"] or -1) for row in rows] == [
        *(row["simulated_lost_share"] for row in (first, second, third)),
        -1,
    ]
    _, told = staffing(config, *asked)
    assert all(word in told for word in ("sim mean", "sim p95", f"{first['simulated_lost_share']:.1%}"))


def test_an_even_stream_is_simulated_all_day(config: Path) -> None:
    code, told = staffing(config, "--calls-per-hour", 60, "--simulate", 2, "--json")
    (row,) = json.loads(told[told.index("{") :])["half_hours"]
    assert code == 0 and row["simulated_lost_share"] == pytest.approx(row["lost_share"], abs=0.03)


def test_a_workbook(config: Path, tmp_path: Path) -> None:
    from datetime import datetime, time

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["Начало", "Количество вызовов"], [datetime(2026, 11, 23, 8), 300], [time(8, 30), 30]):
        sheet.append(row)
    book.save(tmp_path / "calls.xlsx")
    code, told = staffing(config, tmp_path / "calls.xlsx", "--json")
    assert code == 0
    found = [(row["date"], row["begins"], row["operators"]) for row in json.loads(told)["half_hours"]]
    assert found == [("2026-11-23", "08:00", 52), ("", "08:30", 8)]


def test_an_even_stream(config: Path) -> None:
    code, told = staffing(config, "--calls-per-hour", 600)
    assert code == 0 and "52" in told and "operator hours" not in told
    code, told = staffing(config, "--calls-per-hour", 600, "--p95", 20, "--json")
    (row,) = json.loads(told)["half_hours"]
    assert code == 0 and row["operators"] > 52 and row["p95_wait_s"] <= 20


def test_the_standard_says_what_to_aim_at(config: Path) -> None:
    config.write_text(config.read_text() + "standard: gazprom_bryansk\n")
    _, told = staffing(config, "--calls-per-hour", 600, "--json")
    assert json.loads(told)["target"] == {"mean_wait_s": 600, "lost_share": 0.15, "p95_s": 600}
    _, told = staffing(config, "--calls-per-hour", 600, "--json", "--wait", 30, "--lost", 0.1)
    assert json.loads(told)["target"] == {"mean_wait_s": 30, "lost_share": 0.1, "p95_s": None}


def test_every_mistake_of_a_file_is_told_with_its_line(config: Path, tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text(
        "time,calls,aht\n08:15,20,\nx,-5,\n09:00,,\n09:30,5,\n09:30,6,\n10:00,nan,0\n24:00,1,\n10:30,9999999,\n"
    )
    code, told = staffing(config, calls)
    assert code == 2
    assert told.splitlines() == [
        f"✗ {calls}:2: time: '08:15' begins no half hour; write hours 00 to 23 and minutes 00 or 30",
        f"✗ {calls}:3: time: 'x' is no time; write when the half hour begins, as 08:30",
        f"✗ {calls}:3: calls: '-5' is no number of calls; write it in digits, 0 or more",
        f"✗ {calls}:4: calls: is empty; fill it in",
        f"✗ {calls}:6: time: is on line 5 too; keep one of them",
        f"✗ {calls}:7: calls: 'nan' is no number of calls; write it in digits, 0 or more",
        f"✗ {calls}:7: aht: '0' is no handling time; give seconds, 1 to 36000",
        f"✗ {calls}:8: time: '24:00' begins no half hour; write hours 00 to 23 and minutes 00 or 30",
        f"✗ {calls}:9: calls: '9999999' are more calls than a half hour can have; give 1000000 at most",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("time\n08:00\n", "calls.csv:1: there is no column 'calls' (вызовы); add it"),
        ("time,calls,Звонки\n08:00,1,2\n", "calls.csv:1: two columns are 'calls'; keep one"),
        ("time,calls\n", "calls.csv:2: there is no row; write one a half hour, as 08:00 and 25"),
        ("time,calls\n08:00,900000\n", "08:00: the target is not met by 20000 operators"),
    ],
)
def test_a_file_that_is_of_no_use(config: Path, tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "calls.csv").write_text(text)
    code, told = staffing(config, tmp_path / "calls.csv")
    assert code == 2 and words in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "give either a file of calls or --calls-per-hour"),
        (["calls.csv", "--calls-per-hour", 5], "give either a file of calls or --calls-per-hour"),
        (["--calls-per-hour", 5, "--json", "--csv"], "--json and --csv exclude each other"),
        (["--calls-per-hour", 5, "--lost", 2], "lost share aimed at must be more than 0 and at most 1, got 2.0"),
        (["nowhere.csv"], "nowhere.csv: No such file or directory"),
    ],
)
def test_what_cannot_be_answered(config: Path, arguments: list[object], words: str) -> None:
    code, told = staffing(config, *arguments)
    assert code == 2 and words in told
