"""Processes that render, one phrase at a time each, so that a death or a hang is known to be that phrase's."""

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import structlog

from ivr.adapters.speech.jobs import Job, RenderFailed

_log = structlog.get_logger()
_GRACE_S = 1.0
"""How long after its deadline a hanging renderer ends itself."""


def _begin() -> None:
    # scipy and pyttsx3 are imported in the renderer only: the engine stays small.
    from ivr.adapters.speech.render import begin

    begin()


def _begun() -> None:
    """The process is there: `_begin` has run."""


def _render(job: Job, deadline_s: float) -> float:
    from ivr.adapters.speech.render import render

    return render(job, deadline_s)


class Workers:
    """`count` processes, started when first needed. A dead one is replaced and its phrase tried once more."""

    def __init__(self, count: int, deadline_s: float) -> None:
        self._deadline_s = deadline_s
        self._idle: asyncio.LifoQueue[ProcessPoolExecutor] = asyncio.LifoQueue()
        self._all: set[ProcessPoolExecutor] = set()
        self.rendered = 0
        for _ in range(count):
            self._add()

    def _add(self) -> None:
        # spawn: a fork of a process with an event loop and threads is not safe.
        worker = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _begin)
        self._all.add(worker)
        self._idle.put_nowait(worker)

    def _replace(self, worker: ProcessPoolExecutor) -> None:
        self._all.discard(worker)
        worker.shutdown(wait=False, cancel_futures=True)
        self._add()

    async def render(self, job: Job) -> float:
        """Seconds of the sound made. Raises RenderFailed, OSError (the disk is full …)."""
        try:
            return await self._once(job)
        except BrokenProcessPool:
            _log.warning("speech_worker_died", target=job.target.name)
        try:
            return await self._once(job)
        except BrokenProcessPool as error:
            raise RenderFailed("the rendering process died twice on it") from error

    async def warm(self) -> None:
        """Start the processes now: their imports take a second or two, which no caller should wait for."""
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(worker, _begun) for worker in self._all))

    async def _once(self, job: Job) -> float:
        worker = await self._idle.get()
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._deadline_s):
                seconds = await loop.run_in_executor(worker, _render, job, self._deadline_s + _GRACE_S)
        except TimeoutError as error:
            self._replace(worker)
            raise RenderFailed(f"not rendered within {self._deadline_s:g} s; the machine is overloaded") from error
        except (BrokenProcessPool, asyncio.CancelledError):
            # Cancelled half-way, the process is still at work: it ends by itself, another takes its place.
            self._replace(worker)
            raise
        except BaseException:
            self._idle.put_nowait(worker)
            raise
        self._idle.put_nowait(worker)
        self.rendered += 1
        return seconds

    async def close(self) -> None:
        """End the processes, waiting for what they are at."""
        await asyncio.gather(*(asyncio.to_thread(worker.shutdown, cancel_futures=True) for worker in self._all))
