"""What a turn needs of a speech recogniser. Adapters implement it: vosk in this process, a vosk-server."""

from collections.abc import Callable, Sequence
from typing import Protocol

from ivr.dialogue.listening.heard import Hypothesis

RATE = 8000
"""Samples a second of what is fed: 16 bits, little-endian, one channel."""

OnPartial = Callable[[tuple[str, ...]], None]
OnFailure = Callable[[Exception], None]


class Hearing(Protocol):
    """One phrase being heard. Not thread-safe: the event loop's own."""

    def feed(self, samples: bytes) -> None:
        """More sound. Never blocks."""

    async def conclude(self) -> tuple[Hypothesis, ...]:
        """No more sound comes: the ways to hear the phrase, the best first; none when nothing was said. Raises
        RecognitionFailed."""

    def close(self) -> None:
        """Forget the phrase; no callback comes any more. Also after `conclude`, and more than once."""


class Recogniser(Protocol):
    """A speech engine with its model loaded, shared by all turns."""

    name: str
    open: bool
    """It hears any word; of a grammar it only makes the other words `[unk]` afterwards."""

    def hear(self, grammar: Sequence[str], partial: OnPartial, failure: OnFailure) -> Hearing:
        """Begin to hear a phrase of these words or phrases; put `[unk]` among them, or anything said becomes one of
        them. An empty grammar: open speech. `partial` is called with the words so far after each portion of sound,
        changed or not; `failure` when nothing more will come. Both in the event loop."""

    async def close(self) -> None: ...
