"""Spoken turns on the wire: callers with real SIP and RTP speak into a question's prompt, through the real Asterisk and
AudioSocket to the engine, a process of its own.

Measured at the caller's end, by the kernel's time of arrival: from his first sound to the last of the prompt, and from
his last sound to the first of the answer. His phrase is ten digits of the recorded voice: it is complete,
so that the question's profile waits for no pause after it.
"""

import asyncio
import socket
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from ivr.config import Centre, Secrets
from ivr.places import layout
from ivr.prepare import Progress
from ivr.simulate.bench_calls import sip
from ivr.simulate.bench_calls.figures import share
from ivr.simulate.bench_calls.pace import Pace, pacing
from ivr.simulate.bench_calls.probe import Line, Probe
from ivr.simulate.bench_calls.rtp import Sender
from ivr.simulate.bench_calls.stage import Stage
from ivr.simulate.bench_calls.usage import cpu_s, rss_mb
from ivr.simulate.bench_speech.sayings import one_by_one
from ivr.simulate.bench_speech.voices import testsets
from ivr.simulate.city.alaw import encode

CALLERS = (1, 10, 20)
LEAST_CALLS = 20
LEAST_ROUNDS = 3
"""Calls at every number of callers, and calls of each: fewer would tell little of the slowest."""
INTO_S = 1.5
"""He speaks so long after the end of the notice that comes first: into the prompt."""
GAP_S = 0.3
"""Longer than any pause within the prompt."""
STAGGER_S = 7.0
"""Callers ring within so long: turns of different callers are at different places."""
PATIENCE_S = 30.0
SETTLE_S = 3.0
_PACKET = 160


class SpeechStage(Stage):
    """The bench's centre with one question that is answered in words."""

    @property
    def _flow(self) -> Path:
        return self._dialplans / "bench" / "voice.yaml"

    def understood(self) -> int:
        """Phrases that were understood, since the engine was started."""
        with closing(sqlite3.connect(f"file:{self.folder / 'bench.db'}?mode=ro", uri=True)) as database:
            told = "select count(*) from call_steps where event = 'heard' and result like 'understood%'"
            return int(database.execute(told).fetchone()[0])


@dataclass
class Talker(Probe):
    """`phrase`: A-law, said `after_s` after the first sound. stop_ms, answer_ms: what was measured; None: the prompt
    did not stop, or no answer came."""

    phrase: bytes = b""
    after_s: float = 0.0
    stop_ms: float | None = None
    answer_ms: float | None = None
    seconds: float = field(default=0.0)

    def line(self, caller: sip.Caller, signalling: socket.socket, media: socket.socket, pace: Pace) -> Line:
        return _Talk(self, caller, signalling, media, pace)


class _Talk(Line):
    def __init__(
        self, talker: Talker, caller: sip.Caller, signalling: socket.socket, media: socket.socket, pace: Pace
    ) -> None:
        super().__init__(talker, caller, signalling, media, pace)
        self._talker = talker
        self._began_ns = time.time_ns()
        self._first_ns = self._last_ns = self._spoke_ns = self._ended_ns = 0

    def _ticks(self) -> Iterator[list[bytes]]:
        sender, phrase = Sender(1), self._talker.phrase
        while not self._first_ns or time.time_ns() - self._first_ns < self._talker.after_s * 1e9:
            yield sender.voice()
        self._spoke_ns = time.time_ns()
        for start in range(0, len(phrase), _PACKET):
            self._ended_ns = time.time_ns()
            yield sender.voice(phrase[start : start + _PACKET])
        while True:
            yield sender.voice()

    def _heard(self, at_ns: int) -> None:
        self._first_ns = self._first_ns or at_ns
        talker = self._talker
        if self._spoke_ns and talker.stop_ms is None and at_ns - self._last_ns > GAP_S * 1e9:
            talker.stop_ms = max(0, self._last_ns - self._spoke_ns) / 1e6
            talker.answer_ms = (at_ns - self._ended_ns) / 1e6
        self._last_ns = at_ns

    def _done(self) -> bool:
        self._talker.seconds = (time.time_ns() - self._began_ns) / 1e9
        return self._talker.answer_ms is not None or self._talker.seconds > PATIENCE_S


