"""Where everything of a centre lies, from its configuration: one table, so that no two parts can disagree."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ivr.adapters.asterisk.layout import Installation, Layout, installed, private_copy
from ivr.adapters.files import recordings
from ivr.adapters.speech import VoiceSettings
from ivr.config import Centre
from ivr.domain.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Places:
    """flow, standards: what is said, and by which rules; kept_flow: the last flow that was good.
    holidays:    dates on which operators work differently.
    fixed:       sounds the dialplan plays without the engine; music: what waiting callers hear.
    quiet:       silences played while a key is awaited.
    state:       Asterisk's own folder; journal: its line per call; spool: records kept while the database is away.
    recordings:  finished recordings; incoming: those being written.
    announcements: news recorded by telephone. phrases: what was not plainly understood, for labelling.
    """

    flow: Path
    kept_flow: Path
    standards: Path
    holidays: Path
    roster: Path
    templates: Path
    fixed: Path
    music: Path
    quiet: Path
    state: Path
    journal: Path
    spool: Path
    recordings: Path
    incoming: Path
    announcements: Path
    phrases: Path

    @classmethod
    def of(cls, centre: Centre) -> Self:
        dialplans = centre.path(centre.dialplans)
        cache = centre.path(centre.speech.cache)
        state = centre.path(centre.asterisk.state)
        root = centre.path(centre.recording.directory)
        return cls(
            flow=centre.path(centre.flow) if centre.flow else dialplans / centre.standard / "main.yaml",
            kept_flow=state / "last-good-flow",
            standards=dialplans / "standards.yaml",
            holidays=dialplans / "holidays" / "own.yaml",
            roster=centre.path(centre.agents),
            templates=dialplans / "asterisk",
            fixed=cache / "fixed",
            music=cache / "music",
            quiet=cache / "quiet",
            state=state,
            journal=state / "journal",
            spool=state / "spool",
            recordings=root,
            incoming=recordings.incoming(root),
            announcements=centre.path(centre.news.folder),
            phrases=centre.path(centre.hearing.kept),
        )

    def written(self) -> dict[str, Path]:
        """The folders that config.yaml places, by the key that does; all others are below them."""
        return {
            "recording.directory": self.recordings,
            "asterisk.state": self.state,
            "speech.cache": self.fixed,
            "news.folder": self.announcements,
            "hearing.kept": self.phrases,
        }

    def make(self) -> None:
        """Make the folders that are written into."""
        own = (self.fixed, self.music, self.quiet, self.state, self.journal, self.spool)
        for folder in (*own, self.incoming, self.announcements):
            folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        # A fresh clone made it readable by everybody.
        self.recordings.chmod(self.recordings.stat().st_mode & ~0o007)


def installation(centre: Centre) -> Installation:
    """The Asterisk that `asterisk.binary` names. Raises ConfigurationError."""
    if centre.asterisk.binary == "private":
        return private_copy(centre.path(centre.asterisk.private_root))
    return installed(Path(centre.asterisk.binary))


def layout(centre: Centre) -> Layout:
    return Layout(installation(centre), Places.of(centre).state)


def voice_settings(centre: Centre) -> VoiceSettings:
    """Where Asterisk or its recorded words are missing, everything is synthesised; its own check tells of that."""
    speech = centre.speech
    recorded = None
    with suppress(ConfigurationError):
        words = installation(centre).data / "sounds" / "ru"
        recorded = words if words.is_dir() else None
    pronunciation = centre.path(centre.dialplans) / "pronunciation.yaml"
    return VoiceSettings(
        cache=centre.path(speech.cache),
        studio=centre.path(speech.studio),
        recorded=recorded,
        engine=speech.engine,
        voice=speech.voice,
        rate=speech.rate,
        workers=speech.workers,
        loudness_lufs=speech.loudness_lufs,
        pronunciation=pronunciation if pronunciation.exists() else None,
        announcements=centre.path(centre.news.folder),
    )
