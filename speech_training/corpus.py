"""The raw corpus: one file of speech for each voice, every utterance with its words.

A file that is there is not made again, so a broken run goes on where it stopped. Texts and ways of speaking come from
a seed of the voice's name.
"""

import json
import random
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr.adapters.speech.lexicon import marked, stresses
from speech_training import texts, voices

SHORTEST = 800
_FESTIVAL_BATCH = 100


@dataclass(frozen=True)
class Plan:
    """How much each voice says: sentences, how often each word of numbers alone, and how often each reply: a lone «да»
    is what callers say most."""

    sentences: int
    alone: int
    replies: int


@dataclass(frozen=True)
class Spoken:
    """8 kHz samples and their words; `alone` is a single word said by itself, to be joined with others."""

    samples: np.ndarray
    words: list[str]
    alone: bool


RHVOICE = Plan(950, 2, 3)
FESTIVAL = Plan(2400, 4, 3)
RETRO = Plan(950, 3, 3)
ESPEAK = Plan(48, 1, 1)
HELD_OUT = Plan(150, 0, 0)


class Corpus:
    """Makes and reads the files under `folder` from the packages unpacked under `root`."""

    def __init__(self, root: Path, folder: Path, flows: Path) -> None:
        self._root, self._folder = root, folder
        words = texts.dictionary(root / "usr/share/hunspell/ru_RU.dic")
        self._speaker = texts.Speaker(words, texts.wordings(flows))
        folder.mkdir(parents=True, exist_ok=True)

    def names(self) -> list[str]:
        """Every file of the corpus, those of held-out voices too, dearest first."""
        return [
            *(f"rhvoice_{name}" for name in (*voices.TRAINING, *voices.TUNING, *voices.TEST)),
            "festival_nsh",
            *(f"retro_{name}" for name in voices.RETRO),
            *(f"espeak_{name}" for name in voices.VARIANTS),
        ]

    def make(self, name: str) -> float:
        """Seconds of speech in the file; 0 when it was there."""
        path = self._folder / f"{name}.npz"
        if path.exists():
            return 0.0
        r = random.Random(zlib.crc32(name.encode()))
        engine, _, voice = name.partition("_")
        speak = {"rhvoice": self._rhvoice, "festival": self._festival, "retro": self._retro, "espeak": self._espeak}
        return _save(path, speak[engine](voice, r))

    def _drawn(self, plan: Plan, r: random.Random) -> list[tuple[texts.Groups, bool]]:
        drawn = [(self._speaker.sentence(r), False) for _ in range(plan.sentences)]
        drawn += [([reply.split()], False) for reply in texts.REPLIES for _ in range(plan.replies)]
        return drawn + [([[word]], True) for word in texts.COUNTED for _ in range(plan.alone)]

    def _written(self, drawn: list[tuple[texts.Groups, bool]], r: random.Random, accents: bool) -> list[str]:
        """The texts as an engine gets them, every word with its stress where the engine reads it."""
        stress = stresses(word for groups, _ in drawn for group in groups for word in group) if accents else {}
        written = []
        for groups, _ in drawn:
            between = r.choice([", ", ", ", " ", " ", ". "])
            text = between.join(
                " ".join(marked(word, stress[word]) if accents else word for word in group) for group in groups
            )
            written.append(text + r.choice(["", ".", ".", ","]))
        return written

    def _rhvoice(self, voice: str, r: random.Random) -> Iterator[Spoken]:
        engine = voices.RHVoice(self._root)
        drawn = self._drawn(RHVOICE if voice in voices.TRAINING else HELD_OUT, r)
        wide = voice in voices.TRAINING
        for (groups, alone), text in zip(drawn, self._written(drawn, r, accents=True), strict=True):
            rate = float(np.exp(r.uniform(-0.3, 0.45) if wide else r.uniform(-0.2, 0.35)))
            pitch = float(np.exp(r.uniform(-0.35, 0.35) if wide else r.uniform(-0.15, 0.15)))
            yield Spoken(engine.say(text, voice, rate, pitch), _flat(groups), alone)

    def _espeak(self, voice: str, r: random.Random) -> Iterator[Spoken]:
        drawn = self._drawn(ESPEAK, r)
        for (groups, alone), text in zip(drawn, self._written(drawn, r, accents=False), strict=True):
            sound = voices.espeak(text, voice, r.randint(120, 230), r.randint(20, 80), r.choice([0, 0, 2, 6]))
            yield Spoken(sound, _flat(groups), alone)

    def _retro(self, voice: str, r: random.Random) -> Iterator[Spoken]:
        engine, drawn = voices.Retro(), self._drawn(RETRO, r)
        for (groups, alone), text in zip(drawn, self._written(drawn, r, accents=True), strict=True):
            sound = engine.say(text, voice, r.randint(75, 150), r.randint(75, 135), r.randint(30, 140))
            yield Spoken(sound, _flat(groups), alone)

    def _festival(self, _: str, r: random.Random) -> Iterator[Spoken]:
        drawn = self._drawn(FESTIVAL, r)
        written = self._written(drawn, r, accents=False)
        for start in range(0, len(drawn), _FESTIVAL_BATCH):
            part = written[start : start + _FESTIVAL_BATCH]
            sounds = voices.festival(self._root, part, [r.uniform(0.75, 1.35) for _ in part])
            for (groups, alone), sound in zip(drawn[start:], sounds, strict=False):
                yield Spoken(sound, _flat(groups), alone)

    def read(self, keep: Callable[[str], bool]) -> dict[str, list[Spoken]]:
        """The files whose name `keep` accepts."""
        return {path.stem: _load(path) for path in sorted(self._folder.glob("*.npz")) if keep(path.stem)}


def trains(name: str) -> bool:
    """Whether a file of the corpus may train the model."""
    return name.removeprefix("rhvoice_") not in (*voices.TUNING, *voices.TEST)


def _flat(groups: texts.Groups) -> list[str]:
    return [word for group in groups for word in group]


def _save(path: Path, said: Iterator[Spoken]) -> float:
    kept = [
        Spoken(np.clip(sound, -32767, 32767).astype(np.int16), spoken.words, spoken.alone)
        for spoken in said
        if len(sound := voices.trimmed(spoken.samples)) >= SHORTEST
    ]
    beside = path.with_suffix(".part.npz")
    np.savez(
        beside,
        samples=np.concatenate([spoken.samples for spoken in kept]),
        lengths=[len(spoken.samples) for spoken in kept],
        words=np.frombuffer(json.dumps([[spoken.words, spoken.alone] for spoken in kept]).encode(), np.uint8),
    )
    beside.rename(path)
    return sum(len(spoken.samples) for spoken in kept) / voices.RATE


def _load(path: Path) -> list[Spoken]:
    with np.load(path) as stored:
        samples, ends = stored["samples"], np.cumsum(stored["lengths"])
        told = json.loads(bytes(stored["words"]).decode())
    starts = [0, *ends[:-1]]
    return [
        Spoken(samples[start:end], words, alone) for start, end, (words, alone) in zip(starts, ends, told, strict=True)
    ]
