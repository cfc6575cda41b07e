"""Asterisk's side of AudioSocket as a test scripts it, in real time: a caller's sound, and what he was told."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from ivr.protocols.audiosocket import (
    FRAME_BYTES,
    FRAME_S,
    Audio,
    AudioSocketDecoder,
    AudioSocketEvent,
    Ended,
    Identified,
    encode,
)

SILENCE = bytes(FRAME_BYTES)


class Peer:
    """`script`: pairs of seconds since the line began and what happens then: sound, which is sent frame by frame, or
    another event. `told`: every frame that came, with its time. It closes when it is told goodbye, as Asterisk does."""

    def __init__(self, uuid: UUID, script: Sequence[tuple[float, bytes | AudioSocketEvent]] = ()) -> None:
        self._uuid = uuid
        self._script = sorted(script, key=lambda entry: entry[0])
        self.told: list[tuple[float, bytes]] = []
        self.goodbye = False
        self._sound = b""
        self._began = 0.0
        self.spoke_at: float | None = None

    async def talk(self, host: str, port: int, *, close_after_s: float = 60.0) -> None:
        """The whole line."""
        reader, writer = await asyncio.open_connection(host, port)
        loop = asyncio.get_running_loop()
        self._began = loop.time()
        writer.write(encode(Identified(self._uuid)))
        speaking = asyncio.create_task(self._speak(writer))
        try:
            with suppress(TimeoutError, ConnectionError):
                async with asyncio.timeout(close_after_s):
                    await self._hear(reader)
        finally:
            speaking.cancel()
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        decoder = AudioSocketDecoder()
        loop = asyncio.get_running_loop()
        while data := await reader.read(65536):
            for event in decoder.receive_data(data):
                if isinstance(event, Ended):
                    self.goodbye = True
                    return
                assert isinstance(event, Audio)
                self.told.append((loop.time() - self._began, event.samples))

    async def _speak(self, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        count = 0
        while True:
            now = loop.time() - self._began
            while self._script and self._script[0][0] <= now:
                happens = self._script.pop(0)[1]
                if isinstance(happens, bytes):
                    self._sound, self.spoke_at = happens, now
                else:
                    writer.write(encode(happens))
            frame, self._sound = self._sound[:FRAME_BYTES], self._sound[FRAME_BYTES:]
            writer.write(encode(Audio(frame + SILENCE[len(frame) :])))
            count += 1
            await asyncio.sleep(max(0.0, count * FRAME_S - (loop.time() - self._began)))

    def last_words(self) -> float:
        """When the last frame that was not silent came, seconds since the line began."""
        return max((at for at, samples in self.told if any(samples)), default=0.0)
