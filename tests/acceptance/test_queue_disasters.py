"""Several callers in line when the worst happens: engine killed, Asterisk restarted, every operator gone, a storm.

Order is what operators' telephones saw: who talked with whom, and when.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
import yaml

from ivr.adapters.speech import SystemVoice
from ivr.dialogue.model import Phrase
from ivr.places import voice_settings
from ivr.simulate.city.ear import Ear
from ivr.simulate.city.network import City
from ivr.simulate.city.people import Leg, OperatorPhone, Script
from tests.acceptance.callers import LONG_S, asks_for_an_operator, patient
from tests.acceptance.conftest import CALLERS, city_of
from tests.acceptance.harness import NUMBER, CentreUnderTest, Sounds, until
from tests.acceptance.programme import Programme, set_state
from tests.acceptance.queue_story import TIE_S, log_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

COMPANIES = "88005550101"
STAFF = {"101": ["persons", "companies", "fallback"], "102": ["persons", "fallback"]}
TALK_S = 3.0
LONG_TALK_S = 15.0
OVER_S = 30.0  # so long one talks that the others are in line, told of the storm, and let to the other queue
SPACING_S = 1.5  # the dialplan's own queue keeps the order of whole seconds
STORM = "Авария в Октябрьском районе, свет дадут к восьми вечера."


@pytest.fixture(scope="module")
def new_centre(
    new_centre: Callable[..., CentreUnderTest], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., CentreUnderTest]:
    agents: Path = tmp_path_factory.mktemp("agents")
    operators = [
        {"name": f"Оператор {extension}", "extension": extension, "queues": queues}
        for extension, queues in STAFF.items()
    ]
    (agents / "operators.yaml").write_text(yaml.safe_dump({"operators": operators}), encoding="utf-8")
    queue = {
        "wrap_up_s": 0,
        "ring_s": 5,
        "mark": False,
        "storm": {"detect": False},
        "priority": {"companies": 1},
        "overflow": {"companies": {"to": "persons", "after_s": 6}},
    }

    def make(**options: object) -> CentreUnderTest:
        return new_centre(agents=str(agents), lines={COMPANIES: "companies"}, queue=queue, **options)

    return make


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ear(centre: CentreUnderTest) -> Ear:
    voice = SystemVoice(voice_settings(centre.centre))
    try:
        return await Sounds(centre).ear(("storm", await voice.sound(Phrase(STORM))))
    finally:
        await voice.close()


class Answers:
    """Who was answered, and when, over all operators' telephones."""

    def __init__(self) -> None:
        self.order: list[str] = []
        self.at: dict[str, float] = {}
        self.talk_s = TALK_S

    def operator(self, phone: OperatorPhone) -> Script:
        async def answers(leg: Leg) -> None:
            caller = f"+{phone.encounters[-1].caller.removeprefix('+')}"
            self.order.append(caller)
            self.at[caller] = asyncio.get_running_loop().time()
            await leg.until_hung_up(self.talk_s)

        return answers

    def in_order(self, callers: Sequence[str]) -> bool:
        """No one of them was answered clearly before another who had come earlier."""
        at = [self.at[caller] for caller in callers]
        return all(later > first - TIE_S for place, first in enumerate(at) for later in at[place + 1 :])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def answers() -> Answers:
    return Answers()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def phones(answers: Answers) -> list[OperatorPhone]:
    phones = [OperatorPhone(extension) for extension in STAFF]
    for phone in phones:
        phone.script = answers.operator(phone)
    return phones


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(
    centre: CentreUnderTest, ear: Ear, phones: list[OperatorPhone], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[City]:
    async with city_of(centre, ear, phones, tmp_path_factory) as one:
        await one.registered(30)
        yield one


@pytest_asyncio.fixture(loop_scope="module")
async def whole(centre: CentreUnderTest, city: City, answers: Answers) -> AsyncIterator[CentreUnderTest]:
    """The centre; whatever a test broke is whole again after it."""
    yield centre
    answers.talk_s = TALK_S
    if centre.engine is None or centre.engine.returncode is not None:
        await centre.start_engine()
    await city.register_again()
    await city.registered(30)
    await all_set(centre, "ready")


def new(count: int) -> list[str]:
    return [f"+{next(CALLERS)}" for _ in range(count)]


async def all_set(centre: CentreUnderTest, state: str, **more: str) -> None:
    for extension in STAFF:
        await set_state(Programme(centre, extension), state=state, **more)


def in_line(centre: CentreUnderTest, callers: Sequence[str]) -> int:
    """How many of them are in the queue's log."""
    rows = centre.rows("SELECT DISTINCT caller FROM calls WHERE id IN (SELECT entry FROM queue_log)")
    return len({row["caller"] for row in rows} & set(callers))


def told(centre: CentreUnderTest, caller: str) -> list[str]:
    call = centre.call_of(caller)
    return [row.what for row in log_of(centre) if row.entry == call["id"]]


async def test_killed_with_callers_in_talk_in_line_and_in_the_menu(
    whole: CentreUnderTest, city: City, answers: Answers
) -> None:
    """Talks go on; all others are answered in their order, while the engine is away and after it is back."""
    talking, waiting, in_menu = new(2), new(5), new(2)
    ended: dict[str, float] = {}
    reached: set[str] = set()
    killed = asyncio.Event()
    answers.talk_s = LONG_TALK_S

    def in_the_menu(caller: str) -> Script:
        async def person(leg: Leg) -> None:
            await leg.hears("main_menu")
            reached.add(caller)
            await killed.wait()
            await leg.hears("fixed_lost", within_s=20)
            await leg.until_hung_up(LONG_S)

        return person

    async def call(person: Script, caller: str) -> None:
        await city.call(person, number=NUMBER, caller=caller)
        ended[caller] = asyncio.get_running_loop().time()

    async with asyncio.TaskGroup() as group:
        for caller in talking:
            group.create_task(call(patient, caller))
        await until(lambda: set(talking) <= set(answers.order), 40, "two talk")
        answers.talk_s = TALK_S
        for caller in waiting:
            group.create_task(call(patient, caller))
            await asyncio.sleep(SPACING_S)
        for caller in in_menu:
            group.create_task(call(in_the_menu(caller), caller))
        await until(
            lambda: in_line(whole, waiting) == len(waiting) and len(reached) == 2, 40, "all are in their places"
        )
        await whole.kill_engine()
        killed_at = asyncio.get_running_loop().time()
        killed.set()
        await whole.start_engine()
    assert all(ended[caller] > killed_at for caller in talking)
    calls = {caller: await whole.ended(caller, within_s=30) for caller in (*talking, *waiting, *in_menu)}
    assert all(calls[caller]["talk_s"] >= LONG_TALK_S - 4 for caller in talking)
    assert [calls[caller]["outcome"] for caller in (*talking, *waiting)] == ["operator"] * 7
    assert [calls[caller]["outcome"] for caller in in_menu] == ["fallback"] * 2
    assert sorted(answers.order) == sorted((*talking, *waiting, *in_menu))
    assert answers.in_order([*waiting, in_menu[0]]) and answers.in_order([*waiting, in_menu[1]])


async def test_asterisk_restarted_with_callers_in_line(whole: CentreUnderTest, city: City, answers: Answers) -> None:
    """Their calls are gone, and are told as such; nobody is rung for them, and the next caller is served."""
    await all_set(whole, "pause", reason="rest")
    waiting, restarted = new(3), asyncio.Event()

    async def cut(leg: Leg) -> None:
        await asks_for_an_operator(leg)
        await restarted.wait()
        await leg.hang_up()

    async with asyncio.TaskGroup() as group:
        for caller in waiting:
            group.create_task(city.call(cut, number=NUMBER, caller=caller, check=False))
        await until(lambda: in_line(whole, waiting) == 3, 40, "three wait")
        await whole.restart_asterisk()
        restarted.set()
    await whole.ready()
    for caller in waiting:
        call = await whole.ended(caller, within_s=40)
        assert (call["outcome"], call["reason"]) == ("lost", "asterisk_stopped")
        await until(lambda caller=caller: told(whole, caller)[-1] == "left", 20, f"{caller} has left the line")
    await city.register_again()
    await city.registered(30)
    await all_set(whole, "ready")
    (caller,) = new(1)
    await city.call(patient, number=NUMBER, caller=caller)
    assert (await whole.ended(caller))["outcome"] == "operator"
    assert not set(waiting) & set(answers.order)


async def test_all_operators_gone_with_callers_in_line(whole: CentreUnderTest, city: City, answers: Answers) -> None:
    """One logs out, the other's telephone is gone. Who waits is told that nobody can answer."""
    await all_set(whole, "pause", reason="rest")
    waiting = new(3)
    heard: list[str] = []

    async def person(leg: Leg) -> None:
        await asks_for_an_operator(leg)
        heard.append((await leg.hears("queue_nobody", within_s=60)).name)
        await leg.until_hung_up(20)

    async with asyncio.TaskGroup() as group:
        for caller in waiting:
            group.create_task(city.call(person, number=NUMBER, caller=caller))
        await until(lambda: in_line(whole, waiting) == 3, 40, "three wait")
        await Programme(whole, "101").post("desk/state", state="out")
        await city.unregister("102")
    assert heard == ["queue_nobody"] * 3
    for caller in waiting:
        call = await whole.ended(caller)
        assert (call["outcome"], call["operator"]) == ("operator_missed", "")
        assert told(whole, caller) == ["waits", "released"]
    assert not set(waiting) & set(answers.order)


async def test_a_queue_that_goes_first_overflows_and_all_who_wait_are_told_of_a_storm(
    whole: CentreUnderTest, city: City, answers: Answers
) -> None:
    """Companies come last and go first, also where only an operator of persons is left to take them."""
    await set_state(Programme(whole, "101"), state="pause", reason="rest")
    talking, persons, companies = new(1), new(2), new(2)
    answers.talk_s = OVER_S

    async def person(leg: Leg) -> None:
        await asks_for_an_operator(leg)
        await leg.hears("storm", within_s=LONG_S)
        await leg.until_hung_up(LONG_S)

    async with asyncio.TaskGroup() as group:
        group.create_task(city.call(patient, number=NUMBER, caller=talking[0]))
        await until(lambda: answers.order[-1:] == talking, 40, "one talks")
        answers.talk_s = TALK_S
        for number, callers in ((NUMBER, persons), (COMPANIES, companies)):
            for caller in callers:
                group.create_task(city.call(person, number=number, caller=caller))
                await asyncio.sleep(SPACING_S)
        await until(lambda: in_line(whole, [*persons, *companies]) == 4, 40, "four wait")
        storm = await whole.command("queue", "storm", "on", STORM)
        assert await storm.wait() == 0
        await until(lambda: all("overflowed" in told(whole, caller) for caller in companies), 40, "companies overflow")
    calm = await whole.command("queue", "storm", "off")
    assert await calm.wait() == 0
    assert {(await whole.ended(caller))["operator"] for caller in (*persons, *companies)} == {"102"}
    assert answers.in_order([*companies, *persons])
