"""What hearing costs: processor time for a second of speech, memory for a turn that goes on."""

import asyncio
import os
from collections.abc import Sequence
from time import process_time
from typing import Any

import psutil

from ivr.service.hearing import Recogniser
from ivr.simulate.bench_speech.judging import question
from ivr.simulate.bench_speech.turns import take
from ivr.simulate.bench_speech.voices import Utterance, through

TURNS_AT_ONCE = 50
_BYTES_A_SECOND = 16000


async def measured(recogniser: Recogniser, utterances: Sequence[Utterance]) -> dict[str, Any]:
    """Turns one after another: `rtf`, processor seconds for a second of a turn, detection, recognition and
    understanding together; `turns_a_core`: its inverse, by arithmetic. `turn_kb`: memory of a turn, of many at once.

    Raises RecognitionFailed.
    """
    heard = [(question(one.saying.context), through(one.samples, "alaw", 0, ())) for one in utterances if one.saying]
    began, seconds = process_time(), 0.0
    for listen, sound in heard:
        seconds += (await take(recogniser, listen, sound)).over_s
    rtf = (process_time() - began) / seconds
    return {
        "rtf": round(rtf, 4),
        "turns_a_core": round(1 / rtf),
        "turn_kb": round(await _turn_bytes(recogniser, heard[0][0].words, heard[0][1]) / 1024),
        "seconds": round(seconds),
        "cores": os.cpu_count(),
    }


async def _turn_bytes(recogniser: Recogniser, words: Sequence[str], sound: bytes) -> float:
    """Resident memory of a recogniser in mid-phrase: the growth with many of them, all fed the same two seconds."""
    process = psutil.Process()
    before = process.memory_info().rss
    hearings = []
    for _ in range(TURNS_AT_ONCE):
        fed: asyncio.Future[tuple[str, ...]] = asyncio.get_running_loop().create_future()
        hearing = recogniser.hear(words, fed.set_result, fed.set_exception)
        hearing.feed(sound[: 2 * _BYTES_A_SECOND])
        await fed
        hearings.append(hearing)
    grown = process.memory_info().rss - before
    for hearing in hearings:
        hearing.close()
    return max(0.0, grown / TURNS_AT_ONCE)
