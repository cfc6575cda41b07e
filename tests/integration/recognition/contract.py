"""One phrase through any recogniser, as a turn feeds it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from ivr.dialogue.listening.heard import Hypothesis
from ivr.service.hearing import Recogniser

from .conftest import FRAME


@dataclass(frozen=True)
class Heard:
    hypotheses: tuple[Hypothesis, ...]
    partials: tuple[tuple[str, ...], ...]

    @property
    def best(self) -> tuple[str, ...]:
        return self.hypotheses[0].known if self.hypotheses else ()


async def heard(recogniser: Recogniser, grammar: Sequence[str], sound: bytes) -> Heard:
    """Feed `sound` frame by frame, faster than life but never so that the loop cannot turn."""
    partials: list[tuple[str, ...]] = []
    failures: list[Exception] = []
    hearing = recogniser.hear(grammar, partials.append, failures.append)
    try:
        for start in range(0, len(sound), FRAME):
            hearing.feed(sound[start : start + FRAME])
            await asyncio.sleep(0.001)
        async with asyncio.timeout(20):
            found = await hearing.conclude()
    finally:
        hearing.close()
    assert not failures
    return Heard(found, tuple(partials))
