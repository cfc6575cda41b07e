"""Readings on their way to billing: as a file, each in one batch, or one by one with its acknowledgement.

A batch becomes a file once, however often the export is killed. Its readings are claimed and its lines fixed first
(`claimed`); then the whole file is written under a part name and is on the disk (`ready`); then it is renamed and is on
the disk under its own name (`written`). The part file tells the two sides of the rename apart: while the stage is
`ready`, it is there before and gone after. So a batch left behind is finished by what its stage and its part say, and
a file that billing has already taken away does not come a second time.

No batch may hold up those after it. What cannot be finished where it was to go is taken into the new file while it is
only claimed; when its part is whole, it waits for its folder, and everything new goes on without it.
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
    """A batch that has become a file. `earlier`: it was left behind by an export that was cut short.

    trouble: why it is no file yet, in words; its readings are kept, and the next export tries again.
    """

    batch: Batch
    readings: int
    earlier: bool
    trouble: str = ""


class Batches(Protocol):
    """Every method raises StoreUnavailable."""

    async def unfinished(self) -> Sequence[Batch]: ...

    async def get(self, batch_id: int) -> Batch | None: ...

    async def claim(self, path: Path, format: str, since: datetime | None, into: Batch | None) -> Batch | None:
        """Claim every reading that no batch has, for the file `path`, an absolute one. None: there is none.

        into: a batch that is only claimed: it gets the path, the format and the new readings."""

    def lines(self, batch_id: int) -> AsyncIterator[OutgoingReading]: ...

    async def mark(self, batch_id: int, stage: Stage) -> None: ...


class BatchFiles(Protocol):
    """Every method raises OSError."""

    async def exists(self, path: Path) -> bool: ...

    async def try_folder(self, path: Path) -> None:
        """Write into the folder of `path`, and leave nothing there."""

    async def discard(self, batch: Batch) -> None:
        """Remove the part, if it is there and can be reached. Raises nothing."""

    async def write_part(self, batch: Batch, lines: AsyncIterator[OutgoingReading]) -> int:
        """Write the whole file under its part name, onto the disk; gives the number of readings."""

    async def publish(self, batch: Batch) -> bool:
        """Give the part its own name, onto the disk. False: there is no part. Never overwrites a file."""


async def export_readings(
    batches: Batches, files: BatchFiles, path: Path, format: str, since: datetime | None
) -> list[Exported]:
    """Finish what was left behind, then make one batch of everything new, if there is any. Raises ConfigurationError,
    OSError."""
    try:
        await files.try_folder(path)  # before anything is claimed for it
    except OSError as error:
        remedy = "nothing was exported; name a folder that can be written to"
        raise ConfigurationError([f"{path.parent}: {error.strerror or error}; {remedy}"]) from error
    done, taken_over = await _finish_earlier(batches, files)
    if taken_over is None and any(each.batch.path == path for each in done):
        return done  # the same command once more: what is new goes into the next file
    if await files.exists(path):
        raise ConfigurationError([f"{path} is there already: billing has not taken it yet; name another file"])
    batch = await batches.claim(path, format, since, taken_over)
    if taken_over is not None and taken_over.path != path:
        await files.discard(taken_over)
    return [*done, await _finish(batches, files, batch, earlier=False)] if batch else done


async def _finish_earlier(batches: Batches, files: BatchFiles) -> tuple[list[Exported], Batch | None]:
    """What became of the batches left behind, and the one whose readings may go into another file."""
    done: list[Exported] = []
    taken_over: Batch | None = None
    for batch in await batches.unfinished():
        try:
            done.append(await _finish(batches, files, batch, earlier=True))
        except OSError as error:
            now = await batches.get(batch.id) or batch  # it may have got further before it failed
            if now.stage is Stage.CLAIMED and taken_over is None:
                taken_over = now
            else:
                done.append(Exported(now, 0, earlier=True, trouble=error.strerror or str(error)))
    return done, taken_over


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
