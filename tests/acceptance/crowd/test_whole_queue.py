"""Thirty-six callers and ten operators at once on real telephones, judged by the database when all is over.

Who comes while all pause waits; some of these hang up, some are rung back. One operator never answers, others pause
again and come back. What every caller must have is in his role; what the queue must never do is in queue_story.py.
"""

import asyncio
import socket
import wave
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from ivr.simulate.city.ear import Ear
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Behaviour, Leg, OperatorPhone, Script
from tests.acceptance.conftest import CALLERS, city_of
from tests.acceptance.harness import NUMBER, OPEN, CentreUnderTest, free_port, until
from tests.acceptance.programme import Programme, set_state
from tests.acceptance.queue_story import log_of, offered_twice, overtaken, untrue_promises

pytestmark = pytest.mark.asyncio(loop_scope="module")

COMPANIES = "88005550101"
BOTH = ["persons", "companies"]
NEVER_ANSWERS = "110"
STAFF: Mapping[str, Sequence[str]] = {
    **{extension: ["persons"] for extension in ("101", "102", "103", "104", "105", "106", NEVER_ANSWERS)},
    **{extension: ["companies"] for extension in ("107", "108")},
    "109": BOTH,
}
BILLING = ("105", "106", "109")
PAUSE_AGAIN = ("102", "103", "104", "106", "107", "109")
SKILL = {"billing": 6}
SPACING_S = 0.4
TALK_S = 3.0
CALLBACK_TALK_S = 16.0  # from his answer: the customer is dialled and told who calls in that time
LONG_S = 120.0
"""No wait here comes near to it, unless the machine is very busy."""


@dataclass(frozen=True)
class Role:
    """What a caller does, and what must have become of him."""

    kind: str
    outcome: str = "operator"
    number: str = NUMBER
    mark: str = ""
    leaves: bool = False
    orders: bool = False


PERSON, MARKS = Role("persons"), Role("persons", mark="5")
BALANCE = Role("balance")
COMPANY = Role("companies", number=COMPANIES)
LEAVES = Role("persons", "operator_missed", leaves=True)
RUNG_BACK = Role("persons", "served", mark="4", orders=True)
FIRST = [PERSON, BALANCE, COMPANY, MARKS, LEAVES, RUNG_BACK] * 3 + [PERSON, PERSON, BALANCE, COMPANY, MARKS, PERSON]
SECOND = [PERSON, PERSON, BALANCE, PERSON, COMPANY, PERSON, MARKS, PERSON, COMPANY, PERSON, BALANCE, PERSON]


@pytest.fixture(scope="module")
def trunk() -> int:
    return free_port(socket.SOCK_DGRAM)


@pytest.fixture(scope="module")
def new_centre(
    new_centre: Callable[..., CentreUnderTest], trunk: int, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., CentreUnderTest]:
    agents: Path = tmp_path_factory.mktemp("agents")
    operators = [
        {
            "name": f"Оператор {extension}",
            "extension": extension,
            "queues": [*queues, "fallback"],
            "skills": SKILL if extension in BILLING else {"readings": 5},
        }
        for extension, queues in STAFF.items()
    ]
    (agents / "operators.yaml").write_text(yaml.safe_dump({"operators": operators}), encoding="utf-8")
    queue = {
        "wrap_up_s": 1,
        "ring_s": 5,
        "skills": {"balance": {"billing": 5}},
        "skills_for_s": 3600,
        "storm": {"detect": False},
        "callbacks": {"hours": dict(OPEN), "tries": 3, "gap_minutes": 0.05, "ring_s": 15, "offer_after_s": 3600},
    }

    def make(**options: object) -> CentreUnderTest:
        return new_centre(agents=str(agents), lines={COMPANIES: "companies"}, queue=queue, trunk=trunk, **options)

    return make


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def phones() -> dict[str, OperatorPhone]:
    phones = {extension: OperatorPhone(extension) for extension in STAFF}
    phones[NEVER_ANSWERS].behaviour = Behaviour.NO_ANSWER
    for phone in phones.values():
        phone.script = works(phone)
    return phones


