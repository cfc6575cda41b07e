"""The processes that a supervisor started, written down so that the next one finds what a killed one left behind."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def birth(pid: int) -> str | None:
    """What tells this process from any other that ever had or will have its number. None when there is no such process.

    Boot id and start in clock ticks since boot (proc(5), field 22): a set clock changes neither.
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    if fields[0] == "Z":
        return None
    return f"{_BOOT.read_text().strip()}:{fields[19]}"


class ProcessBook:
    """Names and births of processes, in one file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def alive(self) -> dict[str, int]:
        """Name and id of each process written down that still runs."""
        return {name: pid for name, (pid, born) in self._read().items() if birth(pid) == born}

    def write(self, name: str, pid: int | None) -> None:
        """Write down that `name` runs as `pid`, or (None) that it does not run."""
        book = self._read()
        book.pop(name, None)
        born = None if pid is None else birth(pid)
        if pid is not None and born is not None:
            book[name] = (pid, born)
        self._write(book)

    def _read(self) -> dict[str, tuple[int, str]]:
        try:
            book = json.loads(self._path.read_text(encoding="utf-8"))
            return {str(name): (int(pid), str(born)) for name, (pid, born) in book.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            return {}

    def _write(self, book: Mapping[str, tuple[int, str]]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(book), encoding="utf-8")
        draft.replace(self._path)
