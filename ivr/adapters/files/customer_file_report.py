"""The report of bad rows, written beside the file it is about. It holds personal data: for its owner only."""

import csv
import os
from collections.abc import Sequence
from pathlib import Path

from ivr.domain.customer_row import Mistake

HEADINGS = ("row", "column", "value", "what is wrong", "remedy", "taken")


def report_path(file: Path) -> Path:
    return file.with_name(f"{file.name}.mistakes.csv")


def write_report(file: Path, mistakes: Sequence[Mistake]) -> Path | None:
    """Write `mistakes` beside `file`, as a spreadsheet opens it; an old report goes. None: there is nothing to tell."""
    path = report_path(file)
    path.unlink(missing_ok=True)
    if not mistakes:
        return None
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as out:
        rows = csv.writer(out, delimiter=";")
        rows.writerow(HEADINGS)
        for each in sorted(mistakes, key=lambda mistake: mistake.row):
            taken = "without this cell" if each.kept else "no"
            rows.writerow((each.row, each.column, _harmless(each.value), each.wrong, each.remedy, taken))
    return path


def _harmless(value: str) -> str:
    """A spreadsheet runs what begins like a formula; a file's cell must not do so from our report."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@") else value
