"""Reads Asterisk's journal of calls into the log: closes open calls, inserts those the engine never knew."""

import asyncio
from functools import partial
from pathlib import Path

import structlog

from ivr.domain.call import CallId
from ivr.domain.journal import close, parse
from ivr.service.ports import CallLog, Closing, JournalMarks

log = structlog.get_logger()

CHUNK_BYTES = 256 * 1024  # read, stored and marked at once


class JournalImport:
    """Imports the files YYYYMMDD.csv of `directory`, each from where the last import left it.

    The mark is set after its lines are stored, so a crash between the two repeats them, which changes nothing.
    """

    def __init__(self, directory: Path, calls: CallLog, marks: JournalMarks) -> None:
        self._directory = directory
        self._calls = calls
        self._marks = marks
        self._read: dict[str, int] = {}
        self._turn = asyncio.Lock()

    async def import_new(self) -> int:
        """Import every new whole line; gives how many calls they told of. Raises StoreUnavailable: try again later."""
        async with self._turn:
            imported = 0
            for path in await asyncio.to_thread(self._files):
                imported += await self._import(path)
            return imported

    def _files(self) -> list[Path]:
        return sorted(self._directory.glob("[0-9]" * 8 + ".csv"))

    async def _import(self, path: Path) -> int:
        offset = self._read.get(path.name)
        if offset is None:
            offset = await self._marks.get(path.name)
        imported = 0
        while True:
            start, lines, end = await asyncio.to_thread(_new_lines, path, offset)
            if start != offset:
                log.warning("journal_file_shrank", file=path.name)
            if lines:
                imported += await self._store(path, start, lines)
            if end != offset:
                await self._marks.set(path.name, end)
            self._read[path.name] = offset = end
            if not lines:
                return imported

    async def _store(self, path: Path, start: int, lines: list[bytes]) -> int:
        closings: dict[CallId, Closing] = {}
        for number, line in enumerate(lines):
            if not line.strip():
                continue
            try:
                told = parse(line.decode())
            except ValueError as error:
                place = await asyncio.to_thread(_lines_before, path, start) + number + 1
                wrong = "not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
                log.warning("journal_line_refused", file=path.name, line=place, wrong=wrong)
                continue
            closings[told.call_id] = partial(close, line=told)
        await self._calls.close(closings)
        return len(closings)


def _new_lines(path: Path, offset: int) -> tuple[int, list[bytes], int]:
    """Where reading began, the whole lines from there on, and where they end. A file that shrank is read anew."""
    with path.open("rb") as file:
        if file.seek(0, 2) < offset:
            offset = 0
        file.seek(offset)
        lines = []
        end = offset
        for line in file:
            if not line.endswith(b"\n"):
                break  # Asterisk is writing it
            end += len(line)
            lines.append(line)
            if end - offset >= CHUNK_BYTES:
                break
        return offset, lines, end


def _lines_before(path: Path, offset: int) -> int:
    with path.open("rb") as file:
        return file.read(offset).count(b"\n")
