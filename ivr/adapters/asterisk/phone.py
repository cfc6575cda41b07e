"""One caller's leg on Asterisk: the Phone port over a FastAGI connection, with keys from AMI."""

import asyncio
import os
import wave
from collections.abc import Callable
from pathlib import Path

from ivr.adapters.asterisk.agi_server import AgiConnection
from ivr.adapters.asterisk.foresight import Foresight, making
from ivr.adapters.asterisk.playback import read_sound
from ivr.adapters.asterisk.speech_turns import SpeechTurns, TurnTaken
from ivr.adapters.asterisk.tones import ToneFeed
from ivr.adapters.files.announcements import take_name
from ivr.adapters.speech.recognition.voice_activity import VoiceActivity
from ivr.dialogue.digits import DigitCollector
from ivr.dialogue.listening.commands import End
from ivr.dialogue.model import (
    DEAF,
    Ending,
    EndingKind,
    Gather,
    Listen,
    Match,
    NoInput,
    NoMatch,
    Phrase,
    Prompt,
    Record,
    Spoken,
    Taken,
    Unheard,
)
from ivr.domain.call import CallId
from ivr.domain.errors import PhoneFailed
from ivr.protocols.agi import AgiReply
from ivr.service.ports import Voice

ANY_KEY = "0123456789*#"
NOTICE = "recording_notice"
"""The text with this name tells that the conversation is recorded; once said, the fallback need not say it again."""
ALERTS = {"identity_locked": "Проверка закрыта: подбор данных"}
"""What an operator's telephone shows instead of the caller's name, by the reason he was asked for."""
LONGEST_SOUND_S = 180.0
HABIT_S = 2.0
SAME_S = 1.5
"""A key that comes so soon after words that mean it says the same."""
LOOK_S = 1.0
"""How often a waiting caller's music is looked away from."""
LATEST = 2_147_483_647
"""The greatest priority of app_queue; less the second of arrival it puts callers into their old order."""


