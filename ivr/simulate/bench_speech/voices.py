"""Who says the readings: voices that never trained the model, and lines that they are heard through.

The recorded woman comes with the centre's own Asterisk (asterisk-core-sounds-ru, CC-BY-3.0); the synthetic voices are
RHVoice's under CC-BY-NC-ND, which `scripts/train_speech_model.sh packages` fetches from Debian. What makes noise and
codecs is `speech_training/testsets.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from ivr.adapters.speech.lexicon import marked, stresses
from ivr.domain.errors import ConfigurationError
from ivr.simulate.bench_speech.sayings import FORMS, Groups, Saying, drawn, few_words

AFTER_S = 2.5
"""The line goes on so long after the caller: what is behind him does not end with his words."""


@dataclass(frozen=True)
class Utterance:
    """What one caller says. `samples`: clean, 8 kHz, in the scale of 16 bits; he ends at `end_s`. `saying` None: no
    number is said."""

    samples: "np.ndarray[Any, Any]"
    voice: str
    saying: Saying | None = None

    @property
    def end_s(self) -> float:
        return len(self.samples) / 8000 - AFTER_S


def testsets() -> Any:
    """`speech_training.testsets`. Raises ConfigurationError where the repository is not at hand."""
    try:
        from speech_training import testsets
    except ImportError as error:
        raise ConfigurationError(
            [f"the bench of speech needs the repository, for its test voices: scripts/run.sh bench speech ({error})"]
        ) from error
    return testsets


def human(sounds: Path, each: int) -> tuple[list[Utterance], list[Utterance]]:
    """Readings of the recorded speaker, `each` in every form, and her prompts that hold no number."""
    known, r = testsets(), Random(1)
    words = known.recorded_words(sounds / "digits")
    readings = []
    for form in FORMS:
        for _ in range(each):
            saying = drawn(form, r, few_words)
            parts = [np.concatenate([words[word] for word in group]) for group in saying.groups]
            readings.append(Utterance(known.placed(parts, r, 0.05, 0.25, AFTER_S), "human", saying))
    numberless = []
    for name in known.PROMPTS.split():
        samples = known.trimmed(known.read_sound(sounds / f"{name}.wav"), 0.02)
        numberless.append(Utterance(known.placed([samples], r, 0.1, 0.2, AFTER_S), "human"))
    return readings, numberless


class Speaker:
    """The synthetic voices of the packages under `root`. Raises ConfigurationError when they do not speak."""

    def __init__(self, root: Path, flows: Path) -> None:
        testsets()
        from speech_training import texts, voices

        self._texts, self._voices = texts, voices
        try:
            self._engine = voices.RHVoice(root)
            self._dictionary = texts.dictionary(root / "usr/share/hunspell/ru_RU.dic")
        except (OSError, RuntimeError) as error:
            raise ConfigurationError([f"the synthetic voices in {root} do not speak: {error}"]) from error
        self._phrases = texts.wordings(flows)
        self._stress: dict[str, int] = {}

    @property
    def tuning(self) -> Sequence[str]:
        return self._voices.TUNING

    @property
    def held_out(self) -> Sequence[str]:
        return self._voices.TEST

    def readings(self, voice: str, each: int) -> Iterator[Utterance]:
        """`each` in every form."""
        r = Random(f"readings {voice}")
        for form in FORMS:
            for _ in range(each):
                saying = drawn(form, r)
                yield Utterance(self.say(saying.groups, voice, r), voice, saying)

    def numberless(self, voice: str, count: int) -> Iterator[Utterance]:
        """Phrases of the flows, and words of the dictionary in any order, none of them of a number."""
        r, counted = Random(f"numberless {voice}"), set(self._texts.COUNTED)
        phrases = [phrase for phrase in self._phrases if not counted & set(phrase)]
        for place in range(count):
            words = r.choice(phrases) if place % 2 else [r.choice(self._dictionary) for _ in range(r.randint(1, 5))]
            yield Utterance(self.say((tuple(words),), voice, r), voice)

    def say(self, groups: Groups, voice: str, r: Random) -> "np.ndarray[Any, Any]":
        """The words in the voice, hurried or slowly, at a level that calls have, with the line's quiet around them."""
        new = {word for group in groups for word in group} - self._stress.keys()
        self._stress |= stresses(new) if new else {}
        text = r.choice((", ", " ")).join(
            " ".join(marked(word, self._stress[word]) for word in group) for group in groups
        )
        rate, pitch = float(np.exp(r.uniform(-0.2, 0.35))), float(np.exp(r.uniform(-0.15, 0.15)))
        spoken = self._voices.trimmed(self._engine.say(f"{text}.", voice, rate, pitch))
        placed: np.ndarray[Any, Any] = testsets().placed([spoken], r, 0.0, 0.0, AFTER_S)
        return placed


def through(samples: "np.ndarray[Any, Any]", how: str, seed: int, others: Sequence[Utterance]) -> bytes:
    """The samples as they arrive: `clean`, or one of the conditions of `speech_training.testsets`; as AudioSocket
    brings them. `others` talk in the babble."""
    heard = samples if how == "clean" else testsets().condition(samples, how, seed, others)
    return bytes(np.clip(heard, -32768, 32767).astype("<i2").tobytes())
