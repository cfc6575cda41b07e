"""What a caller gets on an ordinary day, on the real Asterisk with real sound."""

import wave

import numpy as np
import pytest

from ivr.adapters.files.sample import DEBTOR, NO_HISTORY, ONE_REGISTER, OVERPAYER, THREE_REGISTERS
from ivr.simulate.city.ear import Ear, silences
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Leg, OperatorPhone
from tests.acceptance.harness import CentreUnderTest

pytestmark = pytest.mark.asyncio(loop_scope="module")

NUMBER = "88005550100"


def last_reading(centre: CentreUnderTest, account: str, register: int = 1) -> int:
    rows = centre.rows(
        """SELECT r.id, (SELECT value FROM readings WHERE register_id = r.id AND replaced_by IS NULL
                         ORDER BY taken_at DESC LIMIT 1) AS value
           FROM registers r JOIN meters m ON m.id = r.meter_id JOIN accounts a ON a.id = m.account_id
           WHERE a.number = ? ORDER BY r.id""",
        account,
    )
    return int(rows[register - 1]["value"])


def of_call(centre: CentreUnderTest, call_id: str) -> list[int]:
    return [row["value"] for row in centre.rows("SELECT value FROM readings WHERE call_id = ? ORDER BY id", call_id)]


async def to_account(leg: Leg, account: str) -> None:
    await leg.hears("main_menu")
    await leg.press("1")
    await leg.hears("account_ask")
    await leg.press_quickly(account)
    await leg.wait(1.0)
    await leg.press("1")  # the account was read back


