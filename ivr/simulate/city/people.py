"""People of the city: what a scenario is written with.

A person is a short script on his end of the line:

    async def pensioner(leg: Leg) -> None:
        await leg.hears("main_menu")
        await leg.press("1")
        await leg.hears("account_ask", within_s=10)

Every method raises CallerHungUp when the line is gone; a script need not catch it, for so calls end.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from ivr.adapters.asterisk.agi_server import AgiConnection
from ivr.domain.errors import CallerHungUp
from ivr.simulate.city.alaw import RATE
from ivr.simulate.city.ear import Ear, Heard, silent
from ivr.simulate.city.encounter import Encounter, Moment
from ivr.simulate.city.hearing import GrowingRecording, Question, Tap

Voice = Callable[[str], Awaitable[Path]]
"""Gives the sound file (8 kHz WAV) of words."""

_LOOK_S = 0.1
_AGAIN_S = 0.3
_SENDING = "0/1000"
"""A tone of no frequency: the leg sends packets of silence, as a telephone does, also while nothing is played."""


class NotHeard(AssertionError):
    """A person waited for words that did not come."""


@dataclass(frozen=True)
class Senses:
    """What a leg hears with and speaks with. `watch` is told every moment as it happens."""

    tap: Tap
    recording: Path
    ear: Ear | None = None
    voice: Voice | None = None
    watch: Callable[[Moment], None] | None = None


class Leg:
    """One person's end of a call. Times are seconds since its answer."""

    def __init__(self, agi: AgiConnection, senses: Senses, answered_at: float) -> None:
        self.moments: list[Moment] = []
        self._agi = agi
        self._senses = senses
        self._answered_at = answered_at
        self._recording = GrowingRecording(senses.recording)
        self._attention_s = 0.0

    @property
    def t(self) -> float:
        return asyncio.get_running_loop().time() - self._answered_at

    @property
    def hung_up(self) -> bool:
        return self._agi.hung_up

    async def press(self, keys: str, *, tone_s: float = 0.12, gap_s: float = 0.12) -> None:
        """Press keys, as RFC 4733 events. `gap_s` lies between them."""
        self._note("pressed", keys)
        await self._agi.execute("SendDTMF", keys, str(round(gap_s * 1000)), str(round(tone_s * 1000)))
        await self.keep_sending()

    async def press_quickly(self, keys: str) -> None:
        """Press as fast as an experienced caller does, without waiting for anything."""
        await self.press(keys, tone_s=0.06, gap_s=0.05)

    async def say(self, words: str | Path) -> None:
        """Say words, or the sound of a file (8 kHz WAV), to the end. Raises ValueError for words without a voice."""
        if isinstance(words, str):
            if self._senses.voice is None:
                raise ValueError("this city has no voice: give it one, or say a file")
            path = await self._senses.voice(words)
        else:
            path = words
        self._note("said", str(words) if isinstance(words, str) else words.stem)
        await self._agi.command("STREAM", "FILE", str(path.with_suffix("")), "", timeout_s=120)
        await self.keep_sending()

    async def hears(self, *names: str, within_s: float = 20.0, to_the_end: bool = False) -> Heard:
        """Wait until one of the sounds is heard, after the last one heard: until it is certain, after some 0.4 s of it,
        or `to_the_end`. Raises NotHeard, saying what was heard instead."""
        if self._senses.ear is None:
            raise ValueError("this city has no ear: give it the sounds that can be heard")
        sources: tuple[Tap | GrowingRecording, ...] = (self._senses.tap, self._recording)
        questions = [
            (Question(self._senses.ear, name, self._attention_s), source) for name in names for source in sources
        ]
        deadline = self.t + within_s
        while True:
            ended = self.hung_up
            over = ended or self.t >= deadline
            # In a thread: the arithmetic of ten callers must not hold up the packets of any.
            if heard := await asyncio.to_thread(_first_answer, questions, ended):
                self._attention_s = heard.start_s + _AGAIN_S
                self._note("heard", heard.name)
                if to_the_end:
                    await self.wait(max(heard.start_s + self._senses.ear.seconds(heard.name) - self.t, 0.0))
                return heard
            if over:
                raise NotHeard(self._what_instead(names, within_s))
            await self._pause(_LOOK_S)

    async def listen(self, *, until_silence_s: float = 0.8, at_most_s: float = 30.0) -> float:
        """Listen until something was said and then silence lasted `until_silence_s`; gives the seconds listened."""
        began = self.t
        first = len(self._senses.tap.sound)
        while self.t - began < at_most_s:
            await self.wait(_LOOK_S)
            new = self._senses.tap.sound[first:]
            quiet_from = len(new) - round(until_silence_s * RATE)
            if quiet_from > 0 and silent(new[quiet_from:]) and not silent(new):
                break
        return self.t - began

    async def hears_who_rings(self) -> None:
        """As an operator: listen to what is told of the caller before he is there; not for long where nothing is."""
        await self.listen(until_silence_s=0.4, at_most_s=4.0)

    async def wait(self, seconds: float) -> None:
        """Do nothing for a while."""
        await self._pause(seconds)
        if self.hung_up:
            raise CallerHungUp

    async def until_hung_up(self, within_s: float) -> bool:
        """Wait for the other side to hang up. False when it has not."""
        await self._pause(within_s)
        return self.hung_up

    async def hang_up(self) -> None:
        """Put the receiver down."""
        self._note("hung up", "")
        await self._agi.command("HANGUP")
        raise CallerHungUp

    async def dies(self, cause: str) -> None:
        """The telephone is gone in mid-call; `cause` of Q.850 is what its network says."""
        self._note("died", cause)
        await self._agi.execute("Hangup", cause)
        raise CallerHungUp

    async def keep_sending(self) -> None:
        await self._agi.execute("PlayTones", _SENDING)

    def _note(self, what: str, words: str) -> None:
        moment = Moment(self.t, what, words)
        self.moments.append(moment)
        if self._senses.watch:
            self._senses.watch(moment)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._agi.wait_hung_up()
        except TimeoutError:
            return

    def _what_instead(self, names: tuple[str, ...], within_s: float) -> str:
        assert self._senses.ear is not None
        lines = self._senses.ear.timeline(self._senses.tap.sound)
        heard = ", ".join(f"{line.name} at {line.start_s:.1f} s" for line in lines) or "nothing known"
        why = "the other side hung up" if self.hung_up else f"not in {within_s:g} s"
        return f"{' or '.join(names)} not heard at {self.t:.1f} s ({why}); heard: {heard}"


