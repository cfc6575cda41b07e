"""The web port as machines and people see it: over HTTP, and in a real browser."""

import asyncio
import dataclasses
import html
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from ivr.adapters import metrics
from ivr.adapters.metrics import CountedCalls
from ivr.web.pages import Status, make_app

STATUS = Status(
    supplier="Энергосбыт-Пример",
    number="88005550100",
    ready=True,
    asterisk=True,
    database=True,
    flow="rosatom",
    version="a1b2c3d4e5f6",
    standard="Росатом",
    calls={"main": 2, "reading": 1},
    today={"served": 12, "abandoned": 3, "operator": 5, "fallback_missed": 1},
)


class Site:
    """The pages on a free loopback port. `status` may be changed; asked for the `last` time, the engine ends."""

    def __init__(self) -> None:
        self.status = STATUS
        self.registry = CollectorRegistry()
        self.url = ""
        self.last = 0
        self._asked = 0
        self._stopping: asyncio.Task[None] | None = None
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        async def status() -> Status:
            self._asked += 1
            if self._asked == self.last:
                self._stopping = asyncio.create_task(self.stop())
                await asyncio.Event().wait()
            return self.status

        self._runner = web.AppRunner(make_app(status, self.registry), access_log=None, shutdown_timeout=0.01)
        await self._runner.setup()
        listener = socket.create_server(("127.0.0.1", 0))
        await web.SockSite(self._runner, listener).start()
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/"

    async def stop(self) -> None:
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    one = Site()
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def client(site: Site) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(base_url=site.url, timeout=aiohttp.ClientTimeout(total=20)) as session:
        yield session


@pytest.mark.parametrize("down", ["asterisk", "database"])
async def test_health_is_for_machines(site: Site, client: aiohttp.ClientSession, down: str) -> None:
    async with client.get("health") as answer:
        assert answer.status == 200
        assert await answer.json() == {"ready": True, "asterisk": True, "database": True, "version": STATUS.version}
    site.status = dataclasses.replace(STATUS, ready=False, **{down: False})
    async with client.get("health") as answer:
        assert answer.status == 503
        assert (await answer.json())[down] is False


async def test_the_status_is_asked_anew_each_time(site: Site, client: aiohttp.ClientSession) -> None:
    for waiting in ({"main": 1}, {}):
        site.status = dataclasses.replace(STATUS, calls=waiting)
        async with client.get("api/status") as answer:
            assert await answer.json() == dataclasses.asdict(site.status)


@pytest.mark.parametrize("path", ["", "board.css", "board.js", "api/status", "health", "metrics", "no-such-page"])
async def test_every_answer_is_hardened(client: aiohttp.ClientSession, path: str) -> None:
    async with client.get(path) as answer:
        assert answer.status == (404 if path == "no-such-page" else 200)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_metrics_are_prometheus_own(site: Site, client: aiohttp.ClientSession) -> None:
    metrics.expose(site.registry, in_dialogue=lambda: 3, asterisk_up=lambda: False, sounds_rendered=lambda: 17)
    CountedCalls(None, site.registry)  # type: ignore[arg-type]  # nothing is handed on here
    async with client.get("metrics") as answer:
        assert answer.content_type == "text/plain"
        lines = (await answer.text()).splitlines()
    for line in (
        "ivr_calls_in_dialogue 3.0",
        "ivr_asterisk_up 0.0",
        "ivr_sounds_rendered_total 17.0",
        "ivr_dialogues_started_total 0.0",
        'ivr_dialogues_ended_total{outcome="failed"} 0.0',
    ):
        assert line in lines


# ── In a browser ──


async def browse(url: str, folder: Path, *what: str, virtual_ms: int = 3000) -> str:
    """What a headless Chromium gives for the page after `virtual_ms` of its own time."""
    browser = shutil.which("chromium")
    assert browser, "chromium is not installed: apt-get install chromium"
    process = await asyncio.create_subprocess_exec(
        browser,
        *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
        *("--disable-component-update", "--disable-sync", "--hide-scrollbars", "--window-size=1100,720"),
        f"--user-data-dir={folder / 'profile'}",
        f"--virtual-time-budget={virtual_ms}",
        *what,
        url,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(90):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return html.unescape(output.decode())


async def test_the_board_shows_supplier_state_dialogues_and_outcomes(site: Site, tmp_path: Path) -> None:
    page = await browse(site.url, tmp_path, "--dump-dom")
    assert "<h1>Энергосбыт-Пример</h1>" in page and "88005550100" in page
    assert page.count("работает · up") == 2
    assert '<p class="figure">3</p>' in page and "<td>reading</td><td>1</td>" in page
    assert '<p class="figure">21</p>' in page
    assert "обслужены без оператора <small>served</small></td><td>12</td>" in page
    assert "Росатом" in page and STATUS.version in page


async def test_the_board_shows_promises_to_ring_back_where_they_are_made(site: Site, tmp_path: Path) -> None:
    card = "Ждут обратного звонка <small>To be rung back</small></h2>"
    assert card not in await browse(site.url, tmp_path, "--dump-dom")
    site.status = dataclasses.replace(STATUS, callbacks=4, oldest_s=845)
    page = await browse(site.url, tmp_path, "--dump-dom")
    assert f'{card}<p class="figure">4</p>' in page
    assert "самое давнее обещание, мин <small>oldest promise, min</small></td><td>14</td>" in page
    site.status = dataclasses.replace(STATUS, callbacks=0)
    page = await browse(site.url, tmp_path, "--dump-dom")
    assert f'{card}<p class="figure">0</p></section>' in page


async def test_the_board_says_what_is_down(site: Site, tmp_path: Path) -> None:
    site.status = dataclasses.replace(STATUS, ready=False, asterisk=False, database=False, today={}, calls={})
    page = await browse(site.url, tmp_path, "--dump-dom")
    assert page.count("нет связи · down") == 2
    assert "неизвестно · unknown" in page


async def test_a_suppliers_name_is_text_and_nothing_else(site: Site, tmp_path: Path) -> None:
    site.status = dataclasses.replace(STATUS, supplier="<img src=x onerror=\"document.title='taken over'\">")
    page = await browse(site.url, tmp_path, "--dump-dom")
    assert "<title>taken over</title>" not in page
    assert "<h1><img" in page  # unescaped by us: in the page it is text


async def test_the_board_says_when_the_engine_stops(site: Site, tmp_path: Path) -> None:
    site.last = 2
    page = await browse(site.url, tmp_path, "--dump-dom", virtual_ms=7000)
    assert "Нет связи с движком" in page
    assert "Энергосбыт-Пример" not in page
