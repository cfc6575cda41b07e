"""vosk in this process: one model shared by all turns, a recogniser per phrase, its work in a few threads.

vosk's library lets Python go on while it works, so the event loop never waits for it.
"""

import asyncio
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import structlog

from ivr.adapters.speech.recognition import results
from ivr.adapters.speech.recognition.loudness import Loudness
from ivr.adapters.speech.recognition.models import Kind, checked, kind_of
from ivr.adapters.speech.recognition.threaded import ThreadedHearing, Vocabulary
from ivr.adapters.speech.recognition.upsample import Upsampler, rate_of
from ivr.dialogue.listening.foreground import foreground
from ivr.dialogue.listening.heard import UNKNOWN, Hypothesis
from ivr.domain.errors import ConfigurationError
from ivr.service.hearing import RATE, OnFailure, OnPartial

_WORDLESS_BYTES = RATE * 2 * 2
_KEPT_BYTES = RATE
"""After 2 s without a word vosk begins anew with the last half second: its work grows with the square of a silence."""
_SHOWN = 5

_log = structlog.get_logger()


class VoskRecogniser:
    """Made by `load`."""

    def __init__(self, folder: Path, model: Any, threads: int) -> None:
        self.name = folder.name
        self._model = model
        self._factor = max(1, rate_of(folder) // RATE)
        self.open = kind_of(folder) is not Kind.GRAMMAR
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="hearing")
        self._silent: set[str] = set()

    @classmethod
    async def load(cls, folder: Path, threads: int = 0) -> Self:
        """Check the model in a process of its own, then load it. `threads` 0: one a core, at most 4. Raises
        ConfigurationError that names what is wrong."""
        await checked(folder)
        model = await asyncio.to_thread(_load, folder)
        return cls(folder, model, threads or min(4, os.cpu_count() or 1))

    def hear(self, grammar: Sequence[str], partial: OnPartial, failure: OnFailure) -> ThreadedHearing:
        """See Recogniser. A model whose graph takes no grammar hears openly; what is none of the words is `[unk]`."""
        vocabulary = Vocabulary(grammar if self.open else ())

        def make() -> VoskStream:
            phrases = [] if self.open else self._known(grammar)
            return VoskStream(self._recogniser(phrases), Upsampler(self._factor), vocabulary)

        return ThreadedHearing(self._pool, make, partial, failure)

    async def close(self) -> None:
        """Wait for the portions that are being heard."""
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)

    def _known(self, grammar: Sequence[str]) -> list[str]:
        """The phrases whose words the model's graph all has: of the others vosk would keep a part."""
        known = [phrase for phrase in grammar if all(self._has(word) for word in phrase.split())]
        if silent := set(grammar) - set(known) - self._silent:
            self._silent |= silent
            _log.warning("speech_words_not_in_model", model=self.name, count=len(silent), some=sorted(silent)[:_SHOWN])
        return known

    def _has(self, word: str) -> bool:
        return word == UNKNOWN or self._model.vosk_model_find_word(word) >= 0

    def _recogniser(self, phrases: Sequence[str]) -> Any:
        from vosk import KaldiRecognizer

        more = (json.dumps(phrases, ensure_ascii=False),) if phrases else ()
        recogniser = KaldiRecognizer(self._model, float(RATE * self._factor), *more)
        recogniser.SetWords(True)
        recogniser.SetMaxAlternatives(results.ALTERNATIVES)
        return recogniser


def _load(folder: Path) -> Any:
    import vosk

    vosk.SetLogLevel(-1)
    try:
        return vosk.Model(str(folder))
    except Exception as error:  # what vosk raises has no class of its own
        raise ConfigurationError([f"{folder}: vosk cannot load the model: {error}"]) from error


class VoskStream:
    """See Stream. vosk's own end of a phrase is overlooked: it goes on listening."""

    def __init__(self, recogniser: Any, upsampler: Upsampler, vocabulary: Vocabulary) -> None:
        self._recogniser = recogniser
        self._upsampler = upsampler
        self._vocabulary = vocabulary
        self._loudness = Loudness()
        self._wordless = bytearray()
        self._repeated_s = 0.0

    def accept(self, portion: bytes) -> tuple[str, ...]:
        """See Stream."""
        words = self._words_after(portion)
        if words:
            self._wordless.clear()
            return self._vocabulary.known(words)
        self._wordless += portion
        if len(self._wordless) < _WORDLESS_BYTES:
            return ()
        kept = bytes(self._wordless[-_KEPT_BYTES:])
        self._wordless.clear()
        self._recogniser.Reset()
        self._repeated_s += len(kept) / 2 / RATE
        return self._vocabulary.known(self._words_after(kept))

    def finish(self) -> tuple[Hypothesis, ...]:
        """See Stream."""
        heard = self._vocabulary.closed(results.hypotheses(results.read(self._recogniser.FinalResult())))
        return tuple(results.earlier(one, self._repeated_s) for one in foreground(heard, self._loudness.levels_db))

    def _words_after(self, portion: bytes) -> tuple[str, ...]:
        self._loudness.accept(portion)
        self._recogniser.AcceptWaveform(self._upsampler(portion))
        return results.partial(results.read(self._recogniser.PartialResult()))
