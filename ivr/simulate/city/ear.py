"""Proof of what was heard: known sounds are found in a recording by their samples, whatever cut them off.

The head of a sound (its first 0.4 audible seconds) is found by normalised cross-correlation; from there the sound is
followed in steps of 0.1 s, as far as it goes. Following bridges one lost step and shifts of a few packets. Sounds that
begin with the same words share a head: the one that goes on longer is the one that was heard.

Pure: arrays in, values out. Sounds and recordings are `Sound` (alaw.py); times are seconds from their beginning.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ivr.simulate.city.alaw import RATE, Sound, through_line

ALIKE = 0.75
"""Correlation from which a head counts as found. Real prompts: the same sound 0.99, any other below 0.6 (tests)."""
QUIET = 10 ** (-48 / 20)
"""RMS below which a frame is silence: above the line's own noise, below the softest consonant that matters."""

_HEAD = RATE * 4 // 10
_SHORTEST = RATE * 15 // 100
_STEP = RATE // 10
_FRAME = RATE // 50
_SHIFT = RATE * 8 // 100
_STEP_ALIKE = 0.7
_BLOCK = 1 << 15
_TAIL = 1 << 13
_LONGER_S = 0.12
_LEAST_HEARD_S = 0.3


class Hit(NamedTuple):
    """A sound found: it begins at `start_s`, correlates by `score` (0…1), and was heard for `heard_s` seconds."""

    start_s: float
    score: float
    heard_s: float


class Heard(NamedTuple):
    """One line of a call as it was heard."""

    name: str
    start_s: float
    heard_s: float
    whole: bool


class Verdict(NamedTuple):
    """What is known of a sound that seems to begin at `hit.start_s` while the recording still grows."""

    hit: Hit
    sure: bool
    wrong: bool


class Searched:
    """A recording from sample `begin` on, cut into overlapping blocks whose spectra are made once for all sounds."""

    def __init__(self, recording: Sound, begin: int = 0) -> None:
        self.recording = recording
        self.size = _TAIL if len(recording) - begin <= _TAIL else _BLOCK
        self.blocks: list[tuple[int, Sound, NDArray[np.complex64], NDArray[np.float64]]] = []
        for at in range(begin, max(len(recording) - _SHORTEST, begin), self.hop):
            window = recording[at : at + self.size]
            spectrum = np.fft.rfft(window, self.size).astype(np.complex64)
            self.blocks.append((at, window, spectrum, _power(window)))

    @property
    def hop(self) -> int:
        return self.size - _HEAD


