"""Storm mode is switched by hand, or by a surge; the database keeps it."""

import asyncio

from ivr.domain.errors import StoreUnavailable
from ivr.domain.storm import Storm, Surge, SurgeRules
from ivr.service.queue.storm import SURGE_TEXT, StormWatch
from tests.unit.service.queue.stage import until

NOW = 1_800_000_000.0


class Store:
    """`away`: the database does not answer."""

    def __init__(self) -> None:
        self.raging: Storm | None = None
        self.begun: list[tuple[Storm, str]] = []
        self.away = False

    async def storm(self, now: float) -> Storm | None:
        if self.away:
            raise StoreUnavailable("away")
        return self.raging

    async def begin(self, storm: Storm, why: str, now: float) -> None:
        if self.away:
            raise StoreUnavailable("away")
        self.begun.append((storm, why))


async def test_by_hand_it_begins_and_ends() -> None:
    store = Store()
    watch = StormWatch(store, lambda: NOW)
    await watch.look()
    assert watch.now is None and watch.words == ()
    store.raging = Storm("Авария в Октябрьском районе.", NOW + 60)
    await watch.look()
    assert watch.now == store.raging and watch.words[0].text == "Авария в Октябрьском районе."
    store.raging = None
    await watch.look()
    assert watch.now is None
    watch.arrived()


async def test_it_ends_by_itself() -> None:
    store = Store()
    now = [NOW]
    store.raging = Storm("Авария.", NOW + 60)
    watch = StormWatch(store, lambda: now[0])
    await watch.look()
    now[0] += 60
    assert watch.now is None


async def surge(store: Store, calls: int) -> StormWatch:
    now = [NOW]
    watch = StormWatch(store, lambda: now[0], Surge(SurgeRules(least=5)), lasts_s=600)
    watch.arrived()
    now[0] += 300
    for _ in range(calls):
        now[0] += 1
        watch.arrived()
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    return watch


async def test_a_surge_switches_it_on_once() -> None:
    store = Store()
    watch = await surge(store, 20)
    assert watch.now is not None and watch.now.text == SURGE_TEXT
    assert [why for _, why in store.begun] == ["surge"]
    assert (await surge(Store(), 3)).now is None


async def test_without_the_database_a_surge_counts_all_the_same() -> None:
    store = Store()
    store.away = True
    watch = await surge(store, 20)
    assert watch.now is not None and store.begun == []


async def test_it_looks_again_though_the_database_was_away() -> None:
    store = Store()
    store.away = True
    watch = StormWatch(store, lambda: NOW)
    running = asyncio.create_task(watch.run())
    await asyncio.sleep(0)
    store.away = False
    store.raging = Storm("Авария.", NOW + 60)
    await until(lambda: watch.now is not None)
    running.cancel()
