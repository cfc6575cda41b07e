"""Features for training: each shard holds the whole corpus once, on calls drawn anew, with the phones said."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr.adapters.speech.letter_to_sound import PHONES
from ivr.adapters.speech.lexicon import said
from speech_training import channel, features, texts
from speech_training.corpus import Corpus, Spoken, trains
from speech_training.revoicing import revoiced
from speech_training.voices import RATE

LONGEST = 1800
_TRACT = 0.2
_REVOICED = 0.6
"""Share of what is said that another person seems to say; the rest only has another tract."""
_JOINED = 0.5
"""Utterances joined of single words, for each sentence of the voice."""
_EMPTY = 0.04
_NUMBERS = {phone: number for number, phone in enumerate(PHONES)}


@dataclass(frozen=True)
class Utterance:
    features: np.ndarray
    phones: np.ndarray


class Shards:
    """Makes and reads the files under `folder`."""

    def __init__(self, corpus: Corpus, folder: Path) -> None:
        self._corpus, self._folder = corpus, folder
        folder.mkdir(parents=True, exist_ok=True)

    def make(self, number: int) -> float:
        """Hours of features in shard `number`; 0 when it was there."""
        path = self._folder / f"shard{number}.npz"
        if path.exists():
            return 0.0
        kept = [one for one in _utterances(self._corpus.read(trains), random.Random(1000 + number)) if _fits(one)]
        beside = self._folder / f"making{number}.npz"
        np.savez(
            beside,
            features=np.concatenate([one.features for one in kept]),
            frames=[len(one.features) for one in kept],
            phones=np.concatenate([one.phones for one in kept]),
            counts=[len(one.phones) for one in kept],
        )
        beside.rename(path)
        return sum(len(one.features) for one in kept) / 360_000

    def read(self) -> list[Utterance]:
        utterances: list[Utterance] = []
        for path in sorted(self._folder.glob("shard*.npz")):
            with np.load(path) as stored:
                frames, phones = stored["features"], stored["phones"]
                frame_ends, phone_ends = np.cumsum(stored["frames"]), np.cumsum(stored["counts"])
            utterances += [
                Utterance(part, said_there)
                for part, said_there in zip(
                    np.split(frames, frame_ends[:-1]), np.split(phones, phone_ends[:-1]), strict=True
                )
            ]
        return utterances


def _utterances(spoken: dict[str, list[Spoken]], r: random.Random) -> Iterator[Utterance]:
    pronounced = {
        word: [_NUMBERS[phone] for phone in ways[0]]
        for word, ways in said({word for voice in spoken.values() for one in voice for word in one.words}).items()
    }
    sentences = [one for voice in spoken.values() for one in voice if not one.alone]

    def babble(count: int) -> np.ndarray:
        return _babble(count, sentences, r)

    for samples, words in _drawn(spoken, r):
        said_by = revoiced(samples, r) if words and r.random() < _REVOICED else channel.tract(samples, r, _TRACT)
        heard = channel.call(said_by, r, babble)
        phones = [phone for word in words for phone in pronounced.get(word, [])]
        yield Utterance(features.log_mel(heard).astype(np.float16), np.array(phones, np.int16))


def _drawn(spoken: dict[str, list[Spoken]], r: random.Random) -> list[tuple[np.ndarray, list[str]]]:
    drawn: list[tuple[np.ndarray, list[str]]] = []
    for voice in spoken.values():
        alone: dict[str, list[np.ndarray]] = {}
        for one in voice:
            if one.alone:
                alone.setdefault(one.words[0], []).append(one.samples)
        sentences = [one for one in voice if not one.alone]
        for one in sentences:
            samples = one.samples.astype(np.float32)
            drawn.append((channel.levelled(samples, r) if r.random() < 0.5 else samples, one.words))
        if alone:
            drawn += [_joined(alone, r) for _ in range(int(len(sentences) * _JOINED))]
    drawn += [
        (channel.noise(int(r.uniform(0.3, 3) * RATE), r).astype(np.float32), [])
        for _ in range(int(len(drawn) * _EMPTY))
    ]
    r.shuffle(drawn)
    return drawn


def _joined(alone: dict[str, list[np.ndarray]], r: random.Random) -> tuple[np.ndarray, list[str]]:
    """Words that were said one by one, as recorded numbers are: each at its own level and speed."""
    kind = r.random()
    if kind < 0.6:
        words = [r.choice(texts.DIGITS) for _ in range(r.randint(1, 8))]
    elif kind < 0.85:
        words = texts.whole(r.randrange(10 ** r.randint(3, 6)), r)
    else:
        words = [r.choice(texts.COUNTED) for _ in range(r.randint(1, 5))]
    words = [word for word in words if word in alone]
    pause = r.choice([0, 0.03, 0.08, 0.2, 0.4])
    parts = [np.zeros(1, np.float32)]
    for word in words:
        samples = r.choice(alone[word]).astype(np.float32) * float(np.exp(r.uniform(-1.0, 0.4)))
        parts.append(channel.tract(samples, r, 0.06) if r.random() < 0.5 else samples)
        parts.append(np.zeros(int(RATE * pause * r.uniform(0.3, 1.5)), np.float32))
    return np.concatenate(parts), words


def _babble(count: int, sentences: list[Spoken], r: random.Random) -> np.ndarray:
    mixed = np.zeros(count, np.float32)
    for _ in range(r.randint(1, 5)):
        samples = r.choice(sentences).samples.astype(np.float32)
        samples = np.tile(samples / (channel.loudness(samples) + 1), count // len(samples) + 1)
        start = r.randrange(len(samples) - count + 1)
        mixed += samples[start : start + count]
    return mixed


def steps_needed(one: Utterance) -> int:
    """Outputs that CTC needs for the phones: a blank stands between two that are the same."""
    return len(one.phones) + int((one.phones[1:] == one.phones[:-1]).sum())


def _fits(one: Utterance) -> bool:
    """Whether the phones have room in the frames."""
    return steps_needed(one) <= (len(one.features) + 2) // 3 and len(one.features) <= LONGEST
