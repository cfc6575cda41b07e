"""Storm mode: switched on by hand, or by a surge of calls; of some districts, or of everywhere.

What is said, and for how long, is in the database. Whom a storm concerns, the districts of his accounts tell; whose
number is not in any account hears of a storm of everywhere alone.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import structlog

from ivr.dialogue.model import Phrase, Prompt
from ivr.domain.call import CallId
from ivr.domain.errors import IvrError
from ivr.domain.storm import EVERYWHERE, DistrictSurges, Storm, Surge, concerning, where

log = structlog.get_logger()

LOOK_S = 3.0
"""So late an engine learns of what was switched by hand."""
WAIT_S = 0.3
"""How long a caller is kept in silence, in a storm of some district, to learn whether it is his."""
SURGE_TEXT = "Сейчас к нам звонит очень много людей, ждать ответа оператора придётся дольше обычного."
DISTRICT_TEXT = (
    "Сейчас к нам звонит очень много людей из вашего района. Мы знаем об этом."
    " Ждать ответа оператора придётся дольше обычного."
)


class StormStore(Protocol):
    async def storms(self, now: float) -> list[Storm]:
        """Those that rage now, at most one of a district. Raises StoreUnavailable."""

    async def begin(self, storm: Storm, why: str, now: float) -> None:
        """It rages from now on, and the one before it of the same district is over. Raises StoreUnavailable."""


class Districts(Protocol):
    async def of(self, phone: str) -> frozenset[str]:
        """The districts of the accounts that list this telephone. Raises StoreUnavailable."""


class StormWatch:
    """`surge` and `local` None: none begins by itself, of everywhere or of a district; else it lasts `lasts_s`. `clock`
    gives Unix time. `guard` is told again and again whether any rages."""

    def __init__(
        self,
        store: StormStore,
        districts: Districts,
        clock: Callable[[], float],
        surge: Surge | None = None,
        local: DistrictSurges | None = None,
        lasts_s: float = 3600.0,
        guard: Callable[[bool], None] = lambda rages: None,
    ) -> None:
        self._store = store
        self._districts = districts
        self._clock = clock
        self._surge = surge
        self._local = local
        self._lasts_s = lasts_s
        self._guard = guard
        self._storms: list[Storm] = []
        self._callers: dict[CallId, frozenset[str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def now(self) -> list[Storm]:
        """The storms that rage now."""
        now = self._clock()
        return [storm for storm in self._storms if storm.rages(now)]

    def words(self, call_id: CallId) -> Prompt:
        """What this caller is told of it; nothing when no storm concerns him."""
        storms = concerning(self.now, self._callers.get(call_id, frozenset()))
        return tuple(Phrase(text) for text in dict.fromkeys(storm.text for storm in storms))

    def concerns(self, call_id: CallId) -> bool:
        return bool(self.words(call_id))

    async def arrived(self, call_id: CallId, caller: str) -> None:
        """A call has come. Who may hear of a district's storm is kept waiting until it is known whether it is his."""
        self._callers[call_id] = frozenset()
        known = self._start(self._counted(call_id, caller))
        if any(storm.district for storm in self.now):
            await asyncio.wait({known}, timeout=WAIT_S)

    def gone(self, call_id: CallId) -> None:
        self._callers.pop(call_id, None)

    async def _counted(self, call_id: CallId, caller: str) -> None:
        districts = frozenset[str]()
        try:
            if caller:
                districts = await self._districts.of(caller)
        except IvrError as error:
            log.warning("district_unknown", error=error.code)
        if call_id in self._callers:
            self._callers[call_id] = districts
        self._count(districts)

    def _count(self, districts: frozenset[str]) -> None:
        """Calls of a district in a storm of its own are no sign of one elsewhere; in one of everywhere none begins."""
        now, raging = self._clock(), {storm.where for storm in self.now}
        surging = self._local.arrived(districts, now) if self._local is not None else ()
        begin = [district for district in surging if where(district) not in raging]
        apart = bool(begin) or any(where(district) in raging for district in districts)
        everywhere = not apart and self._surge is not None and self._surge.arrived(now)
        if EVERYWHERE in raging:
            return
        for district in begin:
            self._begin(Storm(DISTRICT_TEXT, now + self._lasts_s, district))
        if everywhere:
            self._begin(Storm(SURGE_TEXT, now + self._lasts_s))

    def _begin(self, storm: Storm) -> None:
        self._storms.append(storm)
        log.warning("storm_began", why="surge", district=storm.district)
        self._guard(True)
        self._start(self._keep(storm))

    async def _keep(self, storm: Storm) -> None:
        try:
            await self._store.begin(storm, "surge", self._clock())
        except IvrError as error:
            log.error("storm_not_kept", error=error.code)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def look(self) -> None:
        """Learn what was switched by hand. Raises StoreUnavailable."""
        before = {storm.district for storm in self.now}
        self._storms = await self._store.storms(self._clock())
        after = {storm.district for storm in self.now}
        for district in sorted(before ^ after):
            log.warning("storm_began" if district in after else "storm_ended", why="by hand", district=district)
        self._guard(bool(after))

    async def run(self) -> None:
        """Look, until cancelled."""
        while True:
            try:
                await self.look()
            except IvrError as error:
                log.warning("storm_unknown", error=error.code)
            await asyncio.sleep(LOOK_S)
