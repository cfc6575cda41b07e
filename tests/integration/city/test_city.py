"""The city rings a stub of a centre: everything here is heard, pressed and said over real SIP and RTP."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.simulate.city.ear import Ear, Heard, silences
from ivr.simulate.city.hearing import read_recording
from ivr.simulate.city.network import City, CitySettings
from ivr.simulate.city.people import Behaviour, Leg, NotHeard, OperatorPhone

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_caller_presses_keys_and_hears_the_answers(city: City, ear: Ear) -> None:
    async def caller(leg: Leg) -> None:
        await leg.hears("notice")
        await leg.hears("menu")
        await leg.press("1")
        await leg.hears("ask")
        await leg.press("1234567890#")
        await leg.hears("thanks")
        await leg.hears("bye")
        assert await leg.until_hung_up(10)

    encounter = await city.call(caller, number="100")
    assert (encounter.answered, encounter.by_centre, encounter.cause) == (True, True, 16)
    lines = encounter.lines(ear)
    assert [line.name for line in lines] == ["notice", "menu", "ask", "thanks", "bye"]
    assert [line.whole for line in lines if line.name in ("notice", "thanks", "bye")] == [True, True, True]
    assert not lines[1].whole, "the key should have cut the menu"
    assert [(moment.what, moment.words) for moment in encounter.moments] == [
        ("heard", "notice"),
        ("heard", "menu"),
        ("pressed", "1"),
        ("heard", "ask"),
        ("pressed", "1234567890#"),
        ("heard", "thanks"),
        ("heard", "bye"),
    ]
    # Live hearing and the recording agree on the times.
    (menu,) = encounter.find(ear, "menu")
    assert abs(len(encounter.heard) / 8000 - encounter.duration_s) < 0.5
    assert menu.start_s < next(moment.t for moment in encounter.moments if moment.words == "menu")


async def test_an_experienced_caller_presses_through_the_prompts(city: City, ear: Ear) -> None:
    async def hurried(leg: Leg) -> None:
        await leg.hears("menu")
        await leg.press_quickly("11234567890#")
        await leg.hears("thanks")

    encounter = await city.call(hurried, number="100")
    assert not encounter.by_centre
    assert "refused" not in [line.name for line in encounter.lines(ear)]


async def test_caller_and_operator_hear_each_other(city: City, ear: Ear, phone: OperatorPhone, folder: Path) -> None:
    phone.says = "Оператор Мария, слушаю вас."
    phone.talk_s = 4

    async def caller(leg: Leg) -> None:
        await leg.hears("menu")
        await leg.press("0")
        await leg.hears("operator", within_s=20)
        await leg.say("Добрый день, у меня погас свет.")
        assert await leg.until_hung_up(20)

    encounter = await city.call(caller, number="100")
    (talk,) = phone.encounters
    assert (phone.rung, talk.caller, talk.number) == (1, encounter.caller, "101")
    assert encounter.find(ear, "operator"), "the caller heard the operator"
    assert talk.find(ear, "caller"), "the operator heard the caller"
    # Which side is which: said and heard do not mix, at either end, nor in the centre's recording of the same kind.
    assert ear.find(encounter.said, "caller") and not ear.find(encounter.said, "operator")
    assert ear.find(talk.said, "operator") and not ear.find(talk.said, "caller")
    from_caller, to_caller = read_recording(folder / "centre.raw")
    assert ear.find(from_caller, "caller") and not ear.find(from_caller, "menu")
    assert ear.find(to_caller, "operator") and ear.find(to_caller, "menu")


@pytest.mark.parametrize("behaviour", [Behaviour.BUSY, Behaviour.REJECT, Behaviour.NO_ANSWER])
async def test_an_operator_who_does_not_answer(
    city: City, ear: Ear, phone: OperatorPhone, behaviour: Behaviour
) -> None:
    phone.behaviour = behaviour

    async def caller(leg: Leg) -> None:
        await leg.hears("menu")
        await leg.press("0")
        await leg.hears("bye", within_s=40)

    encounter = await city.call(caller, number="100")
    assert phone.rung >= 1
    assert phone.encounters == []
    assert not encounter.find(ear, "operator")


async def test_a_number_that_is_busy_gives_its_cause(city: City) -> None:
    async def nobody(leg: Leg) -> None:
        raise AssertionError("answered")

    encounter = await city.call(nobody, number="200")
    assert (encounter.answered, encounter.cause) == (False, 17)


async def test_silence_is_time_too(city: City, ear: Ear) -> None:
    """Dead air is as long in the recording as on the clock."""

    live: list[Heard] = []

    async def patient(leg: Leg) -> None:
        await leg.listen(until_silence_s=0.8)
        live.append(await leg.hears("bye", to_the_end=True))
        await leg.until_hung_up(10)

    encounter = await city.call(patient, number="400")
    (notice,), (bye,) = encounter.find(ear, "notice"), encounter.find(ear, "bye")
    (dead,) = [one for one in silences(encounter.heard, 1.5) if one[1] - one[0] < 5]
    assert 1.9 < dead[1] - dead[0] < 2.6
    assert notice.start_s < dead[0] < dead[1] <= bye.start_s + 0.1
    assert live[0].start_s == pytest.approx(bye.start_s, abs=0.2), "both ways of hearing begin at the answer"


async def test_a_telephone_that_the_centre_does_not_know_is_named(
    city: City, folder: Path, centre: tuple[str, int], city_settings: Callable[..., CitySettings]
) -> None:
    async with City(city_settings(folder / "other"), [OperatorPhone("777")]) as other:
        with pytest.raises(TimeoutError, match="not registered at the centre: 777"):
            await other.registered(within_s=1.5)


async def test_telephones_register_again_on_request(city: City) -> None:
    await city.register_again()
    await city.registered()


async def test_a_centre_that_says_nothing(city: City) -> None:
    async def waits(leg: Leg) -> None:
        await leg.wait(3)
        await leg.hang_up()

    encounter = await city.call(waits, number="300")
    assert not encounter.by_centre
    (dead,) = silences(encounter.heard, 2.0)
    assert dead[1] - dead[0] > 2.5


async def test_words_that_do_not_come_are_told_with_what_came_instead(city: City) -> None:
    async def expects_too_much(leg: Leg) -> None:
        await leg.hears("notice")
        await leg.hears("thanks", within_s=2)

    with pytest.raises(NotHeard, match=r"thanks not heard .* heard: notice at 0"):
        await city.call(expects_too_much, number="100")
    encounter = await city.call(expects_too_much, number="100", check=False)
    assert isinstance(encounter.failure, NotHeard)


async def test_ten_callers_at_once(city: City) -> None:
    async def caller(leg: Leg) -> None:
        await leg.hears("menu")
        await leg.press("1")
        await leg.hears("ask")
        await leg.press("1234567890#")
        await leg.hears("thanks")

    encounters = await asyncio.gather(*(city.call(caller, number="100", caller=f"+7999000{n:04}") for n in range(10)))
    assert [len(encounter.moments) for encounter in encounters] == [5] * 10
