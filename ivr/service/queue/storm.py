"""Storm mode: switched on by hand, or by a surge of calls. What is said, and for how long, is in the database."""

import asyncio
from collections.abc import Callable
from typing import Protocol

import structlog

from ivr.dialogue.model import Phrase, Prompt
from ivr.domain.errors import IvrError
from ivr.domain.storm import Storm, Surge

log = structlog.get_logger()

LOOK_S = 3.0
"""So late an engine learns of what was switched by hand."""
SURGE_TEXT = "Сейчас к нам звонит очень много людей, ждать ответа оператора придётся дольше обычного."


class StormStore(Protocol):
    async def storm(self, now: float) -> Storm | None:
        """The one that rages now. Raises StoreUnavailable."""

    async def begin(self, storm: Storm, why: str, now: float) -> None:
        """It rages from now on, and the one before it is over. Raises StoreUnavailable."""


class StormWatch:
    """`surge` None: none begins by itself; else it lasts `lasts_s`. `clock` gives Unix time."""

    def __init__(
        self, store: StormStore, clock: Callable[[], float], surge: Surge | None = None, lasts_s: float = 3600.0
    ) -> None:
        self._store = store
        self._clock = clock
        self._surge = surge
        self._lasts_s = lasts_s
        self._storm: Storm | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def now(self) -> Storm | None:
        """The storm that rages now."""
        return self._storm if self._storm is not None and self._storm.rages(self._clock()) else None

    @property
    def words(self) -> Prompt:
        """What callers are told of it; nothing while there is none."""
        storm = self.now
        return (Phrase(storm.text),) if storm is not None else ()

    def arrived(self) -> None:
        """A call has come."""
        now = self._clock()
        if self._surge is None or not self._surge.arrived(now) or self.now is not None:
            return
        self._storm = Storm(SURGE_TEXT, now + self._lasts_s)
        log.warning("storm_began", why="surge")
        task = asyncio.get_running_loop().create_task(self._keep(self._storm))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep(self, storm: Storm) -> None:
        try:
            await self._store.begin(storm, "surge", self._clock())
        except IvrError as error:
            log.error("storm_not_kept", error=error.code)

    async def look(self) -> None:
        """Learn what was switched by hand. Raises StoreUnavailable."""
        before, self._storm = self.now, await self._store.storm(self._clock())
        if (before is None) != (self.now is None):
            log.warning("storm_began" if self.now else "storm_ended", why="by hand")

    async def run(self) -> None:
        """Look, until cancelled."""
        while True:
            try:
                await self.look()
            except IvrError as error:
                log.warning("storm_unknown", error=error.code)
            await asyncio.sleep(LOOK_S)
