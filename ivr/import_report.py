"""Bad rows of an imported file: on the screen first, and all of them in a report beside the file."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ivr.adapters.files.customer_file_report import write_report
from ivr.config import Centre
from ivr.domain.customer_row import Mistake

SHOWN = 20
"""Mistakes told on the screen; all of them are in the report."""


def tell_mistakes(file: Path, mistakes: Sequence[Mistake], centre: Centre, console: Console) -> None:
    """Tell what is wrong with rows of `file`. Where nothing can be written beside it, the report goes into the centre's
    own folder; where it cannot go there either, the screen tells all. Raises nothing: good rows are taken in by now."""
    told = sorted(mistakes, key=lambda each: each.row)
    if told:
        console.print(_table(told[:SHOWN]))
    if len(told) > SHOWN:
        console.print(f"… and {len(told) - SHOWN} more")
    spare = centre.path(Path("var/import-reports"))
    for folder in (file.parent, spare):
        try:
            path = write_report(folder / file.name, told)
        except OSError as error:
            words = f"no report in {folder}: {error.strerror or error}"
            console.print(words, style="red", markup=False, soft_wrap=True)
        else:
            if path is not None:
                console.print(f"All of them: {path}", markup=False, soft_wrap=True)
            return
    if len(told) > SHOWN:
        console.print(_table(told[SHOWN:]))


def _table(mistakes: Sequence[Mistake]) -> Table:
    table = Table("row", "column", "what is wrong", "remedy")
    for mistake in mistakes:
        table.add_row(str(mistake.row), mistake.column, mistake.wrong, mistake.remedy)
    return table
