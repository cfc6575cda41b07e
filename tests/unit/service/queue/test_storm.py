"""Storm mode is switched by hand, or by a surge, of a district or of everywhere; the database keeps it."""

import asyncio

import pytest

from ivr.domain.call import CallId
from ivr.domain.errors import StoreUnavailable
from ivr.domain.storm import DistrictSurges, Storm, Surge, SurgeRules
from ivr.service.queue import storm as module
from ivr.service.queue.storm import DISTRICT_TEXT, SURGE_TEXT, StormWatch
from tests.unit.service.queue.stage import turn, until

NOW = 1_800_000_000.0
NORTH, SOUTH, BOTH = "+79991111111", "+79992222222", "+79994444444"
ONE = CallId("one")
BROKEN = Storm("Авария в Северном районе.", NOW + 60, "Северный")


class Store:
    """`away`: the database does not answer."""

    def __init__(self, *raging: Storm) -> None:
        self.raging = list(raging)
        self.begun: list[tuple[Storm, str]] = []
        self.away = False

    async def storms(self, now: float) -> list[Storm]:
        if self.away:
            raise StoreUnavailable("away")
        return self.raging

    async def begin(self, storm: Storm, why: str, now: float) -> None:
        if self.away:
            raise StoreUnavailable("away")
        self.begun.append((storm, why))


class Districts:
    """Whose number is of which district. `slow`: it takes for ever."""

    def __init__(self) -> None:
        self.away = self.slow = False
        self.asked: list[str] = []

    async def of(self, phone: str) -> frozenset[str]:
        self.asked.append(phone)
        if self.slow:
            await asyncio.Event().wait()
        if self.away:
            raise StoreUnavailable("away")
        return frozenset({NORTH: {"Северный"}, SOUTH: {"Южный"}, BOTH: {"Северный", "Южный"}}.get(phone, set()))


class Sky:
    """A watch with a clock that stands still between calls."""

    def __init__(self, store: Store | None = None, *, detect: bool = True) -> None:
        self.time = NOW
        self.store, self.districts = store or Store(), Districts()
        surge = Surge(SurgeRules(least=10)) if detect else None
        local = DistrictSurges(SurgeRules(least=5)) if detect else None
        self.guarded: list[bool] = []
        clock, guard = lambda: self.time, self.guarded.append
        self.watch = StormWatch(self.store, self.districts, clock, surge, local, lasts_s=600, guard=guard)
        self.calls = 0

    async def rings(self, *callers: str, every_s: float = 1) -> CallId:
        """They ring one after another; gives the last one's call."""
        for caller in callers:
            self.time += every_s
            self.calls += 1
            await self.watch.arrived(CallId(str(self.calls)), caller)
            await turn()
        return CallId(str(self.calls))

    async def quiet_day(self) -> None:
        await self.rings(*[""] * 10, every_s=60)
        self.time += 300

    def begun(self) -> list[tuple[str, str]]:
        return [(storm.text, storm.district) for storm, _ in self.store.begun]


def heard(sky: Sky, call_id: CallId) -> list[str]:
    return [phrase.text for phrase in sky.watch.words(call_id)]


async def test_by_hand_it_begins_and_ends() -> None:
    sky = Sky(detect=False)
    await sky.watch.look()
    call = await sky.rings("")
    assert sky.watch.now == [] and heard(sky, call) == []
    sky.store.raging = [Storm("Авария в сети.", NOW + 60)]
    await sky.watch.look()
    assert heard(sky, call) == ["Авария в сети."] and sky.watch.concerns(call)
    sky.store.raging = []
    await sky.watch.look()
    assert sky.watch.now == [] and not sky.watch.concerns(call)
    assert sky.guarded == [False, True, False]


async def test_it_ends_by_itself() -> None:
    sky = Sky(Store(Storm("Авария.", NOW + 60)))
    await sky.watch.look()
    sky.time += 60
    assert sky.watch.now == []


async def test_of_a_district_its_own_callers_hear() -> None:
    sky = Sky(Store(BROKEN), detect=False)
    await sky.watch.look()
    mine, others, unknown, hidden = [await sky.rings(caller) for caller in (NORTH, SOUTH, "+79993333333", "")]
    assert heard(sky, mine) == [BROKEN.text]
    assert not any(heard(sky, call) for call in (others, unknown, hidden))
    assert sky.districts.asked == [NORTH, SOUTH, "+79993333333"]
    sky.watch.gone(mine)
    sky.watch.gone(mine)
    assert heard(sky, mine) == []


async def test_the_same_words_of_two_districts_are_said_once() -> None:
    sky = Sky(Store(BROKEN, Storm(BROKEN.text, NOW + 60, "Южный")), detect=False)
    await sky.watch.look()
    assert heard(sky, await sky.rings(BOTH)) == [BROKEN.text]


async def test_nobody_waits_long_to_learn_whose_storm_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAIT_S", 0.01)
    sky = Sky(Store(BROKEN), detect=False)
    await sky.watch.look()
    sky.districts.slow = True
    assert heard(sky, await sky.rings(NORTH)) == []
    sky.districts.slow, sky.districts.away = False, True
    assert heard(sky, await sky.rings(NORTH)) == []


async def test_who_hangs_up_meanwhile_is_forgotten() -> None:
    sky = Sky(detect=False)
    await sky.watch.arrived(ONE, NORTH)
    sky.watch.gone(ONE)
    await turn()
    sky.store.raging = [BROKEN]
    await sky.watch.look()
    assert heard(sky, ONE) == []


async def test_a_surge_switches_it_on_once() -> None:
    sky = Sky()
    await sky.quiet_day()
    await sky.rings(*[""] * 9)
    assert sky.begun() == []
    await sky.rings(*[""] * 20)
    assert sky.guarded == [True]
    assert sky.begun() == [(SURGE_TEXT, "")] and [why for _, why in sky.store.begun] == ["surge"]
    await sky.rings(*[NORTH] * 9)
    assert len(sky.store.begun) == 1


async def test_a_surge_of_a_district_is_of_that_district_alone() -> None:
    sky = Sky()
    await sky.quiet_day()
    call = await sky.rings(*[NORTH] * 30)
    assert sky.begun() == [(DISTRICT_TEXT, "Северный")]
    assert heard(sky, call) == [DISTRICT_TEXT] and heard(sky, await sky.rings("")) == []
    await sky.rings(*[SOUTH] * 5)
    assert sky.begun()[1:] == [(DISTRICT_TEXT, "Южный")]


async def test_without_the_database_a_surge_counts_all_the_same() -> None:
    sky = Sky()
    sky.store.away = sky.districts.away = True
    await sky.quiet_day()
    await sky.rings(*[NORTH] * 20)
    assert [storm.text for storm in sky.watch.now] == [SURGE_TEXT] and sky.store.begun == []


async def test_it_looks_again_though_the_database_was_away() -> None:
    sky = Sky()
    sky.store.away = True
    running = asyncio.create_task(sky.watch.run())
    await asyncio.sleep(0)
    sky.store.away, sky.store.raging = False, [BROKEN]
    await until(lambda: sky.watch.now == [BROKEN])
    running.cancel()
