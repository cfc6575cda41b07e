"""A caller's dialogue ends in one of three ways, whatever happens in it; nothing personal is logged."""

import asyncio
import dataclasses
import itertools
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivr.dialogue.loader import load
from ivr.dialogue.model import (
    Ending,
    EndingKind,
    Fact,
    Failure,
    Gather,
    Match,
    NoInput,
    NoMatch,
    Prompt,
    Reply,
    Request,
)
from ivr.domain.call import Began, Call, CallId, Contact, Ended, Outcome, Record, Step, Stepped
from ivr.domain.errors import CallerHungUp, LineLost, PhoneFailed
from ivr.service.calls import APOLOGY, MOMENT, CallService
from ivr.service.flows import FlowShelf
from ivr.service.ports import Phone

FLOW = load((Path(__file__).parent / "small.yaml").read_text(encoding="utf-8"), "small.yaml")
CALLER = "+79991234567"
ACCOUNT = "5001234567"
BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OPEN = {"open": True}
HOURS = Reply({"open": True, "timetable": "", "next_open": ""})
FOUND = Reply({"account_found": True, "account": ACCOUNT, "registers": 0})

Answer = Match | NoMatch | NoInput | Exception | asyncio.Event


class FakePhone:
    """Answers gathers from `answers`; an error there is raised. `broken` gives an error for a text or for "finish"."""

    call_id = CallId("centre-1.1")
    caller = CALLER
    dialled = "88005550100"
    hears = False

    def __init__(self, *answers: Answer, broken: Mapping[str, Exception] | None = None) -> None:
        self._answers = list(answers)
        self._broken = broken or {}
        self.heard: list[str] = []
        self.endings: list[Ending] = []

    async def say(self, prompt: Prompt, *, interruptible: bool) -> None:
        for phrase in prompt:
            if phrase.name in self._broken:
                raise self._broken[phrase.name]
            self.heard.append(phrase.name or phrase.text)

    async def gather(self, gather: Gather) -> Match | NoMatch | NoInput:
        await self.say(gather.prompt, interruptible=gather.interruptible)
        answer = self._answers.pop(0)
        if isinstance(answer, asyncio.Event):  # the caller thinks until he is told
            await answer.wait()
            raise AssertionError("nobody should tell him")
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def finish(self, ending: Ending) -> None:
        if "finish" in self._broken:
            raise self._broken["finish"]
        self.endings.append(ending)


class FakeServices:
    """Answers requests by their kind; an Event is waited for, an error raised. `slow_s` is how long each takes."""

    def __init__(self, **answers: Reply | Failure | Exception | asyncio.Event) -> None:
        self._answers = {"hours": HOURS, "account": FOUND} | answers
        self.begun: list[CallId] = []
        self.forgotten: list[CallId] = []
        self.answered: list[str] = []
        self.slow_s = 0.0

    def begin(self, call: Call) -> None:
        self.begun.append(call.id)

    async def answer(self, call_id: CallId, request: Request) -> Reply | Failure:
        await asyncio.sleep(self.slow_s)
        self.answered.append(request.kind)
        answer = self._answers[request.kind]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, asyncio.Event):
            await answer.wait()
            return Failure("woken")
        return answer

    def forget(self, call_id: CallId) -> None:
        self.forgotten.append(call_id)


