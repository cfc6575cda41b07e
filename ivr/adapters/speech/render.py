"""One job in a rendering process: make samples, bring them to the telephone, write them. Heavy imports live here."""

import signal
import wave
from pathlib import Path

import numpy as np

from ivr.adapters.speech.decode import decode
from ivr.adapters.speech.jobs import Decode, Job, Join, RenderFailed, Speak
from ivr.adapters.speech.lifetime import die_with_parent
from ivr.adapters.speech.samples import fade, level, silence, telephone, trim
from ivr.adapters.speech.sound import Samples
from ivr.adapters.speech.synthesis import synthesise
from ivr.adapters.speech.wavefile import read_wav, write_wav


def begin() -> None:
    """Once in each process. Ctrl-C is the parent's to handle; when the parent is killed, this process goes too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    die_with_parent()


def render(job: Job, deadline_s: float) -> float:
    """Write the job's sound and give its seconds. Raises RenderFailed, OSError.

    A renderer that hangs, even inside a C library, is ended by the alarm's default action.
    """
    signal.setitimer(signal.ITIMER_REAL, deadline_s)
    try:
        samples = _samples(job)
        if not len(samples):
            raise RenderFailed("there is no sound in it")
        return write_wav(job.target, fade(level(samples, job.loudness_lufs)))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _samples(job: Job) -> Samples:
    match job.source:
        case Speak() as speak:
            return trim(telephone(*synthesise(speak)))
        case Decode(source):
            return trim(telephone(*decode(source)))
        case Join(words):
            return np.concatenate([part for word, pause in words for part in (_word(word, job), silence(pause))])


def _word(path: Path, job: Job) -> Samples:
    """A recorded word at the common loudness: the words of one speaker differ by several dB."""
    try:
        word = trim(telephone(*read_wav(path)))
        return fade(level(word, job.loudness_lufs))
    except (ValueError, EOFError, wave.Error) as error:
        raise RenderFailed(f"{path}: is no 16-bit WAV with sound in it") from error
