"""Files of readings for billing: CSV, XLSX or JSON, whole on the disk before they have their own name."""

import asyncio
import csv
import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import asdict, astuple, fields
from pathlib import Path
from tempfile import TemporaryFile

import openpyxl

from ivr.service.readings import Batch, OutgoingReading

FORMATS = ("csv", "xlsx", "json")
COLUMNS = tuple(field.name for field in fields(OutgoingReading))


class ReadingFiles:
    """Implements BatchFiles. A file may hold personal data: it is for its owner only."""

    async def exists(self, path: Path) -> bool:
        return await asyncio.to_thread(path.exists)

    async def try_folder(self, path: Path) -> None:
        await asyncio.to_thread(_try_folder, path.parent)

    async def discard(self, batch: Batch) -> None:
        with suppress(OSError):
            await asyncio.to_thread(part_of(batch).unlink)

    async def write_part(self, batch: Batch, lines: AsyncIterator[OutgoingReading]) -> int:
        rows = [line async for line in lines]
        await asyncio.to_thread(_write, batch, rows)
        return len(rows)

    async def publish(self, batch: Batch) -> bool:
        return await asyncio.to_thread(_publish, part_of(batch), batch.path)


def part_of(batch: Batch) -> Path:
    return batch.path.with_name(f".{batch.path.name}.{batch.id}.part")


def _try_folder(folder: Path) -> None:
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    with TemporaryFile(dir=folder) as file:
        file.write(b"1")


def _write(batch: Batch, rows: Sequence[OutgoingReading]) -> None:
    part = part_of(batch)
    part.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    {"csv": _write_csv, "xlsx": _write_xlsx, "json": _write_json}[batch.format](part, batch, rows)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    _sync_folder(part.parent)


def _publish(part: Path, path: Path) -> bool:
    if not part.exists():
        return False
    if path.exists():
        raise FileExistsError(f"{path} is there already: billing has not taken it yet; move it away")
    part.rename(path)
    _sync_folder(path.parent)
    return True


def _write_csv(part: Path, batch: Batch, rows: Sequence[OutgoingReading]) -> None:
    with part.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(("batch", *COLUMNS))
        writer.writerows((batch.id, *astuple(row)) for row in rows)


def _write_xlsx(part: Path, batch: Batch, rows: Sequence[OutgoingReading]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("readings")
    sheet.append(("batch", *COLUMNS))
    for row in rows:
        sheet.append((batch.id, *astuple(row)))
    book.save(part)


def _write_json(part: Path, batch: Batch, rows: Sequence[OutgoingReading]) -> None:
    whole = {"batch": batch.id, "made_at": batch.made_at.isoformat(), "readings": [asdict(row) for row in rows]}
    part.write_text(json.dumps(whole, ensure_ascii=False, indent=1), encoding="utf-8")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
