"""A caller in the waiting room: he listens to music as time passes, answers what he is asked, and may hang up."""

from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path

from ivr.dialogue.model import Ending, EndingKind, Gather, Match, NoInput, NoMatch, Phrase, Prompt
from ivr.domain.call import CallId
from tests.unit.service.queue.stage import Q, Stage, turn

ASKED = Ending(EndingKind.OPERATOR, "asked", Q)
Happens = Callable[[], Awaitable[None]]


class Voice:
    async def sound(self, phrase: Phrase) -> Path:
        return Path(f"/sounds/{phrase.name}.wav")

    async def seconds(self, phrase: Phrase) -> float:
        return 1.0


class Listener:
    """Music advances the stage's clock. `during` are what happens while he listens, one piece a second; an exception
    there ends the call. `answers` are what he says to questions; none left: he keeps silent. `keys`: pressed in music.
    """

    def __init__(self, stage: Stage, call_id: str = "one", caller: str = "+79991234567") -> None:
        self.call_id, self.caller, self.dialled = CallId(call_id), caller, "88005550100"
        self.stage = stage
        self.during: deque[Happens | Exception | None] = deque()
        self.answers: deque[Match | NoMatch | NoInput | Exception] = deque()
        self.keys = 0
        self.heard: list[str] = []
        self.endings: list[Ending] = []
        self.arrived: list[float] = []
        self.deaf_to: dict[str, Exception] = {}

    async def say(self, prompt: Prompt, *, interruptible: bool) -> None:
        for phrase in prompt:
            if (error := self.deaf_to.get(phrase.name)) is not None:
                raise error
            self.heard.append(phrase.name or phrase.text)

    async def gather(self, gather: Gather) -> Match | NoMatch | NoInput:
        await self.say(gather.prompt, interruptible=gather.interruptible)
        if not gather.prompt:  # a key that was pressed in the music
            self.keys -= 1
        answer = self.answers.popleft() if self.answers else NoInput()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def queued(self, arrived: float) -> None:
        self.arrived.append(arrived)

    async def hold(self, seconds: float, enough: Callable[[], bool]) -> bool:
        for _ in range(round(seconds)):
            if enough() or self.keys:
                break
            await self.stage.passes(1)
            happens = self.during.popleft() if self.during else None
            if isinstance(happens, Exception):
                raise happens
            if happens is not None:
                await happens()
                await turn()
        return bool(self.keys)

    async def finish(self, ending: Ending) -> None:
        self.endings.append(ending)
