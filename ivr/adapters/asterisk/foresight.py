"""Sounds that are made before they are wanted: the pieces of a prompt while the first is said, and what will be said
next while the caller still speaks."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import Any, Self, TypeVar

from ivr.dialogue.model import Phrase, Prompt
from ivr.domain.errors import PhoneFailed
from ivr.service.ports import Voice

T = TypeVar("T")

MOST = 12
"""Phrases that one turn may have made for nothing."""


@asynccontextmanager
async def making(pieces: Iterable[Coroutine[Any, Any, T]]) -> AsyncIterator[list[asyncio.Task[T]]]:
    """All of them are being made at once; what is not wanted any more at the end is given up."""
    tasks = [asyncio.create_task(piece) for piece in pieces]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Foresight:
    """What may have to be said at the end of a turn, made ready in it. A guess may be wrong, and may fail: whoever then
    wants the sound asks the voice for it and hears why."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._made: dict[Phrase, asyncio.Task[None]] = {}

    def ready(self, prompt: Prompt) -> None:
        """Begin to make these, where they are not there."""
        for phrase in prompt:
            if phrase not in self._made and len(self._made) < MOST:
                self._made[phrase] = asyncio.create_task(self._sound(phrase))

    async def _sound(self, phrase: Phrase) -> None:
        with suppress(PhoneFailed):
            await self._voice.sound(phrase)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The turn is over: what the voice has begun to make goes on there, and is found by who asks for it."""
        for task in self._made.values():
            task.cancel()
        await asyncio.gather(*self._made.values(), return_exceptions=True)
