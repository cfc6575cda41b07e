"""One turn of a caller: prompt and listening at once, until a phrase, a key, silence or a deaf line ends it.

    PROMPT ──voice or word──▶ SPEECH ──end of phrase──▶ ANSWER ──result──▶ over
      ▲ │                      │  ▲
      │ └─said─▶ WAITING ◀cough┘  │          a key, silence, a deaf line: over from anywhere
      └───────cough────┘   └──────┘

The rules follow the field's practice: a stable word or 250 ms of voice stops the prompt after a guard; what is no word
lets it go on; the end of a phrase depends on the question; where a noise never pauses, the words decide. While a line
is silent nothing is recognised: most callers press keys, and would cost as much as those who speak.
"""

import math
from collections.abc import Callable, Sequence
from enum import Enum, auto

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
from ivr.dialogue.listening.heard import Hypothesis
from ivr.dialogue.listening.profile import Profile
from ivr.dialogue.listening.tracks import VoiceTrack, WordTrack

MOST_FALSE_ALARMS = 3
"""So often may a noise stop one prompt; then only keys do. From the first on, voice without a word no longer does."""
NOISE_S = 4.0
"""Voice that never pauses and holds no word is a noise."""
MUTTER_S = 0.25
"""Voice without a word that lasts so long may have been one,"""
MUTTER_BEFORE_S = 2.0
"""and belongs to a phrase that begins so soon after it."""
UNCLEAR_S = 3.0
"""Quiet after such a voice, when no prompt is said: he has answered, and was not understood."""
TAIL_S = 0.3
"""Quiet after which what a caller says is no longer the rest of what keys cut short,"""
TAIL_MOST_S = 4.0
"""nor after so long: a noise behind him does not make him dumb."""
WORDS_ALONE = 1.5
"""In a noise that never pauses, words that stand this many times `end_s` end the phrase."""

Complete = Callable[[Sequence[str]], bool]


class State(Enum):
    PROMPT = auto()
    WAITING = auto()
    SPEECH = auto()
    ANSWER = auto()
    OVER = auto()


