"""Recordings on disk: the raw stereo that Asterisk writes becomes a WAV file when its call has ended.

Asterisk writes `incoming/<call id>.raw`: 8 kHz signed 16-bit little-endian, the caller on the left, what he hears on
the right. It needs no header, so a killed Asterisk leaves a whole recording. Here it becomes
`YYYY/MM/DD/<call id>.wav`, written beside and renamed, and only then the raw file goes: nothing is ever lost between.
"""

import asyncio
import dataclasses
import os
import re
import time
import wave
from collections.abc import Collection, Container
from datetime import UTC, datetime
from pathlib import Path

from ivr.domain.call import CallId, Ended, Outcome, Record
from ivr.service.ports import CallLog

RATE_HZ = 8000
CHANNELS = 2
CHUNK_BYTES = 1 << 20
INCOMING = "incoming"
CALL_ID = re.compile(r"[a-z0-9-]+-\d+\.\d+(-\d+-\d+)?")
"""Asterisk's UNIQUEID: node, second of the beginning, number. To a customer who is rung back: that of the call in which
he ordered it, the try, its second. Other files in the folder are not ours to touch."""


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


def left_over(root: Path, alive: Container[str], settled_s: float = 2.0) -> list[str]:
    """Ids of the calls whose raw recording still waits, whose channel is no longer `alive`, and into whose file nothing
    was written for `settled_s` seconds; oldest first."""
    latest = time.time() - settled_s
    written = sorted(
        (raw.stat().st_mtime, raw.stem) for raw in incoming(root).glob("*.raw") if CALL_ID.fullmatch(raw.stem)
    )
    return [call_id for at, call_id in written if at <= latest and call_id not in alive]


def seconds(path: Path) -> float:
    """Length of a finished recording."""
    with wave.open(str(path), "rb") as sound:
        return sound.getnframes() / sound.getframerate()


class RecordingFolder:
    """Finishes recordings as their calls end, and writes their place into the calls' rows."""

    def __init__(self, root: Path, calls: CallLog) -> None:
        self._root = root
        self._calls = calls

    async def finish_ended(self, alive: Collection[str] | None) -> int:
        """Finish what can be finished and give how many. `alive`: the calls Asterisk holds now; None when that was not
        asked, and then only calls whose rows are closed. Raises OSError, StoreUnavailable: the rest waits."""
        records: list[Record] = []
        for call_id in await asyncio.to_thread(left_over, self._root, alive or ()):
            call = await self._calls.get(CallId(call_id))
            if alive is None and (call is None or call.outcome is Outcome.OPEN):
                continue
            path = await asyncio.to_thread(finish, self._root, call_id)
            if path is not None and call is not None:
                records.append(Ended(dataclasses.replace(call, recording=str(path.relative_to(self._root)))))
        await self._calls.write(records)
        return len(records)