def works(phone: OperatorPhone) -> Callable[[Leg], Any]:
    async def operator(leg: Leg) -> None:
        rings_back = "Обратный" in phone.encounters[-1].shown
        await leg.until_hung_up(CALLBACK_TALK_S if rings_back else TALK_S)

    return operator


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(
    centre: CentreUnderTest,
    ear: Ear,
    phones: dict[str, OperatorPhone],
    trunk: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[City]:
    async with city_of(centre, ear, list(phones.values()), tmp_path_factory, trunk) as one:
        await one.registered(within_s=60)
        yield one


@dataclass
class People:
    """Those who ring. `roles`: by the caller's number."""

    centre: CentreUnderTest
    city: City
    roles: dict[str, Role]

    async def ring(self, roles: Sequence[Role]) -> None:
        """One after another; back when the last of their calls is over."""
        async with asyncio.TaskGroup() as group:
            for role in roles:
                caller = f"+{next(CALLERS)}"
                self.roles[caller] = role
                group.create_task(self._call(caller, role))
                await asyncio.sleep(SPACING_S)

    async def _call(self, caller: str, role: Role) -> None:
        async def person(leg: Leg) -> None:
            await self._reaches(leg, caller, "main", "companies")
            if role.kind == "balance":
                await presses(leg, "2", lambda: "owner" in self._nodes(caller))
            await presses(leg, "0", lambda: self.told(caller))
            if role.leaves:
                await leg.wait(2.0)
                await leg.hang_up()
            if role.orders:
                number = caller.removeprefix("+")
                self.city.subscribers[number] = OperatorPhone(number, script=self._marks(caller, role.mark))
                await presses(leg, "1", lambda: self.centre.rows("SELECT id FROM callbacks WHERE number = ?", caller))
            elif role.mark:
                await self._marks(caller, role.mark)(leg)
            await leg.until_hung_up(LONG_S)

        await self.city.call(person, number=role.number, caller=caller, answer_within_s=30)

    def _marks(self, caller: str, mark: str) -> Script:
        async def person(leg: Leg) -> None:
            await until(lambda: "talk_ended" in self.told(caller), LONG_S, f"the talk of {caller} is over")
            await presses(leg, mark, lambda: marked(self.centre, caller))
            await leg.until_hung_up(30)

        return person

    async def _reaches(self, leg: Leg, caller: str, *nodes: str) -> None:
        await until(lambda: leg.hung_up or {*nodes} & self._nodes(caller), LONG_S, f"{caller} hears the menu")

    def _nodes(self, caller: str) -> set[str]:
        query = "SELECT node FROM call_steps WHERE call_id IN (SELECT id FROM calls WHERE caller = ?)"
        return {row["node"] for row in self.centre.rows(query, caller)}

    def told(self, caller: str) -> list[str]:
        """What the queue's log tells of him."""
        query = "SELECT what FROM queue_log WHERE entry IN (SELECT id FROM calls WHERE caller = ?) ORDER BY id"
        return [row["what"] for row in self.centre.rows(query, caller)]

    def settled(self, count: int) -> bool:
        """So many stand in the line, have left it, or will be rung back."""
        query = "SELECT count(DISTINCT entry) AS n FROM queue_log WHERE what IN ('waits', 'offered')"
        ordered = "SELECT count(*) AS n FROM callbacks"
        left = "SELECT count(*) AS n FROM queue_log WHERE what = 'left'"
        wanted = (count, FIRST.count(RUNG_BACK), FIRST.count(LEAVES))
        return tuple(self.centre.rows(each)[0]["n"] for each in (query, ordered, left)) == wanted


async def presses(leg: Leg, key: str, done: Callable[[], object]) -> None:
    """Again and again until it has worked, as people do."""
    for _ in range(20):
        await leg.wait(1.0)
        if done():
            return
        await leg.press(key)
        with suppress(AssertionError):
            return await until(done, 6.0, f"{key} has worked")  # a number may go on for 4 s
    raise AssertionError(f"{key} does not work: {leg.moments}")


async def test_thirty_six_callers_and_ten_operators(
    centre: CentreUnderTest, city: City, phones: dict[str, OperatorPhone]
) -> None:
    people = People(centre, city, {})

    async def all_set(extensions: Sequence[str], **asked: str) -> None:
        await asyncio.gather(*(set_state(Programme(centre, each), **asked) for each in extensions))

    await all_set(list(STAFF), state="pause", reason="meeting")
    async with asyncio.TaskGroup() as group:
        group.create_task(people.ring(FIRST))
        await until(lambda: people.settled(len(FIRST)), LONG_S, "all of the first wait, have left, or have ordered")
        await all_set(list(STAFF), state="ready")
    await until(lambda: not waiting_for_callback(centre), LONG_S, "everybody is rung back")
    await all_set(PAUSE_AGAIN, state="pause", reason="rest")
    async with asyncio.TaskGroup() as group:
        group.create_task(people.ring(SECOND))
        await until(lambda: promises(centre), LONG_S, "somebody was promised a time, and was answered")
        await all_set(PAUSE_AGAIN, state="ready")
    await judge(centre, people)


def waiting_for_callback(centre: CentreUnderTest) -> list[dict[str, Any]]:
    return centre.rows("SELECT id FROM callbacks WHERE ended IS NULL")


def promises(centre: CentreUnderTest) -> list[dict[str, Any]]:
    return centre.rows("SELECT id FROM queue_log WHERE what = 'promised'")


async def judge(centre: CentreUnderTest, people: People) -> None:
    legs = {row["leg"]: row for row in centre.rows("SELECT * FROM callbacks")}
    await until(lambda: all(map(is_closed, centre.rows("SELECT * FROM calls"))), 30, "all calls are closed")
    calls = centre.rows("SELECT * FROM calls")
    everybody_has_an_outcome(people, [call for call in calls if call["id"] not in legs])
    assert [row["stage"] for row in legs.values()] == ["reached"] * FIRST.count(RUNG_BACK)
    assert {legs[call["id"]]["number"] for call in calls if call["id"] in legs and call["outcome"] == "operator"} == {
        caller for caller, role in people.roles.items() if role.orders
    }
    marks = {caller: role.mark for caller, role in people.roles.items() if role.mark}
    assert marked(centre, *marks) == list(marks.values())
    log = log_of(centre)
    kinds = {call["id"]: people.roles[call["caller"]].kind for call in calls}
    assert offered_twice(log) == []
    assert overtaken(log, kinds) == []
    assert untrue_promises(log) == []
    assert {row.operator for row in log if row.what == "set_aside"} >= {NEVER_ANSWERS}
    talks = {row.entry: row.operator for row in log if row.what == "answered"}
    assert {operator for entry, operator in talks.items() if kinds[entry] == "balance"} <= set(BILLING)
    assert all(kind in (*STAFF[talks[entry]], "balance") for entry, kind in kinds.items() if entry in talks)
    for call in calls:
        if call["outcome"] == "operator":
            is_recorded(centre, call)


def is_closed(call: Mapping[str, Any]) -> bool:
    return bool(call["ended_at"]) and str(call["recording"]).endswith(".wav")


def everybody_has_an_outcome(people: People, calls: Sequence[Mapping[str, Any]]) -> None:
    """One call each, and it ended as its role says."""
    told = sorted((call["caller"], call["outcome"]) for call in calls)
    assert told == sorted((caller, role.outcome) for caller, role in people.roles.items())


def marked(centre: CentreUnderTest, *callers: str) -> list[str]:
    """The marks of these callers, in their order."""
    query = "SELECT m.mark, c.caller FROM marks m JOIN calls c ON c.id = m.call_id"
    marks = {row["caller"]: str(row["mark"]) for row in centre.rows(query)}
    return [marks[caller] for caller in callers if caller in marks]


def is_recorded(centre: CentreUnderTest, call: Mapping[str, Any]) -> None:
    """Both sides, from the answer to the end."""
    began, ended = (datetime.fromisoformat(call[name]) for name in ("answered_at", "ended_at"))
    with wave.open(str(centre.recording(call))) as recording:
        seconds = recording.getnframes() / recording.getframerate()
        assert recording.getnchannels() == 2
    assert seconds == pytest.approx((ended - began).total_seconds(), abs=3.0)
