"""`ivr bench speech`: all of it, in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ivr.config import Centre
from ivr.domain.errors import ConfigurationError
from ivr.hearing import opened
from ivr.places import layout
from ivr.prepare import Progress
from ivr.service.hearing import Recogniser
from ivr.simulate.bench_speech import accuracy, cost, dialogue
from ivr.simulate.bench_speech.accuracy import LINES, NUMBERLESS_LINES, QUICK_LINES, Tally
from ivr.simulate.bench_speech.dialogue import Dialogues
from ivr.simulate.bench_speech.voices import Speaker, Utterance, human

VOICES = Path("var/speech/packages")


@dataclass
class Sets:
    """Utterances by set; `absent`: what could not be said, and why."""

    readings: dict[str, list[Utterance]] = field(default_factory=dict)
    numberless: dict[str, list[Utterance]] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    speaker: Speaker | None = None


@dataclass
class Figures:
    """Tallies by set and line."""

    readings: dict[str, dict[str, Tally]] = field(default_factory=dict)
    numberless: dict[str, dict[str, Tally]] = field(default_factory=dict)
    dialogues: dict[str, Dialogues] = field(default_factory=dict)
    cost: dict[str, Any] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    model: str = ""
    at: str = ""


async def run_bench(centre: Centre, *, voices: Path, model: str, quick: bool, on_progress: Progress) -> Figures:
    """Raises ConfigurationError (no model, no Asterisk with its sounds), RecognitionFailed, OSError."""
    recogniser = await opened(centre, model)
    try:
        sets = _sets(centre, voices, quick, on_progress)
        figures = Figures(model=recogniser.name, absent=sets.absent, at=f"{datetime.now(UTC):%Y-%m-%dT%H:%MZ}")
        # First: memory that other turns have used already would not be seen to grow.
        on_progress("cost", 0, 1)
        figures.cost = await cost.measured(recogniser, next(iter(sets.readings.values())))
        on_progress("cost", 1, 1)
        lines = QUICK_LINES if quick else LINES
        by_set = {name: QUICK_LINES if name == "tuning" else lines for name in sets.readings}
        figures.readings = await _tallies(recogniser, sets.readings, by_set, sets, on_progress)
        by_set = dict.fromkeys(sets.numberless, NUMBERLESS_LINES)
        figures.numberless = await _tallies(recogniser, sets.numberless, by_set, sets, on_progress)
        if sets.speaker is not None:
            figures.dialogues = await _dialogues(recogniser, sets.speaker, sets, on_progress)
        return figures
    finally:
        await recogniser.close()


def _sets(centre: Centre, voices: Path, quick: bool, on_progress: Progress) -> Sets:
    each = 12 if quick else 45
    made = Sets()
    sounds = layout(centre).installation.data / "sounds/ru"
    if (sounds / "digits").is_dir():
        made.readings["human"], made.numberless["human"] = human(sounds, each)
    else:
        made.absent.append(f"human: no recorded Russian voice in {sounds} (Debian's asterisk-core-sounds-ru-wav)")
    if not voices.is_dir():
        made.absent.append(
            f"held-out and tuning voices (RHVoice: Artemiy, Arina, Evgeniy-Rus, Mikhail, Victoria, Vitaliy, Yuriy; "
            f"Pavel, Tatiana): no packages in {voices}; scripts/train_speech_model.sh packages fetches them"
        )
        if not made.readings:
            raise ConfigurationError(made.absent)
        return made
    speaker = made.speaker = Speaker(voices, centre.path(centre.dialplans))
    said = [("held-out", speaker.held_out, each // 3), ("tuning", speaker.tuning, each // 3)]
    total, done = sum(len(names) for _, names, _ in said), 0
    for label, names, count in said:
        for name in names:
            on_progress("voices", done, total)
            made.readings.setdefault(label, []).extend(speaker.readings(name, count))
            made.numberless.setdefault(label, []).extend(speaker.numberless(name, 2 * count))
            done += 1
    on_progress("voices", done, total)
    return made


async def _tallies(
    recogniser: Recogniser,
    sets: dict[str, list[Utterance]],
    lines: Mapping[str, Sequence[str]],
    all_sets: Sets,
    on_progress: Progress,
) -> dict[str, dict[str, Tally]]:
    """Every set through its lines. In the babble talk the tuning voices, or whoever is there."""
    others = all_sets.numberless.get("tuning") or next(iter(all_sets.numberless.values()))
    what = "readings" if sets is all_sets.readings else "others"
    done, total = 0, sum(len(utterances) * len(lines[name]) for name, utterances in sets.items())

    def count() -> None:
        nonlocal done
        done += 1
        on_progress(what, done, total)

    return {
        name: {how: await accuracy.measured(recogniser, utterances, how, others, count) for how in lines[name]}
        for name, utterances in sets.items()
    }


async def _dialogues(
    recogniser: Recogniser, speaker: Speaker, sets: Sets, on_progress: Progress
) -> dict[str, Dialogues]:
    """Whole dialogues of the held-out voices, by line; every other of their readings."""
    readings, others = sets.readings["held-out"][::2], sets.numberless["tuning"]
    done, total = 0, len(readings) * len(dialogue.LINES)

    def count() -> None:
        nonlocal done
        done += 1
        on_progress("dialogues", done, total)

    return {how: await dialogue.measured(recogniser, speaker, readings, how, others, count) for how in dialogue.LINES}
