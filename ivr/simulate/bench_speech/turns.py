"""One spoken turn of a call in the time of its sound: the real turn machine, voice detection and recogniser."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter

from ivr.adapters.speech.recognition.hiss import Hiss
from ivr.adapters.speech.recognition.voice_activity import FRAME_BYTES, VoiceActivity
from ivr.dialogue.listening.commands import Command, Conclude, End, Finish, Hear, Rest
from ivr.dialogue.listening.heard import Hypothesis
from ivr.dialogue.listening.turn import Turn
from ivr.dialogue.model import Listen
from ivr.domain.errors import RecognitionFailed
from ivr.service.hearing import Hearing, Recogniser

FRAME_S = 0.02
_PORTION = 3 * FRAME_BYTES
_KEPT = 300
_PATIENCE_S = 30.0
_LONGEST_S = 60.0


@dataclass(frozen=True, slots=True)
class Taken:
    """How a turn ended, and when: seconds from its start. `think_s`: seconds that the recogniser's last answer took."""

    end: End
    hypotheses: tuple[Hypothesis, ...]
    over_s: float
    think_s: float


async def take(recogniser: Recogniser, listen: Listen, sound: bytes) -> Taken:
    """Ask nothing, and hear the answer. Raises RecognitionFailed."""
    turn = Turn(replace(listen.profile, first_timeout_s=8.0), listen.complete, prompt=False)
    line = _Line(recogniser, turn, listen.words, listen.profile.hiss)
    try:
        return await line.run(sound)
    finally:
        line.close()


@dataclass
class _Line:
    """Plays the part of `SpokenTurn`, without a clock."""

    recogniser: Recogniser
    turn: Turn
    words: Sequence[str]
    hiss_rms: float
    voice: VoiceActivity = field(default_factory=VoiceActivity)
    kept: deque[tuple[float, bytes]] = field(default_factory=lambda: deque(maxlen=_KEPT))
    hearing: Hearing | None = None
    pending: bytes = b""
    think_s: float = 0.0
    finish: Finish | None = None
    answer: "asyncio.Future[tuple[str, ...]] | None" = None
    hiss: Hiss = field(init=False)

    async def run(self, sound: bytes) -> Taken:
        await self._perform(self.turn.start(0.0), 0.0)
        for number in range(round(_LONGEST_S / FRAME_S)):
            now = (number + 1) * FRAME_S
            frame = sound[number * FRAME_BYTES : (number + 1) * FRAME_BYTES]
            await self._frame(frame + bytes(FRAME_BYTES - len(frame)), now)
            if self.finish is not None:
                return Taken(self.finish.end, self.finish.hypotheses, now, self.think_s)
        raise RecognitionFailed("the turn does not end")

    def close(self) -> None:
        if self.hearing is not None:
            self.hearing.close()

    async def _frame(self, frame: bytes, now: float) -> None:
        self.kept.append((now, frame))
        self.pending += frame
        heard = self.voice.hear(frame)
        await self._perform(self.turn.frame(heard.voiced, now, loud=heard.loud), now)
        if self.finish is None and self.hearing is not None and len(self.pending) >= _PORTION:
            await self._perform(self.turn.partial(await self._portion(self.hearing), now), now)

    async def _portion(self, hearing: Hearing) -> tuple[str, ...]:
        self.answer = asyncio.get_running_loop().create_future()
        hearing.feed(self.hiss.under(self.pending))
        self.pending = b""
        async with asyncio.timeout(_PATIENCE_S):
            return await self.answer

    async def _perform(self, commands: Sequence[Command], now: float) -> None:
        for command in commands:
            match command:
                case Hear(since):
                    self.close()
                    self.hearing = self.recogniser.hear(self.words, self._partial, self._failed)
                    self.hiss = Hiss(self.hiss_rms)
                    self.pending = b"".join(frame for ended, frame in self.kept if ended > since)
                case Rest():
                    self.close()
                    self.hearing, self.pending = None, b""
                case Conclude():
                    assert self.hearing is not None
                    began = perf_counter()
                    self.hearing.feed(self.hiss.under(self.pending))
                    found = await self.hearing.conclude()
                    self.think_s = perf_counter() - began
                    await self._perform(self.turn.final(found, now), now)
                case Finish():
                    self.finish = command

    def _partial(self, words: tuple[str, ...]) -> None:
        if self.answer is not None and not self.answer.done():
            self.answer.set_result(words)

    def _failed(self, error: Exception) -> None:
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(error)