class AsteriskPhone:
    """`quiet` is a folder of silent sounds (1…10, seconds): waiting for a key is played, not left without sound, so
    that the caller's line, the carrier's timers and the recording never see a gap. `takes`: the folder of what a caller
    records; None: nobody may record. `speech`: takes the turns that listen to words; None: keys alone answer. A line
    that was deaf once is asked by keys alone from then on."""

    def __init__(
        self,
        agi: AgiConnection,
        voice: Voice,
        tones: ToneFeed,
        quiet: Path,
        link_up: Callable[[], bool],
        takes: Path | None = None,
        speech: SpeechTurns | None = None,
    ) -> None:
        self._agi = agi
        self._voice = voice
        self._tones = tones
        self._quiet = quiet
        self._link_up = link_up
        self._takes = takes
        self._speech = speech
        self._activity = VoiceActivity()
        self._taken = 0
        self._keyed = False  # keys ended the last spoken turn
        self._began = asyncio.get_running_loop().time()
        self.call_id = CallId(agi.environment["agi_uniqueid"])
        caller = agi.environment.get("agi_callerid", "")
        self.caller = "" if caller == "unknown" else caller
        self.dialled = agi.environment.get("agi_arg_1") or agi.environment.get("agi_extension", "")

    async def say(self, prompt: Prompt, *, interruptible: bool) -> None:
        if interruptible and self._tones.waiting:
            return  # nobody waits for words to be made that nobody will hear
        async with making(map(self._voice.sound, prompt)) as sounds:
            for phrase, sound in zip(prompt, sounds, strict=True):
                path = await sound
                if interruptible and self._tones.waiting:
                    return
                await self._stream(path, ANY_KEY if interruptible else "")
                if phrase.name == NOTICE:
                    await self._agi.set_variable("IVR_NOTICE", "1")

    @property
    def hears(self) -> bool:
        """See Phone."""
        return self._speech is not None

    async def gather(self, gather: Gather) -> Match | NoMatch | NoInput | Spoken | Unheard:
        """See Phone."""
        if gather.fresh:
            self._tones.forget()
        if gather.listen is None or self._speech is None or self._tones.waiting:
            await self.say(gather.prompt, interruptible=gather.interruptible)
        elif (heard := await self._listen(gather, gather.listen, self._speech)) is not None:
            return heard
        return await self._keys(gather)

    def answered(self, key: str) -> None:
        """See Phone."""
        self._tones.expect_habit(key, SAME_S)

    async def _listen(self, gather: Gather, listen: Listen, speech: SpeechTurns) -> Spoken | NoInput | Unheard | None:
        """Ask and hear the answer. None: the caller has begun to answer by keys."""
        line = self._activity, self._tones, self._link_up
        async with making(map(self._read, gather.prompt)) as sounds, Foresight(self._voice) as foresight:
            taken = await speech.take(self._agi, gather, listen, sounds, *line, foresight.ready, self._keyed)
        self._keyed = taken.finish.end is End.KEYED
        if NOTICE in [phrase.name for phrase in gather.prompt[: taken.said]]:
            await self._agi.set_variable("IVR_NOTICE", "1")
        match taken.finish.end:
            case End.HEARD:
                finish, place = taken.finish, self._place(taken)
                return Spoken(finish.hypotheses, taken.more, place, finish.prompt_cut, taken.sound, finish.muttered)
            case End.SILENCE:
                return NoInput()
            case End.DEAF:
                self._speech = None
                return None if self._tones.waiting else Unheard(DEAF)
        return None

    async def _read(self, phrase: Phrase) -> bytes:
        return await asyncio.to_thread(read_sound, await self._voice.sound(phrase))

    def _place(self, taken: TurnTaken) -> int | None:
        """Where the words begin in the recording, which began when this leg did; None when there are none."""
        words = next((each.words for each in (*taken.finish.hypotheses[:1], *taken.more[:1]) if each.words), ())
        return round((taken.heard_from + words[0].start_s - self._began) * 1000) if words else None

    async def _keys(self, gather: Gather) -> Match | NoMatch | NoInput:
        """The answer by keys, when the prompt has been said or stopped."""
        clock = asyncio.get_running_loop().time
        collector = DigitCollector(gather.grammar, gather.first_timeout_s, gather.next_timeout_s)
        collector.prompt_ended(clock())
        while True:
            while (key := self._tones.take()) is not None:
                if (answer := collector.press(key, clock())) is not None:
                    if collector.ended_by_length:
                        self._tones.expect_habit("#", HABIT_S)
                    return answer
            if (answer := collector.tick(clock())) is not None:
                return answer
            deadline = collector.deadline()
            assert deadline is not None  # the prompt has ended and the question is open
            await self._quiet_for(deadline - clock())

    async def record(self, record: Record) -> Taken:
        if self._takes is None:
            raise PhoneFailed("no folder is set for recordings made by telephone")
        await self.say(record.prompt, interruptible=True)
        self._tones.forget()
        self._taken += 1
        target = self._takes / f"{take_name(self.call_id, self._taken)}.wav"
        part = target.with_name(f"{target.stem}.part.wav")
        words = ("RECORD", "FILE", str(part.with_suffix("")), "wav", "#", str(record.longest_s * 1000), "BEEP")
        try:
            await self._command(*words, f"s={record.silence_s}", seconds=record.longest_s + LONGEST_SOUND_S)
            self._tones.forget()  # the hash that ended it
            seconds = await asyncio.to_thread(_finish, part, target)
        except (OSError, EOFError, wave.Error) as error:
            raise PhoneFailed(f"the recording could not be kept: {error}") from error
        finally:
            part.unlink(missing_ok=True)
        return Taken(target.name if seconds else "", seconds)

    async def queued(self, arrived: float) -> None:
        # Should the engine go now, the dialplan's queue takes him, at the place that his arrival gives him.
        await self._agi.set_variable("QUEUE_PRIO", str(LATEST - int(arrived)))
        await self._agi.set_variable("IVR_RESULT", EndingKind.OPERATOR.value)

    async def hold(self, seconds: float, enough: Callable[[], bool]) -> bool:
        clock = asyncio.get_running_loop().time
        until = clock() + seconds
        await self._agi.command("SET", "MUSIC", "ON")
        while not enough() and not self._tones.waiting and (left := until - clock()) > 0:
            await self._command("WAIT", "FOR", "DIGIT", str(max(1, int(min(left, LOOK_S) * 1000))))
        await self._agi.command("SET", "MUSIC", "OFF")
        return self._tones.waiting

    async def finish(self, ending: Ending) -> None:
        if ending.reason in ALERTS:
            await self._agi.set_variable("CALLERID(name)", ALERTS[ending.reason])
        await self._agi.set_variable("IVR_RESULT", ending.kind.value)

    async def _quiet_for(self, seconds: float) -> None:
        """Silence until a key or for about `seconds`: whole seconds of it, then the rest without sound."""
        if seconds >= 1:
            await self._stream(self._quiet / f"{min(10, int(seconds))}.wav", ANY_KEY)
        else:
            await self._command("WAIT", "FOR", "DIGIT", str(max(1, int(seconds * 1000))))

    async def _stream(self, sound: Path, keys: str) -> None:
        """Play to the end or to a key that counts: after one that does not, the sound goes on where it stopped."""
        name = str(sound.with_suffix(""))
        try:
            reply = await self._command("STREAM", "FILE", name, keys)
            while reply.result and keys and not self._tones.waiting:
                reply = await self._command("STREAM", "FILE", name, keys, str(reply.endpos or 0))
        except PhoneFailed as error:
            raise PhoneFailed(f"Asterisk could not play {sound.name}: {error}; is it there and readable?") from error

    async def _command(self, *words: str, seconds: float = LONGEST_SOUND_S) -> AgiReply:
        """A command that a key may end; its result is the key."""
        seen_before = self._tones.events
        reply = await self._agi.command(*words, timeout_s=seconds)
        if isinstance(reply.result, int) and reply.result > 0:
            await self._tones.from_agi(chr(reply.result), seen_before, link_up=self._link_up())
        return reply


def _finish(part: Path, target: Path) -> float:
    """Give a recording its name once it lies on the disk; its seconds. One without any sound is not kept."""
    with wave.open(str(part), "rb") as sound:
        seconds = sound.getnframes() / sound.getframerate()
    if seconds:
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.rename(target)
    return seconds
