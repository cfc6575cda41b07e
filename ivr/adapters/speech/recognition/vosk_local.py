"""vosk in this process: one model shared by all turns, a recogniser per phrase, its work in a few threads.

vosk's library lets Python go on while it works, so the event loop never waits for it.
"""

import asyncio
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import structlog

from ivr.adapters.speech.recognition import results
from ivr.adapters.speech.recognition.models import checked
from ivr.adapters.speech.recognition.upsample import Upsampler, rate_of
from ivr.dialogue.listening.heard import UNKNOWN, Hypothesis
from ivr.domain.errors import ConfigurationError, RecognitionFailed
from ivr.service.hearing import RATE, OnFailure, OnPartial

LEAST_BYTES = RATE * 2 * 60 // 1000
"""Sound is given to vosk in portions of 60 ms at least; more when the threads are busy."""
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
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="hearing")
        self._silent: set[str] = set()

    @classmethod
    async def load(cls, folder: Path, threads: int = 0) -> "VoskRecogniser":
        """Check the model in a process of its own, then load it. `threads` 0: one a core, at most 4. Raises
        ConfigurationError that names what is wrong."""
        await checked(folder)
        model = await asyncio.to_thread(_load, folder)
        return cls(folder, model, threads or min(4, os.cpu_count() or 1))

    def hear(self, grammar: Sequence[str], partial: OnPartial, failure: OnFailure) -> "VoskHearing":
        """See Recogniser."""
        phrases = self._known(grammar)
        upsampler = Upsampler(self._factor)
        return VoskHearing(self._pool, lambda: self._recogniser(phrases), upsampler, partial, failure)

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


class VoskHearing:
    """One phrase. vosk's own end of a phrase is not asked for: the turn decides."""

    def __init__(
        self,
        pool: ThreadPoolExecutor,
        make: Callable[[], Any],
        upsampler: Upsampler,
        partial: OnPartial,
        failure: OnFailure,
    ) -> None:
        self._pool = pool
        self._make = make
        self._upsampler = upsampler
        self._partial = partial
        self._failure = failure
        self._recogniser: Any = None
        self._wordless = bytearray()
        self._pending = bytearray()
        self._job: asyncio.Future[tuple[str, ...]] | None = None
        self._concluding = False
        self._closed = False

    def feed(self, samples: bytes) -> None:
        """See Hearing."""
        self._pending += samples
        self._go_on()

    async def conclude(self) -> tuple[Hypothesis, ...]:
        """See Hearing."""
        self._concluding = True
        if self._job is not None:
            await asyncio.wait({self._job})
        try:
            text = await asyncio.get_running_loop().run_in_executor(self._pool, self._finish, bytes(self._pending))
        except RuntimeError as error:  # the pool is closed
            raise RecognitionFailed(f"vosk: {error}") from error
        return results.hypotheses(results.read(text))

    def close(self) -> None:
        """See Hearing."""
        self._closed = True
        self._pending.clear()

    def _go_on(self) -> None:
        if self._job is not None or self._concluding or self._closed or len(self._pending) < LEAST_BYTES:
            return
        portion = bytes(self._pending)
        self._pending.clear()
        self._job = asyncio.get_running_loop().run_in_executor(self._pool, self._accept, portion)
        self._job.add_done_callback(self._accepted)

    def _accepted(self, job: asyncio.Future[tuple[str, ...]]) -> None:
        self._job = None
        if job.cancelled() or self._closed:
            return
        if (error := job.exception()) is not None:
            self.close()
            self._failure(RecognitionFailed(f"vosk: {error}"))
            return
        self._partial(job.result())
        self._go_on()

    # ── In a thread ──

    def _accept(self, portion: bytes) -> tuple[str, ...]:
        if self._recogniser is None:
            self._recogniser = self._make()
        words = self._words_after(portion)
        if words:
            self._wordless.clear()
            return words
        self._wordless += portion
        if len(self._wordless) >= _WORDLESS_BYTES:
            kept = bytes(self._wordless[-_KEPT_BYTES:])
            self._wordless.clear()
            self._recogniser.Reset()
            return self._words_after(kept)
        return ()

    def _words_after(self, portion: bytes) -> tuple[str, ...]:
        self._recogniser.AcceptWaveform(self._upsampler(portion))
        return results.partial(results.read(self._recogniser.PartialResult()))

    def _finish(self, rest: bytes) -> str:
        self._accept(rest)
        return str(self._recogniser.FinalResult())
