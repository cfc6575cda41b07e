"""The AudioSocket server: Asterisk brings one connection per spoken turn, named by a UUID that we gave it.

Each line has a clock of its own: every 20 ms one frame goes out, silence when nobody has anything to say, from the very
first moment: an Asterisk that waits for our sound would leave the caller without any (asterisk#2089).
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Protocol
from uuid import UUID

import structlog

from ivr.protocols.audiosocket import (
    FRAME_BYTES,
    FRAME_S,
    Audio,
    AudioSocketDecoder,
    AudioSocketEvent,
    Ended,
    Identified,
    Tone,
    encode,
)
from ivr.protocols.errors import ProtocolError

log = structlog.get_logger()

SILENCE = bytes(FRAME_BYTES)
_MOST_LATE_S = 0.2
"""A loop that was busy for longer does not send all it owes at once: the caller's telephone would drop it."""
_MOST_UNSENT = 2 * 8000
"""Bytes that Asterisk may leave unread: a second of sound."""
_KERNEL_BYTES = 8192


class Listener(Protocol):
    """What a line brings, in the event loop. `now` is the loop's time."""

    def next_frame(self, now: float) -> bytes:
        """20 ms to be said now: 320 bytes. Called every 20 ms."""

    def audio(self, samples: bytes, now: float) -> None: ...

    def key(self, key: str, now: float) -> None: ...

    def lost(self, reason: str) -> None:
        """The line is gone; nothing follows."""


class AudioLine(asyncio.Protocol):
    """One connection. Made by AudioSocketServer; `attach` gives it its listener."""

    def __init__(
        self, identified: Callable[["AudioLine", UUID], bool], gone: Callable[["AudioLine"], None], deadline_s: float
    ) -> None:
        self._identified = identified
        self._gone = gone
        self._deadline_s = deadline_s
        self._decoder = AudioSocketDecoder()
        self._transport: asyncio.Transport | None = None
        self._listener: Listener | None = None
        self._known = False
        self._clock: asyncio.TimerHandle | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._due = 0.0
        self.frames = 0  # sent so far
        self._reason = ""
        self._closed = asyncio.Event()

    def attach(self, listener: Listener) -> None:
        """From now on `listener` speaks and hears. A line that is gone already tells it at once."""
        self._listener = listener
        if self._closed.is_set():
            listener.lost(self._reason)

    async def hang_up(self, grace_s: float = 1.0) -> None:
        """Say goodbye and wait until Asterisk closes: closing first, with its sound unread, would be an error there."""
        self._listener = None
        self._stop_clock()
        assert self._transport is not None
        if not self._transport.is_closing():
            self._transport.write(encode(Ended()))
        try:
            async with asyncio.timeout(grace_s):
                await self._closed.wait()
        except TimeoutError:
            pass
        finally:
            self._transport.abort()

    # ── Asyncio's side ──

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        # What an Asterisk that is stuck does not read shall not wait for it in the kernel, many seconds long.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_BYTES)
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(self._deadline_s, self._end, f"no UUID in {self._deadline_s:g} s")
        self._due = loop.time()
        self._tick()

    def data_received(self, data: bytes) -> None:
        now = asyncio.get_running_loop().time()
        try:
            for event in self._decoder.receive_data(data):
                self._event(event, now)
        except ProtocolError as error:
            self._end(str(error))

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clock()
        if self._deadline is not None:
            self._deadline.cancel()
        self._reason = self._reason or "closed by Asterisk"
        self._closed.set()
        self._gone(self)
        if self._listener is not None:
            self._listener.lost(self._reason)

    # ── The line's own ──

    def _event(self, event: AudioSocketEvent, now: float) -> None:
        match event:
            case Identified(uuid) if not self._known:
                self._known = True
                assert self._deadline is not None
                self._deadline.cancel()
                if not self._identified(self, uuid):
                    self._end("nobody expects this UUID")
            case Audio(samples) if self._known:
                if self._listener is not None:
                    self._listener.audio(samples, now)
            case Tone(key) if self._known:
                if self._listener is not None:
                    self._listener.key(key, now)
            case _:
                self._end(f"Asterisk ends it: {event!r}" if self._known else "the first frame is no UUID")

    def _tick(self) -> None:
        """One frame, at its time. The times are counted from the first one, so that no lateness adds up."""
        assert self._transport is not None
        loop = asyncio.get_running_loop()
        now = loop.time()
        try:
            frame = SILENCE if self._listener is None else self._listener.next_frame(now)
        except Exception:  # the guard of a line: it would be silent for ever
            log.exception("audiosocket_listener_failed")
            self._end("its listener failed")
        if self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > _MOST_UNSENT:
            self._end("Asterisk reads nothing")
            return
        self._transport.write(encode(Audio(frame)))
        self.frames += 1
        self._due += FRAME_S
        if now - self._due > _MOST_LATE_S:
            self._due = now
        self._clock = loop.call_at(self._due, self._tick)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _end(self, reason: str) -> None:
        """Give the line up."""
        if self._reason:
            return
        self._reason = reason
        log.warning("audiosocket_line_ended", reason=reason)
        assert self._transport is not None
        self._transport.abort()


class AudioSocketServer:
    """Listens on loopback. Only lines that are expected are served; every other is closed. `deadline_s`: how long a
    connection may take to name itself."""

    def __init__(self, host: str, port: int, deadline_s: float = 2.0) -> None:
        self.host = host
        self.port = port  # when 0 was asked for, start() puts the real one here
        self._deadline_s = deadline_s
        self._server: asyncio.Server | None = None
        self._expected: dict[UUID, asyncio.Future[AudioLine]] = {}
        self._lines: set[AudioLine] = set()

    async def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        self._server = await asyncio.get_running_loop().create_server(self._line, self.host, self.port, backlog=1024)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no more and hang every line up: their channels go on in the dialplan."""
        if self._server is not None:
            self._server.close()
        await asyncio.gather(*(line.hang_up(grace_s=0.2) for line in list(self._lines)))

    def expect(self, uuid: UUID) -> asyncio.Future[AudioLine]:
        """The line of this name, when Asterisk brings it. Whoever gives up waiting must `forget`."""
        return self._expected.setdefault(uuid, asyncio.get_running_loop().create_future())

    def forget(self, uuid: UUID) -> None:
        """A line of this name would come too late now."""
        self._expected.pop(uuid, None)

    def _line(self) -> AudioLine:
        line = AudioLine(self._admit, self._lines.discard, self._deadline_s)
        self._lines.add(line)
        return line

    def _admit(self, line: AudioLine, uuid: UUID) -> bool:
        waiter = self._expected.pop(uuid, None)
        if waiter is None or waiter.done():
            return False
        waiter.set_result(line)
        return True
