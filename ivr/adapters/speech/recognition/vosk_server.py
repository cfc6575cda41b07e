"""A vosk-server over WebSocket (alphacep/vosk-server, websocket/asr_server.py), one connection a phrase.

We send the configuration, then sound; every portion is answered by one message: the words so far, or, where the server
itself found the end of a phrase, that part's result. `{"eof" : 1}`, written exactly so, asks for the last result.
"""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import aiohttp

from ivr.adapters.speech.recognition import results
from ivr.adapters.speech.recognition.loudness import Loudness
from ivr.dialogue.listening.foreground import foreground
from ivr.dialogue.listening.heard import UNKNOWN, Hypothesis
from ivr.domain.errors import ConfigurationError, RecognitionFailed
from ivr.service.hearing import RATE, OnFailure, OnPartial

LEAST_BYTES = RATE * 2 * 100 // 1000
"""Sound is sent in portions of 100 ms at least."""
_EOF = '{"eof" : 1}'
_LONGEST_ANSWER = 1 << 20


class VoskServerRecogniser:
    """`url`: ws://host:port. `deadline_s`: of connecting, and of every answer."""

    def __init__(self, url: str, deadline_s: float = 3.0) -> None:
        self.name = url
        self.open = False
        self._deadline_s = deadline_s
        self._session: aiohttp.ClientSession | None = None

    async def check(self) -> None:
        """Let the server hear a silence. Raises ConfigurationError naming it and what is wrong."""
        hearing = self.hear((UNKNOWN,), lambda words: None, lambda error: None)
        try:
            hearing.feed(bytes(RATE // 5))
            await hearing.conclude()
        except RecognitionFailed as error:
            raise ConfigurationError([f"hearing.server: {self.name} does not recognise: {error}"]) from error
        finally:
            hearing.close()

    def hear(self, grammar: Sequence[str], partial: OnPartial, failure: OnFailure) -> "VoskServerHearing":
        """See Recogniser. The words are the server's to know: one that it lacks is left out there."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return VoskServerHearing(self._session, self.name, self._deadline_s, grammar, partial, failure)

    async def close(self) -> None:
        """End every connection."""
        if self._session is not None:
            await self._session.close()


class VoskServerHearing:
    """One phrase on one connection."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        deadline_s: float,
        grammar: Sequence[str],
        partial: OnPartial,
        failure: OnFailure,
    ) -> None:
        self._session, self._url, self._deadline_s = session, url, deadline_s
        self._grammar = list(grammar)
        self._partial = partial
        self._pending = bytearray()
        self._loudness = Loudness()
        self._more = asyncio.Event()
        self._concluding = False
        self._parts: list[Sequence[Hypothesis]] = []
        self._task = asyncio.get_running_loop().create_task(self._run(), name="vosk-server")
        self._failure = failure
        self._task.add_done_callback(self._ended)

    def feed(self, samples: bytes) -> None:
        """See Hearing."""
        self._pending += samples
        self._loudness.accept(samples)
        if len(self._pending) >= LEAST_BYTES:
            self._more.set()

    async def conclude(self) -> tuple[Hypothesis, ...]:
        """See Hearing."""
        self._concluding = True
        self._more.set()
        await asyncio.wait({self._task})
        if self._task.cancelled():
            raise RecognitionFailed("the phrase was closed")
        self._task.result()
        return foreground(results.joined(self._parts), self._loudness.levels_db)

    def close(self) -> None:
        """See Hearing."""
        self._task.cancel()

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None and not self._concluding:
            assert isinstance(error, Exception)
            self._failure(error)

    async def _run(self) -> None:
        try:
            async with asyncio.timeout(self._deadline_s):
                socket = await self._session.ws_connect(self._url, max_msg_size=_LONGEST_ANSWER)
            async with socket:
                await socket.send_str(self._configuration())
                while not self._concluding:
                    await self._portion(socket)
                await self._last(socket)
        except TimeoutError:
            raise RecognitionFailed(f"no answer in {self._deadline_s:g} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise RecognitionFailed(str(error)) from error

    def _configuration(self) -> str:
        told: dict[str, Any] = {"sample_rate": RATE, "words": 1, "max_alternatives": results.ALTERNATIVES}
        if self._grammar:
            told["phrase_list"] = self._grammar
        return json.dumps({"config": told}, ensure_ascii=False)

    async def _portion(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        await self._more.wait()
        self._more.clear()
        if self._pending:
            await self._ask(socket)

    async def _last(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        if self._pending:
            await self._ask(socket)
        await socket.send_str(_EOF)
        self._parts.append(results.hypotheses(await self._answer(socket)))

    async def _ask(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        portion = bytes(self._pending)
        self._pending.clear()
        await socket.send_bytes(portion)
        told = await self._answer(socket)
        if "partial" not in told:
            self._parts.append(results.hypotheses(told))
        sofar = results.joined(self._parts)
        self._partial((*(sofar[0].known if sofar else ()), *results.partial(told)))

    async def _answer(self, socket: aiohttp.ClientWebSocketResponse) -> Any:
        async with asyncio.timeout(self._deadline_s):
            message = await socket.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise RecognitionFailed(f"the server closed the connection ({message.type.name.lower()})")
        return results.read(message.data)
