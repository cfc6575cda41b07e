import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivr.adapters.files.spool import REJECTED, FileSpool
from ivr.service.ports import SpoolBatch


class Clock:
    now = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def spool(tmp_path: Path, clock: Clock) -> FileSpool:
    return FileSpool(tmp_path / "spool", clock)


async def lines(spool: FileSpool) -> list[str]:
    return [line for batch in await spool.batches() for line in batch.lines]


async def test_lines_come_back_in_order_a_file_a_day(spool: FileSpool, clock: Clock) -> None:
    assert await spool.batches() == []
    await spool.append(["a", "б"])
    await spool.append([])
    await spool.append(["c"])
    clock.now += timedelta(minutes=1)
    await spool.append(["d"])
    assert await spool.batches() == [
        SpoolBatch("20260301.jsonl", 7, ("a", "б", "c")),
        SpoolBatch("20260302.jsonl", 2, ("d",)),
    ]


async def test_only_the_owner_may_read(spool: FileSpool, tmp_path: Path) -> None:
    await spool.append(["a"])
    await spool.reject("b")
    for name in ("20260301.jsonl", REJECTED):
        assert stat.S_IMODE((tmp_path / "spool" / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "spool").stat().st_mode) == 0o700


async def test_dropping_a_batch_leaves_what_came_since(spool: FileSpool, tmp_path: Path) -> None:
    await spool.append(["a", "b"])
    [batch] = await spool.batches()
    await spool.append(["c"])
    await spool.drop(batch)
    assert await lines(spool) == ["c"]
    assert stat.S_IMODE((tmp_path / "spool" / "20260301.jsonl").stat().st_mode) == 0o600
    [batch] = await spool.batches()
    await spool.drop(batch)
    assert await spool.batches() == []


async def test_a_torn_line_spoils_no_other(spool: FileSpool, tmp_path: Path) -> None:
    await spool.append(["whole"])
    with (tmp_path / "spool" / "20260301.jsonl").open("a") as file:
        file.write("to")
    assert await lines(spool) == ["whole", "to"]
    await spool.append(["next"])
    assert await lines(spool) == ["whole", "to", "next"]


async def test_rejected_lines_are_not_given_again(spool: FileSpool, tmp_path: Path) -> None:
    await spool.reject("a")
    assert await spool.batches() == []
    assert (tmp_path / "spool" / REJECTED).read_text() == "a\n"


FILL = """
import asyncio, resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from ivr.adapters.files.spool import FileSpool
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
spool = FileSpool(Path(sys.argv[1]), lambda: datetime(2026, 3, 1, tzinfo=UTC))
asyncio.run(spool.append(["12345"]))
try:
    asyncio.run(spool.append(["1234567890"]))
except OSError as error:
    print(error.errno)
"""


def test_a_write_the_disk_takes_only_in_part_leaves_nothing(tmp_path: Path) -> None:
    """The limit on a file's size makes write() short first and fail next, as a full disk does."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(
        [sys.executable, "-c", FILL, tmp_path], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout == "27\n"  # EFBIG
    assert (tmp_path / "20260301.jsonl").read_text() == "12345\n"
