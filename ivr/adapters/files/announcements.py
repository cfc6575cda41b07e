"""Recordings made by telephone on disk: takes as they are made, and the published ones, in one folder.

A take `take-CALL-N.wav` is published under a name of its own. Takes of calls that ended otherwise are swept.
"""

import asyncio
import os
import shutil
import time
from pathlib import Path
from uuid import uuid4

import numpy as np

from ivr.adapters.speech.decode import decode
from ivr.adapters.speech.jobs import RenderFailed
from ivr.adapters.speech.voice import STUDIO_SUFFIXES
from ivr.domain.call import CallId
from ivr.domain.errors import ConfigurationError

TAKE = "take-"
SHORTEST_S = 1.0
SILENT = 0.01
"""Of full scale: a recording that never gets louder holds no voice."""
OLD_TAKE_S = 24 * 3600.0


def take_name(call_id: CallId, number: int) -> str:
    """Name of a call's take, without what a file name may not have."""
    safe = "".join(letter if letter.isalnum() or letter in "-." else "_" for letter in call_id)
    return f"{TAKE}{safe}-{number}"


class AnnouncementFolder:
    """Implements the Takes port. Methods raise OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, take: str) -> str:
        return await asyncio.to_thread(self._keep, take)

    def drop(self, call_id: CallId) -> None:
        head = take_name(call_id, 0)[:-1]
        for path in self._folder.glob(f"{TAKE}*"):
            if path.name.startswith(head):
                path.unlink(missing_ok=True)

    def take_in(self, file: Path) -> str:
        """Keep a sound file of the owner's (WAV, MP3, OGG, FLAC, M4A) as a piece of news; gives the sound's name.

        Raises ConfigurationError for another kind of file and a silent one, OSError when it cannot be read or kept."""
        if file.suffix.lower() not in STUDIO_SUFFIXES:
            raise ConfigurationError([f"{file}: no sound file; give one of {', '.join(STUDIO_SUFFIXES)}"])
        _must_sound(file)
        return self._copy(file)

    def sweep(self) -> int:
        """Remove what a killed engine left: takes older than a day. Gives how many."""
        old = [path for path in self._folder.glob(f"{TAKE}*") if path.stat().st_mtime < time.time() - OLD_TAKE_S]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _keep(self, take: str) -> str:
        source = self._folder / f"{Path(take).stem}.wav"
        if not source.name.startswith(TAKE):
            return source.name  # published already: the answer was lost, and is asked for again
        return self._copy(source)

    def _copy(self, source: Path) -> str:
        target = self._folder / f"news-{uuid4().hex}{source.suffix.lower()}"
        part = target.with_suffix(".part")
        shutil.copyfile(source, part)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.rename(target)
        _sync(self._folder)
        return target.name


def _must_sound(file: Path) -> None:
    """Raises ConfigurationError for a file in which nobody would hear anything, OSError when there is none."""
    file.stat()
    try:
        samples, rate = decode(file)
    except RenderFailed as error:
        raise ConfigurationError([str(error)]) from error
    if len(samples) < SHORTEST_S * rate or np.max(np.abs(samples)) < SILENT:
        raise ConfigurationError([f"{file}: nothing is to be heard in it; give a recording of a second at least"])


def _sync(folder: Path) -> None:
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