class Template:
    """A known sound, ready to be looked for. Raises ValueError when less than 0.15 s of it can be heard."""

    def __init__(self, sound: Sound) -> None:
        loud = np.flatnonzero(np.abs(sound) > QUIET)
        if not len(loud) or loud[-1] - loud[0] < _SHORTEST:
            raise ValueError("is too short or too quiet to be recognised")
        self.sound = sound
        self.lead, self.end = int(loud[0]), int(loud[-1]) + 1
        self.head = sound[self.lead : min(self.lead + _HEAD, self.end)]
        self._head_power = float(np.sum(np.square(self.head, dtype=np.float64)))
        self._spectra: dict[int, NDArray[np.complex64]] = {}

    @cached_property
    def searched(self) -> Searched:
        """Itself as a recording, to find other sounds in it."""
        return Searched(self.sound)

    def find(self, searched: Searched) -> list[int]:
        """Where the whole sound would begin, in samples, wherever its head is found."""
        places: list[int] = []
        for at, window, spectrum, power in searched.blocks:
            scores = self._scores(window, spectrum, power, searched.size)[: searched.hop]
            above = np.flatnonzero(scores >= ALIKE)
            groups = np.split(above, np.flatnonzero(np.diff(above) > _SHIFT) + 1) if len(above) else []
            for group in groups:
                place = at + int(group[np.argmax(scores[group])]) - self.lead
                if not places or place - places[-1] > _SHIFT:
                    places.append(place)
        return places

    def _scores(
        self, window: Sound, spectrum: NDArray[np.complex64], power: NDArray[np.float64], size: int
    ) -> NDArray[np.float64]:
        head = len(self.head)
        if len(window) < head:
            return np.zeros(0)
        if size not in self._spectra:
            self._spectra[size] = np.conj(np.fft.rfft(self.head, size)).astype(np.complex64)
        product = np.fft.irfft(spectrum * self._spectra[size], size)[: len(window) - head + 1]
        # A floor under the window's power: noise far below the sound correlates with nothing.
        windows = np.maximum(power[head:] - power[:-head], self._head_power * 1e-3)
        return np.asarray(product / np.sqrt(windows * self._head_power), dtype=np.float64)

    def follow(self, recording: Sound, start: int) -> Hit:
        """How far the sound that begins at sample `start` can be followed, and how well."""
        shift = missed = 0
        heard = self.lead
        scores: list[float] = []
        for at in range(self.lead, self.end, _STEP):
            step = self.sound[at : min(at + _STEP, self.end)]
            if start + at + shift + len(step) > len(recording):
                break
            if float(np.sqrt(np.mean(np.square(step)))) < QUIET:
                continue
            score, moved = _best(recording, step, start + at + shift)
            if score >= _STEP_ALIKE:
                scores.append(score)
                shift, missed, heard = shift + moved, 0, at + len(step)
                continue
            missed += 1
            if missed == 2:
                break
        return Hit(start / RATE, float(np.mean(scores)) if scores else 0.0, heard / RATE)


def _power(window: Sound) -> NDArray[np.float64]:
    """Sums of squares up to each sample, for the power of any stretch."""
    return np.concatenate(([0.0], np.cumsum(np.square(window, dtype=np.float64))))


def _correlation(one: Sound, other: Sound) -> float:
    norm = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(np.dot(one, other)) / norm if norm > 1e-6 else 0.0


def _best(recording: Sound, step: Sound, at: int) -> tuple[float, int]:
    """Correlation of `step` with the recording at `at`, or at the best place near it, and how far that is."""
    score = _correlation(recording[max(at, 0) : at + len(step)], step) if at >= 0 else 0.0
    if score >= 0.9:
        return score, 0
    first = max(at - _SHIFT, 0)
    window = recording[first : max(at + len(step) + _SHIFT, 0)]
    if len(window) < len(step):
        return 0.0, 0
    product = np.correlate(window, step, "valid")
    power = _power(window)
    norms = np.sqrt(np.maximum(power[len(step) :] - power[: -len(step)], 1e-9)) * float(np.linalg.norm(step))
    best = int(np.argmax(product / norms))
    return float(product[best] / norms[best]), first + best - at


