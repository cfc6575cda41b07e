"""Sounds under fixed names, which Asterisk's dialplan plays by itself when the engine is not there."""

import shutil
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

from ivr.adapters.speech.voice import SystemVoice
from ivr.dialogue.model import Phrase


async def render_fixed(
    voice: SystemVoice,
    texts: Mapping[str, str],
    folder: Path,
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Say each of `texts` (name -> words) into `folder`/NAME.wav; a studio file NAME wins as everywhere.

    A file that already says it is left alone. Raises PhoneFailed, OSError.
    """
    sounds = await voice.prerender([Phrase(text, name) for name, text in texts.items()], progress)
    return [_place(sound, folder / f"{name}.wav") for name, sound in zip(texts, sounds, strict=True)]


def _place(sound: Path, target: Path) -> Path:
    """Copy through a temporary name: Asterisk may be playing the old one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() and target.read_bytes() == sound.read_bytes():
        return target
    beside = target.with_name(f".{target.name}-{uuid.uuid4().hex}.part")
    try:
        shutil.copyfile(sound, beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return target
