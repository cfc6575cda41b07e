"""What the turn remembers of the caller's voice and words. Times are of the turn's clock, seconds."""

from collections.abc import Sequence

from ivr.dialogue.listening.heard import UNKNOWN

FRAME_S = 0.02
GAP_S = 0.1
"""Unvoiced frames shorter than this do not end a run: stops and fricatives lie between."""


class VoiceTrack:
    """The run of voiced frames that goes on, or went on last, and all of the phrase's voice.

    last:   end of the last voiced frame. began: start of the run. run_s, total_s: voiced seconds of the run, of all.
    """

    def __init__(self) -> None:
        self.last: float | None = None
        self.began = 0.0
        self.run_s = 0.0
        self.total_s = 0.0

    def frame(self, voiced: bool, now: float) -> None:
        """One frame of 20 ms that ended at `now`."""
        if not voiced:
            return
        if self.quiet(now - FRAME_S):
            self.began, self.run_s = now - FRAME_S, 0.0
        self.last = now
        self.run_s += FRAME_S
        self.total_s += FRAME_S

    def quiet(self, now: float) -> bool:
        """No run goes on."""
        return self.last is None or now - self.last > GAP_S

    def phrase(self) -> None:
        """A phrase begins with the run that goes on; what was before it no longer counts."""
        self.total_s = self.run_s

    def reset(self) -> None:
        """Forget all: what comes is counted anew."""
        self.last, self.began, self.run_s, self.total_s = None, 0.0, 0.0, 0.0


class WordTrack:
    """The words of the partial result, without `[unk]`."""

    def __init__(self) -> None:
        self.words: tuple[str, ...] = ()
        self.changed = 0.0
        self._first_since = 0.0

    def partial(self, words: Sequence[str], now: float) -> None:
        known = tuple(word for word in words if word != UNKNOWN)
        if known == self.words:
            return
        if known[:1] != self.words[:1]:
            self._first_since = now
        self.words, self.changed = known, now

    def begun(self, now: float, stable_s: float) -> bool:
        """A first word stands."""
        return bool(self.words) and now - self._first_since >= stable_s

    def stable(self, now: float, stable_s: float) -> bool:
        """All the words stand."""
        return bool(self.words) and now - self.changed >= stable_s

    def reset(self, now: float) -> None:
        self.words, self.changed = (), now
