"""Phrases are labelled in a real browser: the page, the API, the folder, what `ivr speech evaluate` reads."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from ivr.adapters.files.phrases import PhraseFolder, read_labelled
from ivr.domain.acd.model import OperatorId
from ivr.domain.call import Audit
from ivr.service.evaluating import NOTHING
from ivr.service.phrases import HeardPhrase, PhraseDesk, Why
from ivr.web.pages import make_app
from ivr.web.phrases import Phrases
from ivr.web.requests import answers

from .browser import Page, a_page
from .test_pages import STATUS, Status

T = TypeVar("T")
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
TOKENS = {"supervisor": OperatorId("101"), "operator": OperatorId("102")}
HEARD = ("сорок два", "показания или баланс", "да")


class Desk:
    """The folder, the web port over it, and what the audit got."""

    def __init__(self, folder: Path) -> None:
        self.folder = PhraseFolder(folder)
        self.audit: list[Audit] = []
        self.url = ""
        for number, (heard, question) in enumerate(zip(HEARD, ("reading", "wish", "reply"), strict=True)):
            at = NOW - timedelta(minutes=len(HEARD) - number)
            sound = (number + 1).to_bytes(2, "little") * 8000
            self.folder.keep(HeardPhrase("call-1", at, question, "main", sound, heard, "", 0.0, Why.REFUSED))

    async def __call__(self, actor: OperatorId, work: Callable[[PhraseDesk], T]) -> T:
        def audit(looks: Sequence[Audit]) -> None:
            self.audit += looks

        return await asyncio.to_thread(work, PhraseDesk(self.folder, 30, actor, audit, NOW))

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        async def status() -> Status:
            return STATUS

        api = web.Application(middlewares=[answers(TOKENS.get)])
        api.add_routes(Phrases(lambda who: who == "101", self).routes())
        runner = web.AppRunner(make_app(status, CollectorRegistry(), api), access_log=None, shutdown_timeout=0.01)
        await runner.setup()
        listener = socket.create_server(("127.0.0.1", 0))
        await web.SockSite(runner, listener).start()
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        try:
            yield
        finally:
            await runner.cleanup()

    def actions(self) -> list[str]:
        return [look.action for look in self.audit]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    one = Desk(tmp_path / "phrases")
    async with one.served():
        yield one


async def pressed(page: Page, row: int, name: str) -> None:
    """Press the button of this name in a phrase's row."""
    await page.run(
        f"[...document.querySelectorAll('#phrases section')[{row}].querySelectorAll('button')]"
        f".find((one) => one.textContent.startsWith({json.dumps(name)})).click()"
    )


async def test_a_supervisor_listens_and_writes_down_what_was_said(desk: Desk, tmp_path: Path) -> None:
    async with a_page(desk.url + "phrases", tmp_path / "profile") as page:
        await page.run("document.getElementById('token').value = 'supervisor'")
        await page.run("document.getElementById('show').click()")
        await page.until("document.querySelectorAll('#phrases section').length === 3")
        assert "меню · menu" in await page.text("#phrases section:nth-child(2)")
        assert desk.actions() == ["phrase_listed"] * 3 and {look.actor for look in desk.audit} == {"101"}
        await pressed(page, 2, "Слушать")
        await page.until("document.querySelectorAll('#phrases audio')[2].duration > 0.9")
        await page.run("document.querySelectorAll('input.said')[2].value = 'сорок  три'")
        await page.run("document.querySelectorAll('input.number')[2].value = '43'")
        await pressed(page, 2, "Сохранить")
        await page.until("document.getElementById('told').textContent.startsWith('Сохранено')")
        await pressed(page, 1, "Речи нет")
        await page.until("document.querySelectorAll('#phrases strong')[1].textContent.startsWith('речи нет')")
        await pressed(page, 0, "Удалить")
        assert "phrase_deleted" not in desk.actions(), "a sound is gone for good: it asks"
        await pressed(page, 0, "Точно удалить?")
        await page.until("document.querySelectorAll('#phrases section').length === 2")
    assert desk.actions()[3:] == ["phrase_played", "phrase_labelled", "phrase_labelled", "phrase_deleted"]
    found = read_labelled(tmp_path / "phrases")
    assert not found.mistakes and found.unlabelled == 0
    assert [(row.label.question, row.label.said, row.label.number) for row in found.rows] == [
        ("reading", "сорок три", "43"),
        ("wish", NOTHING, ""),
    ]
    assert len(list((tmp_path / "phrases").glob("*.wav"))) == 2


async def test_who_has_no_right_sees_nothing(desk: Desk, tmp_path: Path) -> None:
    async with a_page(desk.url + "phrases", tmp_path / "profile") as page:
        for token, told in (("operator", "Это только для супервизоров"), ("nobody", "Такого ключа нет")):
            await page.run(f"document.getElementById('token').value = '{token}'")
            await page.run("document.getElementById('show').click()")
            await page.until(f"document.getElementById('told').textContent.startsWith('{told}')")
        assert await page.text("#phrases") == ""
    assert desk.audit == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "error"),
    [
        ("GET", "no.wav/sound", None, 404, "unknown"),
        ("GET", "..%2f2026-06-15.jsonl/sound", None, 404, "unknown"),
        ("DELETE", "no.wav", None, 404, "unknown"),
        ("POST", "no.wav", {"said": "да"}, 404, "unknown"),
        ("POST", "no.wav", {"number": "сорок"}, 422, "invalid"),
    ],
)
async def test_what_cannot_be_done_is_told(
    desk: Desk, method: str, path: str, body: dict[str, str] | None, status: int, error: str
) -> None:
    async with (
        aiohttp.ClientSession(headers={"Authorization": "Bearer supervisor"}) as session,
        session.request(method, f"{desk.url}api/phrases/{path}", json=body) as answer,
    ):
        assert (answer.status, (await answer.json())["error"]) == (status, error)
    assert desk.audit == []


async def test_labelled_phrases_are_shown_when_they_are_wanted(desk: Desk) -> None:
    desk.folder.label(desk.folder.all()[0].file, "сорок два", "42")
    async with aiohttp.ClientSession(headers={"Authorization": "Bearer supervisor"}) as session:
        for query, count in (("", 2), ("?all=1", 3)):
            async with session.get(f"{desk.url}api/phrases{query}") as answer:
                assert len((await answer.json())["phrases"]) == count