class Notebook:
    """A recorder that keeps what it is given."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.known: list[str] = []

    def begin(self, call: Call) -> None:
        self.records.append(Began(call))

    def step(self, call_id: CallId, step: Step) -> None:
        self.records.append(Stepped(call_id, step))

    def identified(self, call: Call) -> None:
        assert call.outcome is Outcome.OPEN
        self.known.append(call.account)

    def contact(self, contact: Contact) -> None:
        self.records.append(contact)

    def end(self, call: Call) -> None:
        self.records.append(Ended(call))

    @property
    def steps(self) -> list[Step]:
        return [record.step for record in self.records if isinstance(record, Stepped)]


class Desk:
    """One service with fakes at its ports; `clock` moves a second at each look."""

    def __init__(self, services: FakeServices | None = None, facts: Mapping[str, Fact] | Exception = OPEN) -> None:
        self.services = services or FakeServices()
        self.notebook = Notebook()
        self.shelf = FlowShelf(FLOW)
        ticks = itertools.count()

        async def start(phone: Phone) -> Mapping[str, Fact]:
            if isinstance(facts, Exception):
                raise facts
            return facts

        def clock() -> datetime:
            return BEGAN + timedelta(seconds=next(ticks))

        self.calls = CallService(
            self.shelf.live, self.services, self.notebook, start, clock, request_timeout_s=0.5, dead_air_s=0.01
        )

    async def serve(self, phone: FakePhone) -> Call:
        """The whole call; gives it as it was ended, and sees that nothing of it is left behind."""
        await self.calls.handle(phone)
        return self.ended()

    def ended(self) -> Call:
        first, *_, last = self.notebook.records
        assert isinstance(first, Began) and isinstance(last, Ended)
        assert first.call == Call(FakePhone.call_id, CALLER, FakePhone.dialled, BEGAN, "small", FLOW.version)
        assert self.calls.live == {}
        assert self.services.begun == self.services.forgotten == [first.call.id]
        return last.call


def result(call: Call) -> tuple[Outcome, str]:
    assert (call.ended_at is None) == (call.outcome is Outcome.OPEN)
    return call.outcome, call.reason


def identified(*answers: Answer) -> tuple[Answer, ...]:
    return (Match("1"), Match(ACCOUNT), Match("1"), *answers)


async def test_a_call_that_is_served() -> None:
    desk, phone = Desk(), FakePhone(*identified(Match("2")))
    call = await desk.serve(phone)
    assert result(call) == (Outcome.SERVED, "served")
    assert phone.heard[0] == "notice" and phone.heard[-1] == "bye"
    assert phone.endings == [Ending(EndingKind.HANG_UP, "served")]
    assert call.account == ACCOUNT
    assert desk.notebook.known == [ACCOUNT]  # told once, while the call goes on


async def test_steps_are_numbered_in_order_and_tell_what_was_heard() -> None:
    desk = Desk()
    call = await desk.serve(FakePhone(*identified(Match("2"))))
    steps = desk.notebook.steps
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    assert [(step.node, step.event, step.heard) for step in steps[:4]] == [
        ("notice", "entered", ""),
        ("main", "entered", ""),
        ("main", "match", "1"),
        ("account", "entered", ""),
    ]
    assert (steps[-1].event, steps[-1].result) == ("ended", "served")
    assert call.ended_at is not None and steps[-1].at < call.ended_at


async def test_an_account_that_was_forgotten_in_the_flow_is_still_the_calls() -> None:
    desk = Desk()
    assert (await desk.serve(FakePhone(*identified(Match("3"), Match("2"))))).account == ACCOUNT


async def test_a_caller_handed_to_the_operators_stays_open_for_the_journal() -> None:
    desk, phone = Desk(), FakePhone(Match("0"))
    assert result(await desk.serve(phone)) == (Outcome.OPEN, "asked")
    assert phone.endings == [Ending(EndingKind.OPERATOR, "asked", "persons")]


async def test_a_silent_caller_gets_an_operator() -> None:
    phone = FakePhone(NoInput(), NoInput())
    assert result(await Desk().serve(phone)) == (Outcome.OPEN, "silence")
    assert "help" in phone.heard


async def test_who_hangs_up_in_the_farewell_was_served() -> None:
    phone = FakePhone(Match("2"), broken={"bye": CallerHungUp()})
    assert result(await Desk().serve(phone)) == (Outcome.SERVED, "hung_up_when_done")


async def test_a_call_under_which_asterisk_dies_is_lost() -> None:
    phone = FakePhone(Match("1"), broken={"account": LineLost()})
    assert result(await Desk().serve(phone)) == (Outcome.LOST, "asterisk_stopped")


@pytest.mark.parametrize("place", ["notice", "main", "account"])
async def test_a_hang_up_in_any_word_is_an_abandoned_call(place: str) -> None:
    phone = FakePhone(Match("1"), broken={place: CallerHungUp()})
    assert result(await Desk().serve(phone)) == (Outcome.ABANDONED, "caller_hung_up")
    assert phone.endings == []


async def test_a_hang_up_while_listening_is_an_abandoned_call() -> None:
    desk = Desk()
    call = await desk.serve(FakePhone(*identified(CallerHungUp())))
    assert result(call) == (Outcome.ABANDONED, "caller_hung_up")
    assert call.account == ACCOUNT


async def test_one_who_hangs_up_after_the_last_word_was_served() -> None:
    phone = FakePhone(Match("2"), broken={"finish": CallerHungUp()})
    assert result(await Desk().serve(phone)) == (Outcome.SERVED, "served")


async def test_one_who_hangs_up_on_the_way_to_the_operator_was_not() -> None:
    phone = FakePhone(Match("0"), broken={"finish": CallerHungUp()})
    assert result(await Desk().serve(phone)) == (Outcome.ABANDONED, "caller_hung_up")


async def test_a_failing_phone_is_apologised_for_and_an_operator_comes() -> None:
    phone = FakePhone(broken={"main": PhoneFailed("no sound for 'main'")})
    with capture_logs() as logs:
        assert result(await Desk().serve(phone)) == (Outcome.OPEN, "phone_failed")
    assert phone.heard == ["notice", APOLOGY.name]
    assert phone.endings == [Ending(EndingKind.OPERATOR, "phone_failed")]
    told = [entry for entry in logs if entry["log_level"] == "error"]
    assert [(entry["event"], entry["detail"]) for entry in told] == [("call_failed", "no sound for 'main'")]


@pytest.mark.parametrize("second", [PhoneFailed("nor this"), RuntimeError("nor this")])
async def test_when_the_apology_fails_too_the_operator_still_comes(second: Exception) -> None:
    phone = FakePhone(broken={"main": PhoneFailed("no sound"), APOLOGY.name: second})
    assert result(await Desk().serve(phone)) == (Outcome.OPEN, "phone_failed")
    assert phone.endings == [Ending(EndingKind.OPERATOR, "phone_failed")]


@pytest.mark.parametrize("error", [PhoneFailed("no answer"), RuntimeError("busy")])
async def test_when_nothing_goes_the_dialplan_takes_the_caller_over(error: Exception) -> None:
    phone = FakePhone(broken={"main": PhoneFailed("no answer"), APOLOGY.name: error, "finish": error})
    assert result(await Desk().serve(phone)) == (Outcome.OPEN, "phone_failed")
    assert phone.endings == []


@pytest.mark.parametrize("place", [APOLOGY.name, "finish"])
async def test_a_hang_up_in_the_apology_is_a_failed_call(place: str) -> None:
    phone = FakePhone(broken={"main": PhoneFailed("no sound"), place: CallerHungUp()})
    assert result(await Desk().serve(phone)) == (Outcome.FAILED, "phone_failed")


@pytest.mark.parametrize(
    ("desk", "answers"),
    [
        (Desk(facts=KeyError(ACCOUNT)), ()),
        (Desk(FakeServices(account=KeyError(ACCOUNT))), identified()),
        (Desk(), (Match("1"), ValueError(ACCOUNT))),
    ],
    ids=["facts", "service", "phone"],
)
async def test_what_nobody_expected_ends_at_an_operator_too(desk: Desk, answers: tuple[Answer, ...]) -> None:
    phone = FakePhone(*answers)
    assert result(await desk.serve(phone)) == (Outcome.OPEN, "internal_error")
    assert phone.heard[-1] == APOLOGY.name
    assert phone.endings == [Ending(EndingKind.OPERATOR, "internal_error")]


async def test_a_service_that_fails_is_the_flows_to_explain() -> None:
    desk, phone = Desk(FakeServices(account=Failure("store_unavailable"))), FakePhone(*identified())
    assert result(await desk.serve(phone)) == (Outcome.OPEN, "store_unavailable")
    assert "apology" in phone.heard
    assert [step.result for step in desk.notebook.steps if step.event == "failure"] == ["store_unavailable"]


async def test_a_service_that_does_not_answer_in_time_is_a_failure() -> None:
    desk, phone = Desk(FakeServices(account=asyncio.Event())), FakePhone(*identified())
    assert result(await desk.serve(phone)) == (Outcome.OPEN, "timeout")
    assert [step.result for step in desk.notebook.steps if step.event == "failure"] == ["timeout"]


@pytest.mark.parametrize("broken", [{}, {MOMENT.name: PhoneFailed("no sound")}], ids=["said", "not said"])
async def test_a_service_that_takes_its_time_is_asked_to_be_waited_for(broken: dict[str, Exception]) -> None:
    desk, phone = Desk(), FakePhone(*identified(Match("2")), broken=broken)
    desk.services.slow_s = 0.05
    call = await desk.serve(phone)
    assert result(call) == (Outcome.SERVED, "served")
    assert call.account == ACCOUNT
    assert (MOMENT.name in phone.heard) == (not broken)


async def test_a_service_that_answers_at_once_needs_no_such_words() -> None:
    desk, phone = Desk(), FakePhone(*identified(Match("2")))
    await desk.serve(phone)
    assert MOMENT.name not in phone.heard


async def test_what_was_asked_for_is_done_though_the_caller_hangs_up_meanwhile() -> None:
    desk, phone = Desk(), FakePhone(*identified(), broken={MOMENT.name: CallerHungUp()})
    desk.services.slow_s = 0.05
    assert result(await desk.serve(phone)) == (Outcome.ABANDONED, "caller_hung_up")
    assert desk.services.answered == ["account"]


async def test_a_call_cut_by_a_stop_is_left_to_the_dialplan_with_all_that_was_learnt() -> None:
    desk, phone = Desk(), FakePhone(*identified(asyncio.Event()))
    call = asyncio.create_task(desk.calls.handle(phone))
    async with asyncio.timeout(5):
        while phone.heard.count("main") < 2:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert desk.calls.live[FakePhone.call_id].node == "main"
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert phone.endings == []
    ended = desk.ended()
    assert result(ended) == (Outcome.OPEN, "engine_stopped")
    assert ended.account == ACCOUNT


async def test_a_call_ends_on_the_version_it_began_with() -> None:
    desk, thinking = Desk(), FakePhone(*identified(Match("2")))

    async def publish_and_start(phone: Phone) -> Mapping[str, Fact]:
        desk.shelf.publish(dataclasses.replace(FLOW, version="newer"))
        return OPEN

    desk.calls = CallService(desk.shelf.live, desk.services, desk.notebook, publish_and_start, lambda: BEGAN)
    assert (await desk.serve(thinking)).flow_version == FLOW.version
    assert desk.shelf.live().version == "newer"


async def test_logs_hold_nothing_of_the_caller() -> None:
    with capture_logs() as logs:
        await Desk().serve(FakePhone(*identified(NoMatch("7777777"), Match("2"))))
        await Desk(FakeServices(account=Failure("timeout"))).serve(FakePhone(*identified()))
        await Desk().serve(FakePhone(CallerHungUp()))
    assert {entry["event"] for entry in logs} == {"call_started", "call_step", "dialogue_ended"}
    for personal in (ACCOUNT, CALLER.lstrip("+"), "7777777"):
        assert personal not in repr(logs)


class Listener(FakePhone):
    """A phone whose line brings no sound in the gather after so many."""

    def __init__(self, *answers: Answer, deaf_after: int) -> None:
        super().__init__(*answers)
        self.hears = True
        self.gathers: list[Gather] = []
        self._deaf_after = deaf_after

    async def gather(self, gather: Gather) -> Match | NoMatch | NoInput:
        self.gathers.append(gather)
        self.hears = self.hears and len(self.gathers) <= self._deaf_after
        return await super().gather(gather)


@pytest.mark.parametrize(("deaf_after", "listened"), [(9, [True, True, True]), (1, [True, True, False])])
async def test_a_line_that_turns_out_deaf_is_asked_by_keys_from_then_on(deaf_after: int, listened: list[bool]) -> None:
    desk = Desk(facts={**OPEN, "hearing": True})
    phone = Listener(Match("1"), Match(ACCOUNT), CallerHungUp(), deaf_after=deaf_after)
    await desk.serve(phone)
    assert [gather.asks is not None for gather in phone.gathers] == listened
