"""The queue of our own on real telephones: order, misses, codes, a dead telephone, a dead engine, nobody there.

Persons and companies have operators of their own here, so that two stories are told at once, one on each line.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from ivr.simulate.city.ear import Ear
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Behaviour, Leg, OperatorPhone, Script
from tests.acceptance.callers import asks_for_an_operator, patient
from tests.acceptance.conftest import CALLERS, city_of
from tests.acceptance.harness import DEAD_TELEPHONE, NUMBER, CentreUnderTest, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

COMPANIES = "88005550101"
STAFF = {"101": "persons", "102": "persons", "103": "companies", "104": "companies"}
SAFETY_NET = {"persons": ["fallback"]}
LUNCH = "*132"
TALK_S = 2.0


@dataclass
class Line:
    """One of the two lines: its number and its operators' telephones."""

    centre: CentreUnderTest
    city: City
    number: str
    phones: Sequence[OperatorPhone]

    async def call(self, person: Script, caller: str) -> None:
        await self.city.call(person, number=self.number, caller=caller)

    async def key(self, phone: OperatorPhone, code: str) -> None:
        async def operator(leg: Leg) -> None:
            await leg.until_hung_up(15)

        await self.city.call(operator, number=code, phone=phone.extension)

    async def told(self, caller: str) -> list[str]:
        """What became of him in the queue, in order."""
        call = await self.centre.ended(caller)
        assert call["outcome"] == "operator"
        rows = self.centre.rows("SELECT what FROM queue_log WHERE entry = ? ORDER BY id", call["id"])
        return [row["what"] for row in rows]

    def waiting(self, callers: Sequence[str]) -> int:
        """How many of them wait for an operator now."""
        rows = self.centre.rows(
            "SELECT caller FROM calls WHERE id IN (SELECT entry FROM queue_log WHERE what = 'waits') AND id NOT IN"
            " (SELECT entry FROM queue_log WHERE what = 'answered')"
        )
        return len({row["caller"] for row in rows} & set(callers))