async def test_the_notice_comes_first_and_every_second_is_recorded(
    centre: CentreUnderTest, city: City, ear: Ear, caller: str
) -> None:
    async def person(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.press("3")
        await leg.hears("news_intro")
        await leg.wait(1)
        await leg.hang_up()

    encounter = await city.call(person, number=NUMBER, caller=caller)
    assert encounter.lines(ear)[0].name == "recording_notice"
    assert encounter.lines(ear)[0].start_s < 1.0
    call = await centre.ended(caller)
    assert (call["outcome"], call["dialled"]) == ("abandoned", NUMBER)
    with wave.open(str(centre.recording(call))) as recording:
        assert (recording.getnchannels(), recording.getframerate()) == (2, 8000)
        seconds = recording.getnframes() / 8000
        sound = np.frombuffer(recording.readframes(recording.getnframes()), "<i2").reshape(-1, 2) / 32768
    assert seconds == pytest.approx(encounter.duration_s, abs=0.3)
    left, right = (np.ascontiguousarray(sound[:, side], dtype=np.float32) for side in (0, 1))
    assert ear.find(right, "main_menu") and not ear.find(left, "main_menu")
    assert not (centre.places.incoming / f"{call['id']}.raw").exists()
    nodes = [step["node"] for step in centre.steps(call["id"])]
    assert nodes[:2] == ["notice", "greeting"] and "news" in nodes


async def test_the_caller_is_on_the_left_of_the_recording(
    centre: CentreUnderTest, city: City, ear: Ear, caller: str, tmp_path: object
) -> None:
    spoken = centre.places.fixed / "nobody.wav"  # any words that the centre does not say here

    async def person(leg: Leg) -> None:
        await leg.hears("recording_notice")
        await leg.say(spoken)
        await leg.hang_up()

    await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    with wave.open(str(centre.recording(call))) as recording:
        sound = np.frombuffer(recording.readframes(recording.getnframes()), "<i2").reshape(-1, 2) / 32768
    left, right = (np.ascontiguousarray(sound[:, side], dtype=np.float32) for side in (0, 1))
    assert ear.find(left, "fixed_nobody") and not ear.find(right, "fixed_nobody")


async def test_a_reading_by_tones_is_checked_read_back_confirmed_and_stored_once(
    centre: CentreUnderTest, city: City, caller: str
) -> None:
    value = last_reading(centre, ONE_REGISTER) + 150

    async def person(leg: Leg) -> None:
        await to_account(leg, ONE_REGISTER)
        await leg.hears("reading_ask")
        assert of_call(centre, leg_call(centre, caller)) == []
        await leg.press(f"{value}#")
        await leg.hears("confirm")
        assert last_reading(centre, ONE_REGISTER) == value - 150
        await leg.press("1")
        await leg.hears("after_reading")
        await leg.hang_up()

    await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    assert of_call(centre, call["id"]) == [value]
    assert last_reading(centre, ONE_REGISTER) == value
    assert call["account"] == ONE_REGISTER


def leg_call(centre: CentreUnderTest, caller: str) -> str:
    return str(centre.call_of(caller)["id"])


async def test_who_hangs_up_before_confirming_has_submitted_nothing(
    centre: CentreUnderTest, city: City, caller: str
) -> None:
    value = last_reading(centre, OVERPAYER) + 120

    async def person(leg: Leg) -> None:
        await to_account(leg, OVERPAYER)
        await leg.hears("reading_ask")
        await leg.press(f"{value}#")
        await leg.hears("confirm")
        await leg.hang_up()

    await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    assert of_call(centre, call["id"]) == []


async def test_a_refused_reading_is_explained_at_once(centre: CentreUnderTest, city: City, caller: str) -> None:
    too_low = last_reading(centre, DEBTOR) - 100

    async def person(leg: Leg) -> None:
        await to_account(leg, DEBTOR)
        await leg.hears("reading_ask")
        await leg.press(f"{too_low}#")
        await leg.wait(1.0)
        await leg.listen(until_silence_s=1.0)
        await leg.hang_up()

    await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    assert of_call(centre, call["id"]) == []
    assert "reading_check refused lower_than_last" in [step["result"] for step in centre.steps(call["id"])]


async def test_three_registers_are_asked_for_one_after_another(
    centre: CentreUnderTest, city: City, caller: str
) -> None:
    values = [last_reading(centre, THREE_REGISTERS, register) + 60 for register in (1, 2, 3)]

    async def person(leg: Leg) -> None:
        await to_account(leg, THREE_REGISTERS)
        for value in values:
            await leg.hears("reading_ask", within_s=30)
            await leg.press(f"{value}#")
            await leg.hears("confirm")
            await leg.press("1")
        await leg.hears("after_reading", within_s=30)
        await leg.hang_up()

    await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    assert of_call(centre, call["id"]) == values


async def test_an_experienced_caller_presses_through_everything_at_once(
    centre: CentreUnderTest, city: City, ear: Ear, caller: str
) -> None:
    async def person(leg: Leg) -> None:
        await leg.wait(0.3)
        await leg.press_quickly("1" + NO_HISTORY)  # readings, account
        await leg.wait(5.0)  # the notice is said to its end; then the account is read back
        await leg.press("1")
        await leg.hears("reading_ask", within_s=15)
        await leg.press_quickly("00042#")
        await leg.wait(1.5)
        await leg.press("1")
        await leg.hears("after_reading", within_s=20)
        await leg.hang_up()

    encounter = await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    assert of_call(centre, call["id"]) == [42]
    heard = {line.name for line in encounter.lines(ear)}
    assert "account_ask" not in heard and "main_menu" not in heard


async def test_silence_is_asked_again_and_then_led_to_an_operator(
    centre: CentreUnderTest, city: City, ear: Ear, operator: OperatorPhone, caller: str
) -> None:
    async def person(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.hears("main_help", within_s=30)
        await leg.hears("connecting", within_s=40)
        await leg.until_hung_up(20)

    encounter = await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    assert (call["outcome"], call["operator"]) == ("operator", "101")
    assert call["talk_s"] >= 3
    assert not silences(encounter.heard[: int(8000 * 30)], 12.0)


async def test_three_mistakes_lead_to_an_operator(centre: CentreUnderTest, city: City, caller: str) -> None:
    async def person(leg: Leg) -> None:
        await leg.hears("main_menu")
        for _ in range(3):
            await leg.press("8")
            await leg.wait(2.0)
        await leg.hears("connecting", within_s=15)
        await leg.until_hung_up(20)

    await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    assert call["outcome"] == "operator"


async def test_back_root_and_repeat_work_from_anywhere(centre: CentreUnderTest, city: City, caller: str) -> None:
    async def person(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.press("5")
        await leg.hears("companies_menu")
        await leg.press("#")
        await leg.hears("companies_menu")
        await leg.press("*")
        await leg.hears("main_menu")
        await leg.press("5")
        await leg.hears("companies_menu")
        await leg.press("4")
        await leg.hears("contract")
        await leg.press("9")
        await leg.hears("main_menu")
        await leg.hang_up()

    await city.call(person, number=NUMBER, caller=caller)


async def test_caller_and_operator_hear_each_other_and_both_are_recorded(
    centre: CentreUnderTest, city: City, ear: Ear, operator: OperatorPhone, caller: str
) -> None:
    operator.says = centre.places.fixed / "notice.wav"
    caller_words = centre.places.fixed / "nobody.wav"

    async def person(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.press("0")
        await leg.hears("connecting")
        await leg.hears("recording_notice", within_s=20)
        await leg.say(caller_words)
        await leg.until_hung_up(20)

    operator.talk_s = 8.0
    try:
        await city.call(person, number=NUMBER, caller=caller)
    finally:
        operator.says, operator.talk_s = None, 4.0
    talk = operator.encounters[-1]
    assert talk.find(ear, "fixed_nobody"), "the operator did not hear the caller"
    call = await centre.ended(caller)
    assert (call["outcome"], call["operator"], call["reason"]) == ("operator", "101", "asked")
    with wave.open(str(centre.recording(call))) as recording:
        sound = np.frombuffer(recording.readframes(recording.getnframes()), "<i2").reshape(-1, 2) / 32768
    left, right = (np.ascontiguousarray(sound[:, side], dtype=np.float32) for side in (0, 1))
    assert ear.find(left, "fixed_nobody") and ear.find(right, "recording_notice")


async def test_a_balance_is_told_to_the_proven_owner_only(
    centre: CentreUnderTest, city: City, ear: Ear, caller: str
) -> None:
    async def person(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.press("2")
        await leg.hears("account_ask")
        await leg.press_quickly(DEBTOR)
        await leg.wait(1.0)
        await leg.press("1")
        await leg.hears("proof_ask")
        await leg.press_quickly("9999")
        await leg.hears("proof_wrong")
        await leg.press_quickly("3333")
        await leg.hears("after_balance", within_s=30)
        await leg.hang_up()

    await city.call(person, number=NUMBER, caller=caller)
    call = await centre.ended(caller)
    nodes = [(step["node"], step["event"]) for step in centre.steps(call["id"])]
    assert ("after_balance", "entered") in nodes


async def test_a_new_version_of_the_flow_is_for_new_calls_and_a_broken_one_for_none(
    centre: CentreUnderTest, city: City, ear: Ear, caller: str
) -> None:
    before = centre.flow_file.read_text(encoding="utf-8")
    version = centre.health()["version"]
    await_new = {"version": version}

    async def person(leg: Leg) -> None:
        await leg.hears("main_menu")
        centre.flow_file.write_text(before.replace('"5": companies', '"6": companies'), encoding="utf-8")
        for _ in range(150):
            await_new["version"] = centre.health()["version"]
            if await_new["version"] != version:
                break
            await leg.wait(0.2)
        await leg.press("5")  # still a menu item in this call
        await leg.hears("companies_menu")
        await leg.hang_up()

    try:
        await city.call(person, number=NUMBER, caller=caller)
        assert await_new["version"] != version
        second = f"{caller}1"

        async def newcomer(leg: Leg) -> None:
            await leg.hears("main_menu")
            await leg.press("5")
            await leg.hears("mistake")
            await leg.hang_up()

        await city.call(newcomer, number=NUMBER, caller=second)
        assert (await centre.ended(second))["flow_version"] == await_new["version"]
        centre.flow_file.write_text(before.replace("next: greeting", "next: nowhere"), encoding="utf-8")

        async def third(leg: Leg) -> None:
            await leg.wait(3)
            await leg.hears("main_menu")
            await leg.hang_up()

        await city.call(third, number=NUMBER, caller=f"{caller}2")
        assert centre.health()["version"] == await_new["version"]
        assert "nowhere" in centre.log.read_text(encoding="utf-8")
    finally:
        centre.flow_file.write_text(before, encoding="utf-8")
