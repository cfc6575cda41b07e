"""`ivr supply` as it is typed: lists of outages, offices, ways to pay and requests, with bad rows among the good."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from ivr.adapters.db.engine import Database
from ivr.adapters.db.schema import upgrade
from ivr.adapters.db.supply import SqlServiceRequests, SqlSupply
from ivr.cli import app
from ivr.config import load
from ivr.domain.customer import CustomerKind
from ivr.domain.supply import RequestStatus

TOMORROW = f"{datetime.now(UTC) + timedelta(days=1):%d.%m.%Y}"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text("database: {url: 'sqlite+aiosqlite:///ivr.db'}\n")
    upgrade(load(path).database_url)
    return path


def ivr(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "200"})
    return done.exit_code, done.output


def csv(folder: Path, *lines: str) -> Path:
    path = folder / "list.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_outages_replace_those_to_come_and_bad_rows_are_told(tmp_path: Path, config: Path) -> None:
    first = csv(tmp_path, "Район;Адрес;Начало;Окончание;Причина", f"Север;;{TOMORROW} 09:00;{TOMORROW} 13:00;Ремонт")
    assert ivr("supply", "import", "outages", first, "--config", config)[0] == 0
    second = csv(
        tmp_path,
        "Район;Адрес;Начало;Окончание;Причина;Цвет",
        f"Юг;улица Примерная;{TOMORROW} 09:00;{TOMORROW} 13:00;Замена проводов;",
        f";;{TOMORROW} 09:00;{TOMORROW} 13:00;;",
        f"Юг;;{TOMORROW} 13:00;{TOMORROW} 09:00;;",
        f"Юг;;{TOMORROW} 25:00;;;",
    )
    code, told = ivr("supply", "import", "outages", second, "--config", config)
    assert code == 1 and "rows 4, of them bad 3" in told and "Цвет" in told
    for words in ("say where the light goes out", "is not after the beginning", "write it as 31.12.2026 09:00"):
        assert words in told
    report = (tmp_path / "list.csv.mistakes.csv").read_text(encoding="utf-8-sig")
    assert len(report.splitlines()) == 5  # the headings, and two mistakes in the last row
    code, told = ivr("supply", "list", "outages", "--config", config)
    assert code == 0 and "Замена проводов" in told and "Север" not in told


def test_a_spoilt_file_takes_nothing_away(tmp_path: Path, config: Path) -> None:
    good = csv(tmp_path, "address;starts_at;ends_at", f"Дом;{TOMORROW} 09:00;{TOMORROW} 13:00")
    assert ivr("supply", "import", "outages", good, "--config", config)[0] == 0
    code, told = ivr(
        "supply", "import", "outages", csv(tmp_path, "address;starts_at;ends_at", "Дом;x;y"), "--config", config
    )
    assert code == 1 and "Nothing was written" in told
    code, told = ivr("supply", "import", "outages", csv(tmp_path, "address;address", "a;b"), "--config", config)
    assert code == 2
    for words in ("no column 'starts_at' (начало)", "no column 'ends_at' (окончание)", "two columns are 'address'"):
        assert words in told
    code, told = ivr("supply", "import", "weather", good, "--config", config)
    assert code == 2 and "outages, offices, requests, payment" in told
    assert ivr("supply", "list", "weather", "--config", config)[0] == 2
    assert "Дом" in ivr("supply", "list", "outages", "--config", config)[1]


async def test_a_check_writes_nothing_and_xlsx_is_read(tmp_path: Path, config: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    at = datetime.now() + timedelta(days=2)
    for row in (("Адрес", "Начало", "Окончание"), ("Дом", at.replace(microsecond=0), at + timedelta(hours=1))):
        sheet.append(row)
    path = tmp_path / "list.xlsx"
    book.save(path)
    database = Database(load(config).database_url, 10.0)
    try:
        for arguments, outages in ((("--check",), 0), ((), 1)):
            assert (await asyncio.to_thread(ivr, "supply", "import", "outages", path, *arguments, "--config", config))[
                0
            ] == 0
            assert len(await SqlSupply(database).all_outages(datetime.now(UTC))) == outages
    finally:
        await database.close()


async def test_offices_payment_and_requests(tmp_path: Path, config: Path) -> None:
    hours = '"пн-пт 08:00-17:00; сб 09:00-14:00"'
    offices = csv(tmp_path, "Офис;Адрес;Часы работы", f"Центр;улица Примерная;{hours}", "А;Б;всегда")
    code, told = await asyncio.to_thread(ivr, "supply", "import", "offices", offices, "--config", config)
    assert code == 1 and "is no timetable" in told
    pay = csv(tmp_path, "Тип;Текст", "физлицо;На почте.", "марсианин;Нигде.")
    assert (await asyncio.to_thread(ivr, "supply", "import", "payment", pay, "--config", config))[0] == 1
    asked = csv(
        tmp_path,
        "Номер;Счёт;Тема;Статус;Дата;Срок;Ответ",
        "17;1000000001;поверка;в работе;01.11.2026;30.11.2026;",
        "18;1000000001;поверка;потеряна;01.11.2026;;",
        "x;1000000001;поверка;новая;01.11.2026;;",
    )
    code, told = await asyncio.to_thread(ivr, "supply", "import", "requests", asked, "--config", config)
    assert code == 1 and "new, in_progress, done, refused" in told and "callers are told it" in told
    assert "accounts of requests that are not known here: 1\n" in told
    waiting = (await asyncio.to_thread(ivr, "supply", "list", "requests", "--config", config))[1]
    assert "17" in waiting and "in_progress" in waiting and "2026-11-30" in waiting
    again = csv(tmp_path, "Номер;Счёт;Тема;Статус;Дата;Ответ", "17;1000000001;поверка;выполнена;01.11.2026;Поверен")
    assert (await asyncio.to_thread(ivr, "supply", "import", "requests", again, "--config", config))[0] == 0
    assert "1000000001" not in (await asyncio.to_thread(ivr, "supply", "list", "requests", "--config", config))[1]
    for kind, words in (("offices", "mon-fri 08:00-17:00; sat 09:00-14:00"), ("payment", "На почте.")):
        assert words in (await asyncio.to_thread(ivr, "supply", "list", kind, "--config", config))[1]
    database = Database(load(config).database_url, 10.0)
    try:
        assert [office.name for office in await SqlSupply(database).offices("Север")] == ["Центр"]
        assert await SqlSupply(database).how_to_pay(CustomerKind.PERSON) == "На почте."
        found = await SqlServiceRequests(database).of_account("1000000001")
    finally:
        await database.close()
    assert [(request.number, request.status, request.result) for request in found] == [
        ("17", RequestStatus.DONE, "Поверен")
    ]