async def measured(
    centre: Centre, secrets: Secrets, *, callers: Sequence[int], on_progress: Progress
) -> dict[str, Any]:
    """`runs` has an entry for each number of callers at once. Raises ConfigurationError (Asterisk or its recorded voice
    is missing, nothing starts), PhoneFailed, OSError."""
    sounds = layout(centre).installation.data / "sounds/ru"
    stage = SpeechStage(centre, secrets)
    runs = []
    with stage.alone():
        await stage.build(on_progress)
        for count in callers:
            async with stage.running(engine=True) as pids:
                runs.append(await _run(stage, count, sounds, pids, on_progress))
    return {"runs": runs}


async def _run(
    stage: SpeechStage, count: int, sounds: Path, pids: Sequence[int], on_progress: Progress
) -> dict[str, Any]:
    rounds = max(LEAST_ROUNDS, -(-LEAST_CALLS // count))
    after_s = stage.lengths["recording_notice"] + INTO_S
    before = [cpu_s(pid) for pid in pids]
    talkers: list[Talker] = []
    async with pacing() as pace:

        async def ring(place: int) -> None:
            await asyncio.sleep(STAGGER_S * place / count)
            for turn in range(rounds):
                phrase = spoken(sounds, count * turn + place)
                talker = Talker(stage.address, stage.centre.number, (), phrase=phrase, after_s=after_s)
                await talker.call(pace)
                talkers.append(talker)
                on_progress(f"{count} callers", len(talkers), rounds * count)

        async with asyncio.TaskGroup() as group:
            for place in range(count):
                group.create_task(ring(place))
    asterisk_s, engine_s = (cpu_s(pid) - then for pid, then in zip(pids, before, strict=True))
    memory_mb = rss_mb(pids[1])
    await asyncio.sleep(SETTLE_S)
    return figures(count, talkers, asterisk_s, engine_s) | {
        "understood": stage.understood(),
        "engine_mb": round(memory_mb),
    }


def figures(count: int, talkers: Sequence[Talker], asterisk_s: float, engine_s: float) -> dict[str, Any]:
    """`turns_a_core`: callers whom a core serves, by the engine's processor time; a call here is a turn and little
    else."""
    stops = [talker.stop_ms for talker in talkers if talker.stop_ms is not None]
    answers = [talker.answer_ms for talker in talkers if talker.answer_ms is not None]
    seconds = sum(talker.seconds for talker in talkers)
    return {
        "callers": count,
        "calls": len(talkers),
        "stopped": len(stops),
        "stop_p50_ms": _rounded(share(stops, 50)),
        "stop_p95_ms": _rounded(share(stops, 95)),
        "answer_p50_ms": _rounded(share(answers, 50)),
        "answer_p95_ms": _rounded(share(answers, 95)),
        "turns_a_core": round(seconds / engine_s) if engine_s else None,
        "turns_a_core_with_asterisk": round(seconds / (engine_s + asterisk_s)) if engine_s else None,
    }


def spoken(sounds: Path, seed: int) -> bytes:
    """Ten digits by the recorded voice, without quiet around them, as A-law."""
    known, r = testsets(), Random(seed)
    words = known.recorded_words(sounds / "digits")
    digits = "".join(r.choice("678") for _ in range(10))
    samples = known.placed([words[word] for (word,) in one_by_one(digits)], r, 0.02, 0.1, 0.0)
    loud = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max())
    samples = samples[loud[0] : loud[-1] + 1]
    padded = np.pad(samples, (0, -len(samples) % _PACKET))
    return encode(np.asarray(padded / 32768, np.float32))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value)
