"""What is left of a call when it is over, at one person's end of the line."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ivr.simulate.city.alaw import Sound
from ivr.simulate.city.ear import Ear, Heard, Hit
from ivr.simulate.city.hearing import read_recording


class Moment(NamedTuple):
    """At `t` seconds after the answer the person pressed, said or heard `words`."""

    t: float
    what: str
    words: str


@dataclass
class Encounter:
    """One call of one person.

    shown:       the caller's name as an operator's telephone shows it.
    cause:       Q.850 cause of its end: 16 normal, 17 busy, 18 or 19 no answer, 21 rejected …
    by_centre:   the other side hung up.
    duration_s:  from answer to hang-up.
    recording:   the whole call at the person's end, 8 kHz signed linear, stereo: left heard, right said.
    failure:     why the person's script did not come to its end; None when it did, or when the call ended.
    """

    caller: str
    number: str
    recording: Path
    answered: bool = False
    cause: int = 0
    by_centre: bool = False
    duration_s: float = 0.0
    moments: list[Moment] = field(default_factory=list)
    failure: Exception | None = None
    shown: str = ""

    @property
    def heard(self) -> Sound:
        """What the person heard. Raises OSError when nothing was recorded."""
        return read_recording(self.recording)[0]

    @property
    def said(self) -> Sound:
        return read_recording(self.recording)[1]

    def lines(self, ear: Ear) -> list[Heard]:
        """Every known sound that the person heard, in order."""
        return ear.timeline(self.heard)

    def find(self, ear: Ear, name: str) -> list[Hit]:
        return ear.find(self.heard, name)
