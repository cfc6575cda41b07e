"""Lines of AudioSocket over real sockets."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from ivr.adapters.asterisk.audiosocket_server import AudioLine, AudioSocketServer
from ivr.protocols.audiosocket import (
    Audio,
    AudioSocketDecoder,
    AudioSocketEvent,
    Ended,
    Failed,
    Identified,
    Tone,
    encode,
)

from .peer import SILENCE, Peer

WORD = b"\x10\x20" * 160


class Ear:
    """A listener that says `says` once and keeps what comes."""

    def __init__(self, says: bytes = b"") -> None:
        self._says = says
        self.heard: list[bytes | str] = []
        self.gone: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def next_frame(self, now: float) -> bytes:
        frame, self._says = self._says[:320], self._says[320:]
        return frame or SILENCE

    def audio(self, samples: bytes, now: float) -> None:
        self.heard.append(samples)

    def key(self, key: str, now: float) -> None:
        self.heard.append(key)

    def lost(self, reason: str) -> None:
        self.gone.set_result(reason)


class Broken(Ear):
    def next_frame(self, now: float) -> bytes:
        raise RuntimeError("a mistake of ours")


@pytest.fixture
async def server() -> AsyncIterator[AudioSocketServer]:
    one = AudioSocketServer("127.0.0.1", 0, deadline_s=0.2)
    await one.start()
    yield one
    await one.stop()


async def until(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def connected(server: AudioSocketServer, *events: AudioSocketEvent) -> tuple[AudioLine, asyncio.StreamWriter]:
    """An identified line, and its far end, which has sent these events too and reads nothing."""
    uuid = uuid4()
    waiter = server.expect(uuid)
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"".join(encode(event) for event in (Identified(uuid), *events)))
    return await waiter, writer


async def closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def test_silence_comes_from_the_first_moment(server: AudioSocketServer) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    first = await reader.readexactly(3 * 323)
    assert AudioSocketDecoder().receive_data(first) == [Audio(SILENCE)] * 3
    await closed(writer)


@pytest.mark.parametrize("events", [[], [Audio(SILENCE)], [Identified(uuid4())]])
async def test_whoever_is_not_expected_is_closed(server: AudioSocketServer, events: list[AudioSocketEvent]) -> None:
    with capture_logs() as logs:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"".join(encode(event) for event in events))
        with suppress(ConnectionError):
            while await reader.read(65536):
                pass
        await closed(writer)
    [reason] = [log["reason"] for log in logs]
    assert reason in ("no UUID in 0.2 s", "the first frame is no UUID", "nobody expects this UUID")


async def test_a_line_that_nobody_waits_for_any_more_is_closed(server: AudioSocketServer) -> None:
    uuid = uuid4()
    server.expect(uuid)
    server.forget(uuid)
    peer = Peer(uuid)
    await peer.talk("127.0.0.1", server.port)
    assert not peer.goodbye


async def test_sound_and_keys_go_both_ways_until_goodbye(server: AudioSocketServer) -> None:
    uuid = uuid4()
    waiter = server.expect(uuid)
    peer = Peer(uuid, [(0.1, WORD), (0.2, Tone("5"))])
    talking = asyncio.create_task(peer.talk("127.0.0.1", server.port))
    line, ear = await waiter, Ear(WORD + WORD)
    line.attach(ear)
    await until(lambda: WORD in ear.heard and "5" in ear.heard)
    await until(lambda: [samples for _, samples in peer.told].count(WORD) == 2)
    assert not ear.gone.done()
    await line.hang_up()
    await talking
    assert peer.goodbye


async def test_a_loop_that_was_busy_does_not_send_all_it_owes_at_once(server: AudioSocketServer) -> None:
    uuid = uuid4()
    waiter = server.expect(uuid)
    peer = Peer(uuid)
    talking = asyncio.create_task(peer.talk("127.0.0.1", server.port))
    line = await waiter
    before = line.frames
    asyncio.get_running_loop().call_soon(busy)
    await asyncio.sleep(1.1)
    assert line.frames - before < 40
    await line.hang_up()
    await talking


def busy() -> None:
    time.sleep(1.0)  # the very fault: nothing else runs


async def test_a_line_whose_far_end_goes_is_lost(server: AudioSocketServer) -> None:
    line, writer = await connected(server)
    ear = Ear()
    line.attach(ear)
    await closed(writer)
    assert await ear.gone == "closed by Asterisk"
    late = Ear()
    line.attach(late)
    assert await late.gone == "closed by Asterisk"
    await line.hang_up()


@pytest.mark.parametrize("last", [Failed(b"\x01"), Ended(), Identified(uuid4())])
async def test_a_line_that_asterisk_ends_is_lost(server: AudioSocketServer, last: AudioSocketEvent) -> None:
    line, writer = await connected(server)
    ear = Ear()
    line.attach(ear)
    writer.write(encode(last))
    assert "Asterisk ends it" in await ear.gone
    await closed(writer)


async def test_what_breaks_the_protocol_ends_the_line(server: AudioSocketServer) -> None:
    line, writer = await connected(server)
    ear = Ear()
    line.attach(ear)
    writer.write(b"\x42\x00\x00")
    assert "type 0x42" in await ear.gone
    await closed(writer)


async def test_a_far_end_that_reads_nothing_is_given_up(server: AudioSocketServer) -> None:
    uuid = uuid4()
    waiter = server.expect(uuid)
    far = socket.socket()
    far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    far.setblocking(False)
    await asyncio.get_running_loop().sock_connect(far, ("127.0.0.1", server.port))
    await asyncio.get_running_loop().sock_sendall(far, encode(Identified(uuid)))
    ear = Ear()
    (await waiter).attach(ear)
    assert await ear.gone == "Asterisk reads nothing"
    far.close()


async def test_a_listener_that_fails_does_not_leave_the_caller_in_silence(server: AudioSocketServer) -> None:
    line, writer = await connected(server)
    with capture_logs() as logs:
        ear = Broken()
        line.attach(ear)
        assert await ear.gone == "its listener failed"
    assert logs[0]["event"] == "audiosocket_listener_failed"
    await closed(writer)


async def test_lines_end_with_the_server() -> None:
    server = AudioSocketServer("127.0.0.1", 0)
    await server.start()
    uuid = uuid4()
    waiter = server.expect(uuid)
    peer = Peer(uuid)
    talking = asyncio.create_task(peer.talk("127.0.0.1", server.port))
    await waiter
    await server.stop()
    async with asyncio.timeout(10):
        await talking
    assert peer.goodbye