class Turn:
    """Every method takes the time `now` (seconds of any steady clock) and gives commands to perform in order.

    `complete` tells whether these words are a whole answer already. `barge_in` False: the prompt is said to its end,
    and only what is said after it counts; a key pressed meanwhile ends the turn with the prompt. `prompt` False: there
    is none. `tail`: keys ended the last turn; a caller who is still speaking answers that question, not this one. Call
    `tick` every 20 ms or so, also when no frame comes: a line may send nothing in silence.
    """

    def __init__(
        self, profile: Profile, complete: Complete, *, barge_in: bool = True, prompt: bool = True, tail: bool = False
    ) -> None:
        self.state = State.PROMPT if prompt else State.WAITING
        self._profile = profile
        self._complete = complete
        self._barge_in = barge_in
        self._began: float | None = None
        self._said_at = 0.0  # end of the prompt: silence is counted from here
        self._listens_from = math.inf  # the guard is over, or the prompt that must be heard
        self._listens = False
        self._tail = tail
        self._tail_at = 0.0
        self._hears = False  # the recogniser is at work
        self._onset = 0.0
        self._muttered = False  # before the phrase that goes on
        self._concluded_at = 0.0
        self._prompt_cut = False
        self._false_alarms = 0
        self._muttered_at = -math.inf
        self._any_audio = False
        self._comforted = False
        self._keyed = False
        self._loud_at = -math.inf
        self._voice = VoiceTrack()
        self._words = WordTrack()
        self._judged: tuple[str, ...] = ()
        self._whole = False  # the words that were judged are a whole answer
        self._foreseen: tuple[str, ...] = ()

    # ── What happens ──

    def start(self, now: float) -> list[Command]:
        self._began = self._said_at = self._tail_at = now
        if self.state is State.WAITING:
            self._listens_from = now
        elif self._barge_in:
            self._listens_from = now + self._profile.guard_s
        return self.tick(now)

    def frame(self, voiced: bool, now: float, *, loud: bool = True) -> list[Command]:
        """20 ms of the caller's sound. `loud`: louder than the line's background; words that were found while nothing
        was are somebody else's, and begin no phrase."""
        self._any_audio = True
        if loud:
            self._loud_at = now
        if voiced and self._tail:
            self._tail_at = now
        if self._minds_voice:
            self._voice.frame(voiced, now)
        return self.tick(now)

    def partial(self, words: Sequence[str], now: float) -> list[Command]:
        """The recogniser's words so far since the last `Hear`, changed or not."""
        if self._minds_voice:
            self._words.partial(words, now)
        return self.tick(now)

    def final(self, hypotheses: Sequence[Hypothesis], now: float) -> list[Command]:
        """The recogniser's answer to `Conclude`. Any other is ignored."""
        return self._finish(End.HEARD, tuple(hypotheses)) if self.state is State.ANSWER else []

    def failed(self, now: float) -> list[Command]:
        """The recogniser cannot hear."""
        return [] if self.state is State.OVER else self._finish(End.DEAF)

    def key(self, now: float) -> list[Command]:
        """A key was pressed."""
        if self.state is State.OVER:
            return []
        if self.state is State.PROMPT and not self._barge_in:
            self._keyed = True
            return []
        return self._finish(End.KEYED)

    def prompt_said(self, now: float) -> list[Command]:
        """The prompt was said to its end."""
        if self.state is not State.PROMPT:
            return []
        if self._keyed:
            return self._finish(End.KEYED)
        self.state = State.WAITING
        self._said_at = now
        self._listens_from = min(now, self._listens_from)
        return self.tick(now)

    def tick(self, now: float) -> list[Command]:
        """The time goes on."""
        assert self._began is not None, "start comes first"
        if self.state is State.OVER:
            return []
        if not self._any_audio and now - self._began >= self._profile.audio_s:
            return self._finish(End.DEAF)
        if self._tail and (now - self._tail_at >= TAIL_S or now - self._began >= TAIL_MOST_S):
            self._tail = False
            self._listens_from = max(now, self._listens_from)
        self._listens = self._listens or (now >= self._listens_from and not self._tail)
        if not self._listens:
            return []
        match self.state:
            case State.PROMPT:
                return self._attention(now) + self._in_prompt(now)
            case State.WAITING:
                return self._attention(now) + self._waiting(now)
            case State.SPEECH:
                return self._in_speech(now)
        return self._answering(now)

    # ── By state ──

    def _attention(self, now: float) -> list[Command]:
        """Something is loud: is there a word in it? A while after it nothing can be."""
        loud = self._minds_voice and self._loud_lately(now)
        if loud is self._hears:
            return []
        self._hears = loud
        self._words.reset(now)
        return [Hear(max(self._listens_from, self._loud_at - self._profile.preroll_s)) if loud else Rest()]

    def _in_prompt(self, now: float) -> list[Command]:
        by_voice = self._false_alarms == 0 and self._voice.run_s >= self._profile.voice_s
        if not (by_voice or self._by_word(now)):
            return []
        self._prompt_cut = True
        return [StopPrompt(), *self._speech(now)]

    def _waiting(self, now: float) -> list[Command]:
        quiet = self._voice.quiet(now)
        by_voice = self._voice.run_s >= self._profile.onset_s and not quiet
        if by_voice or self._by_word(now):
            return self._speech(now)
        if not quiet or (self._words.words and self._loud_lately(now)):
            return []
        if self._said_at <= self._muttered_at <= now - UNCLEAR_S:
            return self._finish(End.HEARD)
        return self._finish(End.SILENCE) if self._silent_too_long(now) else []

    def _in_speech(self, now: float) -> list[Command]:
        words = self._words
        if now - self._onset >= self._profile.longest_s:
            return self._conclude(now)
        if not words.words:
            return self._wordless(now)
        if self._judged != words.words:
            self._judged, self._whole = words.words, self._complete(words.words)
        stable = words.stable(now, self._profile.stable_s)
        pause_s = self._profile.complete_s if self._whole else self._profile.end_s
        silent_s = now - (words.changed if self._voice.last is None else self._voice.last)
        over = silent_s >= pause_s or now - words.changed >= WORDS_ALONE * self._profile.end_s
        believed = stable or (self._whole and pause_s > 0)
        foreseen = self._foresight(self._whole or (stable and silent_s >= self._profile.foresee_s))
        return foreseen + (self._conclude(now) if over and believed else [])

    def _foresight(self, likely: bool) -> list[Command]:
        if not likely or self._foreseen == self._words.words:
            return []
        self._foreseen = self._words.words
        return [Foresee()]

    def _wordless(self, now: float) -> list[Command]:
        """Voice, and no word yet: a cough, a noise, or speech that nobody taught us."""
        voice = self._voice
        if not voice.quiet(now):
            return self._false_alarm(now) if now - voice.began >= NOISE_S else []
        if voice.last is not None and voice.total_s >= self._profile.talk_s:
            return self._conclude(now) if now - voice.last >= self._profile.end_s else []
        return self._false_alarm(now) if now - self._onset >= self._profile.cough_s else []

    def _answering(self, now: float) -> list[Command]:
        waited_s = now - self._concluded_at
        if waited_s >= self._profile.answer_s:
            return self._finish(End.DEAF)
        if waited_s >= self._profile.comfort_s and not self._comforted:
            self._comforted = True
            return [Comfort()]
        return []

    # ── From state to state ──

    def _speech(self, now: float) -> list[Command]:
        """A phrase begins, or the noise that is taken for one."""
        began = now - self._profile.reach_s if self._words.words else now
        if not self._voice.quiet(now):
            began = min(began, self._voice.began)
        self.state = State.SPEECH
        self._onset, self._hears = now, True
        self._muttered = began - self._muttered_at <= MUTTER_BEFORE_S
        self._voice.phrase()
        self._words.reset(now)
        self._foreseen = ()
        return [Hear(began - self._profile.preroll_s)]

    def _false_alarm(self, now: float) -> list[Command]:
        self._false_alarms += 1
        self._hears = True
        last = self._voice.last if self._voice.total_s >= MUTTER_S else None
        spoke = last is not None and self._voice.quiet(now)
        if last is not None:
            self._muttered_at = last
        self._voice.reset()
        self._words.reset(now)
        if self._prompt_cut:
            self.state = State.PROMPT
            self._prompt_cut = False
            return [ResumePrompt(again=self._false_alarms == 1), Hear(now)]
        if self._silent_too_long(now):
            return self._finish(End.HEARD if spoke else End.SILENCE)
        self.state = State.WAITING
        return [Hear(now)]

    def _conclude(self, now: float) -> list[Command]:
        self.state = State.ANSWER
        self._concluded_at = now
        return [Conclude()]

    def _finish(self, end: End, hypotheses: tuple[Hypothesis, ...] = ()) -> list[Command]:
        prompt_cut = self.state is State.PROMPT or self._prompt_cut
        self.state = State.OVER
        return [StopPrompt(), Finish(end, hypotheses, prompt_cut, self._muttered and end is End.HEARD)]

    def _by_word(self, now: float) -> bool:
        return self._words.begun(now, self._profile.stable_s) and self._loud_lately(now)

    def _loud_lately(self, now: float) -> bool:
        return now - self._loud_at <= self._profile.reach_s + self._profile.preroll_s

    def _silent_too_long(self, now: float) -> bool:
        return now - self._said_at >= self._profile.first_timeout_s

    @property
    def _minds_voice(self) -> bool:
        """Voice and words count: the guard is over, and not every noise has stopped this prompt already."""
        tired = self.state is State.PROMPT and self._false_alarms >= MOST_FALSE_ALARMS
        return self._listens and not tired
