"""A caller who measures: real SIP and RTP, and for each key the time from its tone's end to the next prompt's sound."""

import asyncio
import secrets
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from ivr.simulate.bench_calls import sip
from ivr.simulate.bench_calls.pace import Pace, pacing
from ivr.simulate.bench_calls.rtp import Sender, audible

HOST = "127.0.0.1"
_SILENT_S = 0.7
"""Longer than any pause in a prompt: when so much is silent, the prompt is over."""
_ANSWER_S = 15.0
_BETWEEN_KEYS = 4  # ticks of 20 ms
_RESEND_S = 0.5
_TIMESTAMP = 35  # SO_TIMESTAMPNS of asm-generic/socket.h: the kernel's time of arrival, whoever is busy meanwhile


@dataclass
class Probe:
    """One call. `keys`: what is keyed in one go after each prompt. `delays_ms` has one entry for each of them that was
    followed by sound. `ended`: the centre hung up. `leaves`: hangs up himself when the last one was. `quiet`: sends
    nothing but tones."""

    centre: tuple[str, int]
    number: str
    keys: Sequence[str]
    delays_ms: list[float] = field(default_factory=list)
    ended: bool = False
    leaves: bool = False
    quiet: bool = False

    @property
    def answered(self) -> bool:
        """Everything that was keyed was followed by sound."""
        return len(self.delays_ms) == len(self.keys)

    @property
    def good(self) -> bool:
        return self.ended and self.answered

    def line(self, caller: sip.Caller, signalling: socket.socket, media: socket.socket, pace: Pace) -> "Line":
        """What it does on the line."""
        return Line(self, caller, signalling, media, pace)

    async def call(self, pace: Pace) -> None:
        """Ring, press every key in the silence after its prompt, and wait for the centre to hang up."""
        signalling = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with signalling, media:
            for one in (signalling, media):
                one.bind((HOST, 0))
                one.setblocking(False)
            stamped(media)
            signalling.connect(self.centre)
            own = f"{HOST}:{signalling.getsockname()[1]}"
            centre = f"{self.centre[0]}:{self.centre[1]}"
            caller = sip.Caller(secrets.token_hex(8), self.number, centre, own, media.getsockname()[1])
            await self.line(caller, signalling, media, pace).run()


class Line:
    """The probe's own end of its call."""

    def __init__(
        self, probe: Probe, caller: sip.Caller, signalling: socket.socket, media: socket.socket, pace: Pace
    ) -> None:
        self._probe, self._caller = probe, caller
        self._signalling, self._media = signalling, media
        self._pace = pace
        self._answer: sip.Message | None = None
        self._changed = asyncio.Event()
        self._refused = False
        self._heard_ns = 0  # when the last sound arrived
        self._pressed_ns = 0  # when the last tone ended; 0: its prompt has begun

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_reader(self._signalling, self._read_signalling)
        try:
            answer = await self._ring()
            if answer is not None:
                await self._talk((HOST, answer.media_port))
                if not self._probe.ended:
                    self._send(self._caller.bye(answer))
        finally:
            loop.remove_reader(self._signalling)

    async def _ring(self) -> sip.Message | None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_ANSWER_S):
                while self._answer is None and not self._refused:
                    self._send(self._caller.invite())
                    with suppress(TimeoutError):
                        async with asyncio.timeout(_RESEND_S):
                            await self._changed.wait()
        return self._answer

    async def _talk(self, centre: tuple[str, int]) -> None:
        """Sound goes out every 20 ms by the clock, however late the last was, and comes in."""
        ticks = self._ticks()

        def send() -> bool:
            for packet in next(ticks):
                with suppress(OSError):
                    self._media.sendto(packet, centre)
            return not (self._probe.ended or self._done())

        await self._pace.keep(send, self._read_media)

    def _done(self) -> bool:
        return self._probe.leaves and self._probe.answered

    def _ticks(self) -> Iterator[list[bytes]]:
        sender, keys = Sender(1), list(self._probe.keys)
        pause = sender.silence if self._probe.quiet else sender.voice
        while True:
            if keys and self._prompt_over():
                together = keys.pop(0)
                for key in together[:-1]:
                    yield from sender.tone(key)
                    yield from (pause() for _ in range(_BETWEEN_KEYS))
                *tone, end = sender.tone(together[-1])
                yield from tone
                self._heard_ns, self._pressed_ns = 0, time.time_ns()
                yield end
            yield pause()

    def _prompt_over(self) -> bool:
        return self._heard_ns > 0 and time.time_ns() - self._heard_ns > _SILENT_S * 1e9

    def _read_media(self) -> None:
        with suppress(BlockingIOError):
            while True:
                packet, ancillary, _, _ = self._media.recvmsg(2048, 64)
                if audible(packet):
                    self._heard(arrival_ns(ancillary))

    def _heard(self, at_ns: int) -> None:
        if self._pressed_ns:
            if at_ns <= self._pressed_ns:
                return  # still of the prompt before
            self._probe.delays_ms.append((at_ns - self._pressed_ns) / 1e6)
            self._pressed_ns = 0
        self._heard_ns = at_ns

    def _read_signalling(self) -> None:
        with suppress(BlockingIOError, ConnectionRefusedError):
            while True:
                message = sip.parse(self._signalling.recv(65536).decode(errors="replace"))
                if message is not None:
                    self._take(message)

    def _take(self, message: sip.Message) -> None:
        if message.method == "BYE" and not message.status:
            self._send(sip.ok(message))
            self._probe.ended = True
        elif message.method == "INVITE" and 200 <= message.status < 300:
            self._answer = message
            self._send(self._caller.ack(message))  # again for each copy of the answer
            self._changed.set()
        elif message.method == "INVITE" and message.status >= 300:
            self._refused = True
            self._changed.set()

    def _send(self, text: str) -> None:
        with suppress(OSError):
            self._signalling.send(text.encode())


def stamped(one: socket.socket) -> None:
    """From now on the kernel says when a packet came: see `arrival_ns`."""
    one.setsockopt(socket.SOL_SOCKET, _TIMESTAMP, 1)


def arrival_ns(ancillary: list[tuple[int, int, bytes]]) -> int:
    """By what came with a packet of a `stamped` socket; Unix time."""
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _TIMESTAMP:
            seconds, nanoseconds = struct.unpack("qq", data[:16])
            return int(seconds) * 1_000_000_000 + int(nanoseconds)
    return time.time_ns()


async def probing(centre: tuple[str, int], number: str, keys: str, count: int, begun_s: float) -> list[Probe]:
    """`count` probes at once, each ringing again until `begun_s` seconds are over; a begun call is ended."""
    loop = asyncio.get_running_loop()
    last = loop.time() + begun_s
    made: list[Probe] = []

    async def ring(place: int) -> None:
        await asyncio.sleep(place * 0.31)  # not all in one step
        while not made or loop.time() < last:
            probe = Probe(centre, number, keys)
            made.append(probe)
            await probe.call(pace)

    async with pacing() as pace, asyncio.TaskGroup() as group:
        for place in range(count):
            group.create_task(ring(place))
    return made
