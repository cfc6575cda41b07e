"""The voice of the system: a phrase becomes the path of a sound, rendered once and kept by content.

A recording that the phrase names wins, then a studio file of its name; then recorded words, when they say all of it;
else its text is synthesised. A source that cannot be used is logged and the next one is taken: a broken file must not
make the centre silent.
"""

import asyncio
import contextlib
import hashlib
import re
import shutil
import time
import unicodedata
import wave
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

from ivr.adapters.speech.jobs import Decode, Job, Join, RenderFailed, Speak
from ivr.adapters.speech.pronunciation import load
from ivr.adapters.speech.settings import VoiceSettings
from ivr.adapters.speech.workers import Workers
from ivr.dialogue.model import Phrase
from ivr.domain.errors import PhoneFailed

_log = structlog.get_logger()

STUDIO_SUFFIXES = (".wav", ".mp3", ".ogg", ".flac", ".m4a")
_PLAIN_NAME = re.compile(r"\w[\w.-]*")
_VERSION = 1
"""Raised whenever the same job would give another sound, so that old sounds are not taken for new ones."""
_PAUSES_S = {",": 0.30, ";": 0.40, ":": 0.40, ".": 0.50, "!": 0.50, "?": 0.50}
_BETWEEN_WORDS_S = 0.0
"""Trimmed words keep 60 ms at each end: that is gap enough."""
_BELIEVED_S = 1.0
_REMEMBERED = 2000
_HEADER_BYTES = 44
_BYTES_A_SECOND = 16000

Source = Speak | Decode | Join


def chosen_engine(engine: str) -> str:
    """The engine that `auto` means on this machine."""
    if engine != "auto":
        return engine
    return "rhvoice" if shutil.which("RHVoice-test") else "espeak"


