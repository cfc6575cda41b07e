"""What operators and supervisors do in a talk: hold, transfers, conference, listening in, ending an abusive call."""

import asyncio
import wave
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio

from ivr.adapters.speech import SystemVoice
from ivr.dialogue.model import Phrase
from ivr.places import voice_settings
from ivr.simulate.city.ear import Ear
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Behaviour, Leg, OperatorPhone
from tests.acceptance.conftest import city_of
from tests.acceptance.harness import NUMBER, CentreUnderTest, Sounds, until
from tests.acceptance.programme import Programme

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROSTER = """
operators:
  - {name: Анна, extension: "101"}
  - {name: Борис, extension: "102", queues: [companies]}
  - {name: Вера, extension: "103", queues: [companies]}
  - {name: Глава, extension: "104", queues: [], supervisor: true}
"""
VOICES = {
    "anna": "Анна на связи, сейчас посмотрю ваш договор.",
    "boris": "Это Борис, техник, расскажите про неполадки.",
    "vera": "Вера слушает, что случилось с квитанцией?",
    "chief": "Говорит начальник смены, не волнуйтесь.",
    "caller": "У меня с утра не горит лампочка в подъезде.",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre(
    new_centre: Callable[..., CentreUnderTest], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[CentreUnderTest]:
    agents = tmp_path_factory.mktemp("agents")
    (agents / "operators.yaml").write_text(ROSTER, encoding="utf-8")
    one = new_centre(agents=str(agents))
    try:
        await one.start()
        yield one
    finally:
        await one.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def voices(centre: CentreUnderTest) -> Mapping[str, Path]:
    voice = SystemVoice(voice_settings(centre.centre))
    try:
        return {name: await voice.sound(Phrase(text)) for name, text in VOICES.items()}
    finally:
        await voice.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ear(centre: CentreUnderTest, voices: Mapping[str, Path]) -> Ear:
    return await Sounds(centre).ear(*voices.items())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def phones() -> dict[str, OperatorPhone]:
    return {name: OperatorPhone(name) for name in ("101", "102", "103", "104")}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(
    centre: CentreUnderTest, ear: Ear, phones: dict[str, OperatorPhone], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[City]:
    async with city_of(centre, ear, list(phones.values()), tmp_path_factory) as one:
        await one.registered()
        yield one


@pytest.fixture(autouse=True)
def forgotten(phones: dict[str, OperatorPhone]) -> None:
    """No operator remembers the talks of an earlier test."""
    for phone in phones.values():
        phone.encounters.clear()


async def whispered(leg: Leg, *names: str) -> None:
    """An operator has heard whom he gets; a moment later he has him."""
    await leg.hears(*names, to_the_end=True)
    await leg.wait(0.7)


async def connected(leg: Leg) -> None:
    await leg.hears("main_menu")
    await leg.press("0")
    await leg.hears("connecting")


def both_sides(centre: CentreUnderTest, call: Mapping[str, object]) -> tuple[np.ndarray, np.ndarray]:
    """What the caller said and what he heard, of his recording."""
    with wave.open(str(centre.recording(call))) as recording:
        sound = np.frombuffer(recording.readframes(recording.getnframes()), "<i2").reshape(-1, 2) / 32768
    left, right = (np.ascontiguousarray(sound[:, side], dtype=np.float32) for side in (0, 1))
    return left, right


def deeds(centre: CentreUnderTest, call: Mapping[str, object]) -> list[tuple[str, str]]:
    rows = centre.rows("SELECT operator, what FROM queue_log WHERE entry = ? ORDER BY id", call["id"])
    known = {"answered", "held", "consulted", "handed", "sent", "conference", "warned", "abusive", "missed", "returned"}
    return [(row["operator"], row["what"]) for row in rows if row["what"] in known]


def no_failures(phones: Mapping[str, OperatorPhone]) -> None:
    """What every operator waited for has come."""
    for phone in phones.values():
        for encounter in phone.encounters:
            if encounter.failure is not None:
                raise encounter.failure


async def test_hold_and_attended_transfer_by_keys(
    centre: CentreUnderTest,
    city: City,
    ear: Ear,
    phones: dict[str, OperatorPhone],
    voices: Mapping[str, Path],
    caller: str,
) -> None:
    given = asyncio.Event()

    async def anna(leg: Leg) -> None:
        await whispered(leg, "topic_any", "topic_news")
        await leg.say(voices["anna"])
        await leg.press("*3")
        await leg.wait(3.0)
        await leg.press("*3")
        await leg.wait(0.5)
        await leg.say(voices["anna"])
        await leg.press("*4")
        await leg.hears("talk_number", to_the_end=True)
        await leg.press("102#")
        await leg.hears("boris", within_s=15)
        given.set()
        await leg.press("*4")
        await leg.until_hung_up(15)

    async def boris(leg: Leg) -> None:
        await whispered(leg, "talk_question")
        await leg.say(voices["boris"])
        await given.wait()
        await leg.hears("caller", within_s=15)
        await leg.say(voices["boris"])
        await leg.hang_up()

    async def person(leg: Leg) -> None:
        await connected(leg)
        await leg.hears("anna")
        await leg.hears("fixed_hold")
        await leg.hears("anna")
        await leg.hears("fixed_hold")
        await given.wait()
        await leg.wait(1.0)
        await leg.say(voices["caller"])
        await leg.hears("boris")
        await leg.hears("mark_ask", within_s=10)
        await leg.hang_up()

    phones["101"].script, phones["102"].script = anna, boris
    await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    assert (call["outcome"], call["operator"], call["transfers"]) == ("operator", "102", 1)
    assert call["held_s"] >= 4 and call["talk_s"] >= 4
    said, heard = both_sides(centre, call)
    assert ear.find(said, "caller")
    assert all(ear.find(heard, name) for name in ("anna", "fixed_hold", "boris"))
    assert deeds(centre, call) == [
        ("101", "answered"), ("101", "consulted"), ("101", "held"), ("101", "handed")
    ]  # fmt: skip
    no_failures(phones)


async def test_a_transfer_that_nobody_takes_comes_back_to_the_sender_and_a_queue_keeps_his_arrival(
    centre: CentreUnderTest, city: City, phones: dict[str, OperatorPhone], voices: Mapping[str, Path], caller: str
) -> None:
    talks = 0

    async def anna(leg: Leg) -> None:
        nonlocal talks
        talks += 1
        if talks == 1:
            await whispered(leg, "topic_any", "topic_news")
            await leg.say(voices["anna"])
            await leg.press("*5")
            await leg.hears("talk_number", to_the_end=True)
            await leg.press("999#")
            await leg.hears("talk_unknown", to_the_end=True)
            await leg.press("102#")
        else:
            await leg.hears("talk_from_colleague")
            await whispered(leg, "topic_any", "topic_news")
            await leg.say(voices["anna"])
            await leg.press("*5")
            await leg.hears("talk_number", to_the_end=True)
            await leg.press("2#")
        await leg.until_hung_up(10)

    async def vera(leg: Leg) -> None:
        await leg.hears("talk_from_colleague")
        await whispered(leg, "topic_any", "topic_news")
        await leg.say(voices["vera"])
        await leg.hang_up()

    async def person(leg: Leg) -> None:
        await connected(leg)
        await leg.hears("anna")
        await leg.hears("queue_sent_on")
        await leg.hears("anna", within_s=30)
        await leg.hears("queue_sent_on", within_s=15)
        await leg.hears("vera", within_s=30)
        await leg.until_hung_up(2)

    phones["102"].behaviour = Behaviour.BUSY
    phones["101"].script, phones["103"].script = anna, vera
    try:
        await city.call(person, number=NUMBER, caller=caller)
    finally:
        phones["102"].behaviour = Behaviour.ANSWER
        await Programme(centre, "102").post("desk/state", state="ready")
    call = await centre.ended(caller)
    assert (call["outcome"], call["operator"], call["transfers"]) == ("operator", "103", 1)
    assert deeds(centre, call) == [
        ("101", "answered"), ("101", "held"), ("101", "sent"), ("102", "missed"),
        ("101", "answered"), ("101", "held"), ("101", "sent"), ("103", "answered"),
    ]  # fmt: skip
    offered = centre.rows("SELECT operator FROM queue_log WHERE entry = ? AND what = 'offered' ORDER BY id", call["id"])
    assert [row["operator"] for row in offered] == ["101", "102", "101", "103"]
    no_failures(phones)


async def test_a_supervisor_takes_part_and_three_talk_until_the_colleague_sends_the_caller_to_his_mark(
    centre: CentreUnderTest,
    city: City,
    ear: Ear,
    phones: dict[str, OperatorPhone],
    voices: Mapping[str, Path],
    caller: str,
) -> None:
    talking, barged, three, heard = (asyncio.Event() for _ in range(4))

    async def anna(leg: Leg) -> None:
        await whispered(leg, "topic_any", "topic_news")
        talking.set()
        await leg.hears("chief", within_s=20)  # whispers
        await barged.wait()
        await leg.press("*4")
        await leg.hears("talk_number", to_the_end=True)
        await leg.press("102#")
        await leg.hears("boris", within_s=15, to_the_end=True)
        await leg.press("*6")
        await leg.wait(1.5)
        three.set()
        await leg.hears("caller", within_s=15)
        await leg.say(voices["anna"])
        await leg.wait(0.5)
        await leg.hang_up()

    async def boris(leg: Leg) -> None:
        await whispered(leg, "talk_question")
        await leg.say(voices["boris"])
        await leg.hears("anna", within_s=40)
        await leg.wait(1.5)
        while not heard.is_set():
            await leg.say(voices["boris"])
        await leg.press("*3")
        await leg.wait(0.5)
        await leg.press("*5")
        await leg.hears("talk_number", to_the_end=True)
        await leg.press("0#")
        await leg.until_hung_up(10)

    async def listens(leg: Leg) -> None:
        await leg.hears("caller")
        await leg.say(voices["chief"])  # nobody hears him
        await leg.hang_up()

    async def whispers(leg: Leg) -> None:
        await leg.hears("caller")
        await leg.say(voices["chief"])
        await leg.hang_up()

    async def barges(leg: Leg) -> None:
        await leg.wait(1.0)
        await leg.say(voices["chief"])
        barged.set()
        await leg.hang_up()

    async def refused(leg: Leg) -> None:
        await leg.hears("spy_refused")
        await leg.until_hung_up(5)

    async def chief() -> None:
        await talking.wait()
        await city.call(refused, number="*21101", phone="103")
        await city.call(listens, number="*21101", phone="104")
        await city.call(whispers, number="*22101", phone="104")
        await city.call(barges, number="*23101", phone="104")

    async def person(leg: Leg) -> None:
        await connected(leg)
        await talking.wait()

        async def speak() -> None:
            while not barged.is_set():
                await leg.say(voices["caller"])

        await speak()
        await leg.hears("chief", within_s=10)
        await leg.hears("fixed_hold", within_s=15)
        await three.wait()
        await leg.say(voices["caller"])
        await leg.hears("anna", within_s=15)
        await leg.hears("boris", within_s=15)
        heard.set()
        await leg.hears("mark_ask", within_s=15)
        await leg.press("5")
        await leg.hears("mark_thanks")
        await leg.until_hung_up(5)

    phones["101"].script, phones["102"].script = anna, boris
    async with asyncio.TaskGroup() as group:
        group.create_task(chief())
        group.create_task(city.call(person, number=NUMBER, caller=caller))
    call = await centre.ended(caller)
    assert (call["outcome"], call["operator"]) == ("operator", "101")
    rows = centre.rows("SELECT actor, action, subject, result FROM audit WHERE call_id = ? ORDER BY at", call["id"])
    assert [tuple(row.values()) for row in rows if row["action"] in ("listen", "whisper", "barge")] == [
        ("103", "listen", "101", "refused"),
        ("104", "listen", "101", "began"), ("104", "listen", "101", "ended"),
        ("104", "whisper", "101", "began"), ("104", "whisper", "101", "ended"),
        ("104", "barge", "101", "began"), ("104", "barge", "101", "ended"),
    ]  # fmt: skip
    assert ("101", "conference") in deeds(centre, call)
    no_failures(phones)


async def test_who_abuses_is_warned_and_then_the_call_ends(
    centre: CentreUnderTest, city: City, phones: dict[str, OperatorPhone], voices: Mapping[str, Path], caller: str
) -> None:
    async def anna(leg: Leg) -> None:
        await whispered(leg, "topic_any", "topic_news")
        await leg.press("*7")
        await leg.hears("fixed_warning", to_the_end=True)
        await leg.wait(1.0)
        await leg.say(voices["anna"])
        await leg.press("*7")
        await leg.until_hung_up(10)

    async def person(leg: Leg) -> None:
        await connected(leg)
        await leg.hears("fixed_warning", within_s=20)
        await leg.hears("anna", within_s=15)
        await leg.hears("fixed_abuse", within_s=15)
        await leg.until_hung_up(10)

    phones["101"].script = anna
    encounter = await city.call(person, number=NUMBER, caller=caller)
    assert encounter.by_centre
    call = await centre.ended(caller)
    assert (call["outcome"], call["operator"]) == ("abusive", "101")
    assert [what for _, what in deeds(centre, call)] == ["answered", "warned", "abusive"]
    no_failures(phones)


async def test_a_caller_on_hold_is_not_lost_when_his_operator_hangs_up_nor_without_the_engine(
    centre: CentreUnderTest, city: City, phones: dict[str, OperatorPhone], voices: Mapping[str, Path], caller: str
) -> None:
    talks, killed = 0, asyncio.Event()

    async def anna(leg: Leg) -> None:
        nonlocal talks
        talks += 1
        await whispered(leg, "topic_any", "topic_news")
        await leg.press("*3")
        await leg.wait(1.5)
        if talks == 1:
            await leg.hang_up()
        await centre.kill_engine()
        killed.set()
        await leg.press("*3")
        await leg.wait(1.0)
        await leg.say(voices["anna"])
        await leg.hang_up()

    async def person(leg: Leg) -> None:
        await connected(leg)
        await leg.hears("queue_cut_off", within_s=20)
        await killed.wait()
        await leg.hears("anna", within_s=15)
        await leg.until_hung_up(10)

    phones["101"].script = anna
    await city.call(person, number=NUMBER, caller=caller)
    await centre.start_engine()
    call = await centre.ended(caller)
    assert (call["outcome"], call["operator"]) == ("operator", "101")
    assert call["held_s"] >= 2
    no_failures(phones)


async def test_a_programme_shows_the_card_and_does_what_the_codes_do(
    centre: CentreUnderTest, city: City, phones: dict[str, OperatorPhone], voices: Mapping[str, Path], caller: str
) -> None:
    anna, boris, chief = (Programme(centre, extension) for extension in ("101", "102", "104"))
    talking = asyncio.Event()

    async def phase(expected: str, colleague: str | None = None) -> dict[str, Any]:
        async with asyncio.timeout(15):
            while True:
                _, shown = await anna.get()
                if shown["talk"] and (shown["talk"]["phase"], shown["talk"]["colleague"]) == (expected, colleague):
                    return shown
                await asyncio.sleep(0.1)

    async def operator(leg: Leg) -> None:
        await whispered(leg, "topic_balance")
        talking.set()
        await leg.until_hung_up(60)

    async def colleague(leg: Leg) -> None:
        await whispered(leg, "talk_question")
        await leg.say(voices["boris"])
        await leg.hears("caller", within_s=15)
        await leg.until_hung_up(30)

    async def listens(leg: Leg) -> None:
        await leg.hears("caller", within_s=15)
        await leg.hang_up()

    async def person(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.press("2")
        await leg.hears("account_ask", within_s=20)
        await leg.press("0")
        await talking.wait()
        await leg.hears("fixed_hold", within_s=15)
        while not boris_has.is_set():
            await leg.say(voices["caller"])
        await leg.hears("recording_notice", "companies_menu", within_s=20)
        await leg.hang_up()

    async def programmes() -> None:
        await talking.wait()
        shown = await phase("talking")
        card = shown["talk"]["card"]
        assert (card["number"], card["topic"], card["account"]) == (caller, "balance", "")
        assert card["matters"][-1]["topic"] == "balance" and card["abusive_before"] == 0
        assert shown["dialogues"] == ["mark", "companies"] and "companies" in shown["queues"]
        assert (await anna.post("desk/talk", do="complete"))[0] == 409
        assert (await anna.post("desk/talk", do="dance"))[0] == 422
        assert (await anna.post("desk/transfer", operator="777"))[0] == 404
        assert (await anna.post("operators/102/listen", mode="listen")) == (403, {"error": "not_allowed"})
        assert (await chief.post("operators/102/listen", mode="listen")) == (409, {"error": "no_talk"})
        assert (await anna.post("desk/talk", do="hold"))[1]["talk"]["phase"] == "held"
        await asyncio.sleep(2.0)
        assert (await anna.post("desk/talk", do="resume"))[1]["talk"]["phase"] == "talking"
        assert (await chief.post("operators/101/listen", mode="listen"))[0] == 202
        await until(lambda: phones["104"].busy, 10, "the supervisor listens")
        await until(lambda: not phones["104"].busy, 20, "he has heard enough")
        assert (await anna.post("desk/transfer", operator="102", ask=True))[1]["talk"]["phase"] == "ringing"
        await phase("consulting", "102")
        await asyncio.sleep(3.0)
        assert (await anna.post("desk/talk", do="complete"))[1]["talk"] is None
        await asyncio.sleep(2.0)
        card = (await boris.get())[1]["talk"]["card"]
        assert (card["number"], card["sent_by"]) == (caller, "101")
        boris_has.set()
        assert (await boris.post("desk/transfer", dialogue="companies"))[0] == 200

    boris_has = asyncio.Event()
    phones["101"].script, phones["102"].script, phones["104"].script = operator, colleague, listens
    async with asyncio.TaskGroup() as group:
        group.create_task(programmes())
        group.create_task(city.call(person, number=NUMBER, caller=caller))
    call = await centre.ended(caller)
    assert (call["outcome"], call["operator"], call["transfers"]) == ("operator", "102", 1)
    numbers = [step["number"] for step in centre.steps(call["id"])]
    assert numbers == list(range(1, len(numbers) + 1))
    no_failures(phones)


async def test_a_programme_sets_the_state_and_a_supervisor_that_of_others(centre: CentreUnderTest, city: City) -> None:
    anna, chief, nobody = (Programme(centre, extension) for extension in ("101", "104", "777"))
    assert (await nobody.get())[0] == 401
    shown = (await anna.post("desk/state", state="pause", reason="lunch"))[1]
    assert (shown["state"], shown["reason"]) == ("paused", "lunch")
    assert (await anna.post("desk/state", state="asleep"))[0] == 422
    assert (await anna.post("desk/wrap-up", do="end"))[1]["state"] == "paused"
    assert (await anna.post("operators/102/state", state="out"))[0] == 403
    assert (await chief.post("operators/777/state", state="out"))[0] == 404
    assert (await chief.post("operators/101/state", state="ready"))[1]["state"] == "ready"
    assert (await anna.post("desk/talk", do="hold")) == (409, {"error": "no_talk"})
    assert (await anna.get("abusive"))[0] == 403
    told = (await chief.get("abusive"))[1]["abusive"]
    assert [each["operator"] for each in told] == ["101"]
