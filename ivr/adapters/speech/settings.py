"""What the voice is told: plain values, no configuration model."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """Where sounds come from and how they are made.

    cache:          rendered sounds, kept by content; made when it is not there.
    studio:         the owner's recordings: NAME.wav, .mp3, .ogg, .flac or .m4a replaces the text NAME.
    recorded:       folder of recorded words (Asterisk's sounds/ru), or None to synthesise everything.
    engine:         auto, espeak or rhvoice; auto takes RHVoice when it is installed.
    voice:          name of a voice, or empty for the engine's own Russian one.
    rate:           words a minute.
    workers:        processes that render.
    loudness_lufs:  one loudness of everything said (EBU R128).
    pronunciation:  table of respellings (YAML), or None.
    announcements:  folder of recordings that phrases name by `sound`, or None.
    deadline_s:     a phrase that is not rendered by then is given up.
    """

    cache: Path
    studio: Path
    recorded: Path | None = None
    engine: str = "auto"
    voice: str = ""
    rate: int = 150
    workers: int = 1
    loudness_lufs: float = -23.0
    pronunciation: Path | None = None
    deadline_s: float = 20.0
    announcements: Path | None = None
