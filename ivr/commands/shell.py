"""What every command shares: its options, its errors told in words, its progress."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table

from ivr.config import Centre, Secrets, load, secrets
from ivr.domain.errors import ConfigurationError, IvrError, RecordRefused, StoreUnavailable

T = TypeVar("T")

Config = Annotated[Path, typer.Option("--config", help="The centre's configuration.")]
Days = Annotated[int, typer.Option(min=1, help="How far back.")]
OtherRules = Annotated[
    Path | None,
    typer.Option("--rules", help="Another config.yaml: its `queue` rules the day; a replay takes the centre's own."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object instead of words.")]
DEFAULT = Path("config.yaml")
PIPED = 240
"""Columns of a table that goes into a file or another program."""


def group(purpose: str) -> typer.Typer:
    """A group of commands; without one of them it shows its help."""
    return typer.Typer(no_args_is_help=True, help=purpose)


def secrets_file(centre_home: Path) -> Path:
    return centre_home / "var" / "secrets.env"


def read(config: Path) -> tuple[Centre, Secrets]:
    centre = load(config)
    return centre, secrets(secrets_file(centre.home))


def complain(mistake: str) -> None:
    """One line of what is wrong, for people."""
    Console(stderr=True).print(f"✗ {mistake}", style="red", markup=False, soft_wrap=True)


def or_exit(work: Callable[[], T]) -> T:
    """Run it; an error of ours is told in its own words, with exit code 2."""
    try:
        return work()
    except ConfigurationError as error:
        for mistake in error.mistakes:
            complain(mistake)
    except RecordRefused as error:
        complain(f"the database refuses the record: {error}")
    except StoreUnavailable as error:
        complain(f"the database does not do its work: {error}; is it running, and did this version start on it once?")
    except (IvrError, OSError) as error:
        complain(str(error))
    raise typer.Exit(2)


def print_table(read: Callable[[], Coroutine[Any, Any, Table]]) -> None:
    """Print the table that `read` makes; where nobody looks at it in a terminal, as wide as it is. In a narrow terminal
    words are broken, never cut short."""
    console = Console()
    table = or_exit(lambda: asyncio.run(read()))
    for column in table.columns:
        column.overflow = "fold"
    console.print(table, width=None if console.is_terminal else PIPED)


class Bars:
    """Progress bars by name of what is being made; quiet lines where there is no terminal."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn())
        self._bars = Progress(*columns, console=Console(stderr=True), transient=True)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Callable[[str, int, int], None]:
        self._bars.start()
        return self._show

    def __exit__(self, *error: object) -> None:
        self._bars.stop()

    def _show(self, what: str, done: int, of: int) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what, total=of)
        self._bars.update(self._tasks[what], completed=done, total=of)
