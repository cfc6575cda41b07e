"""A phrase heard in threads: sound is collected in the event loop and given to the engine portion by portion. While the
threads are busy the portions grow, so that many callers cost fewer, longer steps instead of a queue."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from ivr.dialogue.listening.heard import UNKNOWN, Hypothesis, Word
from ivr.domain.errors import RecognitionFailed
from ivr.service.hearing import RATE, OnFailure, OnPartial

LEAST_BYTES = RATE * 2 * 60 // 1000
"""Portions hold 60 ms at least."""


class Stream(Protocol):
    """An engine's state of one phrase, used by one thread at a time."""

    def accept(self, portion: bytes) -> tuple[str, ...]:
        """More sound; the words so far."""

    def finish(self) -> tuple[Hypothesis, ...]:
        """No more comes; the ways to hear the phrase, the best first."""


class ThreadedHearing:
    """One phrase. `make` begins it, in a thread."""

    def __init__(
        self, pool: ThreadPoolExecutor, make: Callable[[], Stream], partial: OnPartial, failure: OnFailure
    ) -> None:
        self._pool = pool
        self._make = make
        self._partial = partial
        self._failure = failure
        self._stream: Stream | None = None
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
        rest = bytes(self._pending)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._finish, rest)
        except RecognitionFailed:
            raise
        except Exception as error:  # an engine's errors have no class of their own
            raise RecognitionFailed(str(error)) from error

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
            self._failure(RecognitionFailed(str(error)))
            return
        self._partial(job.result())
        self._go_on()

    # ── In a thread ──

    def _accept(self, portion: bytes) -> tuple[str, ...]:
        if self._stream is None:
            self._stream = self._make()
        return self._stream.accept(portion)

    def _finish(self, rest: bytes) -> tuple[Hypothesis, ...]:
        self._accept(rest)
        assert self._stream is not None
        return self._stream.finish()


class Vocabulary:
    """For engines whose words cannot be chosen: what is none of the question's words becomes `[unk]` afterwards."""

    def __init__(self, grammar: Sequence[str]) -> None:
        self._words = frozenset(word for phrase in grammar for word in phrase.split())

    def known(self, words: Sequence[str]) -> tuple[str, ...]:
        return tuple(word if self._has(word) else UNKNOWN for word in words)

    def closed(self, hypotheses: Sequence[Hypothesis]) -> tuple[Hypothesis, ...]:
        return tuple(Hypothesis(tuple(map(self._word, one.words)), one.confidence) for one in hypotheses)

    def _word(self, word: Word) -> Word:
        return word if self._has(word.text) else Word(UNKNOWN, word.start_s, word.end_s, word.confidence)

    def _has(self, word: str) -> bool:
        return not self._words or word in self._words
