"""The owner's recordings, of any format ffmpeg reads, as samples. Runs in a rendering process only."""

import warnings
from pathlib import Path

import numpy as np

from ivr.adapters.speech.jobs import RenderFailed
from ivr.adapters.speech.sound import Samples

_LONGEST_S = 600
"""A prompt longer than this is a mistake, and would not fit a level's seconds in any standard."""


def decode(source: Path) -> tuple[Samples, int]:
    """Mono samples and their rate. Raises RenderFailed naming the file."""
    with warnings.catch_warnings():
        # pydub uses audioop, deprecated from 3.11; from 3.13 the package audioop-lts gives it.
        warnings.simplefilter("ignore")
        from pydub import AudioSegment
        from pydub.exceptions import PydubException
    try:
        with source.open("rb") as file:  # given a path, pydub leaves the file open
            sound = AudioSegment.from_file(file, duration=_LONGEST_S).set_channels(1).set_sample_width(2)
    except FileNotFoundError as error:
        raise RenderFailed(f"{source}: cannot be read; is ffmpeg installed? apt-get install ffmpeg") from error
    except (PydubException, OSError, IndexError, KeyError, ValueError) as error:
        raise RenderFailed(f"{source}: ffmpeg cannot decode it; save it again as WAV or MP3") from error
    return np.asarray(sound.get_array_of_samples(), dtype=np.float64) / 32768.0, sound.frame_rate
