"""ONNX models through sherpa-onnx: T-one (Russian telephone speech) and other streaming models of its zoo.

They hear openly; what is none of a question's words becomes `[unk]` afterwards. The package is not among the product's
own: requirements/sherpa.lock brings it.
"""

import asyncio
import math
import mmap
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import numpy as np

from ivr.adapters.speech.recognition.loudness import Loudness
from ivr.adapters.speech.recognition.models import checked
from ivr.adapters.speech.recognition.threaded import ThreadedHearing, Vocabulary
from ivr.dialogue.listening.foreground import foreground
from ivr.dialogue.listening.heard import Hypothesis, Word
from ivr.domain.errors import ConfigurationError
from ivr.service.hearing import RATE, OnFailure, OnPartial

_T_ONE_MARK = b"frame_length_ms"
"""Metadata that of sherpa-onnx's models T-one alone has."""
_UNTOLD = 0.5
"""Confidence where the model tells none."""
_TAIL_S = 0.6
"""Silence after the last sound, so that the model's look-ahead reaches it: T-one takes 300 ms at a time."""


class SherpaRecogniser:
    """Made by `load`."""

    def __init__(self, name: str, recogniser: Any, threads: int) -> None:
        self.name = name
        self.open = True
        self._recogniser = recogniser
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="hearing")

    @classmethod
    async def load(cls, folder: Path, threads: int = 0) -> Self:
        """See VoskRecogniser.load."""
        await checked(folder)
        recogniser = await asyncio.to_thread(load, folder)
        return cls(folder.name, recogniser, threads or min(4, os.cpu_count() or 1))

    def hear(self, grammar: Sequence[str], partial: OnPartial, failure: OnFailure) -> ThreadedHearing:
        """See Recogniser."""
        vocabulary = Vocabulary(grammar)
        return ThreadedHearing(self._pool, lambda: SherpaStream(self._recogniser, vocabulary), partial, failure)

    async def close(self) -> None:
        """Wait for the portions that are being heard."""
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)


def load(folder: Path) -> Any:
    """sherpa-onnx's recogniser of the model in `folder`: encoder, decoder and joiner, or one file. Raises
    ConfigurationError when the package is not there; a damaged model may end the process."""
    try:
        from sherpa_onnx import OnlineRecognizer
    except ImportError as error:
        remedy = "pip install -r requirements/sherpa.lock"
        raise ConfigurationError([f"{folder}: needs the package sherpa-onnx: {remedy} ({error})"]) from error
    tokens = str(folder / "tokens.txt")
    parts = {part: file for part in ("encoder", "decoder", "joiner") if (file := _file(folder, part))}
    if len(parts) == 3:
        return OnlineRecognizer.from_transducer(tokens=tokens, num_threads=1, **parts)
    model = _file(folder, "")
    assert model is not None, "the folder's kind was looked at"
    if _is_t_one(Path(model)):
        return OnlineRecognizer.from_t_one_ctc(tokens=tokens, model=model, num_threads=1)
    return OnlineRecognizer.from_zipformer2_ctc(tokens=tokens, model=model, num_threads=1)


def _file(folder: Path, begins: str) -> str | None:
    """The whole-precision file before a smaller one."""
    files = sorted(folder.glob(f"{begins}*.onnx"), key=lambda file: (".int8." in file.name, file.name))
    return str(files[0]) if files else None


def _is_t_one(model: Path) -> bool:
    with model.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
            return whole.find(_T_ONE_MARK) >= 0


class SherpaStream:
    """See Stream."""

    def __init__(self, recogniser: Any, vocabulary: Vocabulary) -> None:
        self._recogniser = recogniser
        self._vocabulary = vocabulary
        self._stream = recogniser.create_stream()
        self._fed_s = 0.0
        self._loudness = Loudness()

    def accept(self, portion: bytes) -> tuple[str, ...]:
        """See Stream."""
        samples = np.frombuffer(portion, dtype="<i2").astype(np.float32) / 32768
        self._fed_s += len(samples) / RATE
        self._loudness.accept(portion)
        self._stream.accept_waveform(RATE, samples)
        self._decode()
        return self._vocabulary.known(str(self._recogniser.get_result(self._stream)).lower().split())

    def finish(self) -> tuple[Hypothesis, ...]:
        """See Stream."""
        self._stream.accept_waveform(RATE, np.zeros(round(RATE * _TAIL_S), dtype=np.float32))
        self._stream.input_finished()
        self._decode()
        result = self._recogniser.get_result_all(self._stream)
        words = spoken_words(result.tokens, result.timestamps, result.ys_probs, self._fed_s)
        if not words:
            return ()
        heard = self._vocabulary.closed([Hypothesis(words, math.prod(word.confidence for word in words))])
        return foreground(heard, self._loudness.levels_db)

    def _decode(self) -> None:
        while self._recogniser.is_ready(self._stream):
            self._recogniser.decode_stream(self._stream)


def spoken_words(
    tokens: Sequence[str], starts_s: Sequence[float], log_probabilities: Sequence[float], end_s: float
) -> tuple[Word, ...]:
    """Words of a row of letters or pieces of words: a blank, or a mark of a beginning (▁), parts them."""
    rows: list[list[int]] = [[]]
    for at, token in enumerate(tokens):
        if token.startswith((" ", "▁")):
            rows.append([])
        if token.strip(" ▁"):
            rows[-1].append(at)
    words = []
    for row in filter(None, rows):
        told = [log_probabilities[at] for at in row if at < len(log_probabilities)]
        following = row[-1] + 1
        words.append(
            Word(
                "".join(tokens[at].strip(" ▁") for at in row).lower(),
                starts_s[row[0]],
                starts_s[following] if following < len(starts_s) else max(end_s, starts_s[row[-1]]),
                min(1.0, math.exp(sum(told) / len(told))) if told else _UNTOLD,
            )
        )
    return tuple(words)
