"""The notice, the recording, the ways to an operator, and his work after the talk."""

import wave
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ivr.simulate.city.ear import Ear, silences
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Leg, OperatorPhone
from tests.acceptance.harness import NUMBER, CentreUnderTest
from tests.acceptance.programme import Programme

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def new_centre(new_centre: Callable[..., CentreUnderTest]) -> Callable[..., CentreUnderTest]:
    def make(**options: Any) -> CentreUnderTest:
        return new_centre(queue={"wrap_up_s": 3}, **options)

    return make


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
    assert centre.recording(call).stat().st_mode & 0o007 == centre.places.recordings.stat().st_mode & 0o007 == 0
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
    assert not silences(encounter.heard[: (8000 * 30)], 12.0)


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


async def test_the_work_after_a_talk_is_made_longer_by_code_and_ended_by_another(
    centre: CentreUnderTest, city: City, caller: str
) -> None:
    async def person(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.press("0")
        await leg.hears("mark_ask", within_s=30)
        await leg.hang_up()

    async def keyed(code: str, *words: str) -> dict[str, Any]:
        async def script(leg: Leg) -> None:
            heard = await leg.hears(*words, within_s=5)  # the centre hangs up with the last word: wait for no end of it
            answers.append(heard.name)
            await leg.until_hung_up(5)

        answers: list[str] = []
        await city.call(script, number=code, phone="101")
        return (await Programme(centre, "101").get())[1] | {"told": answers[0]}

    await city.call(person, number=NUMBER, caller=caller)
    more = await keyed("*14", "duty_more", "duty_nothing")
    assert (more["told"], more["state"]) == ("duty_more", "wrap_up")
    assert (await keyed("*14", "duty_more"))["until"] == more["until"] + 60
    refused = await keyed("*14", "duty_no_more")
    assert refused["until"] == more["until"] + 60
    assert (await keyed("*11", "duty_ready"))["state"] == "ready"
