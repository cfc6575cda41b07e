import csv
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from sqlalchemy import insert
from typer.testing import CliRunner

from ivr.adapters.db.customers import SqlCustomers, SqlReadings
from ivr.adapters.db.engine import Database
from ivr.adapters.db.reading_export import SqlBatches
from ivr.adapters.db.schema import upgrade
from ivr.adapters.db.seed import seed
from ivr.adapters.db.tables import readings
from ivr.adapters.files.reading_file import ReadingFiles, part_of
from ivr.cli import app
from ivr.domain.customer import Account, CustomerKind, Meter, Reading, Register
from ivr.domain.errors import ConfigurationError
from ivr.domain.readings import UncheckedReading
from ivr.service.readings import Batch, Exported, Stage, export_again, export_readings

ZONE = ZoneInfo("Asia/Yekaterinburg")  # UTC+5
AT = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
BILLED = Reading(50, AT - timedelta(days=30), "import")
METERS = (Meter(1, "A-1", (Register(1, "day", 6, (BILLED,)), Register(2, "night", 6))),)
PERSON = Account("0000000001", "00-1", "Выдуманный В. В.", CustomerKind.PERSON, "ул. 1", "Север", METERS)


@pytest.fixture
async def seeded(database: Database) -> Database:
    await seed(database, [PERSON], [], ZONE)
    return database


def given(value: int, minutes: int = 0, call_id: str = "c1") -> Reading:
    return Reading(value, AT + timedelta(minutes=minutes), "ivr_tones", call_id)


async def submit(database: Database, *values: int, register: int = 1) -> None:
    for minutes, value in enumerate(values):
        await SqlReadings(database, ZONE).submit(register, given(value, minutes, f"c{value}"))


async def export(
    database: Database, path: Path, format: str = "json", since: datetime | None = None, files: Any = None
) -> list[Exported]:
    return await export_readings(SqlBatches(database, ZONE, lambda: AT), files or ReadingFiles(), path, format, since)


def told(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text())["readings"])


async def test_what_was_taken_here_is_told_once_with_its_trace(seeded: Database, tmp_path: Path) -> None:
    await submit(seeded, 70, 75, 76)
    await submit(seeded, 40, register=2)
    await SqlReadings(seeded, ZONE).submit_unchecked(UncheckedReading("9", "", "single", 5, AT, call_id="c9"))
    [done] = await export(seeded, tmp_path / "a.json")
    assert (done.readings, done.earlier, done.batch.path) == (3, False, tmp_path / "a.json")
    day, night, unchecked = told(tmp_path / "a.json")
    assert {name: day[name] for name in day if name != "key"} == {
        "account": "0000000001",
        "meter": "A-1",
        "tariff": "day",
        "value": 76,
        "taken_at": "2026-03-20T14:32:00+05:00",
        "channel": "ivr_tones",
        "call_id": "c76",
        "replaces": "75 at 2026-03-20T14:31:00+05:00; 70 at 2026-03-20T14:30:00+05:00",
        "status": "accepted",
    }
    assert (night["value"], night["replaces"]) == (40, "")
    assert (unchecked["account"], unchecked["status"], unchecked["meter"]) == ("9", "unchecked", "")
    assert (tmp_path / "a.json").stat().st_mode & 0o777 == 0o600
    assert await export(seeded, tmp_path / "b.json") == [] and not (tmp_path / "b.json").exists()


async def test_a_reading_that_replaces_an_exported_one_goes_too(seeded: Database, tmp_path: Path) -> None:
    await submit(seeded, 70)
    await export(seeded, tmp_path / "a.json")
    await submit(seeded, 75)
    await export(seeded, tmp_path / "b.json")
    await SqlReadings(seeded, ZONE).submit(1, given(70, 9, "c70"))  # he goes back to the first
    await export(seeded, tmp_path / "c.json")
    values = [[(line["value"], line["replaces"][:2]) for line in told(tmp_path / f"{name}.json")] for name in "abc"]
    assert values == [[(70, "")], [(75, "70")], [(70, "75")]]
    keys = [told(tmp_path / f"{name}.json")[0]["key"] for name in "abc"]
    assert len(set(keys)) == 3


async def test_earlier_days_may_be_left_for_later(seeded: Database, tmp_path: Path) -> None:
    await submit(seeded, 70)
    assert await export(seeded, tmp_path / "a.json", since=AT + timedelta(hours=1)) == []
    assert len(await export(seeded, tmp_path / "a.json", since=AT)) == 1


