"""Who calls: accounts offered by number, refusals, the lock after five failures; news recorded by who knows the PIN."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from ivr.adapters.files.sample import DEBTOR, ONE_REGISTER
from ivr.adapters.pin import hashed
from ivr.adapters.speech import SystemVoice
from ivr.dialogue.model import Phrase
from ivr.places import voice_settings
from ivr.simulate.city.ear import Ear
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Leg, OperatorPhone
from tests.acceptance.harness import NUMBER, CentreUnderTest, Sounds, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

OWNER = "+79991000001"  # the telephone of ONE_REGISTER
GUESSER, AUTHOR, LISTENER = "+79990000091", "+79990000092", "+79990000093"
PIN = "482913"
SPOKEN = "Уважаемые жители, завтра офис на улице Вымышленной откроется в полдень."
TODAY = datetime.now(UTC).astimezone(ZoneInfo("Europe/Moscow")).date()
SAID = {"valid_first": TODAY.isoformat(), "valid_last": TODAY.isoformat()}


@pytest.fixture(scope="module")
def pin() -> Iterator[None]:
    os.environ["IVR_NEWS_PIN_HASH"] = hashed(PIN)
    yield
    del os.environ["IVR_NEWS_PIN_HASH"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre(new_centre: Callable[..., CentreUnderTest], pin: None) -> AsyncIterator[CentreUnderTest]:
    one = new_centre()
    try:
        await one.start()
        yield one
    finally:
        await one.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def spoken(centre: CentreUnderTest) -> Path:
    """What the author says."""
    voice = SystemVoice(voice_settings(centre.centre))
    try:
        return await voice.sound(Phrase(SPOKEN))
    finally:
        await voice.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ear(centre: CentreUnderTest, spoken: Path) -> Ear:
    offer = {"offer_end": "0001"}
    return await Sounds(centre).ear(("spoken", spoken), offer=offer, news_dates=SAID, news_published=SAID)


def audit_of(centre: CentreUnderTest, call_id: str) -> list[tuple[str, str, str]]:
    rows = centre.rows("SELECT * FROM audit WHERE call_id = ? ORDER BY at, id", call_id)
    return [(row["action"], row["subject"], row["result"]) for row in rows]


async def test_the_account_of_the_number_is_offered_proven_and_told(centre: CentreUnderTest, city: City) -> None:
    async def person(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.press("2")
        await leg.hears("offer")
        await leg.press("1")
        await leg.hears("proof_ask")
        await leg.press("1111")
        await leg.hears("balance_nothing")
        await leg.hears("after_balance")
        await leg.hang_up()

    await city.call(person, number=NUMBER, caller=OWNER)
    call = await centre.ended(OWNER)
    assert call["account"] == ONE_REGISTER
    assert sorted(audit_of(centre, call["id"])) == [
        ("balance", ONE_REGISTER, "told"),
        ("identified", ONE_REGISTER, "offered"),
        ("offered", ONE_REGISTER, ""),
        ("proof", ONE_REGISTER, "contract right"),
    ]
    matters = centre.rows("SELECT * FROM contacts WHERE call_id = ?", call["id"])
    assert [(row["topic"], row["account"], row["result"]) for row in matters] == [("balance", ONE_REGISTER, "done")]
    assert "1111" not in [step["heard"] for step in centre.steps(call["id"])]


async def guess(leg: Leg, times: int) -> None:
    """Key the debtor's account, and wrong proofs."""
    await leg.hears("main_menu")
    await leg.press("2")
    await leg.hears("account_ask")
    await leg.press_quickly(DEBTOR)
    await leg.wait(1.0)
    await leg.press("1")
    await leg.hears("proof_ask")
    for number in range(times):
        await leg.press("0000")
        if number + 1 < times:
            await leg.hears("proof_wrong")
            await leg.hears("proof_ask")


async def talk(leg: Leg) -> None:
    """Be given to the operator."""
    await leg.hears("connecting", within_s=30, to_the_end=True)
    await leg.wait(2.0)
    await leg.hang_up()


async def test_five_failures_lock_the_number_and_the_operator_is_told(
    centre: CentreUnderTest, city: City, operator: OperatorPhone
) -> None:
    async def first(leg: Leg) -> None:
        await guess(leg, 3)
        await talk(leg)

    async def second(leg: Leg) -> None:
        await guess(leg, 2)
        await leg.hears("locked")
        await talk(leg)

    async def third(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.press("2")
        await leg.hears("locked")
        await talk(leg)

    await city.call(first, number=NUMBER, caller=GUESSER)
    await city.call(second, number=NUMBER, caller=GUESSER)
    locks = "SELECT * FROM contacts WHERE caller = ? AND detail = 'identity_locked'"
    await until(lambda: centre.rows(locks, GUESSER), 15, "the contact is written")
    await centre.kill_engine()
    await centre.start_engine()
    await city.call(third, number=NUMBER, caller=GUESSER)

    def reasons() -> list[str]:
        query = "SELECT reason FROM calls WHERE caller = ? AND ended_at IS NOT NULL ORDER BY answered_at"
        return [row["reason"] for row in centre.rows(query, GUESSER)]

    await until(lambda: len(reasons()) == 3, 30, "three calls ended")
    assert reasons() == ["not_proven", "identity_locked", "identity_locked"]
    alert = "Проверка закрыта: подбор данных"
    assert [talk.shown == alert for talk in operator.encounters[-3:]] == [False, True, True]
    assert len(centre.rows(locks, GUESSER)) == 2


async def test_news_are_recorded_with_a_pin_and_heard_by_the_next_caller(
    centre: CentreUnderTest, city: City, spoken: Path
) -> None:
    async def author(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.press("3")
        await leg.hears("more", within_s=60)
        await leg.press("7")
        await leg.hears("pin_ask")
        await leg.press("111222#")
        await leg.hears("pin_wrong")
        await leg.hears("pin_ask")
        await leg.press(f"{PIN}#")
        await leg.hears("news_tasks")
        await leg.press("1")
        await leg.hears("news_record", to_the_end=True)
        await leg.wait(1.0)  # the beep
        await leg.say(spoken)
        await leg.press("#")
        await leg.hears("spoken")
        await leg.hears("news_review", within_s=30)
        await leg.press("1")
        await leg.hears("news_first")
        await leg.press(f"{TODAY:%d%m}")
        await leg.hears("news_last")
        await leg.press(f"{TODAY:%d%m}")
        await leg.hears("news_dates")
        await leg.press("1")
        await leg.hears("news_published")
        await leg.hang_up()

    async def listener(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.press("3")
        await leg.hears("news_intro")
        await leg.hears("spoken")
        await leg.hang_up()

    await city.call(author, number=NUMBER, caller=AUTHOR)
    call = await centre.ended(AUTHOR)
    assert [(action, result) for action, _, result in audit_of(centre, call["id"])] == [
        ("pin", "wrong"),
        ("pin", "right"),
        ("news", "published"),
    ]
    assert PIN not in [step["heard"] for step in centre.steps(call["id"])]
    sounds = [path.name for path in centre.places.announcements.iterdir()]
    assert sounds == [row["sound"] for row in centre.rows("SELECT sound FROM recorded_news")]
    await city.call(listener, number=NUMBER, caller=LISTENER)
