"""`ivr speech phrases`: phrases that were kept, shown and labelled; every look is in the audit."""

import asyncio
import getpass
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from ivr.adapters.db.calls import SqlCallLog
from ivr.adapters.files.phrases import PhraseFolder
from ivr.config import Centre
from ivr.domain.call import Audit
from ivr.places import Places
from ivr.records import records
from ivr.service.phrases import KeptPhrase, PhraseDesk

T = TypeVar("T")


def _at_desk(centre: Centre, work: Callable[[PhraseDesk], T]) -> T:
    """What `work` does, once the audit has it. Raises StoreUnavailable, OSError."""

    def audit(looks: Sequence[Audit]) -> None:
        asyncio.run(_written(centre, looks))

    folder = PhraseFolder(Places.of(centre).phrases)
    return work(PhraseDesk(folder, centre.hearing.keep_days, getpass.getuser(), audit, datetime.now(UTC)))


async def _written(centre: Centre, looks: Sequence[Audit]) -> None:
    async with records(centre) as database:
        await SqlCallLog(database).write(looks)


def listed(centre: Centre, unlabelled: bool) -> list[str]:
    """Each phrase in lines: its file, which is typed to label it; what was heard; its label. Raises StoreUnavailable,
    OSError."""
    zone = ZoneInfo(centre.timezone)
    return [_lines(one, zone) for one in _at_desk(centre, lambda desk: desk.listed(unlabelled))]


def _lines(one: KeptPhrase, zone: ZoneInfo) -> str:
    asked = f"{one.file}  {one.at.astimezone(zone):%Y-%m-%d %H:%M:%S}  {one.question} at {one.node}"
    taken = f", taken for {one.understood} ({one.confidence:.2f} sure)" if one.understood else ""
    lines = [asked, f"    {one.why}: heard «{one.heard}»{taken}"]
    if one.labelled:
        lines.append(f"    said «{one.said}»" + f", number {one.number}" * bool(one.number))
    return "\n".join(lines)


def label(centre: Centre, file: str, said: str, number: str) -> None:
    """What is empty stays as it was. Raises UnknownPhrase, StoreUnavailable, OSError."""
    _at_desk(centre, lambda desk: desk.label(file, said or None, number or None))


def purge(centre: Centre) -> int:
    """How many are gone. Raises StoreUnavailable, OSError."""
    return _at_desk(centre, lambda desk: desk.purge())
