"""One spoken turn on a line: the prompt goes out, the caller's sound goes to voice detection and to the recogniser, and
the pure turn machine decides."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

import structlog

from ivr.adapters.asterisk.playback import Playback
from ivr.adapters.asterisk.tones import ToneFeed
from ivr.adapters.speech.recognition.hiss import Hiss
from ivr.adapters.speech.recognition.voice_activity import VoiceActivity
from ivr.dialogue.listening.commands import (
    Comfort,
    Command,
    Conclude,
    End,
    Finish,
    Foresee,
    Hear,
    Rest,
    ResumePrompt,
    StopPrompt,
)
from ivr.dialogue.listening.heard import UNKNOWN, Hypothesis
from ivr.dialogue.listening.turn import Turn
from ivr.domain.errors import PhoneFailed, RecognitionFailed
from ivr.protocols.audiosocket import FRAME_BYTES, FRAME_S
from ivr.service.hearing import Hearing, Recogniser

log = structlog.get_logger()

KEPT_S = 10.0
"""Sound kept, so that a phrase is heard from before it was noticed."""
_SILENT_LINE_S = 0.1
"""A line that sends nothing for so long is silent: the recogniser gets silence instead, or it would never see the end
of a word."""


class SpokenTurn:
    """The listener of one line for one turn. `result` is set once: how the turn ended.

    grammars: the question's own words, and more (none: empty) that are heard beside them and count only where the first
    leave something unknown. `more`: what those heard then. `heard_from`: the loop's time from which the phrase was fed.
    `sound`: what was fed; where a voice held no word, all that is kept. foresee: told of the words so far, and those
    heard beside them, when they may be all. hiss: see Profile.
    """

    def __init__(
        self,
        turn: Turn,
        playback: Playback,
        recogniser: Recogniser,
        grammars: tuple[Sequence[str], Sequence[str]],
        voice: VoiceActivity,
        tones: ToneFeed,
        link_up: Callable[[], bool],
        foresee: Callable[[tuple[str, ...], tuple[str, ...]], None],
        hiss: float,
    ) -> None:
        self._turn, self._playback = turn, playback
        self._recogniser, self._grammars = recogniser, grammars
        self._tones, self._link_up = tones, link_up
        self._voice = voice
        self._foresee = foresee
        self._hiss_rms = hiss
        self._hiss = Hiss(hiss)
        self._loop = asyncio.get_running_loop()
        self._of_call = structlog.contextvars.get_contextvars()  # a recogniser fails in a task of its own
        self._kept: deque[tuple[float, bytes]] = deque(maxlen=round(KEPT_S / FRAME_S))
        self._rest = bytearray()
        self._heard_at: float | None = None
        self._hearing: Hearing | None = None
        self._beside: Hearing | None = None
        self._words: tuple[str, ...] = ()
        self._words_beside: tuple[str, ...] = ()
        self.more: tuple[Hypothesis, ...] = ()
        self.heard_from = 0.0
        self.sound = bytearray()
        self._concluding: asyncio.Task[None] | None = None
        self._keys: set[asyncio.Task[None]] = set()
        self._keys_seen = tones.events
        self._key_told = self._said_told = False
        self.result: asyncio.Future[Finish] = self._loop.create_future()

    def start(self) -> None:
        self._perform(self._turn.start(self._loop.time()))

    def close(self) -> None:
        """Let go of the recogniser. Keys that are still being taken are taken."""
        self._forget()
        if self._concluding is not None:
            self._concluding.cancel()
        if not self.result.done():
            self.result.cancel()

    def fail(self, error: PhoneFailed) -> None:
        """The rest of the prompt cannot be said."""
        if not self.result.done():
            self.result.set_exception(error)

    # ── The line's side (Listener) ──

    def next_frame(self, now: float) -> bytes:
        """See Listener."""
        if self._heard_at is not None and now - self._heard_at > _SILENT_LINE_S:
            self._feed(bytes(FRAME_BYTES), now)
        if self._tones.waiting and not self._key_told:
            self._key_told = True
            self._perform(self._turn.key(now))
        if self._playback.ended and not self._said_told:
            self._said_told = True
            self._perform(self._turn.prompt_said(now))
        self._perform(self._turn.tick(now))
        return self._playback.next_frame()

    def audio(self, samples: bytes, now: float) -> None:
        """See Listener. Frames of any length become frames of 20 ms; the last of them ends now."""
        self._heard_at = now
        self._rest += samples
        count = len(self._rest) // FRAME_BYTES
        for number in range(count):
            frame = bytes(self._rest[number * FRAME_BYTES : (number + 1) * FRAME_BYTES])
            ended = now - (count - 1 - number) * FRAME_S
            self._feed(frame, ended)
            heard = self._voice.hear(frame)
            self._perform(self._turn.frame(heard.voiced, ended, loud=heard.loud))
        del self._rest[: count * FRAME_BYTES]

    def key(self, key: str, now: float) -> None:
        """See Listener. AMI tells of the same key: whichever comes first, it counts once (see ToneFeed)."""
        task = self._loop.create_task(self._tones.from_agi(key, self._keys_seen, link_up=self._link_up()))
        self._keys_seen += 1
        self._keys.add(task)
        task.add_done_callback(self._keys.discard)

    def lost(self, reason: str) -> None:
        """See Listener."""
        self._perform(self._turn.failed(self._loop.time()))

    # ── The machine's commands ──

    def _perform(self, commands: Sequence[Command]) -> None:
        for command in commands:
            match command:
                case StopPrompt():
                    self._playback.stop()
                case ResumePrompt(again):
                    self._said_told = False
                    self._playback.resume(again=again)
                case Hear(since):
                    self._hear(since)
                case Rest():
                    self._forget()
                case Foresee():
                    self._foresee(self._words, self._words_beside)
                case Conclude():
                    self._concluding = self._loop.create_task(self._conclude())
                case Comfort():
                    self._playback.comfort()
                case Finish(end):
                    if end is End.HEARD and self._concluding is None:
                        self._without_a_word()
                    if not self.result.done():
                        self.result.set_result(command)

    def _hear(self, since: float) -> None:
        self._forget()
        self._hearing = self._open(self._grammars[0], self._heard)
        self._beside = self._open(self._grammars[1], self._heard_beside) if self._grammars[1] else None
        kept = [(ended, frame) for ended, frame in self._kept if ended > since]
        self.heard_from = kept[0][0] - FRAME_S if kept else self._loop.time()
        self.sound.clear()
        self._hiss = Hiss(self._hiss_rms)
        for _, frame in kept:
            self._give(frame)

    def _without_a_word(self) -> None:
        """A voice in which there was no word is over long before the turn: what was fed last is the quiet after it."""
        self.heard_from = self._kept[0][0] - FRAME_S
        self.sound[:] = b"".join(frame for _, frame in self._kept)

    def _open(self, grammar: Sequence[str], told: Callable[[tuple[str, ...]], None]) -> Hearing:
        """A phrase begins. What is told of one that is over is worth nothing."""
        this: list[Hearing] = []

        def partial(words: tuple[str, ...]) -> None:
            if this and this[0] in (self._hearing, self._beside):
                told(words)

        this.append(self._recogniser.hear(grammar, partial, self._deaf))
        return this[0]

    def _heard(self, words: tuple[str, ...]) -> None:
        self._words = words
        self._tell()

    def _heard_beside(self, words: tuple[str, ...]) -> None:
        self._words_beside = words
        if UNKNOWN in self._words:
            self._tell()

    def _tell(self) -> None:
        words = self._words_beside if UNKNOWN in self._words and self._beside is not None else self._words
        self._perform(self._turn.partial(words, self._loop.time()))

    def _forget(self) -> None:
        for hearing in (self._hearing, self._beside):
            if hearing is not None:
                hearing.close()
        self._hearing = self._beside = None
        self._words = self._words_beside = ()

    def _feed(self, frame: bytes, ended: float) -> None:
        self._kept.append((ended, frame))
        if self._concluding is None:
            self._give(frame)

    def _give(self, frame: bytes) -> None:
        if self._hearing is None:
            return
        self.sound += frame
        heard = self._hiss.under(frame)
        self._hearing.feed(heard)
        if self._beside is not None:
            self._beside.feed(heard)

    async def _conclude(self) -> None:
        assert self._hearing is not None
        try:
            found = await self._hearing.conclude()
            unknown = not found or any(word.text == UNKNOWN for word in found[0].words)
            if unknown and self._beside is not None:
                self.more = await self._beside.conclude()
        except RecognitionFailed as error:
            self._deaf(error)
            return
        self._perform(self._turn.final(found, self._loop.time()))

    def _deaf(self, error: Exception) -> None:
        log.warning("speech_recognition_failed", **self._of_call, recogniser=self._recogniser.name, reason=str(error))
        self._perform(self._turn.failed(self._loop.time()))