def _first_answer(questions: list[tuple[Question, Tap | GrowingRecording]], ended: bool) -> Heard | None:
    answers = (question.ask(source.sound, ended=ended) for question, source in questions)
    return next((heard for heard in answers if heard), None)


Script = Callable[[Leg], Awaitable[None]]
"""A person."""


class Behaviour(StrEnum):
    ANSWER = "answer"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECT = "reject"


@dataclass
class OperatorPhone:
    """An operator with his telephone, registered at the centre by `extension`. A test may change him between calls.

    He answers after `ring_s`, hears who rings, says `says`, and hangs up `talk_s` later, unless the caller does before;
    or does what `script` tells. `encounters` are the talks he had, `busy` whether he talks now, `rung` counts the calls
    that reached his telephone, and `watch` is told every moment of a talk.
    """

    extension: str
    behaviour: Behaviour = Behaviour.ANSWER
    ring_s: float = 0.5
    talk_s: float = 10.0
    says: str | Path | None = None
    script: Script | None = None
    watch: Callable[[Moment], None] | None = None
    rung: int = 0
    busy: bool = False
    encounters: list[Encounter] = field(default_factory=list)

    async def talk(self, leg: Leg) -> None:
        """What the operator does on the line."""
        self.busy = True
        try:
            if self.script is not None:
                await self.script(leg)
                return
            if self.says is not None:
                await leg.hears_who_rings()
                await leg.say(self.says)
            await leg.until_hung_up(self.talk_s)
        finally:
            self.busy = False
