"""What the voice needs of the machine."""

import ctypes
import shutil

from ivr.adapters.speech.voice import chosen_engine

_ESPEAK_LIBRARIES = ("libespeak-ng.so.1", "libespeak-ng.so", "libespeak.so.1")


def missing(engine: str = "auto") -> list[str]:
    """What is not installed, each with the command that installs it; empty when all is there."""
    needs = []
    if not (shutil.which("ffmpeg") and shutil.which("ffprobe")):
        needs.append("ffmpeg, to read studio recordings: apt-get install ffmpeg")
    if chosen_engine(engine) == "rhvoice":
        if not shutil.which("RHVoice-test"):
            needs.append("RHVoice, the engine in speech.engine: apt-get install rhvoice rhvoice-russian")
    elif not any(map(_loads, _ESPEAK_LIBRARIES)):
        needs.append("espeak-ng, to synthesise speech: apt-get install espeak-ng")
    return needs


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
