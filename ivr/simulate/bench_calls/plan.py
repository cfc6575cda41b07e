"""What every caller of the bench does: the menus of dialplans/bench/menu.yaml, a key in each, at its time. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ivr.simulate.bench_calls.rtp import TICK_S, TONE_TICKS

NOTICE, GOODBYE, MISTAKE = "recording_notice", "goodbye", "mistake"
MENUS = ("menu_1", "menu_2", "menu_3", "menu_4", "menu_5")
KEYS = "12345"
_IMPATIENT = (False, True, False, True, False)
"""Who presses while the prompt is still said (barge-in), menu by menu."""
_THINKING_S = 1.8
"""From the prompt's end to the key."""
_INTO_PROMPT_S = 1.0
_TONE_S = (TONE_TICKS + 1) * TICK_S
RAMP_S = 9.0
_TURNS = 2.25
"""Calls that each of the concurrent callers makes, on average: the ramp up and down are a small part of the load."""


@dataclass(frozen=True, slots=True)
class Plan:
    """keys: (seconds from the first sound of the centre, key). seconds: the whole call."""

    keys: tuple[tuple[float, str], ...]
    seconds: float

    @classmethod
    def of(cls, lengths: Mapping[str, float]) -> Self:
        """`lengths` in seconds of every sound by its name."""
        at = lengths[NOTICE]
        keys = []
        for menu, key, impatient in zip(MENUS, KEYS, _IMPATIENT, strict=True):
            at += _INTO_PROMPT_S if impatient else lengths[menu] + _THINKING_S
            keys.append((at, key))
            at += _TONE_S
        return cls(tuple(keys), at + lengths[GOODBYE])


@dataclass(frozen=True, slots=True)
class Load:
    """concurrent: calls at once. rate: new calls a second at most. calls: all of them."""

    concurrent: int
    rate: float
    calls: int

    @classmethod
    def of(cls, concurrent: int) -> Self:
        return cls(concurrent, concurrent / RAMP_S, round(_TURNS * concurrent))
