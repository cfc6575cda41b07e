"""`ivr speech evaluate`: labelled phrases of a folder, heard by a recogniser."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import soundfile
from scipy.signal import resample_poly

from ivr.adapters.files.flows import read_flow
from ivr.adapters.files.phrases import Labelled, Row, read_labelled
from ivr.adapters.speech.morphology import RussianForms
from ivr.adapters.speech.recognition.hiss import Hiss
from ivr.config import Centre
from ivr.dialogue.listening.heard import Hypothesis
from ivr.dialogue.listening.profile import YES_NO
from ivr.dialogue.understanding.grammar import Grammar
from ivr.dialogue.understanding.topics import topics
from ivr.domain.errors import ConfigurationError
from ivr.hearing import opened
from ivr.places import Places
from ivr.prepare import Progress
from ivr.service.evaluating import NO_TOPICS, REPLY, WISH, Score, Scores, grammar_of
from ivr.service.hearing import RATE, Recogniser

PATIENCE_S = 60.0
PORTION = RATE * 2 // 5
"""200 ms at a time."""
LEAST_BYTES = RATE * 2 // 10
LINE = bytes(2 * (RATE * 4 // 10))
"""What a turn hears before the voice and after it; a file may be cut at the word."""
SHOWN = 20
_FORMAT = (
    "no file of lines (*.jsonl, *.csv) tells what was said; a line of *.jsonl is "
    '{"file": "a.wav", "question": "reading", "said": "сорок два"}'
)


async def evaluate(centre: Centre, folder: Path, model: str, on_progress: Progress) -> dict[str, Any]:
    """Figures of the model (empty: the one in use) on the folder, with the rows that could not be used.

    Raises ConfigurationError (no such folder, nothing in it, no model), RecognitionFailed.
    """
    found = await asyncio.to_thread(_read, folder)
    asked = await asyncio.to_thread(_menus, centre) if any(row.label.question == WISH for row in found.rows) else {}
    recogniser = await opened(centre, model)
    scores = Scores(topics(asked, RussianForms()) if asked else NO_TOPICS)
    phrases = [phrase for said in asked.values() for phrase in said]
    try:
        for done, row in enumerate(found.rows):
            on_progress("phrases", done, len(found.rows))
            try:
                sound = await asyncio.to_thread(samples_of, row.sound)
            except (OSError, soundfile.SoundFileError) as error:
                found.mistakes.append(f"{row.sound.name}: cannot be heard: {error}")
                continue
            if len(sound) < LEAST_BYTES:
                found.mistakes.append(f"{row.sound.name}: cannot be heard: it holds less than a tenth of a second")
                continue
            await _count(recogniser, row, phrases, sound, scores)
        on_progress("phrases", len(found.rows), len(found.rows))
    finally:
        await recogniser.close()
    if not scores.all.phrases:
        raise ConfigurationError([f"{folder}: nothing to evaluate", *found.mistakes])
    return told(recogniser.name, folder, found, scores)


def _read(folder: Path) -> Labelled:
    if not folder.is_dir():
        raise ConfigurationError([f"{folder}: there is no such folder"])
    found = read_labelled(folder)
    if not found.rows:
        lines = found.mistakes or [_FORMAT]
        extra = [f"{found.unlabelled} phrases are not labelled yet: ivr speech phrases label"] * bool(found.unlabelled)
        raise ConfigurationError([f"{folder}: nothing to evaluate", *lines, *extra])
    return found


def samples_of(path: Path) -> bytes:
    """A sound of any rate and kind that libsndfile reads, the first of its channels, as a turn gets it. Raises OSError,
    soundfile.SoundFileError."""
    sound, rate = soundfile.read(path, dtype="float64", always_2d=True)
    one = sound[:, 0]
    if rate != RATE:
        common = np.gcd(rate, RATE)
        one = resample_poly(one, RATE // common, rate // common)
    return bytes(np.clip(np.round(one * 32768), -32768, 32767).astype("<i2").tobytes())


def _menus(centre: Centre) -> Mapping[str, Sequence[str]]:
    """What the flow in force may be asked for."""
    return read_flow(Places.of(centre).flow).phrases


async def _count(recogniser: Recogniser, row: Row, phrases: Sequence[str], sound: bytes, scores: Scores) -> None:
    began = perf_counter()
    given = Hiss(YES_NO.hiss if row.label.question == REPLY else 0).under(LINE + sound + LINE)
    heard = await _heard(recogniser, grammar_of(row.label.question, phrases), given)
    scores.count(row.label, heard, len(sound) / 2 / RATE, perf_counter() - began)


async def _heard(recogniser: Recogniser, words: Grammar, sound: bytes) -> tuple[Hypothesis, ...]:
    failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def failure(error: Exception) -> None:
        if not failed.done():
            failed.set_exception(error)

    hearing = recogniser.hear(words, lambda words: None, failure)
    try:
        for start in range(0, len(sound), PORTION):
            hearing.feed(sound[start : start + PORTION])
        async with asyncio.timeout(PATIENCE_S):
            found = await hearing.conclude()
        if failed.done():
            failed.result()
        return found
    finally:
        hearing.close()
        failed.cancel()


def told(model: str, folder: Path, found: Labelled, scores: Scores) -> dict[str, Any]:
    return {
        "model": model,
        "folder": str(folder),
        "all": asdict(scores.all),
        "questions": {name: asdict(score) for name, score in sorted(scores.questions.items())},
        "noises": {name: asdict(score) for name, score in sorted(scores.noises.items())},
        "misheard": [[said, heard, count] for (said, heard), count in scores.misheard.most_common(SHOWN)],
        "seconds": round(scores.seconds, 1),
        "answer_per_second": round(scores.thought_s / scores.seconds, 4) if scores.seconds else None,
        "unlabelled": found.unlabelled,
        "mistakes": found.mistakes,
    }


def text(figures: dict[str, Any]) -> Iterator[str]:
    """The same in words."""
    yield f"{figures['model']} on {figures['folder']}: {figures['seconds']:g} s of sound"
    groups = [("all", {"": figures["all"]}), ("question", figures["questions"]), ("noise", figures["noises"])]
    for what, scores in groups:
        for name, score in scores.items():
            yield f"  {f'{what} {name}'.strip():<20} {_line(Score(**score))}"
    for said, heard, count in figures["misheard"]:
        yield f"  misheard {count:>4} ×  {said} → {heard}"
    if figures["unlabelled"]:
        yield f"{figures['unlabelled']} phrases are not labelled: ivr speech phrases label"


def _line(score: Score) -> str:
    words = f"{score.wrong / score.words:.1%}" if score.words else "–"
    return (
        f"{score.phrases:>5} phrases, understood {score.understood / score.phrases:.1%}, "
        f"whole {score.whole / score.phrases:.1%}, words wrong {words}"
    )
