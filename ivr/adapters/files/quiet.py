"""Silent sounds of 1…10 seconds: played while the caller is waited for (see AsteriskPhone)."""

import wave
from pathlib import Path

RATE_HZ = 8000


def make(folder: Path) -> None:
    """Write those that are missing into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for seconds in range(1, 11):
        path = folder / f"{seconds}.wav"
        if not path.exists():
            part = path.with_suffix(".part")
            with wave.open(str(part), "wb") as sound:
                sound.setnchannels(1)
                sound.setsampwidth(2)
                sound.setframerate(RATE_HZ)
                sound.writeframes(bytes(2 * RATE_HZ * seconds))
            part.rename(path)
