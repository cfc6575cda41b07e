"""An operator who measures: says by the API that he is ready, and looks when his telephone rings."""

import asyncio
import socket
import time
from contextlib import suppress

import aiohttp

from ivr.domain.errors import PhoneFailed
from ivr.simulate.bench_calls import sip
from ivr.simulate.bench_calls.probe import arrival_ns, stamped
from ivr.simulate.bench_ringing.sip import Telephone, challenge_of

HOST = "127.0.0.1"
TALK_S = 1.0
_RESEND_S = 0.5
_TRIES = 20
_WORK_S = 0.5
_RINGS_S = 20.0


class Operator:
    """delays_ms: from sending «ready» to the arrival of the INVITE; api_ms: to that of the API's answer. lost: how
    often nothing rang in 20 s."""

    def __init__(self, centre: tuple[str, int], extension: str, secret: str, api: aiohttp.ClientSession) -> None:
        self._signalling, self._media = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        for one in (self._signalling, self._media):
            one.bind((HOST, 0))
            one.setblocking(False)
        stamped(self._signalling)
        self._signalling.connect(centre)
        own = f"{HOST}:{self._signalling.getsockname()[1]}"
        address = f"{centre[0]}:{centre[1]}"
        self._phone = Telephone(extension, secret, address, own, self._media.getsockname()[1])
        self._api = api
        self.delays_ms: list[float] = []
        self.api_ms: list[float] = []
        self.lost = 0
        self._answers: asyncio.Queue[sip.Message] = asyncio.Queue()
        self._rung: tuple[sip.Message, int] | None = None
        self._ringing = asyncio.Event()
        self._over = asyncio.Event()
        asyncio.get_running_loop().add_reader(self._signalling, self._read)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._signalling)
        self._signalling.close()
        self._media.close()

    async def register(self) -> None:
        """Raises PhoneFailed."""
        challenge: dict[str, str] | None = None
        for number in range(1, _TRIES):
            self._send(self._phone.register(number, challenge))
            with suppress(TimeoutError):
                async with asyncio.timeout(_RESEND_S):
                    answer = await self._answers.get()
                    if answer.status == 200:
                        return
                    challenge = challenge_of(answer)
        raise PhoneFailed("an operator's telephone of the bench is not let in")

    async def pause(self) -> None:
        await self._post("desk/state", state="pause", reason="other_work")

    async def work(self, calls: int) -> None:
        """Take so many calls, one after another, each from «ready» on."""
        for _ in range(calls):
            self._ringing.clear()
            self._over.clear()
            asked_ns = time.time_ns()
            await self._post("desk/state", state="ready")
            self.api_ms.append((time.time_ns() - asked_ns) / 1e6)
            try:
                async with asyncio.timeout(_RINGS_S):
                    await self._ringing.wait()
            except TimeoutError:
                self.lost += 1
                await self.pause()
                continue
            assert self._rung is not None
            invite, rung_ns = self._rung
            self.delays_ms.append((rung_ns - asked_ns) / 1e6)
            await self._talk(invite)

    async def _talk(self, invite: sip.Message) -> None:
        """Asked for in the talk, the pause begins with its end: nothing rings until he says that he is ready."""
        self._send(self._phone.answer(invite, "180 Ringing"))
        self._send(self._phone.takes(invite))
        await self.pause()
        with suppress(TimeoutError):
            async with asyncio.timeout(TALK_S):
                await self._over.wait()
                return
        self._send(self._phone.bye(invite))
        with suppress(TimeoutError):
            async with asyncio.timeout(_WORK_S):
                await self._over.wait()
        await asyncio.sleep(_WORK_S)

    async def _post(self, path: str, **asked: str) -> None:
        async with self._api.post(path, json=asked) as answer:
            answer.raise_for_status()

    def _read(self) -> None:
        with suppress(BlockingIOError, ConnectionRefusedError):
            while True:
                text, ancillary, _, _ = self._signalling.recvmsg(65536, 64)
                message = sip.parse(text.decode(errors="replace"))
                if message is not None:
                    self._take(message, arrival_ns(ancillary))

    def _take(self, message: sip.Message, at_ns: int) -> None:
        match message.method, message.status:
            case "INVITE", 0:
                first = self._rung is None or self._rung[0].headers["call-id"] != message.headers["call-id"]
                if first:  # not a copy of one that was answered
                    self._rung = message, at_ns
                    self._ringing.set()
            case "ACK", 0:
                pass
            case method, 0:  # OPTIONS, BYE, CANCEL
                self._send(self._phone.answer(message, "200 OK"))
                if method in ("BYE", "CANCEL"):
                    self._over.set()
            case "REGISTER", status if status >= 200:
                self._answers.put_nowait(message)

    def _send(self, text: str) -> None:
        with suppress(OSError):
            self._signalling.send(text.encode())
