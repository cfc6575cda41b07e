"""Processor time and memory of processes and of their children."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import psutil

_EVERY_S = 0.5


def _tree(pid: int) -> list[psutil.Process]:
    top = psutil.Process(pid)
    return [top, *top.children(recursive=True)]


def cpu_s(pid: int) -> float:
    """Seconds of processor used so far, user and system. Of children that ended, what their parents were told."""
    times = [process.cpu_times() for process in _tree(pid)]
    ended = times[0].children_user + times[0].children_system
    return float(sum(one.user + one.system for one in times) + ended)


def rss_mb(pid: int) -> float:
    """Resident memory of the process alone, now, in megabytes."""
    return float(psutil.Process(pid).memory_info().rss / 1e6)


def children_mb(pid: int) -> float:
    """Resident memory of its children, now, in megabytes; what they share is counted in each."""
    return float(sum(process.memory_info().rss for process in _tree(pid)[1:]) / 1e6)


@dataclass
class Meter:
    """Between `begin` and `end`: processor seconds (with children) and the peak of memory of each of `pids`, in their
    order, and the peak of all their children's together."""

    pids: Sequence[int]
    cpu_s: tuple[float, ...] = ()
    peak_mb: tuple[float, ...] = ()
    children_mb: float = 0.0

    @classmethod
    def begin(cls, pids: Sequence[int]) -> Self:
        meter = cls(pids, tuple(-cpu_s(pid) for pid in pids), tuple(rss_mb(pid) for pid in pids))
        meter._task = asyncio.create_task(meter._watch())
        return meter

    def __post_init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_EVERY_S)
            self._look()

    def _look(self) -> None:
        self.peak_mb = tuple(max(peak, rss_mb(pid)) for peak, pid in zip(self.peak_mb, self.pids, strict=True))
        self.children_mb = max(self.children_mb, sum(children_mb(pid) for pid in self.pids))

    def end(self) -> None:
        """Stop and settle. Raises psutil.NoSuchProcess when one of them has died meanwhile."""
        assert self._task is not None
        self._task.cancel()
        self._look()
        self.cpu_s = tuple(before + cpu_s(pid) for before, pid in zip(self.cpu_s, self.pids, strict=True))