@pytest.fixture(scope="module")
def new_centre(
    new_centre: Callable[..., CentreUnderTest], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., CentreUnderTest]:
    """Two operators for each line; their telephones ring shorter than the standard allows. The dialplan's own queue
    has those for persons alone."""
    agents: Path = tmp_path_factory.mktemp("agents")
    operators: list[dict[str, Any]] = [
        {"name": f"Оператор {extension}", "extension": extension, "queues": [queue, *SAFETY_NET.get(queue, [])]}
        for extension, queue in STAFF.items()
    ]
    (agents / "operators.yaml").write_text(yaml.safe_dump({"operators": operators}), encoding="utf-8")

    def make(**options: object) -> CentreUnderTest:
        queue = {"wrap_up_s": 0, "ring_s": 5}
        return new_centre(agents=str(agents), lines={COMPANIES: "companies"}, queue=queue, **options)

    return make


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def phones() -> list[OperatorPhone]:
    return [OperatorPhone(extension, talk_s=TALK_S) for extension in STAFF]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(
    centre: CentreUnderTest, ear: Ear, phones: list[OperatorPhone], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[City]:
    async with city_of(centre, ear, phones, tmp_path_factory) as one:
        await one.registered()
        yield one


@pytest_asyncio.fixture(loop_scope="module")
async def lines(centre: CentreUnderTest, city: City, phones: list[OperatorPhone]) -> AsyncIterator[tuple[Line, Line]]:
    """Persons and companies; afterwards every operator is as he was."""
    persons, companies = Line(centre, city, NUMBER, phones[:2]), Line(centre, city, COMPANIES, phones[2:])
    yield persons, companies
    for phone in phones:
        phone.behaviour, phone.ring_s, phone.talk_s, phone.script = Behaviour.ANSWER, 0.5, TALK_S, None
    if centre.engine is None or centre.engine.returncode is not None:
        await centre.start_engine()
    await asyncio.gather(*(persons.key(phone, "*11") for phone in phones))


async def both(*stories: Awaitable[None]) -> None:
    async with asyncio.TaskGroup() as group:
        for story in stories:
            group.create_task(_told(story))


async def _told(story: Awaitable[None]) -> None:
    await story


async def test_order_and_marks_on_one_line_and_an_operator_who_does_not_answer_on_the_other(
    lines: tuple[Line, Line],
) -> None:
    persons, companies = lines

    async def nobody_is_lost() -> None:
        await who_does_not_answer_is_passed_over(companies)
        await who_hangs_up_before_the_talk_is_passed_over(companies)

    await both(the_first_is_served_first_and_gives_a_mark(persons), nobody_is_lost())


async def the_first_is_served_first_and_gives_a_mark(line: Line) -> None:
    callers = [f"+{next(CALLERS)}" for _ in range(5)]
    rung = sum(phone.rung for phone in line.phones)

    async def marks(leg: Leg) -> None:
        await asks_for_an_operator(leg)
        await leg.hears("mark_ask", within_s=60)
        await leg.press("5")
        await leg.hears("mark_thanks")
        await leg.until_hung_up(10)

    async with asyncio.TaskGroup() as group:
        for place, caller in enumerate(callers):
            group.create_task(line.call(marks if place == 0 else patient, caller))
            await asyncio.sleep(1.0)
    calls = [await line.centre.ended(caller) for caller in callers]
    assert [call["outcome"] for call in calls] == ["operator"] * 5
    assert {call["operator"] for call in calls} == {"101", "102"}
    assert all(1 <= call["talk_s"] <= 6 for call in calls)
    rows = line.centre.rows("SELECT entry FROM queue_log WHERE what = 'answered' ORDER BY id")
    ids = [call["id"] for call in calls]
    assert [row["entry"] for row in rows if row["entry"] in ids] == ids
    assert sum(phone.rung for phone in line.phones) == rung + 5
    assert line.centre.rows("SELECT mark FROM marks WHERE call_id = ?", ids[0]) == [{"mark": 5}]


async def who_does_not_answer_is_passed_over(line: Line) -> None:
    """The caller keeps his place: the other one is rung at once."""
    for phone in line.phones:
        phone.behaviour = Behaviour.NO_ANSWER
    rung = {phone.extension: phone.rung for phone in line.phones}

    def called() -> list[OperatorPhone]:
        return [phone for phone in line.phones if phone.rung != rung[phone.extension]]

    async def person(leg: Leg) -> None:
        await asks_for_an_operator(leg)
        await until(called, 20, "somebody is rung")
        (first,) = called()
        other = next(phone for phone in line.phones if phone is not first)
        other.behaviour = Behaviour.ANSWER
        await leg.until_hung_up(60)
        assert other.rung == rung[other.extension] + 1

    caller = f"+{next(CALLERS)}"
    await line.call(person, caller)
    whats = [what for what in await line.told(caller) if what != "offer_withdrawn"]
    assert whats == ["offered", "missed", "offered", "answered", "talk_ended"]


async def who_hangs_up_before_the_talk_is_passed_over(line: Line) -> None:
    """He is still being told of the caller, who hears music and is joined to the next."""

    async def hangs_up(leg: Leg) -> None:
        for phone in line.phones:
            phone.script = None
        await leg.hang_up()

    for phone in line.phones:
        phone.behaviour, phone.script = Behaviour.ANSWER, hangs_up
    caller = f"+{next(CALLERS)}"
    await line.call(patient, caller)
    assert await line.told(caller) == ["offered", "answered", "missed", "offered", "answered", "talk_ended"]
    call = await line.centre.ended(caller)
    assert call["outcome"] == "operator" and call["talk_s"] >= 1


async def test_a_telephone_that_dies_in_the_talk_and_a_line_where_nobody_is(lines: tuple[Line, Line]) -> None:
    persons, companies = lines

    async def on_the_other_line() -> None:
        await the_only_operator_whose_telephone_registers_again_has_his_caller_back(companies)
        await where_nobody_is_the_caller_is_told_so(companies)

    await both(a_dead_telephone_puts_its_caller_first(persons), on_the_other_line())


async def a_dead_telephone_puts_its_caller_first(line: Line) -> None:
    async def dies(leg: Leg) -> None:
        for phone in line.phones:
            phone.script = None
        await leg.wait(1)
        await leg.dies(DEAD_TELEPHONE)

    async def person(leg: Leg) -> None:
        await asks_for_an_operator(leg)
        await leg.hears("queue_cut_off", within_s=20)
        await leg.hears("mark_ask", within_s=30)
        await leg.hang_up()

    for phone in line.phones:
        phone.script = dies
    caller = f"+{next(CALLERS)}"
    await line.call(person, caller)
    whats = await line.told(caller)
    assert whats.count("answered") == 2 and "returned" in whats


async def the_only_operator_whose_telephone_registers_again_has_his_caller_back(line: Line) -> None:
    only, other = line.phones
    await line.key(other, "*12")

    async def dies(leg: Leg) -> None:
        only.script = None
        await leg.wait(1)
        await leg.dies(DEAD_TELEPHONE)

    async def person(leg: Leg) -> None:
        await asks_for_an_operator(leg)
        await leg.hears("queue_cut_off_alone", within_s=20)
        await line.city.register_again()
        await leg.hears("mark_ask", within_s=14)  # before he would be told that nobody is there
        await leg.hang_up()

    only.script = dies
    caller = f"+{next(CALLERS)}"
    await line.call(person, caller)
    whats = await line.told(caller)
    assert whats.count("answered") == 2 and "returned" in whats


async def where_nobody_is_the_caller_is_told_so(line: Line) -> None:
    await asyncio.gather(*(line.key(phone, "*12") for phone in line.phones))

    async def person(leg: Leg) -> None:
        await asks_for_an_operator(leg)
        await leg.hears("queue_nobody", within_s=30)
        await leg.until_hung_up(15)

    caller = f"+{next(CALLERS)}"
    await line.call(person, caller)
    call = await line.centre.ended(caller)
    assert (call["outcome"], call["operator"]) == ("operator_missed", "")


async def test_killed_with_callers_in_line_everybody_is_answered_in_order_and_a_pause_by_code_goes_on(
    centre: CentreUnderTest, lines: tuple[Line, Line]
) -> None:
    persons, companies = lines
    one, other = persons.phones
    one.talk_s = 6.0
    pausing, working = companies.phones
    await asyncio.gather(persons.key(other, "*12"), companies.key(pausing, LUNCH))
    callers = [f"+{next(CALLERS)}" for _ in range(3)]
    async with asyncio.TaskGroup() as group:
        for caller in callers:
            group.create_task(persons.call(patient, caller))
            await asyncio.sleep(1.5)  # the dialplan's own queue keeps the order of whole seconds
        await until(lambda: one.busy and persons.waiting(callers) == 2, 20, "one talks, two wait")
        other.behaviour = Behaviour.NO_ANSWER  # should the dialplan's own queue not know that he is out
        talks = len(one.encounters)
        await centre.kill_engine()
        await until(lambda: len(one.encounters) > talks, 30, "the second talks, without an engine")
        await centre.start_engine()
        paused = f"+{next(CALLERS)}"
        await companies.call(patient, paused)
        assert (await centre.ended(paused))["operator"] == working.extension
    calls = [await centre.ended(caller, within_s=30) for caller in callers]
    assert all(call["operator"] == one.extension and call["talk_s"] >= 4 for call in calls)
    ended = [call["ended_at"] for call in calls]
    assert ended == sorted(ended)