class Ear:
    """Knows `sounds` by name, as they were before the line (8 kHz). Raises ValueError naming one it cannot know."""

    def __init__(self, sounds: Mapping[str, Sound]) -> None:
        self._templates: dict[str, Template] = {}
        self._rivals: dict[str, tuple[tuple[Template, int], ...]] = {}
        for name, sound in sounds.items():
            try:
                self._templates[name] = Template(through_line(np.asarray(sound, dtype=np.float32)))
            except ValueError as error:
                raise ValueError(f"sound {name}: {error}") from None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._templates)

    def seconds(self, name: str) -> float:
        """Length of the sound, from its beginning to its last audible sample."""
        return self._templates[name].end / RATE

    def find(self, recording: Sound, name: str) -> list[Hit]:
        """Where the sound was heard, in order. A sound cut by barge-in counts from its first 0.4 s on. A place where
        another known sound explains more of what is heard does not count; two that explain it equally both do."""
        return [verdict.hit for verdict in self.judge(Searched(recording), name) if not verdict.wrong]

    def timeline(self, recording: Sound) -> list[Heard]:
        """Everything known that was heard, in order; of sounds heard at the same time the longest."""
        searched = Searched(recording)
        found = [(one.hit, name) for name in self._templates for one in self.judge(searched, name) if not one.wrong]
        kept: list[Heard] = []
        for hit, name in sorted(found, key=lambda one: -one[0].heard_s):
            end_s = hit.start_s + hit.heard_s
            if all(end_s <= line.start_s + 0.1 or hit.start_s >= line.start_s + line.heard_s - 0.1 for line in kept):
                kept.append(Heard(name, hit.start_s, hit.heard_s, whole=self._whole(name, hit)))
        return sorted(kept, key=lambda line: line.start_s)

    def judge(self, searched: Searched, name: str, *, ended: bool = False) -> list[Verdict]:
        """Every place where the sound seems to begin, and what is known of it while the recording still grows, or now
        that it has `ended`."""
        return [self._judge(searched.recording, name, place, ended) for place in self._templates[name].find(searched)]

    def _judge(self, recording: Sound, name: str, start: int, ended: bool) -> Verdict:
        own = self._templates[name]
        hit = own.follow(recording, start)
        if hit.heard_s - own.lead / RATE < min(_LEAST_HEARD_S, (own.end - own.lead) / RATE - 0.1):
            return Verdict(hit, sure=False, wrong=True)
        longest_s = 0.0
        for rival, offset in self._rivals_of(name):
            other = rival.follow(recording, start - offset)
            if other.start_s + other.heard_s >= hit.start_s + hit.heard_s - _LONGER_S:
                longest_s = max(longest_s, other.heard_s)
        # The whole sound, and then something else: a longer one with the same beginning would have shown itself.
        over = self._whole(name, hit) and (ended or len(recording) / RATE >= hit.start_s + hit.heard_s + 0.4)
        wrong = longest_s > hit.heard_s + _LONGER_S
        return Verdict(hit, sure=not wrong and (over or hit.heard_s > longest_s + _LONGER_S), wrong=wrong)

    def _whole(self, name: str, hit: Hit) -> bool:
        return hit.heard_s >= self.seconds(name) - 0.15

    def _rivals_of(self, name: str) -> tuple[tuple[Template, int], ...]:
        """Sounds that hold this one's head, and how far after their beginning this one would begin: most often sounds
        that begin with the same words."""
        if name not in self._rivals:
            own = self._templates[name]
            # The same sound under another name is no rival: both were heard.
            others = (one for one in self._templates.values() if not np.array_equal(one.sound, own.sound))
            self._rivals[name] = tuple((other, at) for other in others for at in own.find(other.searched))
        return self._rivals[name]


def _frame_rms(recording: Sound) -> Sound:
    whole = len(recording) // _FRAME
    return np.asarray(np.sqrt(np.mean(np.square(recording[: whole * _FRAME].reshape(whole, _FRAME)), axis=1)))


def silences(recording: Sound, longer_than_s: float) -> list[tuple[float, float]]:
    """Stretches of dead air: (begin, end) of each that lasts longer than `longer_than_s`."""
    quiet = np.concatenate(([False], _frame_rms(recording) < QUIET, [False]))
    edges = np.flatnonzero(np.diff(quiet.astype(np.int8)))
    found = []
    for first, after in zip(edges[::2], edges[1::2], strict=True):
        if (after - first) * _FRAME / RATE > longer_than_s:
            found.append((float(first) * _FRAME / RATE, float(after) * _FRAME / RATE))
    return found


def silent(sound: Sound) -> bool:
    """Nothing can be heard in it, to its last whole frame (20 ms)."""
    return bool((_frame_rms(sound) < QUIET).all())


def loudness(recording: Sound) -> float:
    """Level of what is not silence, in dB below full scale (RMS); minus infinity when all of it is silence."""
    rms = _frame_rms(recording)
    active = rms[rms >= QUIET]
    return float(10 * np.log10(np.mean(np.square(active)))) if len(active) else float("-inf")
