"""`ivr speech phrases`: phrases that were kept, shown and labelled; every look is in the audit."""

import asyncio
import getpass
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from rich.table import Column, Table

from ivr.adapters.db.calls import SqlCallLog
from ivr.adapters.db.engine import Database
from ivr.adapters.files.phrases import PhraseFolder
from ivr.config import Centre
from ivr.domain.call import Audit
from ivr.service.phrases import PhraseDesk

T = TypeVar("T")
_NAME = 32
"""Letters of a file's name, which is typed to label it."""


def _at_desk(centre: Centre, work: Callable[[PhraseDesk], T]) -> T:
    """What `work` does, once the audit has it. Raises StoreUnavailable, OSError."""

    def audit(looks: Sequence[Audit]) -> None:
        asyncio.run(_written(centre, looks))

    given = centre.hearing
    folder = PhraseFolder(centre.path(given.kept))
    return work(PhraseDesk(folder, given.keep_days, getpass.getuser(), audit, datetime.now(UTC)))


async def _written(centre: Centre, looks: Sequence[Audit]) -> None:
    database = Database(centre.database_url, 30.0)
    try:
        await SqlCallLog(database).write(looks)
    finally:
        await database.close()


def listed(centre: Centre, unlabelled: bool) -> Table:
    """Raises StoreUnavailable, OSError."""
    zone = ZoneInfo(centre.timezone)
    table = Table(
        Column("file", no_wrap=True, min_width=_NAME),
        "at",
        "question",
        "node",
        "why",
        "heard",
        "understood",
        "sure",
        "said",
        "number",
    )
    for one in _at_desk(centre, lambda desk: desk.listed(unlabelled)):
        at = f"{one.at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        told = (one.question, one.node, one.why, one.heard, one.understood, f"{one.confidence:.2f}")
        table.add_row(one.file, at, *told, one.said, one.number)
    return table


def label(centre: Centre, file: str, said: str, number: str) -> None:
    """Raises UnknownPhrase, StoreUnavailable, OSError."""
    _at_desk(centre, lambda desk: desk.label(file, said, number))


def purge(centre: Centre) -> int:
    """How many are gone. Raises OSError."""
    return _at_desk(centre, lambda desk: desk.purge())
