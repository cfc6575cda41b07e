"""What a turn asks of its shell."""

from dataclasses import dataclass
from enum import StrEnum

from ivr.dialogue.listening.heard import Hypothesis


@dataclass(frozen=True, slots=True)
class StopPrompt:
    """Be silent at once."""


@dataclass(frozen=True, slots=True)
class ResumePrompt:
    """Say the rest of the prompt, from shortly before the place where it stopped when `again`."""

    again: bool


@dataclass(frozen=True, slots=True)
class Hear:
    """Start the recogniser afresh and feed it everything since `since` (the turn's clock). Partial results of what was
    fed before are worth nothing now."""

    since: float


@dataclass(frozen=True, slots=True)
class Rest:
    """There is nothing to hear: let go of the recogniser until the next `Hear`."""


@dataclass(frozen=True, slots=True)
class Foresee:
    """The words so far may be all: get ready what would be said to them. The phrase goes on being heard."""


@dataclass(frozen=True, slots=True)
class Conclude:
    """The phrase is over: ask the recogniser for its final result and feed it no more."""


@dataclass(frozen=True, slots=True)
class Comfort:
    """Play the comfort sound until the turn ends."""


class End(StrEnum):
    HEARD = "heard"
    SILENCE = "silence"
    KEYED = "keyed"
    DEAF = "deaf"


@dataclass(frozen=True, slots=True)
class Finish:
    """The turn is over.

    HEARD:   `hypotheses`, the best first, tell the phrase; none, or without a known word: not understood.
    SILENCE: the caller said nothing.
    KEYED:   a key was pressed; tones take over.
    DEAF:    no sound came, or the recogniser failed; tones take over.

    `prompt_cut`: the prompt was not said to its end. `muttered`: shortly before the phrase there was a voice without a
    known word: «это не …» perhaps, and then «правильно».
    """

    end: End
    hypotheses: tuple[Hypothesis, ...] = ()
    prompt_cut: bool = False
    muttered: bool = False


Command = StopPrompt | ResumePrompt | Hear | Rest | Foresee | Conclude | Comfort | Finish
