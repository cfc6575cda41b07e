"""Readings on their way to billing: as a file, each in one batch, or one by one with its acknowledgement.

A batch becomes a file once, however often the export is killed. Its readings are claimed and its lines fixed first
(`claimed`); then the whole file is written under a part name and is on the disk (`ready`); then it is renamed and is on
the disk under its own name (`written`). The part file tells the two sides of the rename apart: while the stage is
`ready`, it is there before and gone after. So a batch left behind is finished by what its stage and its part say, and
a file that billing has already taken away does not come a second time.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from ivr.domain.errors import ConfigurationError


class Stage(StrEnum):
    CLAIMED = "claimed"
    READY = "ready"
    WRITTEN = "written"


@dataclass(frozen=True, slots=True)
class OutgoingReading:
    """A reading as billing gets it.

    key:      the same for the same reading however often it is sent: billing may go by it.
    taken_at: ISO 8601 in the supplier's zone.
    replaces: values given earlier on the same day, each with its time.
    status:   accepted, or unchecked: the register was not known here, billing judges.
    """

    key: str
    account: str
    meter: str
    tariff: str
    value: int
    taken_at: str
    channel: str
    call_id: str
    replaces: str
    status: str


@dataclass(frozen=True, slots=True)
class Batch:
    id: int
    stage: Stage
    format: str
    path: Path
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Exported:
    """A batch that has become a file. `earlier`: it was left behind by an export that was killed."""

    batch: Batch
    readings: int
    earlier: bool


class Batches(Protocol):
    """Every method raises StoreUnavailable."""

    async def unfinished(self) -> Sequence[Batch]: ...

    async def get(self, batch_id: int) -> Batch | None: ...

    async def claim(self, path: Path, format: str, since: datetime | None) -> Batch | None:
        """Claim every reading that no batch has, for the file `path`, an absolute one. None: there is none."""

    def lines(self, batch_id: int) -> AsyncIterator[OutgoingReading]: ...

    async def mark(self, batch_id: int, stage: Stage) -> None: ...


class BatchFiles(Protocol):
    """Every method raises OSError."""

    async def exists(self, path: Path) -> bool: ...

    async def write_part(self, batch: Batch, lines: AsyncIterator[OutgoingReading]) -> int:
        """Write the whole file under its part name, onto the disk; gives the number of readings."""

    async def publish(self, batch: Batch) -> bool:
        """Give the part its own name, onto the disk. False: there is no part. Never overwrites a file."""


async def export_readings(
    batches: Batches, files: BatchFiles, path: Path, format: str, since: datetime | None
) -> list[Exported]:
    """Finish what was left behind, then make one batch of everything new, if there is any."""
    done = [await _finish(batches, files, batch, earlier=True) for batch in await batches.unfinished()]
    if await files.exists(path):
        raise ConfigurationError([f"{path} is there already: billing has not taken it yet; name another file"])
    batch = await batches.claim(path, format, since)
    return [*done, await _finish(batches, files, batch, earlier=False)] if batch else done


async def export_again(batches: Batches, files: BatchFiles, batch_id: int, path: Path, format: str) -> Exported:
    """Write the file of an old batch once more, word for word. Raises ConfigurationError."""
    batch = await batches.get(batch_id)
    if batch is None or batch.stage is not Stage.WRITTEN:
        raise ConfigurationError([f"there is no finished batch {batch_id}"])
    if await files.exists(path):
        raise ConfigurationError([f"{path} is there already; name another file"])
    copy = Batch(batch.id, Stage.WRITTEN, format, path, batch.made_at)
    count = await files.write_part(copy, batches.lines(batch_id))
    await files.publish(copy)
    return Exported(copy, count, earlier=False)


async def _finish(batches: Batches, files: BatchFiles, batch: Batch, *, earlier: bool) -> Exported:
    if batch.stage is Stage.CLAIMED:
        count = await files.write_part(batch, batches.lines(batch.id))
        await batches.mark(batch.id, Stage.READY)
    else:
        count = 0
        async for _ in batches.lines(batch.id):
            count += 1
    await files.publish(batch)
    await batches.mark(batch.id, Stage.WRITTEN)
    return Exported(batch, count, earlier)
