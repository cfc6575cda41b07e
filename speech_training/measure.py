"""Measures a model folder with stock vosk, as a call hears: 200 ms at a time, every result to its end."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np
import vosk

from speech_training import texts
from speech_training.testsets import Utterance, condition
from speech_training.voices import RATE

UNKNOWN = "[unk]"
NUMBERS = (*texts.COUNTED, UNKNOWN)
"""The grammar of a number."""
_CHUNK = 3200


@dataclass(frozen=True)
class Heard:
    """What vosk told of one utterance: words without `[unk]`, and the lowest confidence among them, 0..1."""

    words: tuple[str, ...]
    confidence: float


@dataclass(frozen=True)
class Result:
    """One set under one condition. `whole` utterances were right in every word; `accepted` told any word at all."""

    name: str
    utterances: int
    whole: int
    accepted: int
    words: int
    word_errors: int
    speech_s: float
    cpu_s: float
    worst_voice: tuple[str, float]
    confidences: tuple[float, ...]
    """Of the right ones, or of the accepted ones of a set that holds no numbers."""

    def line(self) -> str:
        rate = f"{self.whole / self.utterances:6.1%} whole, {self.word_errors / max(1, self.words):6.2%} words wrong"
        if not self.words:
            rate = f"{self.accepted}/{self.utterances} = {self.accepted / self.utterances:.1%} taken for a number"
        voice = f", worst {self.worst_voice[0]} {self.worst_voice[1]:.0%}" if self.words else ""
        return f"{self.name}: {self.utterances} utterances, {rate}{voice}, RTF {self.cpu_s / self.speech_s:.4f}"


class Ear:
    """A loaded model that listens with one grammar."""

    def __init__(self, folder: Path, grammar: Sequence[str] | None = NUMBERS) -> None:
        vosk.SetLogLevel(-1)
        self._model = vosk.Model(str(folder))
        self._grammar = json.dumps(list(grammar), ensure_ascii=False) if grammar else None

    def hear(self, samples: np.ndarray) -> Heard:
        more = (self._grammar,) if self._grammar else ()
        recogniser = vosk.KaldiRecognizer(self._model, float(RATE), *more)
        recogniser.SetWords(True)
        sound = samples.astype("<i2").tobytes()
        told = [
            json.loads(recogniser.Result())
            for start in range(0, len(sound), _CHUNK)
            if recogniser.AcceptWaveform(sound[start : start + _CHUNK])
        ]
        told.append(json.loads(recogniser.FinalResult()))
        words = [word for part in told for word in part.get("result", []) if word["word"] != UNKNOWN]
        return Heard(tuple(word["word"] for word in words), min((word["conf"] for word in words), default=0.0))


def measured(ear: Ear, name: str, utterances: Sequence[Utterance], how: str, others: list[Utterance]) -> Result:
    """The set `utterances` under the condition `how`."""
    whole = accepted = words = errors = 0
    speech_s = cpu_s = 0.0
    voices: dict[str, list[bool]] = {}
    confidences = []
    for number, one in enumerate(utterances):
        samples = condition(one.samples, how, number, others)
        began = process_time()
        heard = ear.hear(samples)
        cpu_s += process_time() - began
        speech_s += len(samples) / RATE
        right = heard.words == one.words
        whole, accepted, words = whole + right, accepted + bool(heard.words), words + len(one.words)
        errors += distance(one.words, heard.words)
        voices.setdefault(one.voice, []).append(right)
        if right if one.words else heard.words:
            confidences.append(heard.confidence)
    worst = min((sum(right) / len(right), voice) for voice, right in voices.items())
    return Result(
        f"{name}, {how}", len(utterances), whole, accepted, words, errors, speech_s, cpu_s, worst[::-1],
        tuple(confidences),
    )  # fmt: skip


def distance(wanted: Sequence[str], heard: Sequence[str]) -> int:
    """Words wrong, missing or too many."""
    row = list(range(len(heard) + 1))
    for number, one in enumerate(wanted, 1):
        before, row[0] = row[0], number
        for place, other in enumerate(heard, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (one != other))
    return row[-1]


def report(results: Iterable[Result]) -> list[dict[str, object]]:
    return [
        {
            "set": one.name,
            "utterances": one.utterances,
            "whole": one.whole,
            "accepted": one.accepted,
            "words": one.words,
            "word_errors": one.word_errors,
            "worst_voice": list(one.worst_voice),
            "rtf": round(one.cpu_s / one.speech_s, 5),
        }
        for one in results
    ]