async def test_many_readings_are_one_batch_in_their_order(seeded: Database, tmp_path: Path) -> None:
    rows = [
        {
            "register_id": 1,
            "value": n,
            "taken_at": AT + timedelta(days=n),
            "local_day": AT.date(),
            "channel": "ivr_tones",
        }
        for n in range(4500)
    ]
    await seeded.write(lambda connection: connection.execute(insert(readings), rows))
    [done] = await export(seeded, tmp_path / "a.json")
    assert done.readings == 4500 and [line["value"] for line in told(tmp_path / "a.json")] == list(range(4500))


async def test_a_file_that_is_there_is_never_overwritten(seeded: Database, tmp_path: Path) -> None:
    await submit(seeded, 70)
    (tmp_path / "a.json").write_text("billing's")
    with pytest.raises(ConfigurationError, match="is there already"):
        await export(seeded, tmp_path / "a.json")
    assert (tmp_path / "a.json").read_text() == "billing's"
    assert len(await export(seeded, tmp_path / "b.json")) == 1


async def test_every_format_tells_the_same(seeded: Database, tmp_path: Path) -> None:
    await submit(seeded, 70)
    [done] = await export(seeded, tmp_path / "a.json")
    batches = SqlBatches(seeded, ZONE, lambda: AT)
    for format in ("csv", "xlsx"):
        await export_again(batches, ReadingFiles(), done.batch.id, tmp_path / f"a.{format}", format)
    [line] = told(tmp_path / "a.json")
    expected = ["1", *(str(value) for value in line.values())]
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        headings, row = csv.reader(file, delimiter=";")
    assert headings == ["batch", *line] and row == expected
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    cells = list(book.active.iter_rows(values_only=True))
    assert list(cells[0]) == headings and ["" if cell is None else str(cell) for cell in cells[1]] == expected


class TestAgain:
    async def test_a_batch_is_written_again_word_for_word(self, seeded: Database, tmp_path: Path) -> None:
        await submit(seeded, 70)
        [done] = await export(seeded, tmp_path / "a.json")
        await submit(seeded, 75)
        await export_again(SqlBatches(seeded, ZONE, lambda: AT), ReadingFiles(), done.batch.id, tmp_path / "b", "json")
        assert (tmp_path / "b").read_text() == (tmp_path / "a.json").read_text()
        assert [line["value"] for line in told(tmp_path / "b")] == [70]

    async def test_what_is_no_batch_is_told(self, seeded: Database, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="no finished batch 7"):
            await export_again(SqlBatches(seeded, ZONE, lambda: AT), ReadingFiles(), 7, tmp_path / "b", "json")

    async def test_it_overwrites_nothing(self, seeded: Database, tmp_path: Path) -> None:
        await submit(seeded, 70)
        [done] = await export(seeded, tmp_path / "a.json")
        with pytest.raises(ConfigurationError, match="is there already"):
            await export_again(
                SqlBatches(seeded, ZONE, lambda: AT), ReadingFiles(), done.batch.id, tmp_path / "a.json", "json"
            )


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


class Killed(Exception):
    pass


class Fragile:
    """The real thing, but the export dies before or after one of its steps."""

    def __init__(self, real: Any, step: str, before: bool) -> None:
        self._real = real
        self._step = step
        self._before = before

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._real, name)

        async def dying(*arguments: Any) -> Any:
            if self._step in (name, " ".join([name, *map(str, arguments[1:])])):
                if self._before:
                    raise Killed
                await method(*arguments)
                raise Killed
            return await method(*arguments)

        return method if name == "lines" else dying


@pytest.mark.parametrize("taken_away", [False, True])
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("step", ["claim", "write_part", "mark ready", "publish", "mark written"])
async def test_wherever_an_export_is_killed_every_reading_goes_once(
    seeded: Database, tmp_path: Path, step: str, before: bool, taken_away: bool
) -> None:
    await submit(seeded, 70)
    batches, files = SqlBatches(seeded, ZONE, lambda: AT), ReadingFiles()
    fragile = Fragile(batches, step, before), Fragile(files, step, before)
    with pytest.raises(Killed):
        await export_readings(*fragile, tmp_path / "a.json", "json", None)
    seen = []
    if taken_away and (tmp_path / "a.json").exists():
        seen += told(tmp_path / "a.json")
        (tmp_path / "a.json").unlink()
    await submit(seeded, 40, register=2)
    await export(seeded, tmp_path / "b.json")
    assert await batches.unfinished() == []
    left = files_in(tmp_path)
    for path in left:
        if path.name in ("a.json", "b.json"):
            seen += told(path)
    assert [line["value"] for line in seen] == [70, 40]
    assert not [path for path in left if path.name.endswith(".part")]


