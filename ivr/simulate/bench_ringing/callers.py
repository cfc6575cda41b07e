"""Callers who only wait: real SIP calls whose sound nobody listens to, as cheap for the machine as a call can be."""

import asyncio
import secrets
import socket
from contextlib import suppress
from dataclasses import dataclass, field

from ivr.simulate.bench_calls import sip
from ivr.simulate.bench_calls.rtp import Sender

HOST = "127.0.0.1"
_RESEND_S = 0.5
_ANSWER_S = 15.0
_SOUND_S = 5.0
"""A packet now and then: the centre ends calls whose sound has stopped."""


@dataclass
class Crowd:
    """`wanted` callers at once: whoever is hung up on rings again.

    now: who is in a call; full: all were at least once. failed: who was not answered.
    """

    centre: tuple[str, int]
    number: str
    wanted: int
    ramp_s: float
    now: int = 0
    failed: int = 0
    full: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def __aenter__(self) -> "Crowd":
        for place in range(self.wanted):
            self._tasks.append(asyncio.create_task(self._keep_ringing(self.ramp_s * place / self.wanted)))
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keep_ringing(self, first_s: float) -> None:
        await asyncio.sleep(first_s)
        while True:
            call = _Call(self)
            try:
                await call.run()
            finally:
                call.close()


class _Call:
    """One call from its ringing to its end."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._signalling, self._media = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        for one in (self._signalling, self._media):
            one.bind((HOST, 0))
            one.setblocking(False)
        # What it hears is thrown away by the kernel.
        self._media.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 0)
        self._signalling.connect(crowd.centre)
        own = f"{HOST}:{self._signalling.getsockname()[1]}"
        centre = f"{crowd.centre[0]}:{crowd.centre[1]}"
        self._caller = sip.Caller(secrets.token_hex(8), crowd.number, centre, own, self._media.getsockname()[1])
        self._answer: sip.Message | None = None
        self._over = asyncio.Event()
        self._told = asyncio.Event()
        asyncio.get_running_loop().add_reader(self._signalling, self._read)

    def close(self) -> None:
        """Hung up, if it was not."""
        if self._answer is not None and not self._over.is_set():
            self._send(self._caller.bye(self._answer))
        asyncio.get_running_loop().remove_reader(self._signalling)
        self._signalling.close()
        self._media.close()

    async def run(self) -> None:
        """Until the centre hangs up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_ANSWER_S):
                while not self._told.is_set():
                    self._send(self._caller.invite())
                    with suppress(TimeoutError):
                        async with asyncio.timeout(_RESEND_S):
                            await self._told.wait()
        if self._answer is None:
            self._crowd.failed += 1
            return
        self._crowd.now += 1
        if self._crowd.now == self._crowd.wanted:
            self._crowd.full.set()
        try:
            await self._listen((HOST, self._answer.media_port))
        finally:
            self._crowd.now -= 1

    async def _listen(self, centre: tuple[str, int]) -> None:
        sender = Sender(1)
        while not self._over.is_set():
            for packet in sender.voice():
                with suppress(OSError):
                    self._media.sendto(packet, centre)
            with suppress(TimeoutError):
                async with asyncio.timeout(_SOUND_S):
                    await self._over.wait()

    def _read(self) -> None:
        with suppress(BlockingIOError, ConnectionRefusedError):
            while True:
                message = sip.parse(self._signalling.recv(65536).decode(errors="replace"))
                if message is None:
                    continue
                if message.method == "BYE" and not message.status:
                    self._send(sip.ok(message))
                    self._over.set()
                elif message.method == "INVITE" and message.status >= 200:
                    if message.status < 300:
                        self._answer = message
                        self._send(self._caller.ack(message))
                    self._told.set()

    def _send(self, text: str) -> None:
        with suppress(OSError):
            self._signalling.send(text.encode())
