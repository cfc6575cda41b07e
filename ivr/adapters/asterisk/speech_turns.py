"""Spoken turns of a call: Asterisk lends its sound over AudioSocket for one question, and goes on with AGI after it."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

import structlog

from ivr.adapters.asterisk.agi_connection import AgiConnection
from ivr.adapters.asterisk.audiosocket_server import AudioLine, AudioSocketServer
from ivr.adapters.asterisk.playback import Playback
from ivr.adapters.asterisk.spoken_turn import SpokenTurn
from ivr.adapters.asterisk.tones import ToneFeed
from ivr.adapters.speech.recognition.voice_activity import VoiceActivity
from ivr.dialogue.listening.commands import End, Finish
from ivr.dialogue.listening.heard import Hypothesis
from ivr.dialogue.listening.turn import Turn
from ivr.dialogue.model import Gather, Listen, Prompt
from ivr.domain.errors import PhoneFailed
from ivr.protocols.agi import AgiReply
from ivr.service.hearing import Recogniser

log = structlog.get_logger()

CONNECT_S = 3.0
"""Asterisk gives its own attempt to connect 2 s."""
RETURN_S = 3.0
"""Deadline for Asterisk to come back to AGI when we have said goodbye."""


@dataclass(frozen=True, slots=True)
class TurnTaken:
    """How a turn ended, and how many of the prompt's sounds were said whole, from the first.

    more: the phrase by the question's `more` words, where its own left something unknown. heard_from: the loop's time
    from which the recogniser was fed the phrase. sound: what it was fed.
    """

    finish: Finish
    said: int = 0
    more: tuple[Hypothesis, ...] = ()
    heard_from: float = 0.0
    sound: bytes = field(default=b"", repr=False)


class SpeechTurns:
    """One for the centre: its server and its recogniser. A call's `voice` knows the background of its line.

    hears: whether the recogniser works; None: nobody has looked. While it does not, new calls are asked by keys.
    """

    hears: bool | None = None

    def __init__(self, server: AudioSocketServer, recogniser: Recogniser) -> None:
        self._server = server
        self._recogniser = recogniser

    async def take(
        self,
        agi: AgiConnection,
        gather: Gather,
        listen: Listen,
        sounds: Sequence[Awaitable[bytes]],
        voice: VoiceActivity,
        tones: ToneFeed,
        link_up: Callable[[], bool],
        ready: Callable[[Prompt], None],
        tail: bool,
    ) -> TurnTaken:
        """Ask the question, whose prompt is `sounds` as they become ready, and listen. `ready` is given what may have
        to be said next. `tail`: as in `Turn`. Ends DEAF when Asterisk brings no sound: keys are to answer then. Raises
        CallerHungUp, and PhoneFailed when Asterisk does not come back or one of the sounds cannot be made."""
        first = [await sounds[0]] if sounds else []
        uuid = uuid4()
        waiter = self._server.expect(uuid)
        service = f"{self._server.host}:{self._server.port}"
        lending = asyncio.create_task(agi.execute("AudioSocket", str(uuid), service, timeout_s=math.inf))
        line: AudioLine | None = None
        playback = Playback(first, more=len(sounds) - len(first))
        try:
            line = await self._line(uuid, waiter, lending)
            if line is None:
                return TurnTaken(Finish(End.DEAF, prompt_cut=True))
            profile = replace(listen.profile, first_timeout_s=gather.first_timeout_s)
            turn = Turn(profile, listen.complete, barge_in=gather.interruptible, prompt=bool(sounds), tail=tail)
            words = () if listen.openly and self._recogniser.open else listen.words
            grammars = words, listen.more

            def foresee(said: tuple[str, ...], more: tuple[str, ...]) -> None:
                try:
                    ready(listen.foresee(said, more))
                except Exception:  # the guard of a guess: the line goes on
                    log.exception("answer_not_foreseen")

            spoken = SpokenTurn(
                turn, playback, self._recogniser, grammars, voice, tones, link_up, foresee, profile.hiss
            )
            adding = asyncio.create_task(_add(playback, sounds[1:], spoken))
            try:
                line.attach(spoken)
                spoken.start()
                await _first(spoken.result, lending)
                finish = spoken.result.result() if spoken.result.done() else Finish(End.DEAF, prompt_cut=True)
            finally:
                adding.cancel()
                spoken.close()
            return TurnTaken(finish, playback.said, spoken.more, spoken.heard_from, bytes(spoken.sound))
        finally:
            await self._returned(line, lending)

    async def _line(
        self, uuid: UUID, waiter: asyncio.Future[AudioLine], lending: asyncio.Task[AgiReply]
    ) -> AudioLine | None:
        try:
            await _first(waiter, lending, within_s=CONNECT_S)
            if waiter.done():
                return waiter.result()
            log.warning("audiosocket_line_missing", within_s=CONNECT_S, refused=lending.done())
            return None
        finally:
            self._server.forget(uuid)

    async def _returned(self, line: AudioLine | None, lending: asyncio.Task[AgiReply]) -> None:
        """Wait until Asterisk is back at AGI. A lending that is cancelled closes the AGI connection."""
        try:
            if line is not None:
                await line.hang_up()
            await asyncio.wait({lending}, timeout=RETURN_S)
        finally:
            late = not lending.done()
            if late:
                lending.cancel()
                await asyncio.wait({lending})
        if late:
            raise PhoneFailed("Asterisk did not come back from AudioSocket")
        try:
            lending.result()
        except PhoneFailed as error:  # the leg lives: what was heard counts
            log.warning("audiosocket_returned_an_error", reason=str(error))


async def _add(playback: Playback, sounds: Sequence[Awaitable[bytes]], spoken: SpokenTurn) -> None:
    """The rest of the prompt, each sound when it is made."""
    try:
        for sound in sounds:
            playback.add(await sound)
    except PhoneFailed as error:
        spoken.fail(error)


async def _first(*futures: asyncio.Future[Any], within_s: float | None = None) -> None:
    """Wait until one of them is done."""
    await asyncio.wait(futures, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
