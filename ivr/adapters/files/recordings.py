"""Recordings on disk: the raw stereo that Asterisk writes becomes a WAV file when its call has ended.

Asterisk writes `incoming/<call id>.raw`: 8 kHz signed 16-bit little-endian, the caller on the left, what he hears on
the right. It needs no header, so a killed Asterisk leaves a whole recording. Here it becomes
`YYYY/MM/DD/<call id>.wav`, written beside and renamed, and only then the raw file goes: nothing is ever lost between.
"""

import os
import wave
from collections.abc import Container
from datetime import UTC, datetime
from pathlib import Path

RATE_HZ = 8000
CHANNELS = 2
CHUNK_BYTES = 1 << 20
INCOMING = "incoming"


def incoming(root: Path) -> Path:
    """The folder that Asterisk writes into."""
    return root / INCOMING


def finish(root: Path, call_id: str) -> Path | None:
    """Turn the raw recording of an ended call into its WAV file and give its path; None when there is no raw file.

    Blocking: run it in a thread. Safe to repeat. Raises OSError when the disk does not take it: the raw file stays.
    """
    raw = incoming(root) / f"{call_id}.raw"
    if not raw.exists():
        return None
    began = datetime.fromtimestamp(float(call_id.rpartition("-")[2]), UTC)
    target = root / f"{began:%Y/%m/%d}" / f"{call_id}.wav"
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    with raw.open("rb") as source, part.open("wb") as sink:
        with wave.open(sink, "wb") as sound:
            sound.setnchannels(CHANNELS)
            sound.setsampwidth(2)
            sound.setframerate(RATE_HZ)
            while chunk := source.read(CHUNK_BYTES):
                sound.writeframesraw(chunk)
        sink.flush()
        os.fsync(sink.fileno())
    part.rename(target)
    raw.unlink()
    return target


def left_over(root: Path, alive: Container[str]) -> list[str]:
    """Ids of the calls whose raw recording still waits and whose channel is no longer `alive`, oldest first."""
    raws = sorted(incoming(root).glob("*.raw"), key=lambda raw: raw.stat().st_mtime)
    return [raw.stem for raw in raws if raw.stem not in alive]


def seconds(path: Path) -> float:
    """Length of a finished recording."""
    with wave.open(str(path), "rb") as sound:
        return sound.getnframes() / sound.getframerate()
