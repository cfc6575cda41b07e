"""Chooses the decoder's settings by the tuning voices alone: numbers heard whole, other phrases not taken for one."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ivr.adapters.speech import vosk_graph
from ivr.adapters.speech.lexicon import said
from speech_training import measure, texts
from speech_training.export import Decoding, acoustics
from speech_training.testsets import Utterance

CONDITIONS = ("alaw", "gsm", "babble15", "street10")
LOST = 0.02
"""Share of right numbers that the confidence threshold may ask again."""


def threshold(right: list[float], lost: float = LOST) -> float:
    """The confidence that all but this share of right numbers reach."""
    return sorted(right)[int(len(right) * lost)] if right else 0.0


def taken(numbers: measure.Result, others: measure.Result) -> tuple[float, float]:
    """The threshold, and the share of numberless phrases that reach it."""
    least = threshold(list(numbers.confidences))
    return least, sum(one >= least for one in others.confidences) / others.utterances


def tried(
    checkpoint: Path, folder: Path, sets: dict[str, list[Utterance]], settings: Iterator[Decoding]
) -> Iterator[str]:
    """A line of figures for each of the settings. `folder` is written over."""
    words = said(texts.COUNTED)
    for decoding in settings:
        acoustics(checkpoint, folder, decoding)
        vosk_graph.write(folder / "graph", words, decoding.costs)
        ear = measure.Ear(folder)
        figures = []
        for how in CONDITIONS:
            babble = sets["tuning numberless"]
            numbers = measure.measured(ear, "numbers", sets["tuning numbers"], how, babble)
            others = measure.measured(ear, "numberless", babble, how, babble)
            least, wrong = taken(numbers, others)
            figures.append(
                f"{how} {numbers.whole / numbers.utterances:.1%} whole, {others.accepted / others.utterances:.1%} "
                f"taken, {wrong:.1%} above {least:.2f}"
            )
        yield f"{_told(decoding)}: {'; '.join(figures)}"


def _told(decoding: Decoding) -> str:
    return (
        f"scale {decoding.acoustic_scale:g} blank {decoding.blank_nats:g} unknown {decoding.costs.unknown:g} "
        f"+ {decoding.costs.unknown_phone:g} a phone"
    )


def grid(start: Decoding) -> Iterator[Decoding]:
    """The settings tried, one differing from `start` in one thing."""
    yield start
    for scale in (1.0, 2.0):
        yield replace(start, acoustic_scale=scale)
    for nats in (0.5, 2.5):
        yield replace(start, blank_nats=nats)
    for first, phone in ((0.0, 2.0), (4.0, 2.0), (2.0, 1.0), (2.0, 3.0)):
        yield replace(start, costs=vosk_graph.Costs(first, phone))
