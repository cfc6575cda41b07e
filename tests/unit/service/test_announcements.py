from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ivr.dialogue.model import Fact
from ivr.domain.call import Audit, Call, CallId
from ivr.domain.identity import IdentityRules
from ivr.service.announcements import Announcement, NewsDesk
from ivr.service.answers import CannotAnswer
from ivr.service.identity import TalliesInMemory

ZONE = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 7, 20, 9, tzinfo=UTC)
CALL = CallId("c")
PIN = "482910"


class World:
    def __init__(self, *, pin: bool = True) -> None:
        self.now = NOW
        self.published: list[Announcement] = []
        self.withdrawn: list[int] = []
        self.dropped: list[CallId] = []
        self.audit: list[Audit] = []
        self.error: OSError | None = None

        async def verify(given: str) -> bool:
            return given == PIN

        rules = IdentityRules()
        self.desk = NewsDesk(
            self,
            self,
            verify if pin else None,
            TalliesInMemory(),
            self.audit.append,
            rules,
            lambda: self.now,
            ZONE,
        )
        self.ring("+79990000001")

    def ring(self, caller: str) -> None:
        self.desk.begin(Call(CALL, caller, "1", NOW))

    async def publish(self, announcement: Announcement) -> int:
        self.published.append(announcement)
        return len(self.published)

    async def standing(self, at: datetime) -> list[Announcement]:
        return [Announcement("news-7.wav", at, at, id=7), Announcement("news-6.wav", at, at, id=6)]

    async def withdraw(self, announcement_id: int) -> bool:
        self.withdrawn.append(announcement_id)
        return announcement_id == 7

    async def keep(self, take: str) -> str:
        return take.replace("take", "news")

    def drop(self, call_id: CallId) -> None:
        self.dropped.append(call_id)
        if self.error:
            raise self.error

    async def ask(self, kind: str, **arguments: Fact) -> dict[str, Fact]:
        return await self.desk.answers[kind](CALL, arguments)

    @property
    def seen(self) -> list[tuple[str, str, str]]:
        return [(look.action, look.subject, look.result) for look in self.audit]


@pytest.fixture
async def author() -> World:
    world = World()
    assert await world.ask("news_pin", pin=PIN) == {"news_author": True, "identity_locked": False}
    world.audit.clear()
    return world


ASKED: list[tuple[str, dict[str, Fact]]] = [
    ("news_list", {}),
    ("news_publish", {"sound": "take-1.wav", "valid_first": "2026-07-20", "valid_last": "2026-07-21"}),
    ("news_withdraw", {"id": 7}),
]


@pytest.mark.parametrize(("kind", "arguments"), ASKED)
async def test_nothing_is_done_without_the_pin(kind: str, arguments: dict[str, Fact]) -> None:
    world = World()
    await world.ask("news_pin", pin="000000")
    with pytest.raises(CannotAnswer, match="not_author"):
        await world.ask(kind, **arguments)


@pytest.mark.parametrize(("kind", "arguments"), ASKED)
async def test_the_right_ends_with_the_call(author: World, kind: str, arguments: dict[str, Fact]) -> None:
    author.desk.forget(CALL)
    with pytest.raises(CannotAnswer, match="not_author"):
        await author.ask(kind, **arguments)


async def test_without_a_pin_set_nobody_may(author: World) -> None:
    assert (await World(pin=False).ask("news_pin", pin=PIN))["news_author"] is False


async def test_five_wrong_pins_lock_the_number_and_twenty_everybody() -> None:
    world = World()
    for _ in range(5):
        assert await world.ask("news_pin", pin="000000") == {"news_author": False, "identity_locked": False}
    assert await world.ask("news_pin", pin=PIN) == {"news_author": False, "identity_locked": True}
    assert world.seen[-2:] == [("pin", "", "wrong"), ("pin", "", "locked")]
    for number in range(15):
        world.ring(f"+7999000010{number}")
        assert (await world.ask("news_pin", pin="000000"))["identity_locked"] is False
    world.ring("+79990000009")
    assert (await world.ask("news_pin", pin=PIN))["identity_locked"] is True
    world.now += timedelta(hours=1)
    assert (await world.ask("news_pin", pin=PIN))["news_author"] is True
    assert PIN not in str(world.audit)


async def test_a_recording_is_published_for_its_days_in_the_suppliers_zone(author: World) -> None:
    asked: dict[str, Fact] = {"sound": "take-1.wav", "valid_first": "2026-07-25", "valid_last": "2026-07-26"}
    assert await author.ask("news_publish", **asked) == {"news_published": True}
    first, last = datetime(2026, 7, 25, tzinfo=ZONE), datetime(2026, 7, 27, tzinfo=ZONE)
    assert author.published == [Announcement("news-1.wav", NOW, first, last, author="news")]
    assert author.seen == [("news", "1", "published")]


async def test_from_today_means_from_now(author: World) -> None:
    await author.ask("news_publish", sound="take-1.wav", valid_first="2026-07-20", valid_last="2026-07-20")
    assert author.published[0].valid_from == NOW


@pytest.mark.parametrize("changed", [{"valid_last": "2026-07-19"}, {"valid_first": "today"}, {"sound": ""}])
async def test_wrong_days_publish_nothing(author: World, changed: dict[str, Fact]) -> None:
    asked: dict[str, Fact] = {"sound": "take-1.wav", "valid_first": "2026-07-20", "valid_last": "2026-07-21"}
    with pytest.raises(CannotAnswer, match="bad_request"):
        await author.ask("news_publish", **{**asked, **changed})
    assert author.published == []


async def test_what_is_in_force_is_listed_and_taken_back(author: World) -> None:
    listed = {
        "recorded_1_id": 7,
        "recorded_1_sound": "news-7.wav",
        "recorded_2_id": 6,
        "recorded_2_sound": "news-6.wav",
    }
    assert await author.ask("news_list") == {"recorded_count": 2, **listed}
    assert await author.ask("news_withdraw", id=7) == {"news_withdrawn": True}
    assert await author.ask("news_withdraw", id=8) == {"news_withdrawn": False}
    assert author.seen == [("news", "7", "withdrawn"), ("news", "8", "not_found")]


async def test_takes_of_an_author_go_with_his_call_and_of_nobody_else(author: World) -> None:
    author.error = OSError("read-only")
    author.desk.forget(CALL)
    author.desk.forget(CALL)
    assert author.dropped == [CALL]