async def test_a_part_waits_while_a_strangers_file_has_its_name(seeded: Database, tmp_path: Path) -> None:
    await submit(seeded, 70)
    batches = SqlBatches(seeded, ZONE, lambda: AT)
    with pytest.raises(Killed):
        await export_readings(batches, Fragile(ReadingFiles(), "publish", True), tmp_path / "a.json", "json", None)  # type: ignore[arg-type]
    (tmp_path / "a.json").write_text("a stranger's")
    await submit(seeded, 40, register=2)
    waits, new = await export(seeded, tmp_path / "b.json")
    assert waits.earlier and "is there already" in waits.trouble and not new.trouble
    assert [line["value"] for line in told(tmp_path / "b.json")] == [40]
    (tmp_path / "a.json").unlink()
    [done] = await export(seeded, tmp_path / "c.json")
    assert done.earlier and done.readings == 1 and not done.trouble and not part_of(done.batch).exists()
    assert [line["value"] for line in told(tmp_path / "a.json")] == [70]


async def test_a_folder_that_cannot_be_written_to_takes_nothing(seeded: Database, tmp_path: Path) -> None:
    await submit(seeded, 70)
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"name a folder that can be written to"):
        await export(seeded, tmp_path / "file" / "a.json")
    [done] = await export(seeded, tmp_path / "b.json")
    assert (done.batch.id, done.earlier) == (1, False)
    assert [line["value"] for line in told(tmp_path / "b.json")] == [70]


async def test_what_cannot_go_where_it_was_to_go_is_taken_into_the_new_file(seeded: Database, tmp_path: Path) -> None:
    await submit(seeded, 70)
    batches, folder = SqlBatches(seeded, ZONE, lambda: AT), tmp_path / "gone"
    with pytest.raises(Killed):
        await export_readings(batches, Fragile(ReadingFiles(), "write_part", True), folder / "a.csv", "csv", None)  # type: ignore[arg-type]
    folder.rmdir()
    folder.touch()  # now a file: nothing can be written there
    await submit(seeded, 40, register=2)
    [done] = await export(seeded, tmp_path / "b.json")
    assert (done.batch.id, done.readings, done.batch.path) == (1, 2, tmp_path / "b.json")
    assert [line["value"] for line in told(tmp_path / "b.json")] == [70, 40]
    assert await batches.unfinished() == [] and await batches.get(1) == replace(done.batch, stage=Stage.WRITTEN)


async def test_the_same_command_once_more_finishes_its_file(seeded: Database, tmp_path: Path) -> None:
    await submit(seeded, 70)
    batches = SqlBatches(seeded, ZONE, lambda: AT)
    with pytest.raises(Killed):
        await export_readings(batches, Fragile(ReadingFiles(), "write_part", True), tmp_path / "a.json", "json", None)  # type: ignore[arg-type]
    [done] = await export(seeded, tmp_path / "a.json")
    assert done.earlier and [line["value"] for line in told(tmp_path / "a.json")] == [70]


def test_the_command_tells_what_it_has_done(tmp_path: Path) -> None:
    import asyncio

    url = f"sqlite+aiosqlite:///{tmp_path / 'ivr.db'}"
    upgrade(url)

    async def prepare() -> None:
        database = Database(url, 10)
        await seed(database, [PERSON], [], ZONE)
        await submit(database, 70)
        assert await SqlCustomers(database).account(PERSON.number)
        await database.close()

    asyncio.run(prepare())
    (tmp_path / "config.yaml").write_text("database: {url: 'sqlite+aiosqlite:///ivr.db'}\n")

    def ivr(*arguments: str) -> tuple[int, str]:
        common = ["readings", "export", "--config", str(tmp_path / "config.yaml"), "--out"]
        done = CliRunner().invoke(app, [*common, *arguments])
        return done.exit_code, done.output

    out = str(tmp_path / "out.csv")
    assert ivr(out, "--format", "pdf")[0] == 2
    code, words = ivr(out)
    assert code == 0 and f"batch 1: 1 readings in {out}" in words
    assert "nothing new" in ivr(str(tmp_path / "more.csv"))[1]
    code, words = ivr(str(tmp_path / "out.csv" / "inside.csv"))
    assert code == 2 and "name a folder that can be written to" in words
    assert ivr(str(tmp_path / "again.csv"), "--again", "1")[0] == 0
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "out.csv").read_bytes()


def test_a_batch_knows_its_stage() -> None:
    batch = Batch(7, Stage.READY, "csv", Path("/folder/a.csv"), AT)
    assert part_of(batch) == Path("/folder/.a.csv.7.part")
