"""A call to a number of its own begins at its line of the flow, however the carrier writes the number."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from ivr.dialogue.model import Ending, Fact, Failure, Gather, NoInput, Prompt, Record, Request, Taken
from ivr.domain.call import Audit, Call, CallId, Contact, Step
from ivr.domain.errors import CallerHungUp
from ivr.service.calls import CallService
from tests.flows.scenario import preset

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


class HungUpAtTheFirstQuestion:
    """A caller who listens until he is asked something; `heard` is all that was said to him."""

    call_id = CallId("c")
    caller = "+79990000001"

    hears = False

    def __init__(self, dialled: str) -> None:
        self.dialled = dialled
        self.heard: list[str] = []

    async def say(self, prompt: Prompt, *, interruptible: bool) -> None:
        self.heard += [phrase.name or phrase.text for phrase in prompt]

    async def gather(self, gather: Gather) -> NoInput:
        self.heard += [phrase.name or phrase.text for phrase in gather.prompt]
        raise CallerHungUp

    async def record(self, record: Record) -> Taken:
        raise CallerHungUp

    async def finish(self, ending: Ending) -> None: ...


class NoServices:
    def begin(self, call: Call) -> None: ...

    async def answer(self, call_id: CallId, request: Request) -> Failure:
        return Failure("unknown_request")

    def forget(self, call_id: CallId) -> None: ...


class Forgetful:
    def begin(self, call: Call) -> None: ...

    def step(self, call_id: CallId, step: Step) -> None: ...

    def identified(self, call: Call) -> None: ...

    def contact(self, contact: Contact) -> None: ...

    def audit(self, audit: Audit) -> None: ...

    def end(self, call: Call) -> None: ...


async def facts(phone: object) -> Mapping[str, Fact]:
    return {"supplier": "Энергосбыт", "open": True, "caller_before": False}


@pytest.mark.parametrize(
    ("dialled", "asked"),
    [
        ("4722770849", "account_ask"),
        ("+74722770849", "account_ask"),
        ("84722770849", "account_ask"),
        ("1357", "account_ask"),
        ("88005550100", "main_menu"),
        ("", "main_menu"),
    ],
)
async def test_the_number_that_was_rung_decides_where_the_call_begins(dialled: str, asked: str) -> None:
    flow = preset("belgorod")
    lines = {"4722770849": "readings_line", "1357": "readings_line"}
    service = CallService(lambda: flow, NoServices(), Forgetful(), facts, lambda: NOW, lines=lines)
    phone = HungUpAtTheFirstQuestion(dialled)
    await service.handle(phone)
    assert (phone.heard[0], phone.heard[-1]) == ("recording_notice", asked)
