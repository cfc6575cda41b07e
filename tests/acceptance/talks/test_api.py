"""What an operator's programme does in a talk, and sets of his state; what a supervisor may."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ivr.simulate.city.network import City
from ivr.simulate.city.people import Leg, OperatorPhone
from tests.acceptance.harness import NUMBER, CentreUnderTest, until
from tests.acceptance.programme import Programme
from tests.acceptance.talks.stage import no_failures, whispered

pytestmark = pytest.mark.asyncio(loop_scope="module")


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
    assert (await chief.get("abusive"))[1] == {"abusive": []}