def _bytes(path: Path) -> int:
    """Size of a sound; 0 when it is not there. One stat: the cache is asked for every phrase of every call."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _files(source: Source) -> list[Path]:
    match source:
        case Decode(file):
            return [file]
        case Join(words):
            return [file for file, _ in words]
        case Speak():
            return []


class SystemVoice:
    """Implements the services' Voice port. Raises ConfigurationError when the pronunciation table is wrong."""

    def __init__(self, settings: VoiceSettings) -> None:
        self._settings = settings
        self._engine = chosen_engine(settings.engine)
        self._pronunciation = load(settings.pronunciation, self._engine)
        self._workers = Workers(settings.workers, settings.deadline_s)
        self._making: dict[Path, asyncio.Task[None]] = {}
        self._unusable: set[Path] = set()
        self._proved: dict[Path, tuple[int, int]] = {}
        self._found: dict[Phrase, tuple[Path | None, float]] = {}

    @property
    def rendered(self) -> int:
        """How many sounds were made, not found, since the start."""
        return self._workers.rendered

    async def warm(self) -> None:
        """Start the rendering processes, so that the first caller's own words are not late."""
        await self._workers.warm()

    async def sound(self, phrase: Phrase) -> Path:
        """Path of the phrase's sound. Raises PhoneFailed, saying what to do, when none can be made.

        What was found is believed for a moment: hundreds of callers ask for the same few phrases.
        """
        now = time.monotonic()
        path, until = self._found.get(phrase, (None, 0.0))
        if path is None or now >= until:
            path = await self._find(phrase)
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            self._found[phrase] = (path, now + _BELIEVED_S)
        return path

    async def _find(self, phrase: Phrase) -> Path:
        reason: Exception | None = None
        for source in self._sources(phrase):
            target = self._target(source)
            if target in self._unusable:
                continue
            try:
                return await self._made(source, target)
            except (RenderFailed, OSError) as error:
                reason = error
                # A rejected recording stays rejected until it changes; a full disk may be emptied at any time.
                if isinstance(error, RenderFailed) and not isinstance(source, Speak):
                    self._unusable.add(target)
                _log.error("sound_failed", source=type(source).__name__, name=phrase.name, reason=str(error))
        if isinstance(reason, OSError):
            raise PhoneFailed(f"{self._settings.cache}: {reason.strerror}; make room or rights there") from reason
        raise PhoneFailed(f"no sound for '{phrase.name or 'a dynamic phrase'}': {reason}") from reason

    async def seconds(self, phrase: Phrase) -> float:
        """Length of the phrase's sound. Raises PhoneFailed."""
        return (_bytes(await self.sound(phrase)) - _HEADER_BYTES) / _BYTES_A_SECOND

    async def prerender(
        self, phrases: Iterable[Phrase], progress: Callable[[int, int], None] | None = None
    ) -> list[Path]:
        """Make every sound beforehand. `progress(done, of)` is called after each. Raises PhoneFailed at the first."""
        waiting = [asyncio.ensure_future(self.sound(phrase)) for phrase in dict.fromkeys(phrases)]
        try:
            for done, next_one in enumerate(asyncio.as_completed(waiting), 1):
                await next_one
                if progress:
                    progress(done, len(waiting))
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        return [task.result() for task in waiting]

    async def close(self) -> None:
        """End the rendering processes. Sounds being made are given up."""
        for task in self._making.values():
            task.cancel()
        await asyncio.gather(*self._making.values(), return_exceptions=True)
        await self._workers.close()

    def _sources(self, phrase: Phrase) -> Iterable[Source]:
        """Where the sound may come from, the best first."""
        if announcement := self._announcement(phrase.sound):
            yield Decode(announcement)
        if studio := self._studio(phrase.name):
            yield Decode(studio)
        if words := self._recorded(phrase):
            yield Join(words)
        yield Speak(self._spoken(phrase.text), self._engine, self._settings.voice, self._settings.rate)

    def _announcement(self, name: str) -> Path | None:
        """The recording a phrase names, when it is there."""
        folder = self._settings.announcements
        if folder is None or not _PLAIN_NAME.fullmatch(name):
            return None
        file = folder.absolute() / name
        return file if file.suffix in STUDIO_SUFFIXES and file.is_file() else None

    def _studio(self, name: str) -> Path | None:
        if not _PLAIN_NAME.fullmatch(name):
            return None
        files = (self._settings.studio.absolute() / f"{name}{suffix}" for suffix in STUDIO_SUFFIXES)
        return next((file for file in files if file.is_file()), None)

    def _recorded(self, phrase: Phrase) -> tuple[tuple[Path, float], ...]:
        """The phrase's words as files, each with the pause its punctuation asks for; empty when any is not there."""
        folder, said = self._settings.recorded, phrase.text.split()
        if folder is None or not phrase.recorded or len(said) != len(phrase.recorded):
            return ()
        pauses = [_PAUSES_S.get(word[-1], _BETWEEN_WORDS_S) for word in said[:-1]] + [0.0]
        words = tuple((folder / f"{name}.wav", pause) for name, pause in zip(phrase.recorded, pauses, strict=True))
        return words if all(file.is_file() for file, _ in words) else ()

    def _spoken(self, text: str) -> str:
        """The text as it goes to the synthesiser: data only, one line, respelt. Raises PhoneFailed for odd marks."""
        if any(unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs") for character in text):
            raise PhoneFailed("a text to be spoken has control characters; remove them from the flow")
        if not any(character.isalnum() for character in text):
            raise PhoneFailed("a text to be spoken has no words")
        # RHVoice takes a plus for a stress mark.
        return self._pronunciation.apply(" ".join(text.replace("+", " плюс ").split()))

    def _target(self, source: Source) -> Path:
        """The file of a source's sound. Studio files and recorded words count by name, size and time of change."""
        stats = [(stat.st_size, stat.st_mtime_ns) for stat in map(Path.stat, _files(source))]
        key = repr((_VERSION, self._settings.loudness_lufs, source, stats))
        digest = hashlib.sha256(key.encode()).hexdigest()[:40]
        return self._settings.cache / digest[:2] / f"{digest}.wav"

    async def _made(self, source: Source, target: Path) -> Path:
        """The sound's file, made by whoever asks first; the others wait for it."""
        if self._whole(target):
            return target
        task = self._making.get(target)
        if task is None:
            task = asyncio.create_task(self._make(Job(source, target, self._settings.loudness_lufs)))
            self._making[target] = task
            task.add_done_callback(lambda done: self._done(target, done))
        # Shielded: a caller who hangs up must not take the sound from the others.
        await asyncio.shield(task)
        return target

    def _whole(self, target: Path) -> bool:
        """The sound is there and is one. A garbled file, which Asterisk could not play, goes: it is made anew."""
        try:
            status = target.stat()
            if self._proved.get(target) == (status.st_size, status.st_mtime_ns):
                return True
            with wave.open(str(target)) as sound:
                whole = status.st_size == _HEADER_BYTES + 2 * sound.getnframes() > _HEADER_BYTES
        except FileNotFoundError:
            return False
        except (OSError, EOFError, wave.Error):
            whole = False
        if not whole:
            _log.error("sound_garbled", file=target.name, remedy="it is made anew")
            with contextlib.suppress(OSError):
                target.unlink()
            return False
        self._proved[target] = (status.st_size, status.st_mtime_ns)
        return True

    async def _make(self, job: Job) -> None:
        await self._workers.render(job)

    def _done(self, target: Path, task: asyncio.Task[None]) -> None:
        del self._making[target]
        if not task.cancelled():
            task.exception()  # seen, even when every caller has hung up meanwhile
