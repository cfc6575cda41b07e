"""Music on hold of our own: slow chords and soft bells, computed, so nobody's licence is needed.

It loops without a seam: every note that rings over the end is laid over the beginning.
"""

from pathlib import Path

import numpy as np

from ivr.adapters.speech.samples import level, telephone
from ivr.adapters.speech.sound import RATE, Samples
from ivr.adapters.speech.wavefile import write_wav

SECONDS = 64
_LOUDNESS_LUFS = -30.0
"""Well below the voice, so that promises stand out."""
_CHORD_S = 8
# Two calm turns in C: notes as MIDI numbers, the bass first.
_CHORDS = (
    (48, 64, 67, 71),  # C maj7
    (45, 64, 67, 72),  # A m7
    (41, 65, 69, 72),  # F
    (43, 62, 67, 71),  # G
    (48, 64, 67, 74),  # C add9
    (40, 64, 67, 71),  # E m
    (41, 65, 69, 76),  # F maj7
    (43, 62, 65, 71),  # G7
)
# Which chord note rings, an octave up, at which half second of its chord.
_BELLS = ((0, 3), (3, 1), (6, 2), (9, 3), (12, 2))


def compose() -> Samples:
    """A minute of quiet music at 8 kHz."""
    piece = np.zeros(SECONDS * RATE)
    for place, chord in enumerate(_CHORDS):
        start = place * _CHORD_S
        for note in chord:
            _add(piece, start, _pad(note))
        for half, which in _BELLS:
            _add(piece, start + half / 2, 0.35 * _bell(chord[which] + 12))
    # Filtered on a ring: three turns, of which the middle one is kept.
    return level(telephone(np.tile(piece, 3), RATE)[len(piece) : 2 * len(piece)], _LOUDNESS_LUFS)


def write_music(path: Path) -> float:
    """Write the music and give its seconds. Raises OSError."""
    return write_wav(path, compose())


def _hertz(note: int) -> float:
    return float(440.0 * 2 ** ((note - 69) / 12))


def _pad(note: int) -> Samples:
    """A string-like tone that swells and fades over its chord and the beginning of the next."""
    time = np.arange(round((_CHORD_S + 3) * RATE)) / RATE
    swell = np.sin(np.pi * np.clip(time / time[-1], 0, 1)) ** 1.5
    tone = sum(
        np.sin(2 * np.pi * _hertz(note) * harmonic * detune * time) / harmonic**2
        for harmonic in (1, 2, 3, 4)
        for detune in (0.9985, 1.0015)
    )
    return np.asarray(0.25 * swell * tone, dtype=np.float64)


def _bell(note: int) -> Samples:
    time = np.arange(4 * RATE) / RATE
    rise = np.clip(time / 0.02, 0, 1)
    tone = np.sin(2 * np.pi * _hertz(note) * time) + 0.2 * np.sin(2 * np.pi * 2 * _hertz(note) * time)
    return np.asarray(rise * np.exp(-1.6 * time) * tone, dtype=np.float64)


def _add(piece: Samples, at_s: float, note: Samples) -> None:
    """Lay a note on the ring."""
    places = (round(at_s * RATE) + np.arange(len(note))) % len(piece)
    piece[places] += note
