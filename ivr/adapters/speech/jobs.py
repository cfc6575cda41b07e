"""What a rendering process is asked for. Plain frozen values, cheap to import and to send to another process."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Speak:
    """Synthesise `text` by `engine` (espeak, rhvoice); `voice` empty for its Russian one, `rate` words a minute."""

    text: str
    engine: str
    voice: str
    rate: int


@dataclass(frozen=True, slots=True)
class Decode:
    """Take the owner's recording."""

    source: Path


@dataclass(frozen=True, slots=True)
class Join:
    """Join recorded words: each file is followed by its pause in seconds."""

    words: tuple[tuple[Path, float], ...]


@dataclass(frozen=True, slots=True)
class Job:
    """Make `target` from `source`, at `loudness_lufs`."""

    source: Speak | Decode | Join
    target: Path
    loudness_lufs: float


class RenderFailed(Exception):
    """A sound cannot be made from what was given. The message says why and what to do."""
