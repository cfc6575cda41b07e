import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.adapters.db.calls import SqlCallLog, SqlJournalMarks
from ivr.adapters.db.engine import Database
from ivr.domain.call import Began, Call, CallId, Ended, Outcome
from ivr.domain.errors import StoreUnavailable
from ivr.service import journal
from ivr.service.journal import JournalImport

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def line(call_id: str, ivr_result: str = "hang_up") -> str:
    return f"{call_id},+79990000001,88005550100,1772357400,1772357520,{ivr_result},,,0,1,{call_id}.raw\n"


class Journal:
    """The folder Asterisk writes to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, text: str | bytes, day: str = "20260301") -> None:
        with (self.folder / f"{day}.csv").open("ab") as file:
            file.write(text.encode() if isinstance(text, str) else text)

    def replace(self, text: str, day: str = "20260301") -> None:
        (self.folder / f"{day}.csv").write_text(text)


@pytest.fixture
def asterisk(tmp_path: Path) -> Journal:
    folder = tmp_path / "journal"
    folder.mkdir()
    return Journal(folder)


@pytest.fixture
def log(database: Database) -> SqlCallLog:
    return SqlCallLog(database)


@pytest.fixture
def marks(database: Database) -> SqlJournalMarks:
    return SqlJournalMarks(database)


@pytest.fixture
def imports(asterisk: Journal, log: SqlCallLog, marks: SqlJournalMarks) -> JournalImport:
    return JournalImport(asterisk.folder, log, marks)


async def ids(log: SqlCallLog) -> set[str]:
    return {str(call.id) for call in await log.recent(10_000)}


async def test_a_journal_that_is_not_there_is_empty(log: SqlCallLog, marks: SqlJournalMarks, tmp_path: Path) -> None:
    assert await JournalImport(tmp_path / "none", log, marks).import_new() == 0


async def test_open_calls_are_closed_and_missing_ones_inserted(
    imports: JournalImport, asterisk: Journal, log: SqlCallLog
) -> None:
    known = Call(CallId("1.1"), "+79990000001", "88005550100", AT, "rosatom", "1", account="0000000001")
    await log.write([Began(known)])
    asterisk.add(line("1.1") + line("1.2", ""))
    assert await imports.import_new() == 2
    assert await log.open_calls() == []
    found, missing = await log.get(CallId("1.1")), await log.get(CallId("1.2"))
    ended = AT.replace(minute=32)
    assert found == replace(known, ended_at=ended, outcome=Outcome.SERVED, reason="flow_ended", recording="1.1.raw")
    assert missing is not None and (missing.outcome, missing.flow) == (Outcome.ABANDONED, "")


async def test_what_the_engine_writes_at_the_same_moment_holds(
    imports: JournalImport, asterisk: Journal, log: SqlCallLog
) -> None:
    calls = [Call(CallId(f"1.{number}"), "+79990000001", "88005550100", AT) for number in range(40)]
    await log.write([Began(call) for call in calls])
    for call in calls:
        asterisk.add(line(call.id, ""))  # by itself it says that the caller gave up
        served = replace(call, outcome=Outcome.SERVED, reason="hung_up_when_done", ended_at=AT)
        await asyncio.gather(imports.import_new(), log.write([Ended(served)]))
    assert {call.reason for call in await log.recent(100)} == {"hung_up_when_done"}


@pytest.mark.parametrize("engine_first", [True, False])
async def test_why_he_wanted_an_operator_is_told_of_who_gave_up_whichever_is_stored_first(
    imports: JournalImport, asterisk: Journal, log: SqlCallLog, engine_first: bool
) -> None:
    call = Call(CallId("1.1"), "+79990000001", "88005550100", AT)
    await log.write([Began(call)])
    asterisk.add(line("1.1", "operator"))
    asked = Ended(replace(call, reason="asked", ended_at=AT))  # OPEN: the journal knows what became of him
    if engine_first:
        await log.write([asked])
    await imports.import_new()
    if not engine_first:
        await log.write([asked])
    (stored,) = await log.recent(2)
    assert (stored.outcome, stored.reason) == (Outcome.OPERATOR_MISSED, "asked")


async def test_only_new_and_whole_lines_are_read(imports: JournalImport, asterisk: Journal, log: SqlCallLog) -> None:
    asterisk.add(line("1.1") + line("1.2")[:20])
    assert await imports.import_new() == 1
    assert await imports.import_new() == 0
    asterisk.add(line("1.2")[20:])
    asterisk.add(line("2.1"), day="20260302")
    assert await imports.import_new() == 2
    assert await ids(log) == {"1.1", "1.2", "2.1"}


async def test_a_new_engine_goes_on_where_the_last_one_was(
    imports: JournalImport, asterisk: Journal, log: SqlCallLog, marks: SqlJournalMarks
) -> None:
    asterisk.add(line("1.1"))
    await imports.import_new()
    asterisk.add(line("1.2"))
    assert await JournalImport(asterisk.folder, log, marks).import_new() == 1


async def test_a_crash_before_the_mark_repeats_lines_and_changes_nothing(
    imports: JournalImport, asterisk: Journal, log: SqlCallLog, marks: SqlJournalMarks
) -> None:
    asterisk.add(line("1.1", ""))
    await imports.import_new()
    before = await log.get(CallId("1.1"))
    await marks.set("20260301.csv", 0)
    assert await JournalImport(asterisk.folder, log, marks).import_new() == 1
    assert await log.get(CallId("1.1")) == before


async def test_garbage_is_told_by_its_line_and_skipped(
    imports: JournalImport, asterisk: Journal, log: SqlCallLog, capsys: pytest.CaptureFixture[str]
) -> None:
    asterisk.add(line("1.1"))
    await imports.import_new()
    asterisk.add("\n")
    asterisk.add(b"\xff\xfe,garbage\n")
    asterisk.add("half,a,line\n" + line("1.2"))
    capsys.readouterr()
    assert await imports.import_new() == 1
    told = capsys.readouterr().out
    assert "line=3" in told and "line=4" in told and "line=2" not in told
    assert await ids(log) == {"1.1", "1.2"}


async def test_a_file_that_shrank_is_read_anew(imports: JournalImport, asterisk: Journal, log: SqlCallLog) -> None:
    asterisk.add(line("1.1") + line("1.2"))
    await imports.import_new()
    asterisk.replace(line("1.3"))
    assert await imports.import_new() == 1
    assert await ids(log) == {"1.1", "1.2", "1.3"}
    assert await imports.import_new() == 0


async def test_a_long_file_is_read_in_chunks(
    imports: JournalImport, asterisk: Journal, log: SqlCallLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "CHUNK_BYTES", 200)
    asterisk.add("".join(line(f"1.{number}") for number in range(20)))
    assert await imports.import_new() == 20
    assert await imports.import_new() == 0


async def test_a_database_away_is_tried_again_later(
    asterisk: Journal, log: SqlCallLog, marks: SqlJournalMarks, tmp_path: Path
) -> None:
    empty = Database(f"sqlite+aiosqlite:///{tmp_path / 'no-tables.db'}", 5)
    asterisk.add(line("1.1"))
    imports = JournalImport(asterisk.folder, SqlCallLog(empty), marks)
    with pytest.raises(StoreUnavailable):
        await imports.import_new()
    await empty.close()
    assert await JournalImport(asterisk.folder, log, marks).import_new() == 1
