"""An append-only spool of lines: one file a UTC day, readable by its owner only, on the disk before `append` returns.

A line torn by a crash is left as a line of its own, so that it spoils no other. Lines that nothing will ever take are
set aside in `rejected.jsonl`.
"""

import asyncio
import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from ivr.service.ports import SpoolBatch

REJECTED = "rejected.jsonl"


class FileSpool:
    """Files YYYYMMDD.jsonl in `directory`. `clock` gives aware UTC times."""

    def __init__(self, directory: Path, clock: Callable[[], datetime]) -> None:
        self._directory = directory
        self._clock = clock
        self._turn = threading.Lock()

    async def append(self, lines: Sequence[str]) -> None:
        if lines:
            await asyncio.to_thread(self._append, f"{self._clock():%Y%m%d}.jsonl", lines)

    async def batches(self) -> list[SpoolBatch]:
        return await asyncio.to_thread(self._batches)

    async def drop(self, batch: SpoolBatch) -> None:
        await asyncio.to_thread(self._drop, batch)

    async def reject(self, line: str) -> None:
        await asyncio.to_thread(self._append, REJECTED, [line])

    def _append(self, name: str, lines: Sequence[str]) -> None:
        text = "".join(line + "\n" for line in lines).encode()
        with self._turn:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self._directory / name, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                size = os.fstat(file).st_size
                if size and os.pread(file, 1, size - 1) != b"\n":
                    text = b"\n" + text
                try:
                    _write_all(file, text)
                    os.fsync(file)
                except OSError:
                    with suppress(OSError):
                        os.ftruncate(file, size)  # all or nothing
                    raise
            finally:
                os.close(file)
            if not size:
                self._sync_directory()

    def _batches(self) -> list[SpoolBatch]:
        with self._turn:
            found = []
            for path in sorted(self._directory.glob("[0-9]*.jsonl")):
                content = path.read_bytes()
                lines = tuple(line for line in content.decode(errors="replace").split("\n") if line)
                found.append(SpoolBatch(path.name, len(content), lines))
            return found

    def _drop(self, batch: SpoolBatch) -> None:
        path = self._directory / batch.file
        with self._turn:
            later = path.read_bytes()[batch.end :]
            if later:
                rest = path.with_suffix(".rest")
                file = os.open(rest, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                try:
                    _write_all(file, later)
                    os.fsync(file)
                finally:
                    os.close(file)
                rest.replace(path)
            else:
                path.unlink()
            self._sync_directory()

    def _sync_directory(self) -> None:
        directory = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def _write_all(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]
