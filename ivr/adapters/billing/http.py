"""The requests to billing: each with a deadline, reads repeated a few times, none while billing is known to be down."""

import asyncio
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import quote

import aiohttp
import structlog

from ivr.adapters.billing import fields
from ivr.domain.errors import RecordRefused, StoreUnavailable
from ivr.service.readings import OutgoingReading

log = structlog.get_logger()

MOST_BYTES = 1 << 20
FIRST_PAUSE_S = 0.1


class BillingDown(StoreUnavailable):
    """Billing did not answer, or not with what was asked for."""

    code = "billing_down"


@dataclass(frozen=True, slots=True)
class BillingSettings:
    """timeout_s: of one read with its repetitions. breaker: failures in a row after which billing is left alone for
    `rest_s`. mapping: where the fields lie, see fields.py; what is not named is where `DEFAULTS` say."""

    url: str
    token: str = ""
    timeout_s: float = 2.0
    retries: int = 2
    cache_s: float = 60.0
    cache_size: int = 10_000
    breaker: int = 5
    rest_s: float = 10.0
    mapping: Mapping[str, str] = field(default_factory=dict)


class Breaker:
    """Counts failures in a row. When there are too many it is open: nobody is let through until `rest_s` has passed,
    and then one at a time, until one succeeds."""

    def __init__(self, failures: int, rest_s: float, clock: Callable[[], float] = monotonic) -> None:
        self._most = failures
        self._rest_s = rest_s
        self._clock = clock
        self._failures = 0
        self._until = 0.0

    @property
    def closed(self) -> bool:
        return self._failures < self._most

    def let_through(self) -> bool:
        if self.closed:
            return True
        if self._clock() < self._until:
            return False
        self._until = self._clock() + self._rest_s  # this one tries; the others wait for how it comes out
        return True

    def succeeded(self) -> None:
        if not self.closed:
            log.info("billing_up")
        self._failures = 0

    def failed(self) -> None:
        self._failures += 1
        if self._failures == self._most:
            log.warning("billing_down", failures=self._failures)
        if not self.closed:
            self._until = self._clock() + self._rest_s


class BillingHttp:
    """Its session is made on the first request. Close it."""

    def __init__(self, settings: BillingSettings) -> None:
        self.settings = settings
        self.mapping = {**fields.DEFAULTS, **settings.mapping}
        self._breaker = Breaker(settings.breaker, settings.rest_s)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def account(self, number: str) -> Any | None:
        """The account's JSON; None when billing knows no such account. Raises BillingDown."""
        return await self._read(f"/accounts/{quote(number, safe='')}")

    async def accounts_of(self, phone: str) -> Any:
        """The reply to an E.164 telephone. Raises BillingDown."""
        return await self._read(f"/accounts?phone={quote(phone, safe='')}") or []

    async def send(self, reading: OutgoingReading) -> None:
        """Give billing a reading; it is acknowledged when this returns. Not repeated here: the outbox does that, with
        the same key. Raises BillingDown, RecordRefused when billing will not have it."""
        headers = {"Idempotency-Key": reading.key}
        status, _ = await self._request("POST", "/readings", json=asdict(reading), headers=headers)
        if status not in range(200, 300) and status != 409:  # 409: it has it already
            raise RecordRefused(f"billing answered {status}")

    async def _read(self, path: str) -> Any | None:
        try:
            async with asyncio.timeout(self.settings.timeout_s):
                for attempt in range(self.settings.retries + 1):
                    try:
                        status, body = await self._request("GET", path)
                        break
                    except BillingDown:
                        if attempt == self.settings.retries or not self._breaker.closed:
                            raise
                    await asyncio.sleep(FIRST_PAUSE_S * 2**attempt * random.uniform(0.5, 1.5))
        except TimeoutError:
            self._breaker.failed()
            raise BillingDown(f"no answer in {self.settings.timeout_s} s") from None
        if status == 404:
            return None
        if status != 200:
            raise BillingDown(f"billing answered {status}")
        try:
            answer = json.loads(body)
        except ValueError:
            raise BillingDown("billing's answer is no JSON") from None
        if answer is None:  # only 404 says that there is none
            raise BillingDown("billing's answer is empty")
        return answer

    async def _request(self, method: str, path: str, **more: Any) -> tuple[int, bytes]:
        if not self._breaker.let_through():
            raise BillingDown("billing is down, and left alone for a while")
        if self._session is None:
            token = {"Authorization": f"Bearer {self.settings.token}"} if self.settings.token else {}
            self._session = aiohttp.ClientSession(headers=token, timeout=aiohttp.ClientTimeout(self.settings.timeout_s))
        try:
            url = self.settings.url.rstrip("/") + path
            async with self._session.request(method, url, allow_redirects=False, **more) as response:
                body = await _bounded(response)
                if response.status >= 500 or response.status in (408, 429):
                    raise BillingDown(f"billing answered {response.status}")
        except (aiohttp.ClientError, OSError, TimeoutError, BillingDown) as error:
            self._breaker.failed()
            raise BillingDown(str(error) if isinstance(error, BillingDown) else type(error).__name__) from error
        self._breaker.succeeded()
        return response.status, body


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for block in response.content.iter_any():
        body += block
        if len(body) > MOST_BYTES:
            raise BillingDown("billing's answer is too long")
    return bytes(body)
