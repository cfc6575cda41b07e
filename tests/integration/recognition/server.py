"""A server that speaks the protocol of alphacep's vosk-server, message for message, over vosk itself."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import vosk
from aiohttp import WSMsgType, web

from .conftest import MODEL


class Server:
    """`mute`: messages after which no answer comes; `silent`: it closes instead; `nonsense`: it answers no JSON;
    `empty`: JSON that tells nothing."""

    def __init__(self) -> None:
        self.url = ""
        self.configurations: list[dict[str, Any]] = []
        self.mute = self.silent = self.nonsense = self.empty = False
        self.open = 0
        vosk.SetLogLevel(-1)
        self._model = vosk.Model(str(MODEL))

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.open += 1
        try:
            await self._talk(socket)
        finally:
            self.open -= 1
        return socket

    async def _talk(self, socket: web.WebSocketResponse) -> None:
        recogniser, config = None, {"sample_rate": 8000, "words": True, "max_alternatives": 0}
        async for message in socket:
            if message.type is WSMsgType.TEXT and "config" in message.data:
                config |= json.loads(message.data)["config"]
                self.configurations.append(config)
                continue
            if self.mute:
                continue
            if self.silent:
                break
            if self.nonsense or self.empty:
                await socket.send_str("{}" if self.empty else "no JSON")
                continue
            recogniser = recogniser or self._recogniser(config)
            answer, stop = await asyncio.to_thread(self._hear, recogniser, message.data)
            await socket.send_str(answer)
            if stop:
                break

    def _recogniser(self, config: dict[str, Any]) -> Any:
        more = (json.dumps(config["phrase_list"], ensure_ascii=False),) if "phrase_list" in config else ()
        recogniser = vosk.KaldiRecognizer(self._model, float(config["sample_rate"]), *more)
        recogniser.SetWords(bool(config["words"]))
        recogniser.SetMaxAlternatives(int(config["max_alternatives"]))
        return recogniser

    @staticmethod
    def _hear(recogniser: Any, message: str | bytes) -> tuple[str, bool]:
        if message == '{"eof" : 1}':
            return recogniser.FinalResult(), True
        if recogniser.AcceptWaveform(message):
            return recogniser.Result(), False
        return recogniser.PartialResult(), False


@asynccontextmanager
async def serving(port: int = 0) -> AsyncIterator[Server]:
    server = Server()
    app = web.Application()
    app.router.add_get("/", server.serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    server.url = f"ws://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield server
    finally:
        await runner.cleanup()
