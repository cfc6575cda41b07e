"""What a call leaves behind: its contacts, as the flow goes; recording goes to the phone."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from ivr.dialogue.loader import load
from ivr.dialogue.model import (
    Ending,
    Fact,
    Failure,
    Gather,
    Match,
    NoInput,
    NoMatch,
    Prompt,
    Record,
    Reply,
    Request,
    Taken,
)
from ivr.domain.call import Call, CallId, Contact, Outcome, Result, Step
from ivr.domain.errors import CallerHungUp
from ivr.service.calls import CallService
from ivr.service.ports import Phone

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
FLOW = load(
    """
flow: small
start: notice
root: main
operator: operator
silence: hello
mistake: hello
failure: sorry
queues: {all: {mon-fri: "08:00-20:00"}}
nodes:
  notice: {kind: say, say: hello, next: main}
  main: {kind: menu, say: choose, silence: help, keys: {"1": owner, "2": pay, "3": announce}}
  owner: {kind: identify, topic: balance, ask: hello, silence: help, confirm: choose, unknown: sorry, next: pay}
  pay: {kind: tell, what: pay, topic: payment, item: how, none: sorry, next: main}
  announce:
    {kind: announce, topic: news, pin: hello, pin_silence: help, pin_wrong: sorry, locked: sorry, tasks: choose,
     tasks_silence: help, record: hello, too_short: sorry, review: choose, first: hello, last: hello, day_silence: help,
     day_wrong: sorry, dates: choose, published: hello, keep: choose, withdrawn: hello, none: hello, next: main}
  operator: {kind: operator, queue: all, connecting: hello, closed: sorry}
texts: {hello: Здравствуйте., choose: Выберите., help: Нажмите кнопку., sorry: Извините., how: "{pay_how:text}"}
""",
    "small.yaml",
)
REPLIES: Mapping[str, dict[str, Fact]] = {
    "account": {"account_found": True, "account": "1000000001", "registers": 0},
    "tell": {"tell_count": 1, "tell_1_pay_how": "На сайте"},
    "news_pin": {"news_author": True},
    "hours": {"open": True},
}


class ScriptedPhone:
    """Presses the keys of its script, then hangs up."""

    call_id = CallId("c")
    caller = "+79990000001"
    dialled = "88005550100"
    hears = False

    def __init__(self, *keys: str) -> None:
        self.keys = list(keys)
        self.ended: Ending | None = None
        self.recorded: list[Record] = []

    async def say(self, prompt: Prompt, *, interruptible: bool) -> None:
        return

    async def gather(self, gather: Gather) -> Match | NoMatch | NoInput:
        if not self.keys:
            raise CallerHungUp
        key = self.keys.pop(0)
        return NoMatch(key) if key == "0" else Match(key)

    async def record(self, record: Record) -> Taken:
        self.recorded.append(record)
        return Taken("take-c-1.wav", 3.0)

    async def finish(self, ending: Ending) -> None:
        self.ended = ending


class Books:
    """Recorder and services of a call in memory; `broken` answers nothing."""

    def __init__(self, *, broken: bool = False) -> None:
        self.contacts: dict[int, Contact] = {}
        self.calls: list[Call] = []
        self.begun: list[CallId] = []
        self.broken = broken

    async def answer(self, call_id: CallId, request: Request) -> Reply | Failure:
        if self.broken:
            raise ZeroDivisionError
        return Reply(REPLIES[request.kind])

    def begin(self, call: Call) -> None:
        self.begun.append(call.id)

    def forget(self, call_id: CallId) -> None:
        return

    def step(self, call_id: CallId, step: Step) -> None:
        return

    def identified(self, call: Call) -> None:
        return

    def contact(self, contact: Contact) -> None:
        self.contacts[contact.number] = contact

    def end(self, call: Call) -> None:
        self.calls.append(call)


async def ring(phone: ScriptedPhone, *, broken: bool = False) -> Books:
    books = Books(broken=broken)
    seconds = count()

    async def facts(phone: Phone) -> Mapping[str, Fact]:
        return {"today": "2026-03-01"}

    service = CallService(lambda: FLOW, books, books, facts, lambda: START + timedelta(seconds=next(seconds)))
    await service.handle(phone)
    return books


def matters(books: Books) -> list[tuple[str, str, Result, str]]:
    return [(row.topic, row.account, row.result, row.detail) for row in books.contacts.values()]


async def test_each_matter_of_a_call_is_a_row(tmp_path: Path) -> None:
    books = await ring(ScriptedPhone("2", "1", "1000000001", "1"))
    assert matters(books) == [
        ("payment", "", Result.DONE, "told"),
        ("balance", "1000000001", Result.ABANDONED, ""),
        ("payment", "1000000001", Result.DONE, "told"),
    ]
    assert all(row.ended_at is not None for row in books.contacts.values())
    assert books.begun == ["c", "c"]  # the call's row, and the services
    assert books.calls[-1].account == "1000000001"


async def test_who_goes_to_the_operators_leaves_the_reason() -> None:
    phone = ScriptedPhone("1", "0")
    books = await ring(phone)
    assert matters(books) == [("balance", "", Result.OPERATOR, "asked")]
    assert phone.ended is not None and phone.ended.reason == "asked"


async def test_an_error_of_ours_is_a_contact_too() -> None:
    phone = ScriptedPhone("2")
    books = await ring(phone, broken=True)
    assert matters(books) == [("payment", "", Result.OPERATOR, "internal_error")]


async def test_a_recording_is_the_phones_work() -> None:
    phone = ScriptedPhone("3", "482910", "1")
    books = await ring(phone)
    assert [record.longest_s for record in phone.recorded] == [120]
    assert matters(books) == [("news", "", Result.ABANDONED, "caller_hung_up")]


@pytest.mark.parametrize(
    ("keys", "outcome", "reason"),
    [
        ((), Outcome.ABANDONED, "caller_hung_up"),
        (("2",), Outcome.SERVED, "hung_up_when_done"),
        (("2", "1"), Outcome.ABANDONED, "caller_hung_up"),
    ],
    ids=["nothing asked", "what was asked for was told", "he wanted something else then"],
)
async def test_every_call_leaves_a_row_and_how_it_ended(keys: tuple[str, ...], outcome: Outcome, reason: str) -> None:
    books = await ring(ScriptedPhone(*keys))
    assert len(books.contacts) == max(1, len(keys))
    assert (books.calls[-1].outcome, books.calls[-1].reason) == (outcome, reason)
