"""A small billing system that can be slow, wrong, garbled, down, and up again; and a centre's database beside it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from ivr.adapters.billing import BillingHttp, BillingSettings
from ivr.adapters.db.engine import Database
from ivr.adapters.db.schema import upgrade

ACCOUNT: dict[str, Any] = {
    "number": "1000000001",
    "contract": "00-1111",
    "customer": "Вымыслова",
    "kind": "person",
    "address": "Примерск, дом 1",
    "district": "Северный",
    "phones": ["8 (999) 100-00-01"],
    "tariff": "Двухзонный",
    "balance": {"debt": 123.45, "on": "2026-03-01", "last_payment": "50,00", "last_payment_on": "2026-02-25"},
    "meters": [
        {
            "serial": "A-1",
            "verification_due": "2031-01-01",
            "registers": [
                {
                    "tariff": "day",
                    "digits": 6,
                    "price": 7.39,
                    "readings": [{"value": 1400, "on": "2026-01-20"}, {"value": 1500, "on": "2026-02-20"}],
                },
                {"tariff": "night", "digits": 5, "price": 3.12},
            ],
        }
    ],
}


class Billing:
    """`faults` are taken one a request: a status, a text that is no JSON, or seconds to be slow for."""

    def __init__(self) -> None:
        self.accounts: dict[str, Any] = {ACCOUNT["number"]: ACCOUNT}
        self.faults: list[int | str | float] = []
        self.broken: int | str | float | None = None
        self.reads = 0
        self.tokens: set[str] = set()
        self.got: list[tuple[str, dict[str, Any]]] = []
        self.first = asyncio.Event()  # set by the first reading
        self.url = ""
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/v1/accounts/{number}", self._account)
        app.router.add_get("/v1/accounts", self._accounts)
        app.router.add_post("/v1/readings", self._reading)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}/v1"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _fault(self, request: web.Request) -> web.Response | None:
        self.reads += request.method == "GET"
        self.tokens.add(request.headers.get("Authorization", ""))
        fault = self.faults.pop(0) if self.faults else self.broken
        if isinstance(fault, int):
            return web.Response(status=fault)
        if isinstance(fault, str):
            return web.Response(text=fault)
        if fault is not None:
            await asyncio.sleep(fault)
        return None

    async def _account(self, request: web.Request) -> web.Response:
        if fault := await self._fault(request):
            return fault
        found = self.accounts.get(request.match_info["number"])
        return web.json_response(found) if found else web.Response(status=404)

    async def _accounts(self, request: web.Request) -> web.Response:
        if fault := await self._fault(request):
            return fault
        known = [{"number": "1000000001"}, "1000000002"] if request.query["phone"] == "+79991000001" else []
        return web.json_response(known)

    async def _reading(self, request: web.Request) -> web.Response:
        self.got.append((request.headers["Idempotency-Key"], await request.json()))
        self.first.set()
        return await self._fault(request) or web.Response(status=201)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 10, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def billing() -> AsyncIterator[Billing]:
    server = Billing()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def connect(billing: Billing) -> AsyncIterator[Callable[..., BillingHttp]]:
    made: list[BillingHttp] = []

    def build(**settings: Any) -> BillingHttp:
        common = {"timeout_s": 1.0, "cache_s": 60.0, "breaker": 100} | settings
        made.append(BillingHttp(BillingSettings(billing.url, "secret", **common)))
        return made[-1]

    yield build
    for each in made:
        await each.close()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'ivr.db'}"
    await asyncio.to_thread(upgrade, url)
    database = Database(url, 10.0)
    yield database
    await database.close()
