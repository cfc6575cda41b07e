"""From what was measured to what is told. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any


@dataclass(frozen=True, slots=True)
class Measured:
    """One side under one load.

    calls, good:   calls made; those that came to the right end, as each witness counts: the callers themselves,
                   Asterisk's journal and, where it runs, the engine.
    stored:        rows in the engine's database when it has stopped; what is spooled is not among them.
    peak:          most calls at once, probes not counted.
    cpu_s:         processor seconds of Asterisk and engine together; engine_cpu_s: of the engine alone.
    _mb:           peaks of resident memory; the renderer is the process that makes sounds, not counted in the engine.
    delays_ms:     from a tone's end to the next prompt's first sound.
    late_ms:       by how much our own sound was late at worst.
    """

    calls: int
    stored: int
    good: Sequence[int]
    peak: int
    cpu_s: float
    engine_cpu_s: float
    asterisk_mb: float
    engine_mb: float
    renderer_mb: float
    delays_ms: Sequence[float]
    late_ms: float

    @property
    def failed(self) -> int:
        """Calls that not every witness saw come to the right end."""
        return max(0, self.calls - min(self.good))

    @property
    def cpu_ms_per_call(self) -> float:
        return 1000 * self.cpu_s / self.calls


def share(values: Sequence[float], percent: int) -> float | None:
    """The percentile; None when there are fewer than two values."""
    return quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else None


def compared(concurrent: int, pairs: Sequence[tuple[Measured, Measured]]) -> dict[str, Any]:
    """Bare and engine, round by round, as one entry of the report. Ratios are taken within a round."""
    bare, ours = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    ratios = [engine.cpu_ms_per_call / alone.cpu_ms_per_call for alone, engine in pairs]
    entry: dict[str, Any] = {
        "concurrent": concurrent,
        "cpu_ratio": round(median(ratios), 2),
        "added_p50_ms": _added(bare, ours, 50),
        "added_p95_ms": _added(bare, ours, 95),
        "failed": sum(side.failed for side in ours),
        "failed_bare": sum(side.failed for side in bare),
        "engine_rss_mb": round(max(side.engine_mb for side in ours), 1),
        "renderer_rss_mb": round(max(side.renderer_mb for side in ours), 1),
        "asterisk_rss_mb": round(max(side.asterisk_mb for side in ours), 1),
        "asterisk_rss_mb_bare": round(max(side.asterisk_mb for side in bare), 1),
        "calls": sum(side.calls for side in ours),
        "stored": sum(side.stored for side in ours),
        "peak": min(side.peak for side in (*bare, *ours)),
        "samples": [sum(len(side.delays_ms) for side in sides) for sides in (bare, ours)],
        "cpu_ms_per_call_bare": _per_call(bare),
        "cpu_ms_per_call_engine": _per_call(ours),
        "cpu_ms_per_call_engine_alone": round(
            1000 * sum(side.engine_cpu_s for side in ours) / sum(side.calls for side in ours), 1
        ),
    }
    for name, sides in (("bare", bare), ("engine", ours)):
        delays = _delays(sides)
        entry |= {f"p{percent}_ms_{name}": _rounded(share(delays, percent)) for percent in (50, 95)}
    entry["caller_late_ms"] = round(max(side.late_ms for side in (*bare, *ours)), 1)
    if len(ratios) > 1:
        entry["cpu_ratios"] = [round(ratio, 2) for ratio in ratios]
    return entry


def _delays(sides: Sequence[Measured]) -> list[float]:
    return [delay for side in sides for delay in side.delays_ms]


def _per_call(sides: Sequence[Measured]) -> float:
    return round(1000 * sum(side.cpu_s for side in sides) / sum(side.calls for side in sides), 1)


def _added(bare: Sequence[Measured], ours: Sequence[Measured], percent: int) -> float | None:
    before, after = share(_delays(bare), percent), share(_delays(ours), percent)
    return None if before is None or after is None else round(after - before, 1)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
